package rfm

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// SG-5, SG-8: the cuts are exact, and a value at a cut has the higher score.
func TestSG5Quintiles(t *testing.T) {
	t.Parallel()
	money := []int64{100, 30, 20, 10, 40, 50, 60, 90, 80, 70}
	cuts := CutsOf(money)
	if want := (Cuts{5 * 28, 5 * 46, 5 * 64, 5 * 82}); cuts != want {
		t.Errorf("cuts %v, want %v", cuts, want)
	}
	scores := ""
	for v := int64(10); v <= 100; v += 10 {
		scores += fmt.Sprint(cuts.High(v))
	}
	if scores != "1122334455" {
		t.Errorf("scores %s", scores)
	}
	for value, score := range map[int64]int{27: 1, 28: 2, 45: 2, 46: 3, 64: 4, 82: 5} {
		if got := cuts.High(value); got != score {
			t.Errorf("SG-8: %d scores %d, want %d", value, got, score)
		}
	}
}

// SG-6: of days less is better, and equal values have equal scores even where the fifths become uneven.
func TestSG6RecencyIsReversedAndTiesAreEqual(t *testing.T) {
	t.Parallel()
	days := []int64{1, 1, 1, 1, 1, 1, 1, 50, 90, 400}
	var p Population
	for _, d := range days {
		p.Add(d, 1, d)
	}
	table := p.Table(time.Time{})
	for value, score := range map[int64]int{0: 5, 1: 5, 2: 2, 50: 2, 400: 1} {
		if got := table.Recency.Cuts.Low(value); got != score {
			t.Errorf("%d days score %d, want %d (cuts %v)", value, got, score, table.Recency.Cuts)
		}
	}
	if table.Frequency.Counts != [Parts]int64{4: 10} { // all the same: all at every cut
		t.Errorf("counts %v", table.Frequency.Counts)
	}
}

// The cuts are those of exact fractions, a score never falls where the value is better, and the two ways of scoring mirror each other.
func TestScoresAgainstExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 60).Draw(r, "values")
		sorted := slices.Sorted(slices.Values(values))
		cuts := CutsOf(values)
		negative := make([]int64, len(sorted))
		for i, v := range sorted {
			negative[i] = -v
		}
		mirrored := CutsOf(negative)
		for k, cut := range cuts {
			h := big.NewRat(int64(len(sorted)-1)*int64(k+1), Parts)
			below := new(big.Int).Quo(h.Num(), h.Denom()).Int64()
			want := new(big.Rat).SetInt64(sorted[below])
			if rest := new(big.Rat).Sub(h, new(big.Rat).SetInt64(below)); rest.Sign() > 0 {
				want.Add(want, rest.Mul(rest, new(big.Rat).SetInt64(sorted[below+1]-sorted[below])))
			}
			if want.Cmp(big.NewRat(cut, Parts)) != 0 {
				r.Fatalf("cut %d is %d/5, want %s", k, cut, want)
			}
		}
		last := 0
		for _, v := range sorted {
			if score := cuts.High(v); score < last || score < 1 || score > Parts {
				r.Fatalf("%d scores %d after %d", v, score, last)
			} else {
				last = score
			}
			if cuts.High(v) != mirrored.Low(-v) {
				r.Fatalf("%d scores %d, mirrored %d", v, cuts.High(v), mirrored.Low(-v))
			}
		}
	})
}

func TestHowCutsAreWritten(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		cut      int64
		decimals int
		want     string
	}{{140, 0, "28"}, {142, 0, "28.4"}, {1, 0, "0.2"}, {0, 0, "0"}, {5 * 1234, 2, "12.34"}, {5*1234 + 1, 2, "12.342"}, {-7, 0, "-1.4"}, {5, 2, "0.01"}} {
		if got := String(row.cut, row.decimals); got != row.want {
			t.Errorf("%d with %d decimals: %s, want %s", row.cut, row.decimals, got, row.want)
		}
	}
}
