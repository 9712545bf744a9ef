package programme

import (
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
)

// MailRate is how fast the shop's address sends, whatever the mail service would take: it is for a service's limits, and for a new address
// that mailbox providers do not know yet.
type MailRate struct {
	PerSecond int64 `json:"per_second,omitempty"` // e-mails a second; the mail service's own if missing
	PerDay    int64 `json:"per_day,omitempty"`    // e-mails a day of the shop; the mail service's own if missing

	// Reserve is how many of the day's are kept for mail that a shopper needs; a hundredth if missing.
	Reserve *int64 `json:"reserve,omitempty"`

	WarmUp *WarmUp `json:"warm_up,omitempty"` // of a new address: fewer on its first days
}

// WarmUp is how many e-mails an address sends on its first days. After the last of them the limit of a day holds.
type WarmUp struct {
	From string  `json:"from"` // the first day, YYYY-MM-DD
	Days []int64 `json:"days"` // e-mails on it and on each day after it
}

// Bounds of a rate.
const (
	maxPerSecond  = 10_000
	maxPerDay     = 100_000_000
	maxWarmUpDays = 90
)

func (c *compiler) mailRate() {
	r := c.p.Mail.Rate
	if r == nil {
		return
	}
	if r.PerSecond < 0 || r.PerSecond > maxPerSecond {
		c.fault("/mail/rate/per_second", "1 to %d e-mails a second; leave it out for no bound", maxPerSecond)
	}
	if r.PerDay < 0 || r.PerDay > maxPerDay {
		c.fault("/mail/rate/per_day", "1 to %d e-mails a day; leave it out for no bound", maxPerDay)
	}
	if r.Reserve != nil && (*r.Reserve < 0 || r.PerDay > 0 && *r.Reserve >= r.PerDay) {
		c.fault("/mail/rate/reserve", "a reserve is part of per_day, and less than all of it")
	}
	if r.WarmUp == nil {
		return
	}
	from, err := day.Parse(r.WarmUp.From)
	if err != nil {
		c.fault("/mail/rate/warm_up/from", "%q is no day such as 2027-01-05", r.WarmUp.From)
	}
	c.p.warmUp = from
	if n := len(r.WarmUp.Days); n == 0 || n > maxWarmUpDays {
		c.fault("/mail/rate/warm_up/days", "1 to %d numbers, one for each day", maxWarmUpDays)
	}
	for i, n := range r.WarmUp.Days {
		if n < 1 || n > maxPerDay {
			c.fault("/mail/rate/warm_up/days/"+strconv.Itoa(i), "1 to %d e-mails", maxPerDay)
		}
	}
}

// reservePart is which part of a day's number is kept for mail that a shopper needs, where the programme does not say.
const reservePart = 100

// MailRate is how fast the shop's address sends on the day of a moment, by the programme alone.
func (p *Programme) MailRate(now time.Time) message.Rate {
	return p.MailRateWithin(message.Quota{}, now)
}

// MailRateWithin is how fast the shop's address sends at a moment: by the programme, and by the mail service's quota where it says nothing.
func (p *Programme) MailRateWithin(q message.Quota, now time.Time) message.Rate {
	rate := p.ownRate(now)
	if rate.PerSecond == 0 {
		rate.PerSecond = q.PerSecond
	}
	if rate.PerDay == 0 && q.PerDay > 0 {
		rate.PerDay, rate.Window = q.PerDay, true
	}
	rate.Reserve = (rate.PerDay + reservePart - 1) / reservePart
	if r := p.Mail.Rate; r != nil && r.Reserve != nil {
		rate.Reserve = *r.Reserve
	}
	rate.Reserve = max(0, min(rate.Reserve, rate.PerDay-1))
	return rate
}

// ownRate is what the programme says of the day of a moment; nothing of a reserve.
func (p *Programme) ownRate(now time.Time) message.Rate {
	r := p.Mail.Rate
	if r == nil {
		return message.Rate{}
	}
	rate := message.Rate{PerSecond: r.PerSecond, PerDay: r.PerDay}
	if w := r.WarmUp; w != nil {
		if n := int(p.today(now) - p.warmUp); n < len(w.Days) {
			first := w.Days[max(n, 0)]
			if rate.PerDay == 0 || first < rate.PerDay {
				rate.PerDay = first
			}
		}
	}
	return rate
}

// Today is the shop's day at a moment, and the moment at which the next one begins.
func (p *Programme) Today(now time.Time) (day.Day, time.Time) {
	today := p.today(now)
	return today, (today + 1).Start(p.zone)
}

// longestPlan is how far ahead a sending is reckoned.
const longestPlan = 400 // days

// SendingTime is how long so many e-mails take that begin at a moment with nothing else to send: on how many days, and when the last one
// goes. It is false where that is further off than a year.
func (p *Programme) SendingTime(mails int64, from time.Time) (days int, until time.Time, ok bool) {
	at := from
	for days = 1; days <= longestPlan; days++ {
		rate := p.MailRate(at)
		_, next := p.Today(at)
		n := mails
		if rate.PerDay > 0 {
			n = min(n, rate.PerDay-rate.Reserve)
		}
		if every := rate.Every(); every > 0 {
			n = min(n, int64(next.Sub(at)/every))
			if n == mails {
				seconds := (mails + rate.PerSecond - 1) / rate.PerSecond
				return days, at.Add(time.Duration(seconds) * time.Second), true
			}
		}
		if mails -= n; mails <= 0 {
			return days, at, true
		}
		at = next
	}
	return days, at, false
}
