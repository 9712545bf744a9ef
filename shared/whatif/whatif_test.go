package whatif_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/whatif"
)

const basics = `
programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing"}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
`

const current = "earn: [{id: base, points: 1, per: \"1.00\"}]\ntiers: [{id: gold, name: Gold, points: 30}]\n"

const draft = `
earn: [{id: base, points: 2, per: "1.00"}]
points: {months: 3}
tiers: [{id: gold, name: Gold, points: 100}]
offers:
  - {id: tea, name: Tea, percent: "10", on: lines, lines: {skus: [TEA]}}
  - {id: off, name: Two off, amount: "2.00", on: basket, coupon: true}
campaigns:
  - {id: thanks, on: checkout, when: {all: [{field: receipt.total, op: gte, value: "15.00"}, {field: shopper.consents, op: contains, value: offers}]}, grant: {offer: off, days: 30}}
`

func rules(t testing.TB, document string) *programme.Programme {
	t.Helper()
	p, _, faults, err := yamldoc.Read(strings.NewReader(basics + document))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return p
}

var (
	first      = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	consenting = card.Profile{Email: "a@example.com", Consents: map[string]card.Consent{"offers": {Allowed: true}}}
)

// sale is a receipt of a pot, and of tea of which 0.50 came off at the time.
func sale(number, days int, who string, tea, pot int64, returns ...receipt.Return) whatif.Sale {
	at := first.AddDate(0, 0, days)
	for i := range returns {
		returns[i].At = at.AddDate(0, 0, 1+i)
	}
	return whatif.Sale{Receipt: receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "1", Number: fmt.Sprint(number)}, Card: who, At: at, Total: money.Amount{Minor: tea + pot - 50, Currency: "EUR"},
		Lines: []receipt.Line{{ID: "1", SKU: "TEA", Quantity: 2, Amount: tea, Discount: 50}, {ID: "2", SKU: "POT", Quantity: 1, Amount: pot}},
	}, Returns: returns}
}

// What a person can reckon with a pencil: tea at 90 %, a coupon for the first basket used on the second, and one receipt that comes back.
func TestByHand(t *testing.T) {
	t.Parallel()
	r := whatif.Run(whatif.Input{
		Draft: rules(t, draft), Against: rules(t, current), Shopper: consenting, Redeem: 100,
		Sales: []whatif.Sale{
			sale(2, 10, "7001", 1000, 200, receipt.Return{ID: "R", Lines: []receipt.ReturnedLine{{ID: "2", Quantity: 1}}}),
			sale(1, 0, "7001", 1000, 1000), // 19.00 by the draft: 38 points and a coupon; 20.00 and 20 points by what holds
			sale(3, 20, "", 500, 0),
		},
	})
	// The second basket: 12.00, less 1.00 for the tea, less 2.00 by the coupon: 9.00 and 18 points, of which the pot takes some back.
	if r.Played.Receipts != 3 || r.Played.Guests != 1 || r.Played.Lines != 6 || r.Played.Returns != 1 || !r.Complete {
		t.Errorf("played %+v", r.Played)
	}
	d, a := r.Draft, r.Against
	if d.Gross != 3700 || d.Discount != 100+300+50 || d.Issued != 38+18 || d.Granted != 1 || d.Redeemed != 1 || d.Outstanding != d.Issued-d.Reversed-d.Expired {
		t.Errorf("draft %+v", d)
	}
	if a.Gross != 3700 || a.Discount != 0 || a.Issued != 20+12 || a.Reversed != 2 || a.Refund != 200 || a.Outstanding != 30 {
		t.Errorf("current %+v", a)
	}
	want := []whatif.OfferSum{{ID: "tea", Name: "Tea", Receipts: 3, Amount: 250}, {ID: "off", Name: "Two off", Receipts: 1, Coupons: 1, Amount: 200}}
	if diff := cmp.Diff(want, d.Offers); diff != "" {
		t.Error(diff)
	}
	ranked, gains := r.Rank(whatif.Price{Point: whatif.MicroMinor / 2})
	points := d.Issued - d.Reversed - 30
	if gains.Gain != 1 || gains.Lose != 0 || ranked[0].Discount != 400 || ranked[0].Points != points || ranked[0].Gain != 400+(points+1)/2 {
		t.Errorf("%+v %+v", ranked, gains)
	}
	if diff := cmp.Diff([]whatif.Moved{{From: "gold", To: "", Cards: 1}}, r.Moves); diff != "" {
		t.Error(diff)
	}
}

// What comes back is paid for as the tills would: by what the kept goods alone would have cost, or by their share of what was paid.
func TestReturnsArePaidBackByTheRulesThatArePlayed(t *testing.T) {
	t.Parallel()
	const from = "offers: [{id: tenth, name: From 20.00, percent: \"10\", on: basket, min_basket: \"20.00\"}]\n"
	r := whatif.Run(whatif.Input{
		Draft: rules(t, current+from), Against: rules(t, current+from+"returns: {refund: paid}\n"), Shopper: consenting,
		Sales: []whatif.Sale{
			sale(1, 0, "7001", 1000, 1500, receipt.Return{ID: "R", Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 2}}}),
			sale(2, 1, "", 1000, 1500, receipt.Return{ID: "R", Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 2}}}),
		},
	})
	if r.Draft.Refund != 2*(2_250-1_500) || r.Against.Refund != 2*900 || r.Draft.Outstanding != 15 || r.Draft.NotPlayed+r.Against.NotPlayed != 0 {
		t.Errorf("draft %+v, current %+v", r.Draft, r.Against)
	}
}

