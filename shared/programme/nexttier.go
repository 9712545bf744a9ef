package programme

import (
	"math/big"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// NextTier is the next tier that a card can reach, and what it lacks. Of Missing and MissingVisits one is 0 at least.
type NextTier struct {
	Tier
	Missing int64 // points to earn within the period

	// Amount is the money that is missing, in minor units: to be paid within the period where a tier is reached by spend; where it is
	// reached by points, what brings them at the base rate and on one receipt, 0 if no rule counts money for all goods. A better rule
	// brings the tier sooner.
	Amount int64

	MissingVisits int64 // receipts to make within the period
}

// NextTier tells the next tier of a card; false for a card in the highest one. Only what counts in the present period helps: a tier of the
// year before holds, and does not help.
func (p *Programme) NextTier(h card.Head, now time.Time) (NextTier, bool) {
	l, today := p.now(), p.today(now)
	s := l.standingOf(h, today)
	level := l.holds(s, h.Given, today)
	if level == len(l.rungs) {
		return NextTier{}, false
	}
	unit := l.unit.Of(today)
	missing := l.rungs[level].reach - s.Sum(unit-l.window, unit, unit)
	n := NextTier{Tier: p.tierBy(l.rungs[level].id)}
	switch l.by {
	case card.BySpend:
		n.Amount = missing
	case card.ByVisits:
		n.MissingVisits = missing
	default:
		n.Missing, n.Amount = missing, p.amountFor(missing, h.Book.Carried)
	}
	return n, true
}

// tierBy finds a tier.
func (p *Programme) tierBy(id string) Tier {
	for _, t := range p.Tiers {
		if t.ID == id {
			return t
		}
	}
	return Tier{ID: id, Name: id}
}

// Stand is how a card stands in its tier.
type Stand struct {
	Tier     string
	Until    day.Day // the last day on which it holds if nothing more is counted; 0: it is not lost, or is the base
	Then     string  // the tier after that day
	AtRisk   bool    // that day is near
	ByHand   bool    // a person gave the tier: what was earned reaches less
	Benefits []string
}

// Stand tells how long a card's tier holds, what comes after it, and what it brings.
func (p *Programme) Stand(h card.Head, now time.Time) Stand {
	l, today := p.now(), p.today(now)
	s := l.standingOf(h, today)
	level, earned := l.holds(s, h.Given, today), l.holds(s, card.GivenTier{}, today)
	stand := Stand{Tier: l.tier(level), ByHand: level > earned}
	if level == 0 {
		return stand
	}
	stand.Benefits = p.tierBy(stand.Tier).Benefits
	const ever = int(forever) // the units beyond the newest only forget
	end := day.Day(0)
	if !stand.ByHand {
		end = l.until(s, level, ever)
	}
	if h.Given.Until == 0 && l.levelOf(h.Given.Tier) >= level {
		end = forever
	} else if l.levelOf(h.Given.Tier) >= level {
		end = max(end, h.Given.Until)
	}
	if end < forever {
		stand.Until, stand.Then = end, l.tier(l.holds(s, h.Given, end+1))
		stand.AtRisk = end < today+day.Day(l.warn)
	}
	return stand
}

// amountFor is the least money that brings points at the base rate on top of what is carried; 0 without such a rate.
func (p *Programme) amountFor(points, carried int64) int64 {
	rate := p.baseRate()
	if rate == nil {
		return 0
	}
	need := new(big.Rat).SetInt64(points)
	if p.Points.CarryOver {
		need.Sub(need, big.NewRat(carried, ledger.Grains))
	}
	need.Quo(need, rate)
	minor, rest := new(big.Int).QuoRem(need.Num(), need.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		minor.Add(minor, big.NewInt(1))
	}
	if !minor.IsInt64() {
		return 0
	}
	return minor.Int64()
}

// baseRate is the points of a minor unit by the best rule that counts money without a condition, for all goods but some; nil if there is
// none.
func (p *Programme) baseRate() *big.Rat {
	var best *big.Rat
	for _, r := range p.earn {
		if r.basis != perMoney || !r.When.IsZero() || r.from != 0 || r.until != 0 || !r.Lines.wide() {
			continue
		}
		if rate := big.NewRat(r.Points, r.per); best == nil || rate.Cmp(best) > 0 {
			best = rate
		}
	}
	return best
}

// wide reports that a choice of lines takes all goods, but for some that it names.
func (l *Lines) wide() bool {
	return l == nil || len(l.SKUs)+len(l.Categories)+len(l.Kinds)+len(l.Brands)+len(l.Tags)+len(l.Attributes) == 0 && l.PriceFrom == "" && l.PriceTo == ""
}

// Expiring is the points of a card that expire soon, and the first of their last days; nothing where none do.
func (p *Programme) Expiring(h card.Head, now time.Time) ledger.Lot {
	soon, until := ledger.Lot{}, day.Of(now, p.zone)+day.Day(p.warnDays())
	for _, l := range h.Book.Lots { // the first to expire comes first
		if l.ExpiresOn == 0 || l.ExpiresOn > until {
			break
		}
		if soon.Points == 0 {
			soon.ExpiresOn = l.ExpiresOn
		}
		soon.Points += l.Points
	}
	return soon
}
