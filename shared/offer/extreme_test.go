package offer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"pgregory.net/rapid"
)

// Whatever the offers, the policy and the size of the basket: sums tie, no line falls below its least price, caps hold, the order of
// lines and offers decides nothing, and the best is never worse for the shopper than the order of priorities.
func TestExtremeBasketsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := offer.Basket{Currency: "EUR"}
		for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
			b.Lines = append(b.Lines, offer.Line{
				ID: fmt.Sprint(i), SKU: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "sku"),
				Kind:     rapid.SampledFrom([]string{"", "", "", "shipping", "fee"}).Draw(t, "kind"),
				Quantity: rapid.SampledFrom([]int64{1, 2, 7, 999_999, offer.MaxQuantity}).Draw(t, "quantity"),
				Amount:   rapid.SampledFrom([]int64{0, 1, 2, 999, 1_000_003, money.MaxMinor - 1, money.MaxMinor}).Draw(t, "amount"),
				Goods: offer.Goods{
					FloorMinor:     rapid.SampledFrom([]int64{0, 0, 1, 500, money.MaxMinor}).Draw(t, "floor"),
					TaxBasisPoints: rapid.SampledFrom([]int64{0, 700, 10_000}).Draw(t, "tax"),
				},
			})
		}
		var offers []offer.Offer
		for i := range rapid.IntRange(1, 7).Draw(t, "offers") {
			o := drawAny(t, fmt.Sprintf("offer-%d", i))
			if o.AmountMinor > 0 && rapid.IntRange(0, 2).Draw(t, "huge") == 0 {
				o.AmountMinor = rapid.SampledFrom([]int64{1, money.MaxMinor}).Draw(t, "amount off")
			}
			offers = append(offers, o)
		}
		p := offer.Policy{
			PricesWithout: rapid.Bool().Draw(t, "prices without tax"), CapMinor: rapid.SampledFrom([]int64{0, 0, 1, 5_000}).Draw(t, "cap"),
			Never: offer.Selector{SKUs: rapid.SampledFrom([][]string{nil, nil, {"c"}}).Draw(t, "never")},
		}
		if p.CapMinor == 0 {
			p.CapBasisPoints = rapid.SampledFrom([]int64{0, 1, 10_000}).Draw(t, "cap part")
		}
		if rapid.Bool().Draw(t, "least prices") {
			p.Floors = []offer.Floor{{Select: offer.Selector{SKUs: []string{"a"}}, AmountMinor: rapid.SampledFrom([]int64{1, money.MaxMinor}).Draw(t, "least")}, {BasisPoints: 3_333}}
		}
		got := quote(t, b, p, offers)
		holdSums(t, got, nil)
		if p.CapMinor > 0 && got.Discount > p.CapMinor {
			t.Fatalf("saves %d over the cap", got.Discount)
		}
		for _, l := range got.Lines {
			if l.Tax < 0 || len(p.Never.SKUs) > 0 && l.SKU == "c" && l.Discount > 0 {
				t.Fatalf("%+v", l)
			}
		}
		q := p
		q.Combine = offer.ByPriority
		if ordered := quote(t, b, q, offers); ordered.Discount > got.Discount {
			t.Fatalf("priority saves %d, best %d (%s)", ordered.Discount, got.Discount, got.Proof)
		}
		b.Lines = rapid.Permutation(b.Lines).Draw(t, "order of lines")
		if diff := cmp.Diff(got, quote(t, b, p, rapid.Permutation(offers).Draw(t, "order of offers"))); diff != "" {
			t.Fatal(diff)
		}
	})
}
