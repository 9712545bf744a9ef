package money_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/money"
	"pgregory.net/rapid"
)

// lines makes shares keyed a, b, c, ... without caps.
func lines(weights ...int64) []money.Share {
	shares := make([]money.Share, len(weights))
	for i, w := range weights {
		shares[i] = money.Share{Key: string(rune('a' + i)), Weight: w, Cap: money.NoCap}
	}
	return shares
}

// capped is lines with a floor price under each: a line gives at most its weight less its floor.
func capped(weights, floors []int64) []money.Share {
	shares := lines(weights...)
	for i := range shares {
		shares[i].Cap = weights[i] - floors[i]
	}
	return shares
}

func TestProrate(t *testing.T) {
	t.Parallel()
	basketQ := []int64{2400, 2550, 1800}
	cases := []struct {
		name   string
		total  int64
		shares []money.Share
		parts  []int64
		left   int64
	}{
		{"M-1 the spare cent goes to the largest fraction", 300, lines(4300, 1400, 2300), []int64{161, 53, 86}, 0},
		{"M-2 one cent less", 299, lines(4300, 1400, 2300), []int64{161, 52, 86}, 0},
		{"M-3 a negative total is the exact opposite", -300, lines(4300, 1400, 2300), []int64{-161, -53, -86}, 0},
		{"M-4 ties go to the lowest key", 100, lines(1, 1, 1), []int64{34, 33, 33}, 0},
		{"M-4 the same, taken back", -100, lines(1, 1, 1), []int64{-34, -33, -33}, 0},
		{"M-5 a free line gets nothing", 300, lines(0, 4300, 1400, 2300), []int64{0, 161, 53, 86}, 0},
		{"M-6 nothing to discount", 10, lines(0, 0), []int64{0, 0}, 10},
		{"M-7 ten percent of the basket", money.Percent(6750, 1000), lines(basketQ...), []int64{240, 255, 180}, 0},
		{"M-8 a fixed amount by price", 500, lines(basketQ...), []int64{178, 189, 133}, 0},
		{"M-8 a fixed amount by quantity", 500, lines(2, 3, 4), []int64{111, 167, 222}, 0},
		{"M-9 twenty percent, at most 1000", min(money.Percent(6750, 2000), 1000), lines(basketQ...), []int64{355, 378, 267}, 0},
		{"M-10 round once, then spread", money.Percent(3*99, 1250), lines(99, 99, 99), []int64{13, 12, 12}, 0},
		{"M-11 beans keep their floor price", 1500, capped(basketQ, []int64{2300, 0, 0}), []int64{100, 821, 579}, 0},
		{"M-12 floors in several rounds", 1000, capped([]int64{800, 2400, 3200, 1600}, []int64{0, 2300, 3200, 1300}),
			[]int64{600, 100, 0, 300}, 0},
		{"M-12 more than all floors leave", 2500, capped([]int64{800, 2400, 3200, 1600}, []int64{0, 2300, 3200, 1300}),
			[]int64{800, 100, 0, 300}, 1300},
		{"no shares", 5, nil, []int64{}, 5},
		{"a forgotten cap takes nothing", 5, []money.Share{{Key: "a", Weight: 1}}, []int64{0}, 5},
		{"a weight below zero claims nothing", 5, lines(-3, 1), []int64{0, 5}, 0},
		{"the largest int64", math.MaxInt64, lines(1, 1), []int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2}, 0},
		{"the smallest int64", math.MinInt64, lines(1, 1), []int64{math.MinInt64 / 2, math.MinInt64 / 2}, 0},
		{"weights beyond int64 are not spread wrongly", 7, lines(math.MaxInt64, 1), []int64{0, 0}, 7},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parts, left := money.Prorate(c.total, c.shares)
			if diff := cmp.Diff(c.parts, parts); diff != "" || left != c.left {
				t.Errorf("Prorate(%d) = %v and %d unallocated, want %v and %d", c.total, parts, left, c.parts, c.left)
			}
		})
	}
}

func TestProrateM4TiesIgnoreThePlaceInTheList(t *testing.T) {
	t.Parallel()
	shares := lines(1, 1, 1)
	slices.Reverse(shares) // keys c, b, a
	parts, _ := money.Prorate(100, shares)
	if want := []int64{33, 33, 34}; !slices.Equal(parts, want) {
		t.Errorf("parts of c, b, a = %v, want %v", parts, want)
	}
}

func TestProrateM10RoundingEachLineFirstWouldGiveAnotherSum(t *testing.T) {
	t.Parallel()
	if once, each := money.Percent(3*99, 1250), 3*money.Percent(99, 1250); once != 37 || each != 36 {
		t.Errorf("rounded once %d, each line %d; want 37 and 36", once, each)
	}
}

func TestUnitsM13(t *testing.T) {
	t.Parallel()
	for unit, want := range []int64{334, 333, 333} {
		if got := money.Units(1000, 3, int64(unit), int64(unit)+1); got != want {
			t.Errorf("unit %d of 1000 over 3 = %d, want %d", unit, got, want)
		}
		if got := money.Units(-1000, 3, int64(unit), int64(unit)+1); got != -want {
			t.Errorf("unit %d of -1000 over 3 = %d, want %d", unit, got, -want)
		}
	}
	for _, c := range []struct{ pieces, from, to, want int64 }{
		{3, 0, 2, 667}, {3, 2, 3, 333}, {3, -5, 99, 1000}, {3, 2, 1, 0}, {0, 0, 1, 0}, {-1, 0, 1, 0},
	} {
		if got := money.Units(1000, c.pieces, c.from, c.to); got != c.want {
			t.Errorf("Units(1000, %d, %d, %d) = %d, want %d", c.pieces, c.from, c.to, got, c.want)
		}
	}
}

