package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Price takes the offers off a basket on a day. Facts are those of the shopper and basket under the schema of the offers, nil where
// nothing is known; held are the coupons shown. Nothing is changed and nothing is reserved.
//
// It returns ErrInvalid for a basket in another currency, beyond the limits, or with lines that no offer could be reckoned for; a
// coupon that does not apply is no error but an answer.
func Price(b Basket, offers *Compiled, facts *rule.Facts, held []Held, today day.Day) (Priced, error) {
	if err := b.check(offers.currency, held); err != nil {
		return Priced{}, err
	}
	p := pricing{currency: offers.currency, lines: slices.Clone(b.Lines), facts: facts, today: today}
	slices.SortFunc(p.lines, func(a, b Line) int { return strings.Compare(a.ID, b.ID) })
	candidates := p.candidates(offers.offers, held)
	best := p.bestPlan(candidates)
	return p.answer(best), nil
}

// pricing is one call of Price. Lines are in order of their ids.
type pricing struct {
	currency   money.Currency
	lines      []Line
	facts      *rule.Facts
	today      day.Day
	considered []entry
}

// entry is an answer with its place in the order of application.
type entry struct {
	place int
	Considered
}

// candidate is an offer that the basket and shopper qualify for: the lines it touches, by index, and the coupon it would use.
type candidate struct {
	*compiled
	place  int
	coupon string
	lines  []int
}

func (p *pricing) consider(place int, c Considered) {
	p.considered = append(p.considered, entry{place, c})
}

func (p *pricing) text(minor int64) string {
	return money.Amount{Minor: minor, Currency: p.currency}.String()
}

// candidates asks the gates of every offer and answers for those that stay outside, and for coupons that are of no use.
func (p *pricing) candidates(offers []*compiled, held []Held) (through []candidate) {
	wallet := make(map[string][]Held, len(held))
	for _, h := range held {
		wallet[h.Offer] = append(wallet[h.Offer], h)
	}
	for place, o := range offers {
		coupon, ok := p.coupon(o, place, wallet[o.ID])
		delete(wallet, o.ID)
		if !ok {
			continue
		}
		refusal := Considered{Offer: o.ID, Coupon: coupon}
		c := candidate{compiled: o, place: place, coupon: coupon}
		if p.qualifies(&c, &refusal) {
			through = append(through, c)
		} else {
			p.consider(place, refusal)
		}
	}
	for _, orphans := range wallet {
		for _, h := range orphans {
			p.consider(len(offers), Considered{Offer: h.Offer, Coupon: h.ID, Reason: CouponUnknown})
		}
	}
	return through
}

// coupon picks the coupon that an offer would use: the one that expires first, then the smallest id. ok is false if the offer needs
// one and there is none; all other coupons are answered for.
func (p *pricing) coupon(o *compiled, place int, held []Held) (id string, ok bool) {
	held = slices.Clone(held)
	slices.SortFunc(held, func(a, b Held) int {
		forEver := func(d day.Day) int { // no last day comes after every day
			if d == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(forEver(a.Until), forEver(b.Until)), cmp.Compare(a.Until, b.Until), strings.Compare(a.ID, b.ID))
	})
	for _, h := range held {
		answer := Considered{Offer: o.ID, Coupon: h.ID}
		switch {
		case !o.Coupon:
			answer.Reason = CouponNotNeeded
		case h.Until != 0 && h.Until < p.today:
			answer.Reason, answer.Detail = CouponExpired, "its last day was "+h.Until.String()
		case id != "":
			answer.Reason, answer.By = LimitReached, o.ID
		default:
			id = h.ID
			continue
		}
		p.consider(place, answer)
	}
	if o.Coupon && len(held) == 0 {
		p.consider(place, Considered{Offer: o.ID, Reason: CouponMissing})
	}
	return id, !o.Coupon || id != ""
}

// qualifies asks the gates that do not depend on other offers, the cheap ones first, and notes the first that stays shut.
func (p *pricing) qualifies(c *candidate, refusal *Considered) bool {
	switch {
	case c.From != 0 && p.today < c.From:
		refusal.Reason, refusal.Detail = OutsideWindow, "it begins on "+c.From.String()
		return false
	case c.Until != 0 && p.today > c.Until:
		refusal.Reason, refusal.Detail = OutsideWindow, "it ended on "+c.Until.String()
		return false
	case !c.when.Match(p.facts):
		refusal.Reason = ConditionNotMet
		var why []string
		for _, failure := range c.when.Explain(p.facts) {
			why = append(why, failure.String())
		}
		refusal.Detail = strings.Join(why, "; ")
		return false
	}
	var touched, goods int64
	for i, l := range p.lines {
		if l.kind() == Goods {
			goods += l.Amount
		}
		if c.chosen.Takes(l) {
			c.lines = append(c.lines, i)
			touched += l.Amount
		}
	}
	counted := touched
	if c.Target == OnLines {
		counted = goods
	}
	switch {
	case len(c.lines) == 0:
		refusal.Reason = ExcludedLines
		return false
	case counted < c.MinBasket:
		refusal.Reason, refusal.Missing = BelowMinBasket, c.MinBasket-counted
		refusal.Detail = fmt.Sprintf("needs %s more", p.text(refusal.Missing))
		return false
	}
	return true
}

// answer adds the applied offers of a plan to what was refused and prices the lines.
func (p *pricing) answer(best plan) Priced {
	for _, e := range best.considered {
		p.consider(e.place, e.Considered)
	}
	slices.SortFunc(p.considered, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.place, b.place), strings.Compare(a.Offer, b.Offer), strings.Compare(a.Coupon, b.Coupon))
	})
	priced := Priced{Lines: make([]PricedLine, len(p.lines))}
	for _, e := range p.considered {
		priced.Considered = append(priced.Considered, e.Considered)
	}
	for i, l := range p.lines {
		line := PricedLine{Line: l, Discount: l.Amount - best.left[i], Adjustments: best.adjustments[i]}
		priced.Lines[i] = line
		priced.Subtotal += l.Amount
		priced.Discount += line.Discount
	}
	priced.Total = priced.Subtotal - priced.Discount
	return priced
}
