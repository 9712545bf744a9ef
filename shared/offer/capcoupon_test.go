package offer_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/offer"
)

// Where offers for everybody reach the cap of the basket, no coupon is spent for nothing.
func TestACapSpendsNoCouponForNothing(t *testing.T) {
	t.Parallel()
	s := schema(t)
	fixed := func(id string, minor int64, coupon bool) offer.Offer {
		return offer.Offer{ID: id, Kind: offer.Fixed, Target: offer.OnBasket, AmountMinor: minor, Coupon: coupon}
	}
	b := offer.Basket{Currency: "EUR", Lines: []offer.Line{{ID: "1", Quantity: 1, Amount: 10_000}}}
	held := []offer.Held{{ID: "K", Offer: "a"}}
	for _, row := range []struct {
		name    string
		cap     int64
		coupon  offer.Reason
		applied bool
		saved   int64
	}{
		{"the other fills the cap", 500, offer.BasketCap, false, 500},
		{"both fill it", 700, offer.Applied, true, 700},
		{"both fit", 1000, offer.Applied, true, 1000},
	} {
		c, problems := offer.Compile([]offer.Offer{fixed("a", 500, true), fixed("b", 500, false)}, offer.Policy{CapMinor: row.cap}, s)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		got, err := offer.Price(b, c, s.Facts(), held, now)
		if err != nil {
			t.Fatal(err)
		}
		k := got.Considered[0]
		if got.Discount != row.saved || k.Coupon != "K" || k.Applied != row.applied || k.Reason != row.coupon {
			t.Errorf("%s: saves %d, %+v", row.name, got.Discount, got.Considered)
		}
	}
}
