package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const timesOffers = onePoint + `
offers:
  - {id: week, name: Double week, points_times: "2", min_basket: "20.00", from: "2026-11-16", until: "2026-11-22"}
  - {id: wine, name: Triple wine, points_times: "3", lines: {categories: [wine]}, coupon: true}
  - {id: vip, name: Five times, points_times: "5", code: VIP}
  - {id: ten, name: Ten off, percent: "10", on: basket}
`

// wines is a basket of bread for 10.00 and wine for 20.00.
func wines(t *testing.T, when string) receipt.Receipt {
	t.Helper()
	r := sale("1", at(t, when), 1_000, 2_000)
	r.Lines[1].Category = "wine"
	return r
}

// An offer of points takes nothing off. A quote says what it brings and why it does not; the till tells that it was had, by its coupon, by
// its code, or among its offers; and what comes back is reckoned with.
func TestOfferMultipliesPoints(t *testing.T) {
	t.Parallel()
	h, _ := card.Head{ID: "7001"}.Put(card.Coupon{ID: "W", Offer: "wine", ExpiresOn: 99_999})
	for _, row := range []struct {
		combine, when string
		coupons       []string
		code          bool
		cents         int64 // of the wine
		considered    string
		points, left  int64 // bought, and left when the wine has come back
	}{
		{"best", "2026-11-21T10:00", nil, false, 2_000, "ten:applied vip:coupon_missing week:applied wine:coupon_missing", 54, 9},
		{"best", "2026-11-23T10:00", nil, false, 2_000, "ten:applied vip:coupon_missing week:outside_window wine:coupon_missing", 27, 9},
		{"best", "2026-11-21T10:00", nil, false, 900, "ten:applied vip:coupon_missing week:min_basket wine:coupon_missing", 17, 9},
		{"best", "2026-11-21T10:00", []string{"W"}, false, 2_000, "ten:applied vip:coupon_missing week:applied wine:applied", 72, 9},
		{"multiply", "2026-11-21T10:00", []string{"W"}, false, 2_000, "ten:applied vip:coupon_missing week:applied wine:applied", 126, 9},
		{"add", "2026-11-21T10:00", []string{"W"}, false, 2_000, "ten:applied vip:coupon_missing week:applied wine:applied", 90, 9},
		{"best", "2026-11-23T10:00", nil, true, 2_000, "ten:applied vip:applied week:outside_window wine:coupon_missing", 135, 45},
	} {
		p, b := rules(t, timesOffers+"points: {combine: "+row.combine+"}\n"), wines(t, row.when)
		b.Lines[1].Amount, b.Total.Minor, b.Coupons = row.cents, 1_000+row.cents, row.coupons
		if row.code {
			b.Uses = []receipt.Use{{Offer: "vip", Code: "VIP"}}
		}
		priced, promised, err := p.Quote(h, b, nil, b.At)
		var told []string
		bought := b
		bought.Lines = nil
		for _, l := range priced.Lines {
			bought.Lines = append(bought.Lines, receipt.Line{ID: l.ID, Category: l.Category, Quantity: l.Quantity, Amount: l.Amount, Discount: l.Discount})
		}
		for _, c := range priced.Considered {
			told = append(told, c.Offer+":"+string(c.Reason))
			if c.Applied && c.Coupon == "" {
				bought.Offers = append(bought.Offers, receipt.Used{Offer: c.Offer, Amount: c.Amount})
			}
		}
		bought.Total.Minor = priced.Total
		after := p.Checkout(h, card.Profile{}, bought, b.At)
		e := last(after)
		if strings.Join(told, " ") != row.considered || promised != row.points || e.Points != row.points || err != nil || priced.Discount != (1_000+row.cents)/10 {
			t.Errorf("%+v: %d promised, %d earned, %s %v", row, promised, e.Points, strings.Join(told, " "), err)
		}
		after, _ = giveBack(t, p, after, bought, e, []receipt.Return{lineBack("2", 1)}, b.At)
		if after.Book.Balance != row.left {
			t.Errorf("%+v: %d points are left", row, after.Book.Balance)
		}
	}
}

// A till that does not tell of an open offer of points has not given it, and one that names another's coupon has none.
func TestMultiplierIsToldByTheReceipt(t *testing.T) {
	t.Parallel()
	p, r := rules(t, timesOffers), wines(t, "2026-11-21T10:00")
	if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != 30 {
		t.Errorf("not told: %d points", e.Points)
	}
	r.Coupons, r.Offers = []string{"NOSUCH"}, []receipt.Used{{Offer: "wine", Coupon: "NOSUCH"}, {Offer: "vip"}}
	if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != 30 {
		t.Errorf("a coupon that is not there: %d points", e.Points)
	}
}

// What an offer of points cannot say is refused where it stands, and the pointers of the offers behind it are right.
func TestBadMultipliersAreRefused(t *testing.T) {
	t.Parallel()
	for document, pointer := range map[string]string{
		`{id: a, name: A, points_times: "1"}`:                                              "/offers/0/points_times",
		`{id: a, name: A, points_times: "2", percent: "5"}`:                                "/offers/0",
		`{id: a, name: A, points_times: "2", lines: {brands: [x]}}`:                        "/offers/0/lines",
		`{id: a, name: A, points_times: "2", limits: {total: 5}}`:                          "/offers/0/limits",
		`{id: a, name: A, points_times: "2", min_pieces: 99999}`:                           "/offers/0/min_pieces",
		`{id: a, name: A, points_times: "2"}, {id: b, name: B, percent: "5", on: nowhere}`: "/offers/1/on",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "offers: [" + document + "]\n"))
		if err != nil || len(faults) != 1 || faults[0].Pointer != pointer {
			t.Errorf("%s: %s %v", document, fmt.Sprint(faults), err)
		}
	}
}
