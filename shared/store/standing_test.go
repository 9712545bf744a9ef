package store

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
)

// standing draws what a card has counted; nothing at all now and then.
func (*doors) standing() *rapid.Generator[card.Standing] {
	return rapid.Custom(func(t *rapid.T) card.Standing {
		by := rapid.SampledFrom([]card.CountedBy{0, card.ByPoints, card.BySpend, card.ByVisits}).Draw(t, "by")
		if by == 0 {
			return card.Standing{}
		}
		s := card.Standing{By: by, Unit: rapid.SampledFrom([]card.Unit{card.Monthly, card.Yearly}).Draw(t, "unit"), First: rapid.IntRange(-5, 30_000).Draw(t, "first")}
		for range rapid.IntRange(0, 20).Draw(t, "counts") {
			s.Counts = append(s.Counts, rapid.Int64().Draw(t, "count"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "back") {
			s.Back = append(s.Back, card.Taken{In: rapid.IntRange(0, 30_000).Draw(t, "in"), Of: rapid.IntRange(0, 30_000).Draw(t, "of"), Count: rapid.Int64().Draw(t, "taken")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "best") {
			s.Best = append(s.Best, card.Counted{Unit: rapid.IntRange(0, 30_000).Draw(t, "unit"), Count: rapid.Int64().Draw(t, "best")})
		}
		return s
	})
}

func TestAStandingThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"p", "pm", "pm,x", "px2026,1", "pm24310,1 ?", "pm24310,1 <1,2", "pm24310,1 ^1", "pm24310,1  ^1,2"} {
		if s, err := readStanding(text); err == nil {
			t.Errorf("%q was read as %+v", text, s)
		}
	}
}
