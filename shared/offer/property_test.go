package offer_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/rule"
	"pgregory.net/rapid"
)

func drawBasket(t *rapid.T) offer.Basket {
	b := offer.Basket{Currency: "EUR"}
	for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
		b.Lines = append(b.Lines, offer.Line{
			ID:       fmt.Sprintf("line-%d", i),
			SKU:      rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "sku"),
			Category: rapid.SampledFrom([]string{"", "x", "x/y", "z"}).Draw(t, "category"),
			Kind:     rapid.SampledFrom([]string{"", "", "", "goods", "gift_card", "shipping"}).Draw(t, "kind"),
			Quantity: rapid.Int64Range(1, 5).Draw(t, "quantity"),
			Amount:   rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 9_999)).Draw(t, "amount"),
		})
	}
	return b
}

func drawOffer(t *rapid.T, id string) offer.Offer {
	o := offer.Offer{
		ID:        id,
		Target:    rapid.SampledFrom([]offer.Target{offer.OnLines, offer.OnBasket}).Draw(t, "target"),
		Spread:    rapid.SampledFrom([]offer.Spread{"", offer.ByAmount, offer.ByQuantity}).Draw(t, "spread"),
		Cap:       rapid.SampledFrom([]int64{0, 0, 7, 500}).Draw(t, "cap"),
		MinBasket: rapid.SampledFrom([]int64{0, 0, 100, 9_000}).Draw(t, "min basket"),
		Coupon:    rapid.IntRange(0, 2).Draw(t, "coupon") == 0,
		Priority:  rapid.IntRange(-1, 1).Draw(t, "priority"),
		Group:     rapid.SampledFrom([]string{"", "", "g"}).Draw(t, "group"),
		Stack:     rapid.SampledFrom([]offer.Stack{"", "", "", offer.StackNever, offer.StackAlways}).Draw(t, "stack"),
		Until:     rapid.SampledFrom([]day.Day{0, today - 1, today}).Draw(t, "until"),
	}
	o.Select.SKUs = rapid.SampledFrom([][]string{nil, nil, {"a"}, {"a", "b"}}).Draw(t, "skus")
	o.Select.ExcludeCategories = rapid.SampledFrom([][]string{nil, nil, {"x"}}).Draw(t, "excluded")
	o.Select.Kinds = rapid.SampledFrom([][]string{nil, nil, nil, {"shipping"}}).Draw(t, "kinds")
	if rapid.Bool().Draw(t, "percent") {
		o.Kind, o.BasisPoints = offer.Percent, rapid.Int64Range(1, 10_000).Draw(t, "basis points")
	} else {
		o.Kind, o.AmountMinor = offer.Fixed, rapid.Int64Range(1, 3_000).Draw(t, "amount off")
	}
	if rapid.IntRange(0, 3).Draw(t, "condition") == 0 {
		o.When = rule.Rule{Field: "tier", Op: rule.Eq, Value: rapid.SampledFrom([]any{"silver", "gold"}).Draw(t, "tier")}
	}
	return o
}

// TestPriceIsExactAndOrderDecidesNothing draws baskets, offers and coupons, and holds every sum, bound and answer; then it shuffles
// all three and wants the same answer to the byte.
func TestPriceIsExactAndOrderDecidesNothing(t *testing.T) {
	t.Parallel()
	s := schema(t)
	facts := s.Facts()
	facts.SetText(tier, "silver")
	rapid.Check(t, func(t *rapid.T) {
		basket := drawBasket(t)
		var offers []offer.Offer
		var held []offer.Held
		for i := range rapid.IntRange(0, 7).Draw(t, "offers") {
			offers = append(offers, drawOffer(t, fmt.Sprintf("offer-%d", i)))
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "held") {
			held = append(held, offer.Held{
				ID:    fmt.Sprintf("coupon-%d", i),
				Offer: fmt.Sprintf("offer-%d", rapid.IntRange(0, 8).Draw(t, "for")),
				Until: rapid.SampledFrom([]day.Day{0, today - 1, today, today + 1}).Draw(t, "held until"),
			})
		}
		price := func(b offer.Basket, offers []offer.Offer, held []offer.Held) offer.Priced {
			c, problems := offer.Compile(offers, offer.Policy{}, s)
			if len(problems) > 0 {
				t.Fatalf("%v", problems)
			}
			priced, err := offer.Price(b, c, facts, held, now)
			if err != nil {
				t.Fatal(err)
			}
			return priced
		}
		got := price(basket, offers, held)
		holdSums(t, got, offers)
		holdAnswers(t, got, offers, held)

		shuffled := offer.Basket{Currency: "EUR", Lines: rapid.Permutation(basket.Lines).Draw(t, "order of lines")}
		again := price(shuffled, rapid.Permutation(offers).Draw(t, "order of offers"), rapid.Permutation(held).Draw(t, "order of coupons"))
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("the order of the input changes the answer: %s", diff)
		}
	})
}

