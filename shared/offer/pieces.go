package offer

import (
	"math"

	"github.com/regulars-dev/regulars/shared/money"
)

// stack is pieces of one line that have had the same done to them: what is left to pay for them and what they may not fall below.
// A line begins as one stack; an offer that uses some of its pieces splits it.
type stack struct {
	line   int
	pieces int64
	left   int64
	floor  int64
	used   bool // for a set, or as a cheapest or dearest piece
}

func (s *stack) room() int64 { return max(s.left-s.floor, 0) }

// take is pieces of a stack that an offer uses.
type take struct {
	stack  int
	pieces int64
	part   int
}

// touch finds the pieces that an offer takes its amount off, as stacks in p.hits, and marks those it uses. It returns how many sets
// they make, 1 where the offer is about no sets, and how many pieces are missing for a first or another one.
func (p *pricing) touch(c *candidate, b benefit, stacks *[]stack) (sets, missing int64) {
	p.hits = p.hits[:0]
	switch c.Target {
	case OnCheapest, OnDearest:
		p.pick(c, stacks)
		return 1, 0
	case OnSets:
		return p.form(c, b, stacks)
	}
	for i := range *stacks {
		if s := &(*stacks)[i]; s.left > 0 && c.lines.has(s.line) {
			p.hits = append(p.hits, i)
		}
	}
	return 1, 0
}

// pick uses the cheapest or the dearest pieces. Those that are free already are left alone. The cheaper of pieces that differ by a
// spare cent are the last of their stack.
func (p *pricing) pick(c *candidate, stacks *[]stack) {
	for need := c.Pieces; need > 0; {
		best := -1
		for i := range *stacks {
			s := &(*stacks)[i]
			if s.used || s.left == 0 || !c.lines.has(s.line) {
				continue
			}
			if best < 0 || c.Target == OnCheapest && dearer(&(*stacks)[best], s) || c.Target == OnDearest && dearer(s, &(*stacks)[best]) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		n := min(need, (*stacks)[best].pieces)
		p.hits = append(p.hits, carve(stacks, best, n, c.Target == OnCheapest))
		need -= n
	}
}

// dearer compares prices of pieces exactly: left and pieces are bounded so that the products fit.
func dearer(a, b *stack) bool { return a.left*b.pieces > b.left*a.pieces }

// carve splits n pieces off the beginning or end of a stack, marks them as used, and returns where they stand.
func carve(stacks *[]stack, i int, n int64, last bool) int {
	s := &(*stacks)[i]
	if n == s.pieces {
		s.used = true
		return i
	}
	from := int64(0)
	if last {
		from = s.pieces - n
	}
	cut := stack{line: s.line, pieces: n, used: true}
	cut.left = money.Units(s.left, s.pieces, from, from+n)
	cut.floor = money.Units(s.floor, s.pieces, from, from+n)
	s.pieces, s.left, s.floor = s.pieces-n, s.left-cut.left, s.floor-cut.floor
	*stacks = append(*stacks, cut)
	return len(*stacks) - 1
}

// form makes as many sets as there are, in the way that Part describes. Sets of the same make-up are formed at once, so that a million
// pieces cost no more than a few.
func (p *pricing) form(c *candidate, b benefit, stacks *[]stack) (sets, missing int64) {
	p.free = p.free[:0]
	for i := range *stacks {
		s, free := &(*stacks)[i], int64(0)
		if !s.used && s.left > 0 && c.lines.has(s.line) {
			free = s.pieces
		}
		p.free = append(p.free, free)
	}
	p.takes = p.takes[:0]
	limit := c.Times
	if limit == 0 {
		limit = math.MaxInt64
	}
	for sets < limit {
		first := len(p.takes)
		if missing = p.fill(c, *stacks); missing > 0 {
			p.giveBack(first)
			break
		}
		times := p.repeat(first, limit-sets)
		if c.Kind == NewPrice && p.value(c, *stacks, first) <= b.minor*times {
			p.giveBack(first)
			break
		}
		sets += times
	}
	for _, t := range p.takes {
		at := carve(stacks, t.stack, t.pieces, false)
		if !c.gets || c.set[t.part].Get {
			p.hits = append(p.hits, at)
		}
	}
	return sets, missing
}

// fill takes the pieces of one set. What is missing is told for as many sets as could be bought, where only pieces to get are missing.
func (p *pricing) fill(c *candidate, stacks []stack) (missing int64) {
	first, bought := len(p.takes), true
	for n := range c.set {
		need := c.set[n].Pieces
		for need > 0 {
			i := p.dearestFor(c, n, stacks)
			if i < 0 {
				break
			}
			k := min(need, p.free[i])
			p.free[i] -= k
			p.takes = append(p.takes, take{stack: i, pieces: k, part: n})
			need -= k
		}
		missing += need
		bought = bought && (need == 0 || c.set[n].Get)
	}
	if missing == 0 || !bought {
		return missing
	}
	more, each := int64(math.MaxInt64), int64(0)
	for _, t := range p.takes[first:] {
		if !c.set[t.part].Get {
			more = min(more, p.free[t.stack]/t.pieces)
		}
	}
	for _, part := range c.set {
		if part.Get {
			each += part.Pieces
		}
	}
	if c.Times > 0 {
		more = min(more, c.Times-1)
	}
	return missing + more*each
}

// dearestFor is the stack whose pieces a part uses next: of those that fewest later parts could use the dearest; -1 for none.
func (p *pricing) dearestFor(c *candidate, n int, stacks []stack) int {
	best, bestRivals := -1, 0
	for i := range stacks {
		s := &stacks[i]
		if p.free[i] == 0 || !c.partLines[n].has(s.line) {
			continue
		}
		rivals := 0
		for later := n + 1; later < len(c.set); later++ {
			if c.partLines[later].has(s.line) {
				rivals++
			}
		}
		if best < 0 || rivals < bestRivals || rivals == bestRivals && dearer(s, &stacks[best]) {
			best, bestRivals = i, rivals
		}
	}
	return best
}

func (p *pricing) giveBack(first int) {
	for _, t := range p.takes[first:] {
		p.free[t.stack] += t.pieces
	}
	p.takes = p.takes[:first]
}

// repeat takes the pieces of the newest set as often as they last, and at most so many times altogether.
func (p *pricing) repeat(first int, most int64) (times int64) {
	more := most - 1
	for _, t := range p.takes[first:] {
		var perSet int64 // of this stack, whatever the part
		for _, other := range p.takes[first:] {
			if other.stack == t.stack {
				perSet += other.pieces
			}
		}
		more = min(more, p.free[t.stack]/perSet)
	}
	for i := first; i < len(p.takes); i++ {
		t := &p.takes[i]
		p.free[t.stack] -= t.pieces * more
		t.pieces *= more + 1
	}
	return more + 1
}

// value is what the newest sets cost now, as far as the offer is about them.
func (p *pricing) value(c *candidate, stacks []stack, first int) (sum int64) {
	for i := first; i < len(p.takes); i++ {
		t := &p.takes[i]
		if c.gets && !c.set[t.part].Get {
			continue
		}
		s := &stacks[t.stack]
		before := s.pieces - p.free[t.stack] // pieces of this stack that earlier takes use
		for _, other := range p.takes[i:] {
			if other.stack == t.stack {
				before -= other.pieces
			}
		}
		sum += money.Units(s.left, s.pieces, before, before+t.pieces)
	}
	return sum
}
