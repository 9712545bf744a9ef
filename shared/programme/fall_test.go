package programme_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// kindsOfTiering are programmes with every kind of tiering.
func kindsOfTiering(t *testing.T) (kinds []*programme.Programme) {
	for _, tiering := range []string{
		"", "tiering: {}\n", "tiering: {grace_months: 1, down: one}\n", "tiering: {period: rolling}\n", "tiering: {period: rolling, months: 3, down: one, grace_days: 20}\n",
		"tiering: {period: rolling, strict_returns: true, months: 2}\n", "tiering: {period: rolling, months: 1, down: none}\n",
	} {
		for _, by := range []string{"points: %d00", "spend: \"%d00\"", "visits: %d"} {
			list := fmt.Sprintf("tiers: [{id: a, name: A, "+by+"}, {id: b, name: B, "+by+"}, {id: c, name: C, "+by+"}]\n", 1, 2, 4)
			kinds = append(kinds, rules(t, onePoint+list+tiering))
		}
	}
	return kinds
}

// Whatever a card has bought, it is looked at in the night in which its tier ends, and no tier ends between two looks.
func TestACardIsLookedAtInTheNightInWhichItsTierEnds(t *testing.T) {
	t.Parallel()
	kinds := kindsOfTiering(t)
	begin := at(t, "2026-05-20T10:00")
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(kinds).Draw(t, "kind")
		h := card.Head{ID: fmt.Sprint(rapid.IntRange(1, 99).Draw(t, "card"))}
		now := begin
		for i := range rapid.IntRange(0, 5).Draw(t, "receipts") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 200).Draw(t, "later"))
			h = p.Checkout(h, card.Profile{}, sale(fmt.Sprint(i), now, rapid.Int64Range(0, 300).Draw(t, "euros")*100), now)
		}
		if rapid.Bool().Draw(t, "given") {
			until := day.Of(now, p.Zone("")) + 40
			h = p.ByHand(h, programme.Act{Cause: "tier:1", Tier: &card.GivenTier{Tier: "c", Until: until}, Reason: "elsewhere", By: "Mira"}, now)
		}
		for range 12 {
			at, comes := p.NextMoment(h, now)
			if !comes {
				if is := p.AsOf(h, now.AddDate(10, 0, 0)).Tier; is != h.Tier {
					t.Fatalf("%q becomes %q, and nobody looks", h.Tier, is)
				}
				return
			}
			if midnight := at.Add(-8 * time.Hour); p.AsOf(h, midnight).Tier != h.Tier {
				t.Fatalf("%q has ended by %s, and is looked at at %s", h.Tier, midnight, at)
			}
			was := h.Tier
			if h = p.AsOf(h, at); h.Tier == was {
				t.Fatalf("%q is looked at at %s for nothing", was, at)
			}
			now = at
		}
		t.Fatal("the tiers never end ending")
	})
}
