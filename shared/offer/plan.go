package offer

import (
	"fmt"
	"slices"

	"github.com/regulars-dev/regulars/shared/money"
)

// plan is one way to combine offers, played through: what is left to pay of each line and how it came about.
type plan struct {
	left        []int64
	adjustments [][]Adjustment
	considered  []entry
	applied     []string // offers, in order of application
	coupons     int
	saved       int64
}

// bestPlan is the combination that saves most: all offers that are not exclusive together, or one exclusive offer alone. Ties go to
// fewer offers, then fewer coupons, then smaller ids, so that a scarce coupon is kept. The offers that are not in it get their answer.
func (p *pricing) bestPlan(candidates []candidate) plan {
	var together, exclusive []candidate
	for _, c := range candidates {
		if c.Exclusive {
			exclusive = append(exclusive, c)
		} else {
			together = append(together, c)
		}
	}
	best, alone := p.play(together), ""
	plans := make([]plan, len(exclusive))
	for i, c := range exclusive {
		plans[i] = p.play([]candidate{c})
		if plans[i].better(best) {
			best, alone = plans[i], c.ID
		}
	}
	for i, c := range exclusive {
		switch {
		case c.ID == alone:
		case plans[i].saved == 0: // it has answered "no effect" for itself
			best.considered = append(best.considered, plans[i].considered...)
		default:
			best.considered = append(best.considered, entry{c.place, p.beaten(c, best, best.saved-plans[i].saved)})
		}
	}
	if alone != "" {
		for _, c := range together {
			best.considered = append(best.considered, entry{c.place, Considered{
				Offer: c.ID, Coupon: c.coupon, Reason: BlockedBy, By: alone, Detail: "that offer applies alone and saves more",
			}})
		}
	}
	return best
}

// beaten is the answer for an exclusive offer that does not save most.
func (p *pricing) beaten(c candidate, best plan, by int64) Considered {
	detail := fmt.Sprintf("it applies alone, and without it the shopper saves %s more", p.text(by))
	if by == 0 {
		detail = "it applies alone and saves no more"
	}
	return Considered{Offer: c.ID, Coupon: c.coupon, Reason: BeatenBy, By: best.applied[0], Detail: detail}
}

func (a plan) better(b plan) bool {
	switch {
	case a.saved != b.saved:
		return a.saved > b.saved
	case len(a.applied) != len(b.applied):
		return len(a.applied) < len(b.applied)
	case a.coupons != b.coupons:
		return a.coupons < b.coupons
	}
	return slices.Compare(a.applied, b.applied) < 0
}

// play applies offers one after the other, each to what the earlier ones left.
func (p *pricing) play(offers []candidate) plan {
	now := plan{left: make([]int64, len(p.lines)), adjustments: make([][]Adjustment, len(p.lines))}
	for i, l := range p.lines {
		now.left[i] = l.Amount
	}
	groups := map[string]string{} // which offer has taken a group
	for _, c := range offers {
		answer := Considered{Offer: c.ID, Coupon: c.coupon}
		if first, taken := groups[c.Group]; taken {
			answer.Reason, answer.By = BlockedBy, first
			answer.Detail = "only one offer of the group " + c.Group + " applies"
			now.considered = append(now.considered, entry{c.place, answer})
			continue
		}
		answer.Amount, answer.Applied, answer.Reason = p.apply(c, &now)
		now.considered = append(now.considered, entry{c.place, answer})
		if !answer.Applied {
			continue
		}
		if c.Group != "" {
			groups[c.Group] = c.ID
		}
		if c.coupon != "" {
			now.coupons++
		}
		now.applied = append(now.applied, c.ID)
		now.saved += answer.Amount
	}
	return now
}

// apply takes one offer off what is left: its amount, then the spread of that amount over its lines.
func (p *pricing) apply(c candidate, now *plan) (taken int64, applied bool, reason Reason) {
	shares := make([]money.Share, len(c.lines))
	for n, i := range c.lines {
		shares[n] = money.Share{Key: p.lines[i].ID, Weight: now.left[i], Cap: now.left[i]}
		if c.Spread == ByQuantity {
			shares[n].Weight = p.lines[i].Quantity
		}
	}
	amount := p.amount(c, now, shares)
	reason = Applied
	if c.Cap > 0 && amount > c.Cap {
		amount, reason = c.Cap, Capped
	}
	parts, unallocated := money.Prorate(amount, shares)
	if taken = amount - unallocated; taken == 0 {
		return 0, false, NoEffect
	}
	for n, i := range c.lines {
		if parts[n] > 0 {
			now.left[i] -= parts[n]
			now.adjustments[i] = append(now.adjustments[i], Adjustment{Offer: c.ID, Coupon: c.coupon, Amount: parts[n]})
		}
	}
	return taken, true, reason
}

// amount is what an offer takes off its lines together, rounded once. A fixed amount off each piece is itself the weight of its
// line, so that a cap cuts every line by the same part.
func (p *pricing) amount(c candidate, now *plan, shares []money.Share) (amount int64) {
	switch {
	case c.Kind == Percent:
		for _, i := range c.lines {
			amount += now.left[i]
		}
		return money.Percent(amount, c.BasisPoints)
	case c.Target == OnBasket:
		return c.AmountMinor
	}
	for n, i := range c.lines {
		off := min(c.AmountMinor*p.lines[i].Quantity, now.left[i])
		shares[n].Weight = off
		amount += off
	}
	return amount
}
