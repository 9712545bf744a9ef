package main

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/programme"
)

const articles = 50

func sku(n int) string      { return fmt.Sprintf("40%04d", n%articles) }
func category(n int) string { return fmt.Sprintf("shelf-%d/row-%d", n%10, n%articles/10) }
func brand(n int) string    { return fmt.Sprintf("brand-%d", n%8) }

// shop is a programme with so many offers, of eleven sorts by turns.
func shop(offers int) programme.Document {
	d := programme.Document{
		Programme: "bench", From: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Currency: "EUR", TimeZone: "Europe/Berlin", Language: "en",
		Shop: programme.Shop{Name: "Bench", Address: "1 Bench Street"}, Stores: []programme.Store{{ID: "0042", Name: "First"}},
		Cards: programme.Numbers{Secret: "a secret of the bench shop"},
		Earn:  []programme.EarnRule{{ID: "base", Points: 1, Per: "1.00"}},
		Tiers: []programme.Tier{{ID: "gold", Name: "Gold", Points: 100}},
	}
	for i := range offers {
		o := sort(i)
		o.ID, o.Name, o.Priority = fmt.Sprintf("offer-%03d", i), fmt.Sprintf("Offer %d", i), -(i % 3)
		d.Offers = append(d.Offers, o)
	}
	return d
}

// sort is an offer of the sort whose turn it is.
func sort(i int) programme.Offer {
	shelf := &programme.Lines{Categories: []string{fmt.Sprintf("shelf-%d", i%10)}}
	one := &programme.Lines{SKUs: []string{sku(i * 3)}}
	switch i % 11 {
	case 0:
		return programme.Offer{Percent: "10", On: "lines", Lines: shelf}
	case 1:
		return programme.Offer{Amount: "0.30", On: "lines", Lines: &programme.Lines{SKUs: []string{sku(i * 3), sku(i*3 + 1), sku(i*3 + 2)}}}
	case 2:
		return programme.Offer{Percent: "100", On: "sets", Set: []programme.Part{{Lines: shelf, Pieces: 2}, {Lines: shelf, Pieces: 1, Get: true}}}
	case 3:
		return programme.Offer{Price: "1.99", On: "lines", Lines: one}
	case 4:
		return programme.Offer{Percent: "5", On: "lines", Lines: &programme.Lines{Brands: []string{brand(i)}}, Group: "brands"}
	case 5:
		return programme.Offer{Price: "9.99", On: "sets", Set: []programme.Part{{Lines: shelf, Pieces: 3}}, Times: 2}
	case 6:
		return programme.Offer{Steps: []programme.Step{{From: "50.00", Amount: "2.00"}, {From: "100.00", Amount: "5.00"}}, On: "basket", Lines: shelf, Counts: "goods"}
	case 7:
		return programme.Offer{Percent: "15", On: "basket", Coupon: true}
	case 8:
		return programme.Offer{Percent: "20", On: "lines", Lines: one, When: programme.Condition{Tree: map[string]any{"field": "card.tier", "op": "eq", "value": "gold"}}}
	case 9:
		return programme.Offer{Percent: "50", On: "cheapest", Lines: shelf, Windows: []programme.Window{{Days: []string{"friday"}, From: "08:00", To: "12:00"}}}
	}
	return programme.Offer{Amount: "3.00", On: "basket", MinBasket: "40.00", Stack: "never"}
}
