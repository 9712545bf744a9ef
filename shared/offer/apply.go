package offer

import (
	"github.com/regulars-dev/regulars/shared/money"
)

// benefit is what an offer takes off once its step is known.
type benefit struct {
	basisPoints int64
	minor       int64
	next        int64 // minor units that the basket lacks for the next step
	nextPieces  int64
}

// outcome is what came of applying one offer.
type outcome struct {
	taken         int64
	wanted        int64 // what it claimed, before lines could not give it
	reason        Reason
	missing       int64
	missingPieces int64
}

// apply takes one offer off the stacks: the pieces, the amount, the spread. What each stack gives stands in p.hits and p.parts until
// the next call. An offer that takes nothing may yet have split stacks, so the caller then drops them.
func (p *pricing) apply(c *candidate, stacks *[]stack) outcome {
	b := c.benefit
	if c.After {
		var refused outcome
		if b, refused = p.reach(c, p.counted(c, *stacks)); refused.reason != "" {
			p.hits = p.hits[:0]
			return refused
		}
	}
	sets, missing := p.touch(c, b, stacks)
	switch {
	case len(p.hits) == 0 && missing > 0:
		return outcome{reason: PiecesMissing, missingPieces: missing}
	case len(p.hits) == 0:
		return outcome{reason: NoEffect}
	}
	amount := p.claims(c, b, sets, *stacks)
	out := p.take(c, amount, *stacks)
	if out.reason != Applied { // more of the same would change nothing
		return out
	}
	out.missing, out.missingPieces = b.next, b.nextPieces
	if c.gets { // what could be got besides is worth a hint
		out.missingPieces = missing
	}
	return out
}

func (c *candidate) picks() bool { return c.Target == OnCheapest || c.Target == OnDearest }

// together reports whether the amount belongs to all pieces as one, so that what one of them cannot take goes to the others. Where
// each has its own claim, what a least price forbids is not taken at all.
func (c *candidate) together() bool {
	return c.Target == OnBasket || c.Target == OnSets && c.Kind != Percent
}

// claims reckons what the offer takes off all hits together, rounded once, and fills p.shares with what each may claim.
func (p *pricing) claims(c *candidate, b benefit, sets int64, stacks []stack) (amount int64) {
	p.shares = p.shares[:0]
	var cost int64
	for _, i := range p.hits {
		s := &stacks[i]
		share := money.Share{Key: p.lines[s.line].ID, Weight: s.left, Cap: s.room()}
		if c.CapPiece > 0 {
			share.Cap = min(share.Cap, c.CapPiece*s.pieces)
		}
		if c.Spread == ByQuantity {
			share.Weight = s.pieces
		}
		p.shares = append(p.shares, share)
		cost += s.left
	}
	switch {
	case c.Kind == Percent:
		return money.Percent(cost, b.basisPoints)
	case c.Kind == Fixed && c.together():
		return b.minor * sets
	case c.Kind == NewPrice && c.together():
		return max(cost-b.minor*sets, 0)
	case c.EachLine:
		return p.eachLine(b.minor, stacks)
	}
	for n, i := range p.hits {
		s, share := &stacks[i], &p.shares[n]
		off := b.minor * s.pieces
		if c.Kind == NewPrice {
			off = max(s.left-off, 0)
		}
		share.Weight = min(off, s.left)
		amount += share.Weight
	}
	return amount
}

// eachLine claims an amount off every line, whose stacks give it one after the other.
func (p *pricing) eachLine(minor int64, stacks []stack) (amount int64) {
	for n, i := range p.hits {
		rest := minor
		for earlier, j := range p.hits[:n] {
			if stacks[j].line == stacks[i].line {
				rest -= p.shares[earlier].Weight
			}
		}
		p.shares[n].Weight = min(rest, stacks[i].left)
		amount += p.shares[n].Weight
	}
	return amount
}