// story is a random past of a few cards.
func story(t *rapid.T) []whatif.Sale {
	var list []whatif.Sale
	for n := range rapid.IntRange(1, 40).Draw(t, "receipts") {
		who := rapid.SampledFrom([]string{"", "7001", "7002", "7003"}).Draw(t, "card")
		var returns []receipt.Return
		if rapid.IntRange(0, 3).Draw(t, "comes back") == 0 {
			returns = []receipt.Return{{ID: "a", Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}, {ID: "b"}}
		}
		list = append(list, sale(n, rapid.IntRange(0, 300).Draw(t, "day"), who, rapid.Int64Range(100, 3000).Draw(t, "tea"), rapid.Int64Range(0, 3000).Draw(t, "pot"), returns...))
	}
	return list
}

// Whatever the past was: points tie to the balances, the same rules on both sides change nobody, and neither the order of the receipts nor
// the number of workers shows.
func TestTies(t *testing.T) {
	t.Parallel()
	d, c := rules(t, draft), rules(t, current)
	rapid.Check(t, func(t *rapid.T) {
		in := whatif.Input{Draft: d, Against: c, Shopper: consenting, Redeem: rapid.IntRange(0, 100).Draw(t, "redeem"), Sales: story(t)}
		whole := whatif.Run(in)
		for _, s := range []*whatif.Side{whole.Draft, whole.Against} {
			if s.Issued-s.Reversed-s.Expired != s.Outstanding {
				t.Fatalf("%s: %d issued, %d reversed, %d expired, and %d are there", s.Programme, s.Issued, s.Reversed, s.Expired, s.Outstanding)
			}
			if s.Unpriced+s.NotPlayed > 0 || s.Net() < 0 {
				t.Fatalf("%+v", s)
			}
		}
		shuffled := in
		shuffled.Sales, shuffled.Workers = rapid.Permutation(in.Sales).Draw(t, "order"), 4
		same := cmpopts.IgnoreUnexported(whatif.Side{})
		if diff := cmp.Diff(whole, whatif.Run(shuffled), same, cmpopts.IgnoreFields(whatif.Report{}, "Movers")); diff != "" && distinct(in.Sales) {
			t.Fatal(diff)
		}
		alike := in
		alike.Against = d
		if _, gains := whatif.Run(alike).Rank(whatif.Price{Point: 7}); gains.Gain+gains.Lose > 0 {
			t.Fatalf("the same rules change %+v", gains)
		}
	})
}

// distinct reports that no card bought twice at one moment: then the order of the receipts is that of time.
func distinct(sales []whatif.Sale) bool {
	seen := map[string]bool{}
	for _, s := range sales {
		moments := []time.Time{s.Receipt.At}
		for _, r := range s.Returns {
			moments = append(moments, r.At)
		}
		for _, at := range moments {
			key := s.Receipt.Card + at.String()
			if seen[key] && s.Receipt.Card != "" {
				return false
			}
			seen[key] = true
		}
	}
	return true
}

// What is counted is cut out of the whole: two halves of a time add up to it.
func TestSpansAddUp(t *testing.T) {
	t.Parallel()
	d := rules(t, draft)
	rapid.Check(t, func(t *rapid.T) {
		in := whatif.Input{Draft: d, Shopper: consenting, Redeem: 50, Sales: story(t), Until: first.AddDate(0, 0, 400)}
		cut := first.AddDate(0, 0, rapid.IntRange(1, 300).Draw(t, "cut"))
		before, after := in, in
		before.Until, after.From = cut, cut
		whole, a, b := whatif.Run(in).Draft, whatif.Run(before).Draft, whatif.Run(after).Draft
		for _, sum := range [][3]int64{{whole.Gross, a.Gross, b.Gross}, {whole.Discount, a.Discount, b.Discount}, {whole.Issued, a.Issued, b.Issued}, {whole.Granted, a.Granted, b.Granted}} {
			if sum[0] != sum[1]+sum[2] {
				t.Fatalf("%v does not add up", sum)
			}
		}
	})
}

func TestStops(t *testing.T) {
	t.Parallel()
	var sales []whatif.Sale
	for n := range 10 {
		sales = append(sales, sale(n, n, fmt.Sprint(7000+n), 1000, 500))
	}
	asked := 0
	r := whatif.Run(whatif.Input{Draft: rules(t, draft), Sales: sales, Stop: func() bool { asked++; return asked > 4 }})
	if r.Complete || r.Played.Receipts != 4 || r.Played.Done != 4 || r.Played.Total != 10 {
		t.Errorf("%+v %+v", r.Complete, r.Played)
	}
}
