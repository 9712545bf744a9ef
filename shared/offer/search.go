package offer

import (
	"cmp"
	"slices"
)

// searchAll tries every combination of a few offers.
//
// Only what cannot be better is left out: a combination whose remaining offers could not reach the best one even if each saved the most
// that it ever can, and one that differs only in the order of neighbours that see none of the same lines.
func (p *pricing) searchAll(cs []candidate, offers []int) combination {
	s := search{p: p, cs: cs, offers: offers, best: combination{proof: Proven}}
	s.levels[0] = append(s.levels[0], p.start...)
	var most int64
	for _, i := range offers {
		most += cs[i].most
	}
	s.deeper(combination{order: make([]int, 0, MaxProven)}, 0, most)
	return s.best
}

type search struct {
	p      *pricing
	cs     []candidate
	offers []int
	best   combination
	levels [MaxProven + 1][]stack // the basket after so many offers
}

// deeper tries each offer that may come next. used has a bit for each offer that is in or can come no more, and most is what the others
// save together at the very most.
func (s *search) deeper(c combination, used uint, most int64) {
	if s.p.better(s.cs, &c, &s.best) {
		s.best = combination{order: slices.Clone(c.order), saved: c.saved, coupons: c.coupons, proof: Proven}
	}
	depth := len(c.order)
	for n, i := range s.offers {
		if used&(1<<n) != 0 || !s.mayFollow(c.order, i) || c.saved+most < s.best.saved {
			continue
		}
		s.levels[depth+1] = append(s.levels[depth+1][:0], s.levels[depth]...)
		out := s.p.apply(&s.cs[i], &s.levels[depth+1])
		if out.taken == 0 {
			continue
		}
		next := combination{order: c.order, saved: c.saved, coupons: c.coupons}
		next.add(s.cs, i, out.taken)
		s.deeper(next, used|1<<n, most-s.cs[i].most)
	}
}

// mayFollow reports whether an offer may come after those that are in.
func (s *search) mayFollow(order []int, i int) bool {
	if len(order) == 0 {
		return true
	}
	next, last := &s.cs[i], &s.cs[order[len(order)-1]]
	switch {
	case next.Priority > last.Priority:
		return false
	case next.Priority == last.Priority && i < order[len(order)-1] && !related(next, last):
		return false // the same as the other way round
	}
	return !slices.ContainsFunc(order, func(in int) bool { return conflict(&s.cs[in], next) })
}

// boundedSteps is how many times an offer is applied, at most, to improve what searchBounded began with.
const boundedSteps = 256

// searchBounded looks for a good combination of many offers.
//
// What it finds saves at least as much as each of these: all offers in order of priority and id, whoever comes first keeping the others
// out; those that save most by themselves let in first, sets and prices applied before percentages and these before amounts; and any
// one offer alone. From the best of them it goes on by letting one offer more in, or leaving one out, as long as boundedSteps last. It
// is not proven to be the best, and says so.
func (p *pricing) searchBounded(cs []candidate, offers []int) combination {
	best := p.play(cs, offers)
	keep := func(c combination) {
		if p.better(cs, &c, &best) {
			best = c
		}
	}
	worthy := slices.Clone(offers)
	slices.SortStableFunc(worthy, func(i, j int) int { return cmp.Compare(cs[j].worth, cs[i].worth) })
	keep(p.play(cs, inOrder(cs, worthy)))
	var alone combination
	alone.add(cs, worthy[0], cs[worthy[0]].worth)
	keep(alone)
	steps := boundedSteps
	for _, i := range offers {
		if steps -= len(offers); steps < 0 {
			break
		}
		keep(p.play(cs, exchange(cs, offers, best.order, i)))
	}
	return best
}

// inOrder lets offers in as they come, and puts those into the order that promises most.
func inOrder(cs []candidate, offers []int) []int {
	var in []int
	for _, i := range offers {
		if !slices.ContainsFunc(in, func(j int) bool { return conflict(&cs[i], &cs[j]) }) {
			in = append(in, i)
		}
	}
	lane := func(c *candidate) int {
		switch {
		case c.Target == OnSets || c.picks():
			return 0
		case c.Kind == NewPrice:
			return 1
		case c.Kind == Percent:
			return 2
		}
		return 3
	}
	slices.SortFunc(in, func(i, j int) int {
		a, b := &cs[i], &cs[j]
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(lane(a), lane(b)), cmp.Compare(i, j))
	})
	return in
}

// exchange takes one offer out of an order, or puts it in front of all that it keeps out; offers that may then come in follow.
func exchange(cs []candidate, offers, order []int, i int) []int {
	next := make([]int, 0, len(offers))
	if !slices.Contains(order, i) {
		next = append(next, i)
	}
	for _, j := range order {
		if j != i {
			next = append(next, j)
		}
	}
	for _, j := range offers {
		if j != i && !slices.Contains(order, j) {
			next = append(next, j)
		}
	}
	slices.SortStableFunc(next, func(i, j int) int { return cmp.Compare(cs[j].Priority, cs[i].Priority) })
	return next
}
