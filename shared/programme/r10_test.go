package programme_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// a void undoes the sale at any age: points, tier, stamps, the coupon, and what the offer may be had a card, whatever the offer says.
// A return of all goods gives the coupon and the use back only where the offer does.
func TestR10VoidUndoesEverything(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`
tiers: [{id: silver, name: Silver, points: 50}]
stamps: [{id: coffee, name: Coffee card, buy: 9, lines: {categories: [coffee]}, grant: {points: 100}}]
offers:
  - {id: ten, name: Ten off, percent: "10", on: basket, coupon: true, given_back: false, limits: {per_card: 1}}
`)
	when := at(t, "2026-11-21T10:00")
	before, _ := card.Head{ID: "7001", EnrolledOn: 1}.Put(card.Coupon{ID: "A", Offer: "ten", ExpiresOn: 99_999})
	r := coffees("1", when, 30)
	r.Lines[0].Discount, r.Total.Minor, r.Coupons = 900, 8_100, []string{"A"}
	r.Offers, r.Uses = []receipt.Used{{Offer: "ten", Coupon: "A", Amount: 900}}, []receipt.Use{{Offer: "ten", Coupon: "A", Amount: 900}}
	h := p.Checkout(before, card.Profile{}, r, when)
	sold := last(h)
	if h.Tier != "silver" || len(h.Wallet) != 0 || len(h.Counters) != 1 || h.Uses.Of("ten", "ever") != 1 || h.Book.Balance != 81+300 {
		t.Fatalf("bought: %+v", h)
	}
	for _, late := range []int{0, 1, 12} { // months
		now := when.AddDate(0, late, 0)
		void, _ := giveBack(t, p, h, r, sold, []receipt.Return{{ID: "v", At: now, Void: true}}, now)
		if void.Tier != "" || void.Book.Balance != 0 || len(void.Counters) != 0 || void.Uses.Of("ten", "ever") != 0 || void.Habits.Visits != 0 {
			t.Errorf("void after %d months: %+v", late, void)
		}
		if diff := cmp.Diff(before.Wallet, void.Wallet); diff != "" {
			t.Errorf("void after %d months: %s", late, diff)
		}
	}
	whole, _ := giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all", At: when}}, when)
	if len(whole.Wallet) != 0 || whole.Uses.Of("ten", "ever") != 1 || whole.Book.Balance != 0 || len(whole.Counters) != 0 {
		t.Errorf("all goods came back: %+v", whole)
	}
}
