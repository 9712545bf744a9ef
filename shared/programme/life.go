package programme

import (
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
)

// Limits of how long points live, wait and are made good.
const (
	maxMonths      = 120
	maxLifeDays    = 3_650
	maxPendingDays = 366
	maxGoodDays    = 366
	maxDebtLimit   = 1_000_000_000 // points

	defaultGraceDays = 30
)

// life checks when points begin and end, and what a return may owe.
func (c *compiler) life() {
	p := c.p.Points
	c.within("/points/months", p.Months, maxMonths, "points live 0 (for ever) to %d months")
	c.within("/points/days", p.Days, maxLifeDays, "points live 0 (for ever) to %d days")
	c.within("/points/pending_days", p.PendingDays, maxPendingDays, "points wait 0 to %d days")
	if p.GraceDays != nil {
		c.within("/points/grace_days", *p.GraceDays, maxGoodDays, "points that come back are good for 0 to %d days")
	}
	if p.Months > 0 && p.Days > 0 {
		c.fault("/points/days", "points live for months or for days; give one of the two")
	}
	if p.Since != "" && p.Since != SinceEarned && p.Since != SinceActivity {
		c.fault("/points/since", "%q is not one of %s, %s", p.Since, SinceEarned, SinceActivity)
	}
	rounds := []string{RoundDay, RoundMonth, RoundQuarter, RoundHalfYear, RoundYear}
	if p.RoundTo != "" && !slices.Contains(rounds, p.RoundTo) {
		yearly, err := day.ParseYearly(p.RoundTo)
		if err != nil || len(p.RoundTo) != len("03-31") {
			c.fault("/points/round_to", "%q is no day of the year such as 03-31 and not one of %s", p.RoundTo, strings.Join(rounds, ", "))
		}
		c.p.yearly = yearly
	}
	switch endless := p.Months+p.Days == 0 && c.p.yearly == (day.Yearly{}); {
	case endless && p.RoundTo != "":
		c.fault("/points/round_to", "points that live for ever have no last day to round; give months or days, or a day of the year")
	case endless && p.Since == SinceActivity:
		c.fault("/points/since", "points that live for ever are prolonged by nothing; give months or days")
	case p.Since == SinceActivity && c.p.yearly != (day.Yearly{}):
		c.fault("/points/since", "points that end on a day of the year are not prolonged; leave one of the two out")
	}
	if p.DebtLimit != nil && (*p.DebtLimit < 0 || *p.DebtLimit > maxDebtLimit) {
		c.fault("/points/debt_limit", "a return takes a card down to 0 to %d points below zero; leave it out for no limit", maxDebtLimit)
	}
	c.warning()
}

// grace is how many days points are good that a return gives back to a lot which has expired.
func (p *Programme) grace() day.Day {
	if p.Points.GraceDays == nil {
		return defaultGraceDays
	}
	return day.Day(*p.Points.GraceDays)
}

func (c *compiler) within(pointer string, n, most int, format string) {
	if n < 0 || n > most {
		c.fault(pointer, format, most)
	}
}
