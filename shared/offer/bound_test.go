package offer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/regulars-dev/regulars/shared/offer"
	"pgregory.net/rapid"
)

// An offer that caps cut may save more behind another than alone, because its amount then falls on lines that have room. The search
// must not give it up for what it saves alone.
func TestACutOfferMaySaveMoreBehindAnother(t *testing.T) {
	t.Parallel()
	a := offer.Line{ID: "a", SKU: "a", Quantity: 1, Amount: 1000}
	b := offer.Line{ID: "b", SKU: "b", Quantity: 10, Amount: 1000}
	c := offer.Line{ID: "c", SKU: "c", Quantity: 1, Amount: 1000}
	on := func(sku string) offer.Selector { return offer.Selector{SKUs: []string{sku}} }
	ab := offer.Selector{SKUs: []string{"a", "b"}}
	for _, row := range []struct {
		name   string
		lines  []offer.Line
		offers []offer.Offer
		want   int64
	}{
		{"a cap of a piece", []offer.Line{a, b, c}, []offer.Offer{
			{ID: "alone", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 400, Select: on("a"), Stack: offer.StackNever},
			{ID: "capped", Kind: offer.Percent, Target: offer.OnLines, BasisPoints: 10_000, Cap: 1000, CapPiece: 300, Select: ab, Stack: offer.StackAlways},
			{ID: "other", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 405, Select: on("c")},
		}, 1325},
		{"a spread by pieces", []offer.Line{{ID: "a", SKU: "a", Quantity: 1, Amount: 100}, {ID: "b", SKU: "b", Quantity: 1, Amount: 10_000}, c}, []offer.Offer{
			{ID: "alone", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 100, Select: on("a"), Stack: offer.StackNever},
			{ID: "halves", Kind: offer.Percent, Target: offer.OnLines, BasisPoints: 1000, Spread: offer.ByQuantity, Select: ab, Stack: offer.StackAlways},
			{ID: "other", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 110, Select: on("c")},
		}, 1100},
	} {
		got := price(t, offer.Basket{Currency: "EUR", Lines: row.lines}, nil, row.offers...)
		if got.Discount != row.want || got.Proof != offer.Proven {
			t.Errorf("%s: saves %d, want %d: %+v", row.name, got.Discount, row.want, got.Considered)
		}
	}
}

// The same against the list of all combinations, for offers that cut one another.
func TestBestOfOffersThatAreCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := offer.Basket{Currency: "EUR"}
		for i, sku := range []string{"a", "b", "c"} {
			b.Lines = append(b.Lines, offer.Line{
				ID: fmt.Sprint(i), SKU: sku, Quantity: rapid.SampledFrom([]int64{1, 1, 2, 9}).Draw(t, "quantity"),
				Amount: rapid.SampledFrom([]int64{0, 1, 100, 1000, 9999}).Draw(t, "amount"),
				Goods:  offer.Goods{FloorMinor: rapid.SampledFrom([]int64{0, 0, 90, 500}).Draw(t, "floor")},
			})
		}
		var offers []offer.Offer
		for i := range rapid.IntRange(2, 4).Draw(t, "offers") {
			o := offer.Offer{
				ID: fmt.Sprint(i), Target: rapid.SampledFrom([]offer.Target{offer.OnLines, offer.OnBasket}).Draw(t, "target"),
				Kind:     rapid.SampledFrom([]offer.Kind{offer.Percent, offer.Fixed}).Draw(t, "kind"),
				Cap:      rapid.SampledFrom([]int64{0, 120, 1000}).Draw(t, "cap"),
				CapPiece: rapid.SampledFrom([]int64{0, 30, 300}).Draw(t, "cap of a piece"),
				Spread:   rapid.SampledFrom([]offer.Spread{"", offer.ByQuantity}).Draw(t, "spread"),
				Stack:    rapid.SampledFrom([]offer.Stack{"", offer.StackNever, offer.StackAlways}).Draw(t, "stack"),
				Select:   offer.Selector{SKUs: rapid.SampledFrom([][]string{nil, {"a"}, {"b"}, {"a", "b"}, {"c"}}).Draw(t, "skus")},
			}
			if o.Kind == offer.Percent {
				o.BasisPoints = rapid.SampledFrom([]int64{1000, 5000, 10_000}).Draw(t, "basis points")
			} else {
				o.AmountMinor = rapid.SampledFrom([]int64{1, 100, 400, 1000}).Draw(t, "off")
			}
			if rapid.IntRange(0, 3).Draw(t, "ladder") == 0 {
				o.After = true
				o.Steps = []offer.Step{{From: 100, AmountMinor: o.AmountMinor, BasisPoints: o.BasisPoints}, {From: 1000, AmountMinor: min(o.AmountMinor, 1), BasisPoints: min(o.BasisPoints, 1)}}
				o.AmountMinor, o.BasisPoints = 0, 0
			}
			offers = append(offers, o)
		}
		all := oracle{t: t, basket: b, offers: offers, policy: offer.Policy{Combine: offer.ByPriority}}
		all.try(nil)
		got := quote(t, b, offer.Policy{}, offers)
		holdSums(t, got, nil)
		if got.Discount != all.saved || got.Proof != offer.Proven {
			t.Fatalf("saves %d (%s), the best is %d: %+v", got.Discount, got.Proof, all.saved, got.Considered)
		}
		slices.Reverse(offers)
		if again := quote(t, b, offer.Policy{}, offers); again.Discount != got.Discount {
			t.Fatalf("in another order %d", again.Discount)
		}
	})
}