func holdSums(t *rapid.T, p offer.Priced, offers []offer.Offer) {
	var subtotal, discount, applied int64
	for _, l := range p.Lines {
		var sum int64
		for _, a := range l.Adjustments {
			sum += a.Amount
			if a.Amount <= 0 {
				t.Fatalf("line %+v has an adjustment of nothing", l)
			}
			i := slices.IndexFunc(offers, func(o offer.Offer) bool { return o.ID == a.Offer })
			if i < 0 {
				continue
			}
			goods := l.Kind == "" || l.Kind == "goods"
			if goods == (len(offers[i].Select.Kinds) > 0) || l.Kind == "gift_card" {
				t.Fatalf("line %+v is touched by %+v", l, offers[i])
			}
		}
		if sum != l.Discount || l.Discount < 0 || l.Net() < min(l.FloorMinor, l.Amount) {
			t.Fatalf("line %+v does not add up", l)
		}
		subtotal, discount = subtotal+l.Amount, discount+l.Discount
	}
	for _, c := range p.Considered {
		applied += c.Amount
		cut := c.Reason == offer.Applied || c.Reason == offer.Capped
		if c.Applied != (c.Amount > 0) || cut && !c.Applied || c.Applied && !cut && c.Reason != offer.FloorPrice {
			t.Fatalf("answer %+v contradicts itself", c)
		}
	}
	if p.Subtotal != subtotal || p.Discount != discount || p.Discount != applied || p.Total != subtotal-discount {
		t.Fatalf("subtotal %d, discount %d, total %d; the lines say %d and %d, the offers %d",
			p.Subtotal, p.Discount, p.Total, subtotal, discount, applied)
	}
}

// holdAnswers wants one answer for each coupon, at least one for each offer, and none of an exclusive offer beside another.
func holdAnswers(t *rapid.T, p offer.Priced, offers []offer.Offer, held []offer.Held) {
	answers := map[string]int{}
	var applied []string
	for _, c := range p.Considered {
		answers["offer "+c.Offer]++
		if c.Coupon != "" {
			answers["coupon "+c.Coupon]++
		}
		if c.Applied {
			applied = append(applied, c.Offer)
		}
	}
	for _, h := range held {
		if answers["coupon "+h.ID] != 1 {
			t.Fatalf("coupon %s has %d answers: %+v", h.ID, answers["coupon "+h.ID], p.Considered)
		}
	}
	for _, o := range offers {
		if answers["offer "+o.ID] == 0 {
			t.Fatalf("offer %s has no answer: %+v", o.ID, p.Considered)
		}
		for _, other := range offers {
			together := slices.Contains(applied, o.ID) && slices.Contains(applied, other.ID) && o.ID != other.ID
			if together && o.Stack == offer.StackNever && other.Stack != offer.StackAlways {
				t.Fatalf("offer %s applies beside %s: %v", o.ID, other.ID, applied)
			}
			if together && o.Group != "" && o.Group == other.Group {
				t.Fatalf("offers %s and %s of one group apply", o.ID, other.ID)
			}
		}
	}
}

// BenchmarkPrice prices baskets of so many lines under so many offers.
func BenchmarkPrice(b *testing.B) {
	for _, shape := range []struct{ lines, offers int }{{5, 1}, {5, 6}, {20, 12}, {50, 25}, {50, 110}} {
		b.Run(fmt.Sprintf("%dx%d", shape.lines, shape.offers), func(b *testing.B) {
			basket := offer.Basket{Currency: "EUR"}
			for i := range shape.lines {
				basket.Lines = append(basket.Lines, offer.Line{ID: fmt.Sprint(i), Category: "drinks/coffee", Quantity: 2, Amount: int64(500 + i)})
			}
			var offers []offer.Offer
			for i := range shape.offers {
				o := percent(fmt.Sprint(i), 500)
				o.Select.Categories = []string{"drinks"}
				o.When = rule.Rule{Field: "tier", Op: rule.Eq, Value: "silver"}
				offers = append(offers, o)
			}
			s := schema(b)
			c, facts := compile(b, s, offers...), s.Facts()
			facts.SetText(tier, "silver")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := offer.Price(basket, c, facts, nil, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
