package offer

import (
	"cmp"
	"slices"
)

// How offers go together.
//
// A combination is some of the candidates in an order, none of which keeps another out: not two of a group, and beside one that is
// alone only those that always go. Larger priority comes first; offers of the same priority may come in any order. Played through, each
// takes its amount off what the earlier ones left. The best combination saves most; ties go to fewer offers, then fewer coupons, so
// that a scarce one is kept, then smaller ids, then the order of ids.
//
// Offers that see none of the same lines and do not keep each other out cannot change each other's answer, so each cluster of
// competing offers is looked at by itself: up to MaxProven of them by trying all combinations, more by a bounded search.

// MaxProven is how many offers may compete for the same lines so that the best combination is proven: 1,957 combinations at most.
const MaxProven = 6

// combination is offers in order of application, as indexes of candidates.
type combination struct {
	order   []int
	saved   int64
	coupons int
	proof   Proof
}

// better reports whether a is to be preferred.
func (p *pricing) better(cs []candidate, a, b *combination) bool {
	if a.saved != b.saved {
		return a.saved > b.saved
	}
	if len(a.order) != len(b.order) {
		return len(a.order) < len(b.order)
	}
	if a.coupons != b.coupons {
		return a.coupons < b.coupons
	}
	byID := func(i, j int) int { return cmp.Compare(cs[i].ID, cs[j].ID) }
	var few [2 * MaxProven]int // the search for a few asks often, so it takes no memory
	x, y := append(few[:0:MaxProven], a.order...), append(few[MaxProven:MaxProven], b.order...)
	slices.SortFunc(x, byID)
	slices.SortFunc(y, byID)
	return cmp.Or(slices.CompareFunc(x, y, byID), slices.Compare(a.order, b.order)) < 0
}

// conflict reports whether two offers keep each other out.
func conflict(a, b *candidate) bool {
	if a.Group != "" && a.Group == b.Group {
		return true
	}
	alone := a.Stack == StackNever || b.Stack == StackNever
	return alone && a.Stack != StackAlways && b.Stack != StackAlways
}

// related reports whether two offers can change each other's answer.
func related(a, b *candidate) bool { return a.sees.meets(&b.sees) || conflict(a, b) }

// combine finds the combination of the programme's mode.
func (p *pricing) combine(cs []candidate) combination {
	if p.offers.policy.Combine == ByPriority {
		all := make([]int, len(cs))
		for i := range all {
			all[i] = i
		}
		c := p.play(cs, all)
		c.proof = Ordered
		return c
	}
	var common, always, alone []int
	for i := range cs {
		switch cs[i].Stack {
		case StackNever:
			alone = append(alone, i)
		case StackAlways:
			always = append(always, i)
		default:
			common = append(common, i)
		}
	}
	best := p.solve(cs, append(common, always...))
	var most int64
	for _, i := range always {
		most += cs[i].most
	}
	for _, i := range alone {
		if cs[i].most+most < best.saved { // not even if nothing stood in the way
			continue
		}
		if other := p.solve(cs, append([]int{i}, always...)); p.better(cs, &other, &best) {
			if best.proof == Bounded {
				other.proof = Bounded
			}
			best = other
		}
	}
	return best
}

// play applies offers one after the other as long as they are let in, and keeps those that take something off.
func (p *pricing) play(cs []candidate, order []int) combination {
	c := combination{order: make([]int, 0, len(order)), proof: Proven}
	p.now = append(p.now[:0], p.start...)
	for _, i := range order {
		if slices.ContainsFunc(c.order, func(in int) bool { return conflict(&cs[i], &cs[in]) }) {
			continue
		}
		splits := cs[i].Target == OnSets || cs[i].picks()
		if splits {
			p.before = append(p.before[:0], p.now...)
		}
		out := p.apply(&cs[i], &p.now)
		if out.taken == 0 {
			if splits {
				p.now, p.before = p.before, p.now
			}
			continue
		}
		c.add(cs, i, out.taken)
	}
	return c
}

func (c *combination) add(cs []candidate, i int, taken int64) {
	c.order = append(c.order, i)
	c.saved += taken
	if cs[i].coupon != "" {
		c.coupons++
	}
}

// solve finds the best combination of some offers, cluster by cluster.
func (p *pricing) solve(cs []candidate, offers []int) combination {
	slices.Sort(offers)
	whole := combination{proof: Proven}
	for len(offers) > 0 {
		var cluster []int
		cluster, offers = p.cluster(cs, offers)
		var part combination
		switch {
		case len(cluster) == 1:
			part.add(cs, cluster[0], cs[cluster[0]].worth)
		case len(cluster) <= MaxProven:
			part = p.searchAll(cs, cluster)
		default:
			part = p.searchBounded(cs, cluster)
			whole.proof = Bounded
		}
		whole.order = append(whole.order, part.order...)
		whole.saved += part.saved
		whole.coupons += part.coupons
	}
	slices.SortStableFunc(whole.order, func(i, j int) int { return cmp.Compare(cs[j].Priority, cs[i].Priority) })
	return whole
}

// cluster takes the first offer, and all that it is related to through any number of others, out of a list.
func (p *pricing) cluster(cs []candidate, offers []int) (in, out []int) {
	in, out = offers[:1:1], slices.Clone(offers[1:])
	for n := 0; n < len(in); n++ {
		member := &cs[in[n]]
		rest := out[:0]
		for _, i := range out {
			if related(member, &cs[i]) {
				in = append(in, i)
			} else {
				rest = append(rest, i)
			}
		}
		out = rest
	}
	slices.Sort(in)
	return in, out
}
