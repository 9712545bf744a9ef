package money

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// NoCap is the Cap of a share that may take any amount.
const NoCap = math.MaxInt64

// Share is one claim on a total that is being spread.
//
// Key names the share for ever (a line id, a tax rate) and is distinct among the shares of one call; it decides who gets a spare cent
// between equals, so that the place in a list never does. A Weight of zero or less claims nothing. Cap is the most the share may take
// and must be set, to NoCap if there is no bound: a forgotten cap that means "nothing" is seen at once, one that means "anything" is
// not. For a line that may not fall below a floor price, Cap is its price less the floor.
type Share struct {
	Key    string
	Weight int64
	Cap    int64
}

// Prorate spreads total over the shares in proportion to their weights, to the last minor unit. parts has the order of shares, and
// sum(parts) + unallocated is always total.
//
// Each share gets the whole part of its exact claim; the spare units go one by one to the largest fractions, the lowest key first
// among equals. A share whose claim is over its cap takes the cap, and the rest is spread anew over the others. A negative total gives
// the exact opposite of the positive one, so that what was given can be taken back. What no share can take comes back as unallocated:
// all of it when every weight is zero, or when the weights together leave int64.
func Prorate(total int64, shares []Share) (parts []int64, unallocated int64) {
	return new(Prorater).Prorate(total, shares)
}

// Prorater prorates again and again without new memory. The parts that it returns are good until its next call. It is not for two
// goroutines at once.
type Prorater struct {
	open, within []int
	parts        []int64
	fractions    []fraction
}

// fraction is what a share has beyond its whole part.
type fraction struct {
	share int
	of    uint64
}

// Prorate is the function of that name.
func (p *Prorater) Prorate(total int64, shares []Share) (parts []int64, unallocated int64) {
	if p.parts == nil || cap(p.parts) < len(shares) {
		p.parts = make([]int64, len(shares))
	}
	parts = p.parts[:len(shares)]
	clear(parts)
	p.parts = parts
	rest := magnitude(total)
	open := p.open[:0]
	for i, s := range shares {
		if s.Weight > 0 && s.Cap > 0 {
			open = append(open, i)
		}
	}
	p.open = open
	for len(open) > 0 { // ends: each round closes a share or is the last
		sum, fits := weightOf(shares, open)
		if !fits {
			break
		}
		within, taken := clamp(rest, sum, shares, open, parts, p.within[:0])
		if len(within) == len(open) {
			p.within = within
			p.largestRemainder(rest, sum, shares, open)
			rest = 0
			break
		}
		p.within, p.open = open, within // each keeps the memory of the other
		open, rest = within, rest-taken
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
		return parts, -int64(rest)
	}
	return parts, int64(rest)
}

// weightOf adds the weights of the open shares; fits is false if they leave int64.
func weightOf(shares []Share, open []int) (sum uint64, fits bool) {
	for _, i := range open {
		sum += uint64(shares[i].Weight)
		if sum > math.MaxInt64 {
			return 0, false
		}
	}
	return sum, true
}

// clamp gives their cap to the shares whose claim on rest is over it. It returns the others and what it gave away.
//
// Closing several shares in one round is safe: a closed share takes less than its claim, so the others' claims only grow.
func clamp(rest, sum uint64, shares []Share, open []int, parts []int64, none []int) (within []int, taken uint64) {
	within = none
	for _, i := range open {
		claimHi, claimLo := bits.Mul64(rest, uint64(shares[i].Weight))
		capHi, capLo := bits.Mul64(uint64(shares[i].Cap), sum)
		if claimHi > capHi || claimHi == capHi && claimLo > capLo {
			parts[i] = shares[i].Cap
			taken += uint64(shares[i].Cap)
			continue
		}
		within = append(within, i)
	}
	return within, taken
}

// largestRemainder spreads all of rest over the open shares, none of which claims more than its cap. A cap is whole, so rounding a
// claim up cannot pass it either.
func (p *Prorater) largestRemainder(rest, sum uint64, shares []Share, open []int) {
	fractions := p.fractions[:0]
	spare := rest
	for _, i := range open {
		hi, lo := bits.Mul64(rest, uint64(shares[i].Weight))
		whole, left := bits.Div64(hi, lo, sum) // weight <= sum, so the quotient is at most rest
		p.parts[i] = int64(whole)
		fractions = append(fractions, fraction{i, left})
		spare -= whole
	}
	p.fractions = fractions
	if spare == 0 {
		return
	}
	slices.SortFunc(fractions, func(a, b fraction) int {
		if c := cmp.Compare(b.of, a.of); c != 0 {
			return c
		}
		return cmp.Compare(shares[a.share].Key, shares[b.share].Key)
	})
	for _, f := range fractions[:spare] { // the fractions add up to spare, so there are more of them than spare units
		p.parts[f.share]++
	}
}

// Units is the share of the pieces from (inclusive) to to (exclusive) in an amount that a line of so many pieces has as a whole:
// the spare units go to the first pieces, so 1000 over 3 is 334, 333, 333.
//
// Pieces are counted in the order in which they come back, so a return of k pieces after r earlier ones is Units(total, pieces, r,
// r+k), and any sequence of returns of a whole line adds up to total. Positions outside the line are brought to its ends; a line of
// no pieces has no share to give.
func Units(total, pieces, from, to int64) int64 {
	if pieces <= 0 {
		return 0
	}
	each, spare := total/pieces, total%pieces
	sign := int64(1)
	if spare < 0 {
		spare, sign = -spare, -1
	}
	first := func(k int64) int64 {
		k = min(max(k, 0), pieces)
		return each*k + sign*min(k, spare)
	}
	return first(max(from, to)) - first(from)
}
