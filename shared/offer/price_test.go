package offer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/rule"
)

const tier = 0 // slot

var (
	today = day.Date(2027, time.May, 14) // a Friday
	now   = offer.Moment{Day: today, Minute: 10 * 60}
)

func schema(t testing.TB) *rule.Schema {
	t.Helper()
	return schemaOf(t)
}

func schemaOf(t interface{ Fatal(...any) }) *rule.Schema {
	s, err := rule.NewSchema("EUR", rule.Field{Name: "tier", Kind: rule.Text}, rule.Field{Name: "points", Kind: rule.Int})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compile(t testing.TB, s *rule.Schema, offers ...offer.Offer) *offer.Compiled {
	t.Helper()
	c, problems := offer.Compile(offers, offer.Policy{}, s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func price(t testing.TB, b offer.Basket, held []offer.Held, offers ...offer.Offer) offer.Priced {
	t.Helper()
	s := schema(t)
	facts := s.Facts()
	facts.SetText(tier, "silver")
	priced, err := offer.Price(b, compile(t, s, offers...), facts, held, now)
	if err != nil {
		t.Fatal(err)
	}
	return priced
}

// basketQ is beans 2 x 12.00, mug 3 x 8.50, tea 4 x 4.50 and a gift card of 50.00: 117.50, of which 67.50 may be discounted.
func basketQ() offer.Basket {
	return offer.Basket{Currency: "EUR", Lines: []offer.Line{
		{ID: "1-beans", SKU: "4711", Category: "drinks/coffee/beans", Quantity: 2, Amount: 2400},
		{ID: "2-mug", SKU: "4712", Category: "kitchen/mugs", Quantity: 3, Amount: 2550},
		{ID: "3-tea", SKU: "4713", Category: "drinks/tea", Quantity: 4, Amount: 1800},
		{ID: "4-gift", SKU: "4714", Kind: "gift_card", Quantity: 1, Amount: 5000},
	}}
}

// goods is a basket of one line of that price.
func goods(amount int64) offer.Basket {
	return offer.Basket{Currency: "EUR", Lines: []offer.Line{{ID: "1", Quantity: 1, Amount: amount}}}
}

func percent(id string, basisPoints int64) offer.Offer {
	return offer.Offer{ID: id, Kind: offer.Percent, Target: offer.OnBasket, BasisPoints: basisPoints}
}

func fixed(id string, amount int64) offer.Offer {
	return offer.Offer{ID: id, Kind: offer.Fixed, Target: offer.OnBasket, AmountMinor: amount}
}

// with changes an offer: with(percent("a", 1000), func(o *offer.Offer) { o.Cap = 5 }).
func with(o offer.Offer, change func(*offer.Offer)) offer.Offer {
	change(&o)
	return o
}

func discounts(p offer.Priced) []int64 {
	var d []int64
	for _, l := range p.Lines {
		d = append(d, l.Discount)
	}
	return d
}

func TestSingleOffers(t *testing.T) {
	t.Parallel()
	mugs := offer.Selector{SKUs: []string{"4712"}}
	three := offer.Basket{Currency: "EUR", Lines: []offer.Line{
		{ID: "a", Quantity: 1, Amount: 99}, {ID: "b", Quantity: 1, Amount: 99}, {ID: "c", Quantity: 1, Amount: 99}}}
	cases := []struct {
		name   string
		basket offer.Basket
		offer  offer.Offer
		want   []int64
	}{
		{"M-7 ten percent", basketQ(), percent("a", 1000), []int64{240, 255, 180, 0}},
		{"M-8 fixed by amount", basketQ(), fixed("a", 500), []int64{178, 189, 133, 0}},
		{"M-8 fixed by quantity", basketQ(), with(fixed("a", 500), func(o *offer.Offer) { o.Spread = offer.ByQuantity }), []int64{111, 167, 222, 0}},
		{"M-9 twenty percent, at most 10.00", basketQ(), with(percent("a", 2000), func(o *offer.Offer) { o.Cap = 1000 }), []int64{355, 378, 267, 0}},
		{"M-10 rounded once", three, percent("a", 1250), []int64{13, 12, 12}},
		{"D-1 off each piece", basketQ(), offer.Offer{ID: "a", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 100, Select: mugs}, []int64{0, 300, 0, 0}},
		{"D-1 once across all", basketQ(), fixed("a", 100), []int64{35, 38, 27, 0}},
		{"D-3 fifteen percent off tea, at most 2.00", basketQ(), with(percent("a", 1500), func(o *offer.Offer) {
			o.Target, o.Cap, o.Select.Categories = offer.OnLines, 200, []string{"drinks/tea"}
		}), []int64{0, 0, 200, 0}},
		{"D-5 8.00 off from 60.00", basketQ(), with(fixed("a", 800), func(o *offer.Offer) { o.MinBasket = 6000 }), []int64{285, 302, 213, 0}},
		{"D-5 the gift card does not count", basketQ(), with(fixed("a", 800), func(o *offer.Offer) { o.MinBasket = 6751 }), []int64{0, 0, 0, 0}},
		{"a category holds what is below it", basketQ(), with(percent("a", 5000), func(o *offer.Offer) { o.Select.Categories = []string{"drinks"} }),
			[]int64{1200, 0, 900, 0}},
		{"a category is a path, not a beginning of letters", basketQ(), with(percent("a", 5000), func(o *offer.Offer) { o.Select.Categories = []string{"drink"} }),
			[]int64{0, 0, 0, 0}},
		{"sku or category", basketQ(), with(percent("a", 5000), func(o *offer.Offer) {
			o.Select = offer.Selector{SKUs: []string{"4712"}, Categories: []string{"drinks/tea"}}
		}), []int64{0, 1275, 900, 0}},
		{"all but coffee", basketQ(), with(percent("a", 5000), func(o *offer.Offer) { o.Select.ExcludeCategories = []string{"drinks/coffee"} }),
			[]int64{0, 1275, 900, 0}},
		{"drinks but this one", basketQ(), with(percent("a", 5000), func(o *offer.Offer) {
			o.Select = offer.Selector{Categories: []string{"drinks"}, ExcludeSKUs: []string{"4711"}}
		}), []int64{0, 0, 900, 0}},
		{"gift cards where the offer says so", basketQ(), with(percent("a", 1000), func(o *offer.Offer) { o.Select.Kinds = []string{"gift_card"} }),
			[]int64{0, 0, 0, 500}},
		{"more than the basket is all of it and no more", basketQ(), fixed("a", 99_999), []int64{2400, 2550, 1800, 0}},
		{"more than a piece is all of it and no more", basketQ(), offer.Offer{ID: "a", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 500}, []int64{1000, 1500, 1800, 0}},
		{"a cap cuts all lines by the same part", basketQ(), offer.Offer{ID: "a", Kind: offer.Fixed, Target: offer.OnLines, AmountMinor: 100, Cap: 300}, []int64{67, 100, 133, 0}},
		{"everything off", basketQ(), percent("a", 10_000), []int64{2400, 2550, 1800, 0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := price(t, c.basket, nil, c.offer)
			if diff := cmp.Diff(c.want, discounts(got)); diff != "" {
				t.Errorf("discounts %v, want %v; %+v", discounts(got), c.want, got.Considered)
			}
		})
	}
}

func TestStacking(t *testing.T) {
	t.Parallel()
	a, b, d := percent("a", 1000), with(percent("b", 2000), func(o *offer.Offer) { o.MinBasket = 10_000 }), fixed("d", 200)
	first := func(o offer.Offer) offer.Offer { o.Priority = 1; return o }
	alone := func(o offer.Offer) offer.Offer { o.Stack = offer.StackNever; return o }
	group := func(o offer.Offer) offer.Offer { o.Group = "sale"; return o }
	cases := []struct {
		name    string
		amount  int64
		offers  []offer.Offer
		pay     int64
		applied string
	}{
		{"S-1 conditions are asked of the basket as it came", 10_500, []offer.Offer{a, b}, 7560, "a b"},
		{"S-1 in the other order", 10_500, []offer.Offer{a, first(b)}, 7560, "b a"},
		{"S-2 percentages run on what is left", 10_000, []offer.Offer{a, b}, 7200, "a b"},
		{"S-3 percent first", 10_000, []offer.Offer{first(percent("p", 2000)), fixed("f", 1000)}, 7000, "p f"},
		{"S-3 fixed first", 10_000, []offer.Offer{percent("p", 2000), first(fixed("f", 1000))}, 7200, "f p"},
		{"S-4 exclusive alone", 10_000, []offer.Offer{first(fixed("f", 1000)), alone(percent("p", 2000))}, 8000, "p"},
		{"S-5 the better of two exclusives", 10_000, []offer.Offer{first(alone(fixed("f", 1000))), alone(percent("p", 2000))}, 8000, "p"},
		{"S-6 three together beat the exclusive one", 10_500, []offer.Offer{a, b, d, alone(percent("c", 2500))}, 7360, "a b d"},
		{"S-6 unless one of them stands alone", 10_500, []offer.Offer{a, alone(b), d, alone(percent("c", 2500))}, 7875, "c"},
		{"S-7 sale then voucher", 1000, []offer.Offer{first(percent("sale", 4000)), percent("voucher", 7000)}, 180, "sale voucher"},
		{"S-10 a tie goes to fewer offers", 10_000, []offer.Offer{fixed("e", 500), fixed("f", 500), alone(fixed("z", 1000))}, 9000, "z"},
		{"S-10 then to the smaller id", 10_000, []offer.Offer{fixed("e", 1000), alone(fixed("z", 1000))}, 9000, "e"},
		{"the better one of a group", 10_000, []offer.Offer{group(a), group(percent("b", 2000)), d}, 7800, "b d"},
		{"the better one of a group, whatever comes first", 10_000, []offer.Offer{first(group(a)), group(percent("b", 2000)), d}, 7800, "b d"},
		{"never below zero", 1000, []offer.Offer{fixed("a", 800), fixed("b", 800), fixed("c", 800)}, 0, "a b"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := price(t, goods(c.amount), nil, c.offers...)
			var applied []string
			for _, l := range got.Lines[0].Adjustments {
				applied = append(applied, l.Offer)
			}
			if got.Total != c.pay || strings.Join(applied, " ") != c.applied {
				t.Errorf("to pay %d after %v, want %d after %s", got.Total, applied, c.pay, c.applied)
			}
		})
	}
}

// Every offer and every coupon shown has its answer, with what a till can say to the shopper.
func TestReasons(t *testing.T) {
	t.Parallel()
	coupon := func(o offer.Offer) offer.Offer { o.Coupon = true; return o }
	got := price(t, basketQ(), []offer.Held{
		{ID: "C2", Offer: "coupon", Until: today + 9}, {ID: "C1", Offer: "coupon", Until: today}, {ID: "C0", Offer: "coupon", Until: today - 1},
		{ID: "C3", Offer: "coupon"}, {ID: "C4", Offer: "gone"}, {ID: "C5", Offer: "a-cap"},
	},
		with(percent("a-cap", 2000), func(o *offer.Offer) { o.Priority, o.Cap = 9, 1000 }),
		with(coupon(fixed("coupon", 50)), func(o *offer.Offer) { o.Priority = 8 }),
		with(fixed("g1", 10), func(o *offer.Offer) { o.Group = "g" }),
		with(fixed("g2", 10), func(o *offer.Offer) { o.Group = "g" }),
		with(percent("gold", 1000), func(o *offer.Offer) { o.When = rule.Rule{Field: "tier", Op: rule.Eq, Value: "gold"} }),
		with(percent("large", 1000), func(o *offer.Offer) { o.MinBasket = 7470 }),
		with(percent("later", 1000), func(o *offer.Offer) { o.From = today + 1 }),
		with(fixed("mouse", 10), func(o *offer.Offer) { o.Select.SKUs = []string{"4715"} }),
		coupon(percent("needs", 1000)),
		with(percent("over", 1000), func(o *offer.Offer) { o.From, o.Until = today-9, today-1 }),
		with(percent("vip", 1), func(o *offer.Offer) { o.Stack = offer.StackNever }),
		with(percent("zero", 1), func(o *offer.Offer) { o.Select.Kinds, o.Cap = []string{"goods", "fee"}, 1; o.Priority = -1 }),
	)
	want := []offer.Considered{
		{Offer: "a-cap", Applied: true, Reason: offer.Capped, Amount: 1000},
		{Offer: "a-cap", Coupon: "C5", Reason: offer.CouponNotNeeded},
		{Offer: "coupon", Coupon: "C0", Reason: offer.CouponExpired, Detail: "its last day was 2027-05-13"},
		{Offer: "coupon", Coupon: "C1", Applied: true, Reason: offer.Applied, Amount: 50},
		{Offer: "coupon", Coupon: "C2", Reason: offer.LimitReached, By: "coupon"},
		{Offer: "coupon", Coupon: "C3", Reason: offer.LimitReached, By: "coupon"},
		{Offer: "g1", Applied: true, Reason: offer.Applied, Amount: 10},
		{Offer: "g2", Reason: offer.BlockedBy, By: "g1", Detail: "only one offer of the group g applies"},
		{Offer: "gold", Reason: offer.ConditionNotMet, Detail: "tier is silver, wanted gold"},
		{Offer: "large", Reason: offer.BelowMinBasket, Missing: 720, Detail: "needs 7.20 EUR more"},
		{Offer: "later", Reason: offer.OutsideWindow, Detail: "it begins on 2027-05-15"},
		{Offer: "mouse", Reason: offer.ExcludedLines},
		{Offer: "needs", Reason: offer.CouponMissing},
		{Offer: "over", Reason: offer.OutsideWindow, Detail: "it ended on 2027-05-13"},
		{Offer: "vip", Reason: offer.BeatenBy, By: "a-cap", Detail: "it applies alone, and without it the shopper saves 10.60 EUR more"},
		{Offer: "zero", Applied: true, Reason: offer.Applied, Amount: 1},
		{Offer: "gone", Coupon: "C4", Reason: offer.CouponUnknown},
	}
	if diff := cmp.Diff(want, got.Considered); diff != "" {
		t.Error(diff)
	}
	if got.Discount != 1061 || got.Subtotal != 11_750 || got.Total != 11_750-1061 {
		t.Errorf("%d - %d = %d", got.Subtotal, got.Discount, got.Total)
	}
}

func TestACouponWithoutEffectIsKept(t *testing.T) {
	t.Parallel()
	free := with(fixed("free", 99_999), func(o *offer.Offer) { o.Priority = 1 })
	five := with(fixed("five", 500), func(o *offer.Offer) { o.Coupon = true })
	got := price(t, goods(1000), []offer.Held{{ID: "C1", Offer: "five"}}, free, five)
	want := []offer.Considered{
		{Offer: "free", Applied: true, Reason: offer.Applied, Amount: 1000},
		{Offer: "five", Coupon: "C1", Reason: offer.NoEffect},
	}
	if diff := cmp.Diff(want, got.Considered); diff != "" {
		t.Error(diff)
	}
	alone := with(percent("alone", 5000), func(o *offer.Offer) { o.Stack = offer.StackNever })
	got = price(t, goods(1000), []offer.Held{{ID: "C1", Offer: "five"}}, alone, with(five, func(o *offer.Offer) { o.AmountMinor = 100 }))
	want = []offer.Considered{
		{Offer: "alone", Applied: true, Reason: offer.Applied, Amount: 500},
		{Offer: "five", Coupon: "C1", Reason: offer.BlockedBy, By: "alone", Detail: "that offer applies alone"},
	}
	if diff := cmp.Diff(want, got.Considered); diff != "" {
		t.Error(diff)
	}
}

func TestPiecesForReturnsComeFromTheAdjustments(t *testing.T) {
	t.Parallel()
	got := price(t, basketQ(), []offer.Held{{ID: "C1", Offer: "b"}}, percent("a", 1000), with(fixed("b", 100), func(o *offer.Offer) { o.Coupon = true }))
	want := []offer.Adjustment{{Offer: "a", Amount: 255}, {Offer: "b", Coupon: "C1", Amount: 38}}
	if mug := got.Lines[1]; mug.Discount != 293 || mug.Net() != 2257 || !slices.Equal(mug.Adjustments, want) {
		t.Errorf("the mug is priced %+v", mug)
	}
}

func TestBasketsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := schema(t)
	c := compile(t, s, percent("a", 1000))
	line := offer.Line{ID: "1", Quantity: 1, Amount: 100}
	for name, b := range map[string]offer.Basket{
		"other currency": {Currency: "USD", Lines: []offer.Line{line}},
		"same id twice":  {Currency: "EUR", Lines: []offer.Line{line, line}},
		"no id":          {Currency: "EUR", Lines: []offer.Line{{Quantity: 1}}},
		"no pieces":      {Currency: "EUR", Lines: []offer.Line{{ID: "1"}}},
		"negative":       {Currency: "EUR", Lines: []offer.Line{{ID: "1", Quantity: 1, Amount: -1}}},
		"too dear":       {Currency: "EUR", Lines: []offer.Line{{ID: "1", Quantity: 1, Amount: 1 << 40}}},
		"too many lines": {Currency: "EUR", Lines: make([]offer.Line, offer.MaxLines+1)},
	} {
		if _, err := offer.Price(b, c, nil, nil, now); !errors.Is(err, offer.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	for name, held := range map[string][]offer.Held{
		"coupon twice": {{ID: "C", Offer: "a"}, {ID: "C", Offer: "b"}}, "no coupon id": {{}}, "too many coupons": make([]offer.Held, offer.MaxHeld+1),
	} {
		if _, err := offer.Price(goods(1), c, nil, held, now); !errors.Is(err, offer.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if got, err := offer.Price(offer.Basket{Currency: "EUR"}, c, nil, nil, now); err != nil || got.Total != 0 {
		t.Errorf("an empty basket is %+v, %v", got, err)
	}
}

func TestOffersThatAreRefused(t *testing.T) {
	t.Parallel()
	good := percent("a", 1000)
	for path, bad := range map[string]offer.Offer{
		"/offers/1/id":                   with(good, func(o *offer.Offer) { o.ID = "a b" }),
		"/offers/1/name":                 with(good, func(o *offer.Offer) { o.ID, o.Name = "b", strings.Repeat("x", offer.MaxName+1) }),
		"/offers/1":                      {ID: "b", Target: offer.OnLines},
		"/offers/1/on":                   {ID: "b", Kind: offer.Percent, BasisPoints: 1},
		"/offers/1/spread":               with(percent("b", 1), func(o *offer.Offer) { o.Spread = "even" }),
		"/offers/1/percent":              percent("b", 10_001),
		"/offers/1/amount":               fixed("b", 0),
		"/offers/1/cap":                  with(percent("b", 1), func(o *offer.Offer) { o.Cap = -1 }),
		"/offers/1/min_basket":           with(percent("b", 1), func(o *offer.Offer) { o.MinBasket = -1 }),
		"/offers/1/until":                with(percent("b", 1), func(o *offer.Offer) { o.From, o.Until = 9, 8 }),
		"/offers/1/lines/skus":           with(percent("b", 1), func(o *offer.Offer) { o.Select.SKUs = []string{""} }),
		"/offers/1/lines/not_categories": with(percent("b", 1), func(o *offer.Offer) { o.Select.ExcludeCategories = make([]string, offer.MaxSelected+1) }),
		"/offers/1/when/not/field": with(percent("b", 1), func(o *offer.Offer) {
			o.When = rule.Rule{Not: &rule.Rule{Field: "teir", Op: rule.Exists}}
		}),
	} {
		c, problems := offer.Compile([]offer.Offer{good, bad}, offer.Policy{}, schema(t))
		if c != nil || len(problems) == 0 || problems[0].Path != path {
			t.Errorf("problems %v, want one at %s", problems, path)
		}
	}
	_, problems := offer.Compile([]offer.Offer{good, good}, offer.Policy{}, schema(t))
	if len(problems) != 1 || problems[0].String() != "/offers/1/id: offer a is there twice" {
		t.Errorf("the same offer twice: %v", problems)
	}
	if _, problems := offer.Compile(make([]offer.Offer, offer.MaxOffers+1), offer.Policy{}, schema(t)); len(problems) != 1 {
		t.Errorf("too many offers: %v", problems)
	}
}
