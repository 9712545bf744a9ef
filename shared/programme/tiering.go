package programme

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Tier is reached with so many Points, so much Spend or so many Visits, whichever the tiers of the programme name: all of them the same.
// Tiering says in which time.
type Tier struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Points int64   `json:"points,omitempty"` // earned
	Spend  Decimal `json:"spend,omitempty"`  // paid, less what was paid back
	Visits int64   `json:"visits,omitempty"` // receipts that were not returned whole

	// Times multiplies the points of receipts that find the card in this tier: an earning rule with the condition card.tier, in short.
	Times Decimal `json:"times,omitempty"`

	// PointsMonths is how long points live that are earned in this tier; missing: as all do.
	PointsMonths int `json:"points_months,omitempty"`

	// Benefits are what the tier brings beside points, in words for the clerk and the shopper.
	Benefits []string `json:"benefits,omitempty"`

	// Keep is KeepForever for a tier that is never lost once it is reached, or missing.
	Keep string `json:"keep,omitempty"`
}

// Tiering says when a tier is reached and how long it holds. Without it, or with nothing said in it, a tier is reached within a calendar
// year and holds to the end of the next. Returns then count at once; where there is a tiering, from the next review, unless it is strict.
type Tiering struct {
	Period string `json:"period,omitempty"` // in which time it is reached: one of PeriodYear, PeriodRolling. PeriodYear if missing

	// Months is the length of a rolling period: what is earned counts to the end of the month so many months later, as points live. 12 if
	// missing.
	Months int `json:"months,omitempty"`

	// KeepYears is for how many calendar years beyond its own a year counts; 1 if missing. 0 lets a tier end with its year.
	KeepYears *int `json:"keep_years,omitempty"`

	// A card that no longer qualifies keeps its tier for so many months and days, and then to the end of the month if that is said.
	GraceMonths     int  `json:"grace_months,omitempty"`
	GraceDays       int  `json:"grace_days,omitempty"`         // days that a tier outlives what it was reached by
	GraceToMonthEnd bool `json:"grace_to_month_end,omitempty"` // grace runs to the end of its month

	// Down is where a card falls that no longer qualifies: one of DownFull, DownOne, DownNone. DownFull if missing.
	Down string `json:"down,omitempty"`

	// StrictReturns takes a return off the count at once. Else the tier stays to the end of the period's month, or of the year, in which
	// the return came.
	StrictReturns bool `json:"strict_returns,omitempty"`

	// WarnDays is how many days before its end a tier is said to be at risk; 30 if missing.
	WarnDays int `json:"warn_days,omitempty"`
}

// What Tiering and Tier may say.
const (
	PeriodYear    = "calendar_year" // what was earned since 1 January
	PeriodRolling = "rolling"       // what was earned in the last months
	DownFull      = "full"          // to the tier that the count still reaches
	DownOne       = "one"           // one tier at a review
	DownNone      = "none"          // never
	KeepForever   = "forever"
)

// Limits of tiers.
const (
	maxTierMonths  = 36
	maxKeepYears   = 5
	maxGraceMonths = 24
	maxGraceDays   = 366
	maxBenefits    = 10
	maxReach       = 1_000_000_000_000 // points, visits, or minor units
	rollingMonths  = 12
	tierWarnDays   = 30

	// A receipt that comes this late still changes what earlier reviews found.
	lateMonths = 6
	lateYears  = 1
)

// rung is a tier with what reaches it.
type rung struct {
	id      string
	reach   int64
	forever bool
}

// ladder is the tiers of a programme, ready to be asked. A level is a place in it: 0 is the base, n the rung n-1.
type ladder struct {
	by      card.CountedBy
	unit    card.Unit
	window  int // units beside its own that count at a review
	kept    int // earlier windows that count as well
	late    int // units for which a late receipt changes what was found
	rungs   []rung
	down    string
	months  int // of grace
	days    int
	toEnd   bool
	lenient bool
	warn    int
	plain   bool // it counts in card.Qualifying
}

func (c *compiler) tiers() {
	c.count("/tiers", len(c.p.Tiers), MaxTiers)
	l := ladder{by: card.ByPoints, unit: card.Yearly, kept: 1, late: lateYears, down: DownFull, warn: tierWarnDays, plain: c.p.Tiering == nil}
	if t := c.p.Tiering; t != nil {
		c.tiering(t, &l)
	}
	seen := map[string]bool{}
	for i, t := range c.p.Tiers {
		at := "/tiers/" + strconv.Itoa(i)
		c.id(at+"/id", t.ID, seen)
		c.within(at+"/points_months", t.PointsMonths, maxMonths, "points of a tier live 1 to %d months; leave it out for as long as all")
		by, reach := c.reach(at, t)
		if i > 0 && by != l.by {
			c.fault(at, "all tiers are reached by the same: points, spend or visits")
		}
		l.by = by
		if t.Keep != "" && t.Keep != KeepForever {
			c.fault(at+"/keep", "%q is not %s; leave it out for a tier that can be lost", t.Keep, KeepForever)
		}
		c.tierTimes(at, t)
		c.count(at+"/benefits", len(t.Benefits), maxBenefits)
		for n, text := range t.Benefits {
			if text == "" || len(text) > MaxName {
				c.fault(at+"/benefits/"+strconv.Itoa(n), "a text of 1 to %d bytes is needed", MaxName)
			}
		}
		l.plain = l.plain && by == card.ByPoints && t.Keep == ""
		l.rungs = append(l.rungs, rung{id: t.ID, reach: reach, forever: t.Keep == KeepForever || l.down == DownNone})
	}
	slices.SortStableFunc(l.rungs, func(a, b rung) int { return cmp.Compare(a.reach, b.reach) })
	l.rungs = slices.CompactFunc(l.rungs, func(a, b rung) bool { return a.reach == b.reach })
	c.p.ladder = l
	c.qualifying()
}