func TestUnitsAnySequenceOfReturnsAddsUpToTheLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64().Draw(t, "total")
		pieces := rapid.Int64Range(1, 1000).Draw(t, "pieces")
		var sum int64
		for back := int64(0); back < pieces; {
			k := rapid.Int64Range(1, pieces-back).Draw(t, "k")
			sum += money.Units(total, pieces, back, back+k)
			back += k
		}
		if sum != total {
			t.Fatalf("returns add up to %d, want %d", sum, total)
		}
	})
}

// TestProrateAgainstFractions holds Prorate against a slow reference in exact fractions, over ordinary and extreme numbers.
func TestProrateAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64Range(-20_000, 20_000), rapid.Int64())
		bound := rapid.OneOf(rapid.Int64Range(-2, 5_000), rapid.Int64(), rapid.Just(int64(money.NoCap)))
		total := amount.Draw(t, "total")
		shares := make([]money.Share, rapid.IntRange(0, 12).Draw(t, "n"))
		for i := range shares {
			shares[i] = money.Share{Key: fmt.Sprintf("%02d", i), Weight: amount.Draw(t, "weight"), Cap: bound.Draw(t, "cap")}
		}
		checkProration(t, total, shares)
	})
}

func FuzzProrate(f *testing.F) {
	f.Add(int64(300), int64(4300), int64(1400), int64(2300), int64(5000))
	f.Add(int64(math.MinInt64), int64(1), int64(math.MaxInt64), int64(0), int64(-1))
	f.Fuzz(func(t *testing.T, total, a, b, c, bound int64) {
		shares := lines(a, b, c)
		shares[1].Cap = bound
		checkProration(t, total, shares)
	})
}

// checkProration compares with the reference, and with the same shares in another order.
func checkProration(t interface{ Fatalf(string, ...any) }, total int64, shares []money.Share) {
	parts, left := money.Prorate(total, shares)
	wantParts, wantLeft := prorateInFractions(total, shares)
	if !slices.Equal(parts, wantParts) || left != wantLeft {
		t.Fatalf("Prorate(%d, %v) = %v, %d; in fractions %v, %d", total, shares, parts, left, wantParts, wantLeft)
	}
	sum := big.NewInt(left)
	for _, p := range parts {
		sum.Add(sum, big.NewInt(p))
	}
	if sum.Cmp(big.NewInt(total)) != 0 {
		t.Fatalf("parts %v and %d unallocated add up to %v, want %d", parts, left, sum, total)
	}
	turned := slices.Clone(shares)
	slices.Reverse(turned)
	turnedParts, turnedLeft := money.Prorate(total, turned)
	slices.Reverse(turnedParts)
	if !slices.Equal(parts, turnedParts) || left != turnedLeft {
		t.Fatalf("order of input matters: %v and %v", parts, turnedParts)
	}
}

// prorateInFractions is the definition, slowly: water-filling of exact claims one clamp at a time, then the largest fractions by
// looking for each spare unit anew.
func prorateInFractions(total int64, shares []money.Share) ([]int64, int64) {
	parts := make([]int64, len(shares))
	rest := new(big.Int).Abs(big.NewInt(total))
	open := map[int]bool{}
	for i, s := range shares {
		if s.Weight > 0 && s.Cap > 0 {
			open[i] = true
		}
	}
	sum := sumOfWeights(shares, open)
	if !sum.IsInt64() || sum.Sign() == 0 {
		return parts, total
	}
	claim := func(i int) *big.Rat {
		return new(big.Rat).SetFrac(new(big.Int).Mul(rest, big.NewInt(shares[i].Weight)), sumOfWeights(shares, open))
	}
	for again := true; again; {
		again = false
		for i := range shares {
			if open[i] && claim(i).Cmp(new(big.Rat).SetInt64(shares[i].Cap)) > 0 {
				parts[i], again = shares[i].Cap, true
				rest.Sub(rest, big.NewInt(shares[i].Cap))
				delete(open, i)
				break
			}
		}
	}
	if len(open) > 0 {
		roundClaims(parts, shares, open, rest, claim)
		rest.SetInt64(0)
	}
	if total < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
		rest.Neg(rest)
	}
	return parts, rest.Int64()
}

func sumOfWeights(shares []money.Share, open map[int]bool) *big.Int {
	sum := new(big.Int)
	for i := range open {
		sum.Add(sum, big.NewInt(shares[i].Weight))
	}
	return sum
}

func roundClaims(parts []int64, shares []money.Share, open map[int]bool, rest *big.Int, claim func(int) *big.Rat) {
	spare := new(big.Int).Set(rest)
	fraction := map[int]*big.Rat{}
	for i := range open {
		exact := claim(i)
		whole := new(big.Int).Quo(exact.Num(), exact.Denom())
		parts[i] = whole.Int64()
		spare.Sub(spare, whole)
		fraction[i] = new(big.Rat).Sub(exact, new(big.Rat).SetInt(whole))
	}
	for ; spare.Sign() > 0; spare.Sub(spare, big.NewInt(1)) {
		best := -1
		for i := range shares {
			if fraction[i] == nil {
				continue
			}
			if best < 0 || fraction[i].Cmp(fraction[best]) > 0 ||
				fraction[i].Cmp(fraction[best]) == 0 && shares[i].Key < shares[best].Key {
				best = i
			}
		}
		parts[best]++
		delete(fraction, best)
	}
}
