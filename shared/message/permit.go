package message

import (
	"fmt"
	"time"
)

// Action is what Permit decides.
type Action string

// Actions of a verdict.
const (
	Send   Action = "send"
	Defer  Action = "defer"
	Refuse Action = "refuse"
)

// Verdict is the answer of Permit: Until is set for Defer, Reason for Defer and Refuse.
type Verdict struct {
	Action Action
	Until  time.Time
	Reason Reason
}

// Suppression is what stands against an address, whatever consent says.
type Suppression string

// Suppressions. A complaint or a request ends marketing and leaves receipts and security mail; a dead address ends all.
const (
	NotSuppressed       Suppression = ""
	SuppressedMarketing Suppression = "marketing"
	SuppressedAll       Suppression = "all"
)

// Quiet is the span of local time in which no marketing is sent, in minutes after midnight, From included, To not; it may
// run over midnight. Equal ends are no quiet at all.
type Quiet struct {
	From int `json:"from"`
	To   int `json:"to"`
}

const minutesPerDay = 24 * 60

// Validate returns ErrInvalid for minutes that no day has.
func (q Quiet) Validate() error {
	if q.From < 0 || q.To < 0 || q.From >= minutesPerDay || q.To >= minutesPerDay {
		return fmt.Errorf("%w: quiet hours from minute %d to %d; a day has minutes 0 to %d", ErrInvalid, q.From, q.To, minutesPerDay-1)
	}
	return nil
}

// PermitInput is what is true of the shopper at the moment of sending. It is read then, never taken from the order.
type PermitInput struct {
	Now        time.Time
	Class      Class
	CardClosed bool
	Email      string
	Consent    bool // for the order's topic
	Minor      bool // too young for marketing
	Suppressed Suppression
	Agenda     Agenda // what marketing mail this shopper has had and is to have; what is older than the caps' days may be left out
	Caps       []Cap
	Quiet      Quiet
	Zone       *time.Location // the shopper's; nil if unknown
	StoreZone  *time.Location // holds where Zone is nil; nil means UTC
}

// Permit decides about the order now. What will not change by waiting is refused; a cap or quiet hours defer to the first
// instant that is free of both, or refuse with their reason if the order's life ends before it. Service mail needs no consent
// and is neither capped nor held back at night: a lost card cannot wait until morning.
func Permit(o Order, in PermitInput) Verdict {
	refuse := func(r Reason) Verdict { return Verdict{Action: Refuse, Reason: r} }
	marketing := in.Class != Service
	switch {
	case !in.Now.Before(o.ExpiresAt):
		return refuse(Expired)
	case in.CardClosed:
		return refuse(CardClosed)
	case in.Email == "":
		return refuse(NoEmail)
	case in.Suppressed == SuppressedAll, marketing && in.Suppressed != NotSuppressed:
		return refuse(Suppressed)
	case !marketing:
		return Verdict{Action: Send}
	case in.Minor:
		return refuse(TooYoung)
	case !in.Consent:
		return refuse(NoConsent)
	}
	if in.Now.Before(o.EarliestAt) {
		return Verdict{Action: Defer, Until: o.EarliestAt, Reason: Planned}
	}
	at, reason := in.Agenda.free(o, in.Caps, in.Now), Capped
	if awake := in.Quiet.over(at, in.zone()); awake.After(at) {
		if at.Equal(in.Now) {
			reason = QuietHours
		}
		at = awake // later than the cap asks for, and a cap only eases with time
	}
	switch {
	case at.Equal(in.Now):
		return Verdict{Action: Send}
	case !at.Before(o.ExpiresAt) && reason == Capped:
		return refuse(ExpiredByCap)
	case !at.Before(o.ExpiresAt):
		return refuse(reason)
	}
	return Verdict{Action: Defer, Until: at, Reason: reason}
}

func (in PermitInput) zone() *time.Location {
	switch {
	case in.Zone != nil:
		return in.Zone
	case in.StoreZone != nil:
		return in.StoreZone
	}
	return time.UTC
}

// over is the end of the quiet span that t lies in, or t if it lies in none.
func (q Quiet) over(t time.Time, loc *time.Location) time.Time {
	if q.From == q.To {
		return t
	}
	local := t.In(loc)
	minute := local.Hour()*60 + local.Minute()
	inside, nextDay := q.From <= minute && minute < q.To, 0
	if q.From > q.To {
		inside = minute >= q.From || minute < q.To
		if minute >= q.From {
			nextDay = 1
		}
	}
	if !inside {
		return t
	}
	y, m, d := local.Date()
	if end := LocalTime(y, m, d+nextDay, q.To, loc); end.After(t) {
		return end
	}
	// In the repeated hour of an autumn night the first reading of q.To has passed and t reads as quiet again: the second
	// time round is an hour the shopper has already been awake in.
	return t
}

// Widest offsets in the time zone database, east and west, in hours.
const (
	widestEast = 15
	widestWest = 13
)

// LocalTime is the instant at which clocks in loc show the given minute of the day. A time that the clocks skip becomes the
// first instant after the gap; one that they show twice is the first of the two. (time.Date promises neither.)
func LocalTime(year int, month time.Month, day, minute int, loc *time.Location) time.Time {
	wall := time.Date(year, month, day, 0, minute, 0, 0, time.UTC)
	_, before := wall.Add(-widestEast * time.Hour).In(loc).Zone()
	_, after := wall.Add(widestWest * time.Hour).In(loc).Zone()
	early := wall.Add(-time.Duration(max(before, after)) * time.Second)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second)
	for _, t := range []time.Time{early, late} {
		if _, offset := t.In(loc).Zone(); t.Add(time.Duration(offset) * time.Second).Equal(wall) {
			return t.In(loc)
		}
	}
	start, _ := wall.Add(-time.Duration(before) * time.Second).In(loc).ZoneBounds()
	return start.In(loc)
}
