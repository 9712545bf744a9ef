package store

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
)

// The bytes that a standing takes of a head, as infra/decisions/0012 tells them: attribute name and text.
func TestAStandingIsShort(t *testing.T) {
	t.Parallel()
	months := func(n int, count func(i int) int64) card.Standing {
		s := card.Standing{By: card.ByPoints, Unit: card.Monthly, First: card.Monthly.Of(20_000)}
		for i := range n {
			s.Counts = append(s.Counts, count(i))
		}
		return s
	}
	every := func(int) int64 { return 120 }
	for name, row := range map[string]struct {
		head card.Head
		want int
	}{
		"20 months of three digits":  {card.Head{Standing: months(20, every)}, 89},
		"6 of 20 months":             {card.Head{Standing: months(20, func(i int) int64 { return 120 * int64(i%3/2) })}, 47},
		"a calendar year alone":      {card.Head{Qualifying: card.Qualifying{Year: 2026, Points: 500, Before: 120}}, 13},
		"a tier by hand with a date": {card.Head{Given: card.GivenTier{Tier: "gold", Until: 20_000}}, 15},
	} {
		if got := Size(headItem(row.head)) - Size(headItem(card.Head{})); got != row.want {
			t.Errorf("%s: %d bytes, want %d", name, got, row.want)
		}
	}
}