// take spreads an amount over the hits and takes it off them.
func (p *pricing) take(c *candidate, amount int64, stacks []stack) outcome {
	out := outcome{reason: Applied}
	if c.Cap > 0 && amount > c.Cap {
		amount, out.reason = c.Cap, Capped
	}
	out.wanted = amount
	var most, room int64 // what the hits cost, and what they may give
	for n, i := range p.hits {
		most, room = most+stacks[i].left, room+stacks[i].room()
		if !c.together() {
			p.shares[n].Cap = money.NoCap
		}
	}
	parts, _ := p.prorater.Prorate(amount, p.shares)
	p.parts = parts
	for n, i := range p.hits {
		s := &stacks[i]
		if off := s.room(); parts[n] > off {
			parts[n] = off
		}
		if c.CapPiece > 0 {
			parts[n] = min(parts[n], c.CapPiece*s.pieces)
		}
		s.left -= parts[n]
		out.taken += parts[n]
	}
	switch wanted := min(amount, most); {
	case out.taken == 0 && wanted > 0 && room == 0:
		out.reason = FloorPrice
	case out.taken == 0:
		out.reason = NoEffect
	case out.taken < wanted && c.CapPiece > 0:
		out.reason = Capped
	case out.taken < wanted:
		out.reason = FloorPrice
	}
	return out
}

// reach finds what an offer takes off for what is counted; a reason says that it is not enough.
func (p *pricing) reach(c *candidate, counted int64) (benefit, outcome) {
	if counted < c.MinBasket {
		return benefit{}, outcome{reason: BelowMinBasket, missing: c.MinBasket - counted}
	}
	if c.chosenPieces < c.MinPieces {
		return benefit{}, outcome{reason: PiecesMissing, missingPieces: c.MinPieces - c.chosenPieces}
	}
	b := benefit{basisPoints: c.BasisPoints, minor: c.AmountMinor}
	if c.Every > 0 {
		b.minor = money.MulDiv(b.minor, counted/c.Every, 1)
		b.next = c.Every - counted%c.Every
		if b.minor == 0 {
			return benefit{}, outcome{reason: BelowMinBasket, missing: b.next}
		}
	}
	if len(c.Steps) == 0 {
		return b, outcome{}
	}
	reached := -1
	for i, s := range c.Steps {
		if s.From > counted || s.Pieces > c.chosenPieces {
			b.next, b.nextPieces = max(s.From-counted, 0), max(s.Pieces-c.chosenPieces, 0)
			break
		}
		reached = i
	}
	switch {
	case reached >= 0:
		b.basisPoints, b.minor = c.Steps[reached].BasisPoints, c.Steps[reached].AmountMinor
		return b, outcome{}
	case b.next > 0:
		return benefit{}, outcome{reason: BelowMinBasket, missing: b.next}
	}
	return benefit{}, outcome{reason: PiecesMissing, missingPieces: b.nextPieces}
}

// counted is what MinBasket, Steps and Every are measured on.
func (p *pricing) counted(c *candidate, stacks []stack) (sum int64) {
	if c.MinBasket == 0 && c.Every == 0 && len(c.Steps) == 0 {
		return 0
	}
	without := p.offers.policy.PricesWithout
	for i := range stacks {
		s := &stacks[i]
		if !p.counts(c, s.line) {
			continue
		}
		sum += s.left
		switch rate := p.lines[s.line].TaxBasisPoints; {
		case c.Tax == TaxIncluded && without:
			sum += taxOf(s.left, rate, without)
		case c.Tax == TaxExcluded && !without:
			sum -= taxOf(s.left, rate, without)
		}
	}
	return sum
}

func (p *pricing) counts(c *candidate, line int) bool {
	switch c.Counts {
	case CountChosen:
		return c.lines.has(line)
	case CountOthers:
		return p.goods.has(line) && !c.lines.has(line)
	}
	return p.goods.has(line)
}
