// Package limit counts how far a hard limit is used up: what is spent for good, what tills hold for a while, and what went beyond because
// the goods were gone already. It decides by values and keeps nothing; whoever stores a tally stores it over the version that was decided on.
package limit

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
)

// MaxHolds is how many baskets at once may hold a part of one tally. It keeps the tally within ten write units of a store.
const MaxHolds = 250

// Limit is the most that may be used: 0 is no bound.
type Limit struct {
	Uses  int64
	Money int64 // minor units
}

// IsZero reports whether nothing is bounded.
func (l Limit) IsZero() bool { return l == Limit{} }

// Take is a part of a limit.
type Take struct {
	Uses  int64
	Money int64
}

// Plus adds two parts.
func (t Take) Plus(other Take) Take { return Take{t.Uses + other.Uses, t.Money + other.Money} }

// Minus takes a part off, and never leaves less than nothing.
func (t Take) Minus(other Take) Take {
	return Take{max(0, t.Uses-other.Uses), max(0, t.Money-other.Money)}
}

// within reports whether it fits under a limit, and if not, which of the two bounds it breaks.
func (t Take) within(l Limit) Reason {
	switch {
	case l.Uses > 0 && t.Uses > l.Uses:
		return Reached
	case l.Money > 0 && t.Money > l.Money:
		return Spent
	}
	return ""
}

// Reason is why nothing can be had.
type Reason string

// The reasons. After Reserved it is worth asking again: what others hold may come free.
const (
	Reached  Reason = "limit_reached"
	Spent    Reason = "budget_spent"
	Reserved Reason = "reserved_elsewhere"
	Void     Reason = "code_void"
)

// Hold is a part that a till keeps for a basket that is being paid for. From Until on it counts for nothing.
type Hold struct {
	ID    string
	Take  Take
	Until time.Time
}

// Tally is how far one limit is used up.
type Tally struct {
	Used   Take // redeemed, and not given back
	Over   Take // redeemed beyond the limit: the till had no line, and the goods were gone
	Holds  []Hold
	Voided bool // nobody gets anything of it any more

	GoodUntil day.Day // a return made it good up to this day at least, whatever its batch says; none for no such day
}

// heldBy others is what live holds keep, but for one's own.
func (t Tally) heldByOthers(id string, now time.Time) (held Take) {
	for _, h := range t.Holds {
		if h.ID != id && now.Before(h.Until) {
			held = held.Plus(h.Take)
		}
	}
	return held
}

// live drops the holds that have run out, and one's own.
func (t Tally) live(id string, now time.Time) Tally {
	t.Holds = slices.DeleteFunc(slices.Clone(t.Holds), func(h Hold) bool { return h.ID == id || !now.Before(h.Until) })
	return t
}

// Refuses says why a part cannot be had now, "" if it can. What the caller holds itself, under id, does not stand in its way.
func (t Tally) Refuses(l Limit, id string, want Take, now time.Time) Reason {
	if t.Voided {
		return Void
	}
	if why := t.Used.Plus(want).within(l); why != "" {
		return why
	}
	if t.Used.Plus(want).Plus(t.heldByOthers(id, now)).within(l) != "" {
		return Reserved
	}
	return ""
}

// Hold keeps a part for a basket, in place of what the same id held before. Nothing changes where it cannot be had.
func (t Tally) Hold(l Limit, h Hold, now time.Time) (Tally, Reason) {
	if why := t.Refuses(l, h.ID, h.Take, now); why != "" {
		return t, why
	}
	next := t.live(h.ID, now)
	if len(next.Holds) >= MaxHolds {
		return t, Reserved
	}
	next.Holds = append(next.Holds, h)
	return next, ""
}

// Release gives back what an id holds.
func (t Tally) Release(id string, now time.Time) Tally { return t.live(id, now) }

// Redeem spends a part for good and ends what the id held for it. The reason says why it cannot be had; the tally then only loses the
// hold, and the caller either leaves it at that or books it with Exceed.
func (t Tally) Redeem(l Limit, id string, want Take, now time.Time) (Tally, Reason) {
	why := t.Refuses(l, id, want, now)
	t = t.live(id, now)
	if why == "" {
		t.Used = t.Used.Plus(want)
	}
	return t, why
}

// Exceed books what was given away beyond the limit.
func (t Tally) Exceed(want Take) Tally {
	t.Over = t.Over.Plus(want)
	return t
}

// GiveBack undoes a Redeem, or an Exceed, at any age.
func (t Tally) GiveBack(given Take, over bool) Tally {
	if over {
		t.Over = t.Over.Minus(given)
	} else {
		t.Used = t.Used.Minus(given)
	}
	return t
}

// Periods, after each of which a limit begins anew.
const (
	Ever  = ""
	Day   = "day"
	Week  = "week" // from Monday on
	Month = "month"
	Year  = "year"
)

// Periods lists them as marketers write them.
var Periods = []string{Day, Week, Month, Year}

// Period names the period of a day: "20261121", "2026W47", "202611", "2026"; "ever" for one that never ends.
func Period(per string, on day.Day) string {
	switch per {
	case Day, Month, Year:
		text := on.String()
		return text[:4] + map[string]string{Day: text[5:7] + text[8:], Month: text[5:7], Year: ""}[per]
	case Week:
		year, week := on.Start(time.UTC).ISOWeek()
		return fmt.Sprintf("%dW%02d", year, week)
	}
	return "ever"
}

// Count is how often a card has used an offer in the newest period that it used it in.
type Count struct {
	Offer  string
	Period string // as Period names it
	Uses   int64
}

// Counts are those of one card. Those of a period before the newest are forgotten.
type Counts []Count

// Of is how often an offer was used in a period.
func (c Counts) Of(offer, period string) int64 {
	for _, n := range c {
		if n.Offer == offer && n.Period == period {
			return n.Uses
		}
	}
	return 0
}

// Add counts uses of an offer in a period, which may be less than none. A period older than the one that is known does not count any
// more, for no receipt of it can be limited by it.
func (c Counts) Add(offer, period string, uses int64) Counts {
	next := slices.Clone(c)
	i := slices.IndexFunc(next, func(n Count) bool { return n.Offer == offer })
	switch {
	case i < 0 && uses > 0:
		next = append(next, Count{offer, period, uses})
	case i < 0 || period < next[i].Period:
	case period > next[i].Period:
		next[i] = Count{offer, period, max(0, uses)}
	default:
		next[i].Uses = max(0, next[i].Uses+uses)
	}
	return slices.DeleteFunc(next, func(n Count) bool { return n.Uses == 0 })
}

// Plus is what two cards have used together, which become one: the counts of the newest period of each offer add up.
func (c Counts) Plus(other Counts) Counts {
	for _, n := range other {
		c = c.Add(n.Offer, n.Period, n.Uses)
	}
	return c
}

// Counter is one limit that a use counts for. Key names its tally, the same for ever.
type Counter struct {
	Key   string
	Limit Limit
}
