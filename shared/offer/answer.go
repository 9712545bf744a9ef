package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/money"
)

// gave is what one offer of the best combination took off which lines.
type gave struct {
	*candidate
	out   outcome
	lines []lineGave
}

type lineGave struct {
	line   int
	amount int64
}

// answer plays the best combination once more, says of each candidate what became of it, and prices the lines.
func (p *pricing) answer(cs []candidate, best combination) Priced {
	limit := p.limit()
	order := p.keepCoupons(cs, best, limit)
	applied := p.record(cs, order)
	capBasket(applied, p.lines, limit)
	for n := range applied {
		p.tell(&applied[n])
	}
	for i := range cs {
		switch {
		case slices.Contains(order, i):
		case slices.Contains(best.order, i):
			p.consider(cs[i].place, Considered{Offer: cs[i].ID, Coupon: cs[i].coupon, Reason: BasketCap})
		default:
			p.explain(cs, best, i)
		}
	}
	slices.SortFunc(p.considered, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.place, b.place), strings.Compare(a.Offer, b.Offer), strings.Compare(a.Coupon, b.Coupon))
	})
	priced := Priced{Lines: make([]PricedLine, len(p.lines)), Proof: best.proof, Considered: make([]Considered, len(p.considered))}
	for i := range p.considered {
		priced.Considered[i] = p.considered[i].Considered
	}
	p.adjust(priced.Lines, applied)
	for i := range priced.Lines {
		l := &priced.Lines[i]
		l.Line = p.lines[i]
		l.Tax = taxOf(l.Net(), l.TaxBasisPoints, p.offers.policy.PricesWithout)
		priced.Subtotal += l.Amount
		priced.Discount += l.Discount
		priced.Tax += l.Tax
	}
	priced.Total = priced.Subtotal - priced.Discount
	return priced
}

// record plays an order and keeps what each offer took off each line.
func (p *pricing) record(cs []candidate, order []int) []gave {
	applied := make([]gave, 0, len(order))
	p.now = append(p.now[:0], p.start...)
	for _, i := range order {
		g := gave{candidate: &cs[i], out: p.apply(&cs[i], &p.now)}
		g.lines = make([]lineGave, 0, len(p.hits))
		for n, hit := range p.hits {
			if p.parts[n] > 0 {
				g.add(p.now[hit].line, p.parts[n], len(p.now) > len(p.start))
			}
		}
		applied = append(applied, g)
	}
	return applied
}

// add counts an amount for a line, which may have been told before if lines are split.
func (g *gave) add(line int, amount int64, split bool) {
	if split {
		for i := range g.lines {
			if g.lines[i].line == line {
				g.lines[i].amount += amount
				return
			}
		}
	}
	g.lines = append(g.lines, lineGave{line, amount})
}

// limit is the most that all offers together take off the basket.
func (p *pricing) limit() int64 {
	policy := p.offers.policy
	switch {
	case policy.CapBasisPoints > 0:
		var sum int64
		for i := range p.start {
			if p.goods.has(i) {
				sum += p.start[i].left
			}
		}
		return money.MulDiv(sum, policy.CapBasisPoints, money.WholeInBasisPoints)
	case policy.CapMinor > 0:
		return policy.CapMinor
	}
	return money.NoCap
}

// keepCoupons leaves out, last first, the offers for whose coupon the shopper would get nothing, because the others reach the cap of
// the basket without it. Where a programme combines by priority, the order stays what it is.
func (p *pricing) keepCoupons(cs []candidate, best combination, limit int64) []int {
	order := best.order
	if best.proof == Ordered || best.coupons == 0 || best.saved <= limit {
		return order
	}
	for n := len(order) - 1; n >= 0; n-- {
		if cs[order[n]].coupon == "" {
			continue
		}
		without := slices.Concat(order[:n], order[n+1:])
		if c := p.play(cs, without); c.saved >= limit && len(c.order) == len(without) {
			order = without
		}
	}
	return order
}

