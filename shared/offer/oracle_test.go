package offer_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/regulars-dev/regulars/shared/offer"
	"pgregory.net/rapid"
)

// drawAny is an offer of any kind.
func drawAny(t *rapid.T, id string) offer.Offer {
	o := offer.Offer{
		ID: id, Priority: rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "priority"),
		Group:    rapid.SampledFrom([]string{"", "", "", "g"}).Draw(t, "group"),
		Stack:    rapid.SampledFrom([]offer.Stack{"", "", "", "", offer.StackNever, offer.StackAlways}).Draw(t, "stack"),
		Kind:     rapid.SampledFrom([]offer.Kind{offer.Percent, offer.Fixed, offer.NewPrice}).Draw(t, "kind"),
		Target:   rapid.SampledFrom([]offer.Target{offer.OnLines, offer.OnBasket, offer.OnCheapest, offer.OnDearest, offer.OnSets}).Draw(t, "target"),
		Cap:      rapid.SampledFrom([]int64{0, 0, 0, 300}).Draw(t, "cap"),
		CapPiece: rapid.SampledFrom([]int64{0, 0, 0, 90}).Draw(t, "cap of a piece"),
	}
	amount := func() int64 { return rapid.Int64Range(1, 900).Draw(t, "amount off") }
	part := func() int64 { return rapid.Int64Range(1, 10_000).Draw(t, "basis points") }
	if o.MinBasket = rapid.SampledFrom([]int64{0, 0, 500}).Draw(t, "min basket"); o.MinBasket > 0 {
		o.After = rapid.Bool().Draw(t, "after")
		o.Counts = rapid.SampledFrom([]offer.Counts{"", offer.CountChosen, offer.CountGoods, offer.CountOthers}).Draw(t, "counts")
	}
	switch {
	case rapid.IntRange(0, 4).Draw(t, "steps") > 0:
		if o.AmountMinor = amount(); o.Kind == offer.Percent {
			o.BasisPoints, o.AmountMinor = part(), 0
		}
	case o.Kind == offer.Percent:
		o.Steps = []offer.Step{{From: 300, BasisPoints: part()}, {From: 1500, BasisPoints: part()}}
	default:
		o.Steps = []offer.Step{{Pieces: 2, AmountMinor: amount()}, {Pieces: 5, AmountMinor: amount()}}
	}
	choose := func() (s offer.Selector) {
		s.SKUs = rapid.SampledFrom([][]string{nil, nil, {"a"}, {"b"}, {"a", "b"}}).Draw(t, "skus")
		return s
	}
	switch o.Target {
	case offer.OnSets:
		o.Set = []offer.Part{{Select: choose(), Pieces: rapid.Int64Range(1, 2).Draw(t, "bought")}, {Select: choose(), Pieces: 1, Get: rapid.Bool().Draw(t, "get")}}
		o.Times = rapid.SampledFrom([]int64{0, 0, 1}).Draw(t, "times")
	case offer.OnCheapest, offer.OnDearest:
		o.Pieces = rapid.Int64Range(0, 2).Draw(t, "pieces")
		o.Select = choose()
	default:
		o.Select = choose()
	}
	return o
}

// oracle lists every combination, prices each through the mode in which the order is law, and keeps the one that saves most. It shares
// no thought with the search: not clusters, bounds nor neighbours.
type oracle struct {
	t      *rapid.T
	basket offer.Basket
	offers []offer.Offer
	policy offer.Policy
	saved  int64
	count  int
}

func (o *oracle) try(order []int) {
	var list []offer.Offer
	for n, i := range order {
		one := o.offers[i]
		one.Priority = -n
		list = append(list, one)
	}
	priced := quote(o.t, o.basket, o.policy, list)
	if priced.Discount > o.saved || priced.Discount == o.saved && len(order) < o.count {
		o.saved, o.count = priced.Discount, len(order)
	}
	for i := range o.offers {
		last := len(order) - 1
		if slices.Contains(order, i) || last >= 0 && o.offers[i].Priority > o.offers[order[last]].Priority {
			continue
		}
		o.try(append(slices.Clip(order), i))
	}
}

func quote(t *rapid.T, b offer.Basket, p offer.Policy, list []offer.Offer) offer.Priced {
	c, problems := offer.Compile(list, p, schemaOf(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	priced, err := offer.Price(b, c, nil, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	return priced
}

func drawSmall(t *rapid.T) offer.Basket {
	b := offer.Basket{Currency: "EUR"}
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		b.Lines = append(b.Lines, offer.Line{
			ID: fmt.Sprint(i), SKU: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "sku"), Quantity: rapid.Int64Range(1, 3).Draw(t, "quantity"),
			Amount: rapid.Int64Range(0, 1_200).Draw(t, "amount"),
			Goods:  offer.Goods{FloorMinor: rapid.SampledFrom([]int64{0, 0, 0, 200}).Draw(t, "floor")},
		})
	}
	return b
}

// The best combination is the best: no combination, in no order that priorities allow, saves more; and none of fewer offers as much.
func TestBestEqualsTheListOfAllCombinations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := drawSmall(t)
		var offers []offer.Offer
		for i := range rapid.SampledFrom([]int{1, 2, 3, 3, 4, 4, 4, 5, 5, 6}).Draw(t, "offers") {
			offers = append(offers, drawAny(t, fmt.Sprintf("offer-%d", i)))
		}
		all := oracle{t: t, basket: b, offers: offers, policy: offer.Policy{Combine: offer.ByPriority}}
		all.try(nil)
		got := quote(t, b, offer.Policy{}, offers)
		applied := 0
		for _, c := range got.Considered {
			if c.Applied {
				applied++
			}
		}
		if got.Discount != all.saved || applied != all.count || got.Proof != offer.Proven {
			t.Fatalf("saves %d with %d offers (%s), the best is %d with %d: %+v", got.Discount, applied, got.Proof, all.saved, all.count, got.Considered)
		}
	})
}

// Beyond what can be proven, the answer is at least that of the order of priorities and of any one offer, and it says that it is not proven.
func TestManyOffersKeepWhatIsPromised(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := drawSmall(t)
		var offers []offer.Offer
		for i := range rapid.IntRange(7, 14).Draw(t, "offers") {
			offers = append(offers, drawAny(t, fmt.Sprintf("offer-%02d", i)))
		}
		got := quote(t, b, offer.Policy{}, offers)
		holdSums(t, got, nil)
		least := int64(0)
		for _, o := range offers {
			least = max(least, quote(t, b, offer.Policy{}, []offer.Offer{o}).Discount)
		}
		common := slices.DeleteFunc(slices.Clone(offers), func(o offer.Offer) bool { return o.Stack == offer.StackNever })
		least = max(least, quote(t, b, offer.Policy{Combine: offer.ByPriority}, common).Discount)
		if got.Discount < least {
			t.Fatalf("saves %d, which is less than %d", got.Discount, least)
		}
		shuffled := quote(t, b, offer.Policy{}, rapid.Permutation(offers).Draw(t, "order"))
		if cmp.Compare(shuffled.Discount, got.Discount) != 0 {
			t.Fatalf("saves %d, in another order %d", got.Discount, shuffled.Discount)
		}
	})
}
