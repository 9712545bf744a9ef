package receipt_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// 100.00 paid with 20.00 of a gift card, and returns of 33.33, 33.33 and 33.34.
func TestReturnsGoBackInSharesThatAddUp(t *testing.T) {
	t.Parallel()
	var before []int64
	for i, so := range []int64{3333, 6666, 10000} {
		back := receipt.Back(so, 10000, []int64{2000})
		if i == 0 {
			before = make([]int64, len(back))
		}
		got := []int64{back[0] - before[0], back[1] - before[1]}
		if want := [][]int64{{667, 2666}, {666, 2667}, {667, 2667}}[i]; !slices.Equal(got, want) {
			t.Errorf("return %d: %v, want %v", i+1, got, want)
		}
		before = back
	}
}

func TestNoShareEverFallsOrIsMoreThanItsPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, 60), 0, 4).Draw(t, "parts")
		whole := rapid.Int64Range(0, 60).Draw(t, "other")
		for _, p := range parts {
			whole += p
		}
		before := make([]int64, len(parts)+1)
		for so := range whole + 1 {
			back, sum := receipt.Back(so, whole, parts), int64(0)
			for i, share := range back {
				sum += share
				if share < before[i] || i < len(parts) && share > parts[i] {
					t.Fatalf("of %v in %d, %d refunded gives back %v, one less %v", parts, whole, so, back, before)
				}
			}
			if sum != so {
				t.Fatalf("%d refunded gives back %v", so, back)
			}
			before = back
		}
	})
}
