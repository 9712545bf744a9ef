package programme

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Dates of the shopper's own are attributes: the day of a wedding, the birthdays of children. They lie in no index of days, for a shopper may
// have many; the card is watched for the next of them.

// ofOwn is the attribute whose dates a campaign keeps; "" for a campaign of something else.
func (c Campaign) ofOwn() string {
	id, own := strings.CutPrefix(c.Date, ofAttribute)
	if c.On != OnAnniversary || !own {
		return ""
	}
	return id
}

// ownDate is one day that a campaign keeps for one shopper.
type ownDate struct {
	yearly day.Yearly
	year   int    // the only one in which it is kept; 0: each
	part   string // of the occasion, where a shopper has several
}

// ownDates lists what a campaign keeps for a shopper, each day of the year once: two children who share a birthday have one.
func (p *Programme) ownDates(c Campaign, said card.Attributes) (list []ownDate) {
	a, known := p.attributes[c.ofOwn()]
	if !known || !a.isDate() {
		return nil
	}
	for _, v := range said[a.ID] {
		y, err := day.ParseYearly(v)
		if err != nil {
			continue // of a programme that took it for something else
		}
		d := ownDate{yearly: y}
		if whole, err := day.Parse(v); c.Once && err != nil {
			continue // nobody has told the year
		} else if c.Once {
			d.year = whole.Year()
		}
		if a.Type == AttributeDates {
			d.part = "-" + strings.ReplaceAll(y.String(), "-", "")
		}
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// every calls each for the years in which a date is kept that may have to do with the time from one moment to another, and with what
// comes next after it.
func (d ownDate) every(from, until time.Time, each func(year int)) {
	if d.year != 0 {
		each(d.year)
		return
	}
	// A campaign speaks up to maxDaysBefore from the day, on either side, so that of January may speak in December.
	for year := from.Year() - 1; year <= until.Year()+2; year++ {
		each(year)
	}
}

// MomentsOfMember lists as MomentsOf does what a member of a household has of its own on the card that it shares: its shopper's dates.
func (p *Programme) MomentsOfMember(h card.Head, shopper card.Profile, after, until time.Time) (list []Moment, again time.Time) {
	all := p.memberMoments(h, shopper, after, until)
	again, _ = earliest(all, until)
	return between(all, after, until), again
}

func (p *Programme) memberMoments(h card.Head, shopper card.Profile, from, until time.Time) (list []Moment) {
	for _, m := range p.moments(card.Head{ID: h.ID, Status: h.Status}, shopper, p.ShopperZone(shopper.TimeZone), from, until) {
		m.Member = shopper.ID
		m.Occasion += "@" + shopper.ID
		list = append(list, m)
	}
	return list
}

// NextOwnDate is when a card has to be looked at for the dates that its shopper has told; false where none comes. Those of the last day
// count: a date that is told on the day itself is kept.
func (p *Programme) NextOwnDate(shopper card.Profile, now time.Time) (time.Time, bool) {
	list := p.moments(card.Head{ID: shopper.ID}, shopper, p.ShopperZone(shopper.TimeZone), now, now)
	return earliest(list, now.Add(-24*time.Hour))
}

// KeepsOwnDates reports whether some campaign keeps dates that shoppers have told beside their birthday.
func (p *Programme) KeepsOwnDates() bool {
	return slices.ContainsFunc(p.Campaigns, func(c Campaign) bool { return c.ofOwn() != "" })
}

// keeps reports whether a moment is one to keep: the shopper was there on the day, and less was said in the last GiftGap days than the
// shopper has dates. The head has its older entries.
func (p *Programme) keeps(h card.Head, shopper card.Profile, c Campaign, m Moment) bool {
	if shopper.Since > m.spokenOn {
		return false
	}
	dates, said := 1, 0
	if c.ofOwn() != "" {
		dates = len(p.ownDates(c, shopper.Attributes))
	}
	gap := (m.spokenOn - GiftGap + 1).Start(p.ShopperZone(shopper.TimeZone)) // an entry that is in the way lies after this
	count := func(list []ledger.Entry) {
		for _, e := range list {
			campaign, occasion, _ := strings.Cut(e.Cause, "~")
			_, member, _ := strings.Cut(occasion, "@")
			if campaign == c.ID && member == m.Member && !e.At.Before(gap) {
				said++
			}
		}
	}
	for _, e := range h.Elsewhere {
		if campaign, _, _ := strings.Cut(e.Cause, "~"); campaign == c.ID && !e.At.Before(gap) {
			said++
		}
	}
	count(h.Book.Tail)
	for _, page := range h.Past {
		count(page.Entries)
	}
	return said < dates
}

// ownDate checks whether a campaign of dates keeps one that there is.
func (c *compiler) ownDate(at string, k Campaign) {
	if k.On != OnAnniversary {
		return
	}
	own := k.ofOwn()
	if a, known := c.p.attributes[own]; own != "" && (!known || !a.isDate()) {
		c.fault(at+"/date", "there is no attribute %q of type date or dates", own)
	}
	if own == "" && !slices.Contains([]string{dateBirthday, dateEnrolled, dateFirst}, k.Date) {
		c.fault(at+"/date", "an anniversary needs the date \"birthday\", \"enrolled\", \"first_purchase\" or \"attribute.\" and the id of one")
	}
	if k.Once && own == "" {
		c.fault(at+"/once", "a %s comes each year; once is for dates that are attributes", k.Date)
	}
	if k.DaysAfter < 0 || k.DaysAfter > maxDaysBefore || k.DaysAfter > 0 && k.DaysBefore > 0 {
		c.fault(at+"/days_after", "a campaign speaks 0 to %d days after the day, or before it, and not both", maxDaysBefore)
	}
}

// lead is how many days ahead of the day a campaign of dates speaks; below 0 behind it.
func (c Campaign) lead() day.Day { return day.Day(c.DaysBefore - c.DaysAfter) }

// saysDate is a line for a person: when a campaign of dates speaks.
func (c Campaign) saysDate() string {
	what := map[string]string{
		dateBirthday: "the birthday", dateEnrolled: "the anniversary of the card", dateFirst: "the anniversary of the first purchase",
	}[c.Date]
	if own := c.ofOwn(); own != "" {
		what = "each " + own + ", every year"
		if c.Once {
			what = "each " + own + ", in its own year"
		}
	}
	switch {
	case c.DaysBefore > 0:
		return strconv.Itoa(c.DaysBefore) + " days before " + what
	case c.DaysAfter > 0:
		return strconv.Itoa(c.DaysAfter) + " days after " + what
	}
	return "on " + what
}
