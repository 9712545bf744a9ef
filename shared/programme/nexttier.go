package programme

import (
	"math/big"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// NextTier is the next tier that a card can reach, and what it lacks.
type NextTier struct {
	Tier
	Missing int64 // points to earn this year

	// Amount is what brings them at the base rate, in minor units and on one receipt; 0 where no rule counts money for all goods. A
	// better rule brings the tier sooner.
	Amount int64
}

// NextTier tells the next tier of a card; false for a card in the highest one. Only what is earned within the year counts: a tier of the
// year before holds, and does not help.
func (p *Programme) NextTier(h card.Head, now time.Time) (NextTier, bool) {
	year := day.Of(now, p.zone).Year()
	reached, counted := h.Qualifying.Best(year), h.Qualifying.In(year)
	next, found := Tier{}, false
	for _, t := range p.Tiers {
		if t.Points > reached && (!found || t.Points < next.Points) {
			next, found = t, true
		}
	}
	if !found {
		return NextTier{}, false
	}
	n := NextTier{Tier: next, Missing: next.Points - counted}
	n.Amount = p.amountFor(n.Missing, h.Book.Carried)
	return n, true
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
	days := p.Points.WarnDays
	if days == 0 {
		days = defaultWarnDays
	}
	soon, until := ledger.Lot{}, day.Of(now, p.zone)+day.Day(days)
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