// capBasket takes back what is beyond the limit, from the last offer first.
func capBasket(applied []gave, lines []Line, limit int64) {
	for n := range applied {
		g := &applied[n]
		if g.out.taken <= limit {
			limit -= g.out.taken
			continue
		}
		shares := make([]money.Share, len(g.lines))
		for i, l := range g.lines {
			shares[i] = money.Share{Key: lines[l.line].ID, Weight: l.amount, Cap: l.amount}
		}
		parts, _ := money.Prorate(limit, shares)
		for i := range g.lines {
			g.lines[i].amount = parts[i]
		}
		g.out.taken, g.out.reason, limit = limit, Capped, 0
		if g.out.taken == 0 {
			g.out.reason = BasketCap
		}
	}
}

// tell is the answer for an offer of the best combination.
func (p *pricing) tell(g *gave) {
	answer := Considered{Offer: g.ID, Coupon: g.coupon, Applied: g.out.taken > 0, Reason: g.out.reason, Amount: g.out.taken}
	if answer.Applied {
		answer.Missing, answer.MissingPieces = g.out.missing, g.out.missingPieces
		switch {
		case answer.Missing > 0:
			answer.Detail = p.text(answer.Missing) + " more for the next step"
		case answer.MissingPieces > 0:
			answer.Detail = fmt.Sprintf("%d more pieces would count", answer.MissingPieces)
		}
	}
	p.consider(g.place, answer)
}

// explain is the answer for a candidate that is not in the best combination. p.now is the basket after it.
func (p *pricing) explain(cs []candidate, best combination, i int) {
	c := &cs[i]
	answer := Considered{Offer: c.ID, Coupon: c.coupon}
	for _, in := range best.order {
		if conflict(c, &cs[in]) {
			p.kept(&answer, c, &cs[in], best)
			p.consider(c.place, answer)
			return
		}
	}
	out := p.try(c, p.now)
	if out.taken > 0 || out.reason == PiecesMissing {
		answer.Reason, answer.Detail = BeatenBy, "the shopper saves no less without it"
		for _, in := range best.order {
			if c.sees.meets(&cs[in].sees) {
				answer.By = cs[in].ID
				break
			}
		}
	} else {
		p.refuse(&answer, out, "needs %d more")
	}
	p.consider(c.place, answer)
}

// kept is the answer for an offer that another keeps out.
func (p *pricing) kept(answer *Considered, c, by *candidate, best combination) {
	answer.Reason, answer.By = BlockedBy, by.ID
	switch {
	case c.Group != "" && c.Group == by.Group:
		answer.Detail = "only one offer of the group " + c.Group + " applies"
	case by.Stack == StackNever:
		answer.Detail = "that offer applies alone"
	case best.proof == Ordered:
		answer.Detail = "it applies alone, and that offer comes first"
	default:
		answer.Reason, answer.Detail = BeatenBy, "it applies alone and saves no more"
		if less := best.saved - c.worth; less > 0 {
			answer.Detail = "it applies alone, and without it the shopper saves " + p.text(less) + " more"
		}
	}
}

// adjust lays what the offers took on the lines.
func (p *pricing) adjust(lines []PricedLine, applied []gave) {
	counts := make([]int, len(lines))
	sum := 0
	for n := range applied {
		for _, l := range applied[n].lines {
			if l.amount > 0 {
				counts[l.line]++
				sum++
			}
		}
	}
	all := make([]Adjustment, sum) // one piece of memory for all lines
	for i, n := range counts {
		if n > 0 {
			lines[i].Adjustments, all = all[0:0:n], all[n:]
		}
	}
	for n := range applied {
		g := &applied[n]
		for _, l := range g.lines {
			if l.amount > 0 {
				lines[l.line].Adjustments = append(lines[l.line].Adjustments, Adjustment{Offer: g.ID, Coupon: g.coupon, Amount: l.amount})
				lines[l.line].Discount += l.amount
			}
		}
	}
}
