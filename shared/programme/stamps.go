package programme

import (
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Stamps is a card of stamps or a challenge: what a card gathers until a goal is reached, and what that brings.
//
// The goal is one of Buy, Visits and Spend, and beside it or instead of it so many different Days and Stores with a visit; all that are
// given must be reached. A goal that is one number is reached again and again, and what is over counts for the next time; any other, and
// one with Once or Within, brings its reward once in a window. A window is From and Until, or a calendar Each, or the last Within days.
type Stamps struct {
	ID   string `json:"id"`
	Name string `json:"name"`

	Buy    int64   `json:"buy,omitempty"`    // pieces that were paid for
	Visits int64   `json:"visits,omitempty"` // receipts of which something is kept
	Spend  Decimal `json:"spend,omitempty"`  // money paid for the lines
	Days   int64   `json:"days,omitempty"`   // so many different days with a visit
	Stores int64   `json:"stores,omitempty"` // so many different stores

	Lines        *Lines    `json:"lines,omitempty"`         // what counts; all goods if missing
	When         Condition `json:"when,omitzero"`           // which receipts count: what earning rules may ask
	Minimum      Decimal   `json:"minimum,omitempty"`       // a visit counts from this much money
	EveryMinutes int       `json:"every_minutes,omitempty"` // a visit counts if no other was within so many minutes before it

	From   string `json:"from,omitempty"`   // first and last day, YYYY-MM-DD
	Until  string `json:"until,omitempty"`  // last day
	Each   string `json:"each,omitempty"`   // "week", "month", "quarter" or "year": begins anew with each
	Within int    `json:"within,omitempty"` // days
	Once   bool   `json:"once,omitempty"`   // there is one reward and no next card

	Grant Grant `json:"grant"`
}

// Limits of stamps. Counters lie in the card's head, so they are few and small.
const (
	MaxStamps       = 20
	maxGoal         = 1_000_000 // pieces or visits
	maxGoalDays     = 31
	maxGoalStores   = 10
	maxWithin       = 60  // days
	maxDaysWindow   = 100 // days of a window in which days are told apart
	maxEveryMinutes = 24 * 60

	// lateStamps is how long after the end of a window receipts and returns still count in it.
	lateStamps = 45 // days
)

// Calendar windows.
const (
	EachDay     = "day" // of caps alone
	EachWeek    = "week"
	EachMonth   = "month"
	EachQuarter = "quarter"
	EachYear    = "year"
)

// stamping is stamps, ready to count.
type stamping struct {
	Stamps
	spend, minimum int64
	from, until    day.Day
	chosen         offer.Selection
	when           *rule.Compiled
}

// again reports that the reward comes again and again.
func (s *stamping) again() bool {
	return !s.Once && s.Within == 0 && s.Days == 0 && s.Stores == 0
}

// target is the goal that is one number; 0 for none.
func (s *stamping) target() int64 { return s.Buy + s.Visits + s.spend }

// window is the first and the last day of the window that a day lies in; 0 for no end. It reports false for a day outside.
func (s *stamping) window(on day.Day) (first, last day.Day, ok bool) {
	switch {
	case s.from != 0 && on < s.from || s.until != 0 && on > s.until:
		return 0, 0, false
	case s.Each != "":
		first, last = calendar(s.Each, on)
		return first, last, true
	}
	return s.from, s.until, true
}

// calendar is the first and the last day of the day, week, month, quarter or year that a day lies in. A week begins on Monday.
func calendar(each string, on day.Day) (first, last day.Day) {
	at := on.Start(time.UTC)
	switch year, month := at.Year(), at.Month(); each {
	case EachWeek:
		first = on - day.Day((at.Weekday()+6)%7)
		return first, first + 6
	case EachMonth:
		return day.Date(year, month, 1), on.EndOfMonth()
	case EachQuarter:
		first = day.Date(year, month-(month-1)%3, 1)
		return first, first.AddMonths(2).EndOfMonth()
	case EachYear:
		return day.Date(year, 1, 1), day.Date(year, 12, 31)
	}
	return on, on
}

func (c *compiler) stampRules() {
	c.count("/stamps", len(c.p.Stamps), MaxStamps)
	seen := map[string]bool{}
	for _, k := range c.p.Campaigns {
		seen[k.ID] = true // coupons and points say what brought them: a campaign or stamps
	}
	for i, s := range c.p.Stamps {
		at := "/stamps/" + strconv.Itoa(i)
		c.id(at+"/id", s.ID, seen)
		made := stamping{Stamps: s, spend: c.amount(at+"/spend", s.Spend), minimum: c.amount(at+"/minimum", s.Minimum)}
		made.chosen = c.earningLines(at+"/lines", s.Lines).Compile()
		made.when = c.when(at+"/when", s.When, c.p.receipts)
		made.from, made.until = c.day(at+"/from", s.From), c.day(at+"/until", s.Until)
		c.goal(at, &made)
		c.stampWindow(at, &made)
		c.given(at+"/grant", s.Grant)
		if c.isUnread(at) {
			made.when = &rule.Compiled{}
		}
		c.p.stamps = append(c.p.stamps, made)
	}
}

// goal checks what is to be reached.
func (c *compiler) goal(at string, s *stamping) {
	given := 0
	for _, n := range []int64{s.Buy, s.Visits, s.spend} {
		if n != 0 {
			given++
		}
	}
	if given > 1 {
		c.fault(at, "a goal is so many pieces to buy, or visits, or money to spend; give one of the three")
	}
	if given+int(s.Days)+int(s.Stores) == 0 {
		c.fault(at, "the goal is missing: buy, visits, spend, days or stores")
	}
	for _, n := range []struct {
		name       string
		have, most int64
	}{
		{"buy", s.Buy, maxGoal}, {"visits", s.Visits, maxGoal}, {"days", s.Days, maxGoalDays}, {"stores", s.Stores, maxGoalStores},
		{"every_minutes", int64(s.EveryMinutes), maxEveryMinutes}, {"within", int64(s.Within), maxWithin},
	} {
		if n.have < 0 || n.have > n.most {
			c.fault(at+"/"+n.name, "1 to %d; leave it out for none", n.most)
		}
	}
	if s.Days > 0 && s.Stores > 0 {
		c.fault(at+"/stores", "days and stores cannot both be told apart; make two")
	}
	if s.EveryMinutes > 0 && (s.Visits == 0 || s.Days+s.Stores > 0) {
		c.fault(at+"/every_minutes", "it bounds how often a visit counts, so the goal must be visits")
	}
}

// stampWindow checks the time in which the goal is to be reached.
func (c *compiler) stampWindow(at string, s *stamping) {
	if s.until != 0 && s.until < s.from {
		c.fault(at+"/until", "the last day lies before the first; nothing would ever count")
	}
	if s.Each != "" && !slices.Contains([]string{EachWeek, EachMonth, EachQuarter, EachYear}, s.Each) {
		c.fault(at+"/each", "%q is not one of %s, %s, %s, %s", s.Each, EachWeek, EachMonth, EachQuarter, EachYear)
	}
	if s.Within > 0 && (s.Each != "" || s.Stores > 0 || s.EveryMinutes > 0) {
		c.fault(at+"/within", "the last so many days go with from and until, and not with each, stores and every_minutes")
	}
	bounded := s.Within > 0 || s.Each != "" && s.Each != EachYear || s.from != 0 && s.until != 0 && s.until-s.from < maxDaysWindow
	if s.Days > 0 && !bounded {
		c.fault(at+"/days", "days are told apart within %d days: give from and until, each week, month or quarter, or within", maxDaysWindow)
	}
}
