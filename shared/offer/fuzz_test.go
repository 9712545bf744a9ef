package offer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/offer"
	"pgregory.net/rapid"
)

// FuzzPrice lets the fuzzer choose baskets and offers of every kind, and holds what must always be true: sums tie, no line falls below
// nothing or its least price, and the order of the input decides nothing.
func FuzzPrice(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(holdInvariants))
}

func TestInvariantsOfAllKinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, holdInvariants)
}

func holdInvariants(t *rapid.T) {
	b, policy := drawSmall(t), offer.Policy{
		Combine:        rapid.SampledFrom([]offer.Mode{"", offer.Best, offer.ByPriority}).Draw(t, "combine"),
		CapBasisPoints: rapid.SampledFrom([]int64{0, 0, 1, 2_500}).Draw(t, "basket cap"),
		PricesWithout:  rapid.Bool().Draw(t, "prices without tax"),
	}
	if rapid.Bool().Draw(t, "least price") {
		policy.Floors = []offer.Floor{{Select: offer.Selector{SKUs: []string{"a"}}, AmountMinor: 150}, {BasisPoints: 3_000}}
	}
	if rapid.Bool().Draw(t, "never") {
		policy.Never.SKUs = []string{"c"}
	}
	var offers []offer.Offer
	for i := range rapid.IntRange(0, 9).Draw(t, "offers") {
		offers = append(offers, drawAny(t, string(rune('a'+i))))
	}
	got := quote(t, b, policy, offers)
	holdSums(t, got, nil)
	holdAnswers(t, got, offers, nil)
	for _, l := range got.Lines {
		if len(policy.Never.SKUs) > 0 && l.SKU == "c" && l.Discount > 0 {
			t.Fatalf("a line that no offer touches has %+v", l.Adjustments)
		}
	}
	if limit := (got.Subtotal*policy.CapBasisPoints + 5_000) / 10_000; policy.CapBasisPoints > 0 && got.Discount > limit {
		t.Fatalf("%d off, at most %d is allowed", got.Discount, limit)
	}
	b.Lines = rapid.Permutation(b.Lines).Draw(t, "order of lines")
	again := quote(t, b, policy, rapid.Permutation(offers).Draw(t, "order of offers"))
	if diff := cmp.Diff(got, again); diff != "" {
		t.Fatalf("the order of the input changes the answer: %s", diff)
	}
}