// reach is what a tier counts, and how much of it is needed.
func (c *compiler) reach(at string, t Tier) (card.CountedBy, int64) {
	spend := int64(0)
	if t.Spend != "" {
		spend = c.amount(at+"/spend", t.Spend)
	}
	said := 0
	for _, is := range []bool{t.Points != 0, t.Spend != "", t.Visits != 0} {
		if is {
			said++
		}
	}
	if said > 1 {
		c.fault(at, "a tier is reached by points, by spend or by visits; give one of them")
	}
	by, n, name := card.ByPoints, t.Points, "points"
	switch {
	case t.Spend != "":
		by, n, name = card.BySpend, spend, "spend"
	case t.Visits != 0:
		by, n, name = card.ByVisits, t.Visits, "visits"
	}
	if (n < 1 || n > maxReach) && name != "spend" {
		c.fault(at+"/"+name, "a tier is reached by 1 point or more, or by spend or visits; without any a card is in the base tier")
	}
	return by, n
}

// tierTimes adds the earning rule of a tier that multiplies points.
func (c *compiler) tierTimes(at string, t Tier) {
	if t.Times == "" {
		return
	}
	n, err := strconv.ParseInt(hundredths(t.Times), 10, 64)
	if err != nil || n <= 100 || n > maxTimes*100 {
		c.fault(at+"/times", "%q is no multiplier above 1 and up to %d with at most two decimals", string(t.Times), maxTimes)
		return
	}
	condition := Condition{Tree: map[string]any{"field": factTier, "op": "eq", "value": t.ID}}
	c.p.earn = append(c.p.earn, earning{
		EarnRule: EarnRule{ID: "tier." + t.ID, Times: t.Times, When: condition}, basis: times, factor: big.NewRat(n, 100),
		chosen: c.earningLines(at, nil).Compile(), when: c.when(at, condition, c.p.receipts),
	})
}

func (c *compiler) tiering(t *Tiering, l *ladder) {
	between := func(name string, n, least, most int) {
		if n < least || n > most {
			c.fault("/tiering/"+name, "%d is not between %d and %d", n, least, most)
		}
	}
	switch t.Period {
	case "", PeriodYear:
		if t.Months != 0 {
			c.fault("/tiering/months", "months are for the period %s; a calendar year has its own", PeriodRolling)
		}
		if t.KeepYears != nil {
			between("keep_years", *t.KeepYears, 0, maxKeepYears)
			l.kept = *t.KeepYears
		}
	case PeriodRolling:
		if t.KeepYears != nil {
			c.fault("/tiering/keep_years", "keep_years is for the period %s; give a rolling period months or grace", PeriodYear)
		}
		l.unit, l.window, l.kept, l.late = card.Monthly, rollingMonths, 0, lateMonths
		if t.Months != 0 {
			between("months", t.Months, 1, maxTierMonths)
			l.window = t.Months
		}
	default:
		c.fault("/tiering/period", "%q is not one of %s, %s", t.Period, PeriodYear, PeriodRolling)
	}
	between("grace_months", t.GraceMonths, 0, maxGraceMonths)
	between("grace_days", t.GraceDays, 0, maxGraceDays)
	between("warn_days", t.WarnDays, 0, maxWarnDays)
	l.months, l.days, l.toEnd, l.lenient = t.GraceMonths, t.GraceDays, t.GraceToMonthEnd, !t.StrictReturns
	if t.GraceToMonthEnd && t.GraceMonths+t.GraceDays == 0 {
		c.fault("/tiering/grace_to_month_end", "there is no grace to round; give grace_months or grace_days")
	}
	if t.WarnDays > 0 {
		l.warn = t.WarnDays
	}
	switch t.Down {
	case "":
	case DownFull, DownOne, DownNone:
		l.down = t.Down
	default:
		c.fault("/tiering/down", "%q is not one of %s, %s, %s", t.Down, DownFull, DownOne, DownNone)
	}
}

// qualifying makes the programme whose points alone count towards a tier, where some rule's do not.
func (c *compiler) qualifying() {
	counts := func(r earning) bool { return r.Qualifying == nil || *r.Qualifying }
	if !slices.ContainsFunc(c.p.earn, func(r earning) bool { return !counts(r) }) {
		return
	}
	c.p.ladder.plain = false
	less := *c.p
	less.earn = slices.DeleteFunc(slices.Clone(c.p.earn), func(r earning) bool { return !counts(r) })
	c.p.counting = &less
}

// graceEnd is the last day on which a tier is kept that is no longer deserved from the day d on.
func (l *ladder) graceEnd(d day.Day) day.Day {
	end := d.AddMonths(l.months) + day.Day(l.days) - 1
	if l.toEnd {
		end = end.EndOfMonth()
	}
	return end
}
