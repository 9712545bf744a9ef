package programme_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// basics is what each programme of these tests begins with.
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

const onePoint = "earn: [{id: base, points: 1, per: \"1.00\"}]\n"

// rules is the programme of a document.
func rules(t testing.TB, document string) *programme.Programme {
	t.Helper()
	p, _, faults, err := yamldoc.Read(strings.NewReader(basics + document))
	if err != nil || len(faults) > 0 {
		t.Fatalf("%v %v", err, faults)
	}
	return p
}

// at is a moment in the shop's zone, "2026-11-21T10:00".
func at(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// sale is a receipt of goods at prices in cents, each on a line of its own; a price below zero is a fee.
func sale(number string, when time.Time, prices ...int64) receipt.Receipt {
	r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: number}, Card: "7001", At: when, Total: money.Amount{Currency: "EUR"}}
	for i, price := range prices {
		l := receipt.Line{ID: strconv.Itoa(i + 1), Quantity: 1, Amount: price}
		if price < 0 {
			l.Kind = receipt.Fee
		}
		r.Lines = append(r.Lines, l)
		r.Total.Minor += price
	}
	return r
}

// last is the newest entry of a card.
func last(h card.Head) ledger.Entry { return h.Book.Tail[len(h.Book.Tail)-1] }

// giveBack plays returns one after the other, as the use case does, and tells the points of each.
func giveBack(t interface {
	Helper()
	Fatal(...any)
}, p *programme.Programme, h card.Head, r receipt.Receipt, sold ledger.Entry, returns []receipt.Return, now time.Time) (card.Head, []int64) {
	t.Helper()
	var points []int64
	for i := range returns {
		var err error
		if h, err = p.Return(h, card.Profile{}, r, sold, returns[:i+1], fmt.Sprintf("%s~%d", r.Key, i+1), now); err != nil {
			t.Fatal(err)
		}
		if wrong := h.Book.Sound(nil); wrong != "" {
			t.Fatal(wrong)
		}
		points = append(points, last(h).Points)
	}
	return h, points
}

func lineBack(id string, n int64) receipt.Return {
	return receipt.Return{ID: "r" + id, Lines: []receipt.ReturnedLine{{ID: id, Quantity: n}}}
}
