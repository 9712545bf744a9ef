package programme_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// number reads "19.99", "2/3" or "6+2/3".
func number(t interface{ Fatalf(string, ...any) }, text string) *big.Rat {
	sum := new(big.Rat)
	for _, part := range strings.Split(text, "+") {
		n, ok := new(big.Rat).SetString(part)
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		sum.Add(sum, n)
	}
	return sum
}

// What the rules bring adds up to the points of the receipt's entry, whichever way the programme combines them and whatever stands on it.
func TestReckonedRulesAddUpToTheEntry(t *testing.T) {
	t.Parallel()
	earn := `
earn:
  - {id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}
  - {id: beans, points: 5, per: "2.00", lines: {categories: [beans]}}
  - {id: piece, points: 3, per: item, lines: {categories: [food]}}
  - {id: visit, points: 2, per: visit}
  - {id: first, points: 7, per: first_purchase}
  - {id: double, times: "2", lines: {categories: [beans]}}
  - {id: half, times: "1.5"}
  - {id: big, points: 4, per: "1.00", when: {field: receipt.total, op: gte, value: "60.00"}}
`
	var shops []*programme.Programme
	for _, points := range []string{
		"points: {}\n", "points: {combine: add}\n", "points: {combine: multiply, on: gross}\n", "points: {carry_over: true}\n",
		"points: {receipt_cap: 40, pay: {worth: \"0.01\"}}\n",
	} {
		shops = append(shops, rules(t, earn+points))
	}
	now := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(shops).Draw(t, "programme")
		r := drawn(t, "1", now)
		h := card.Head{ID: "7001"}
		h.Book = h.Book.Post(ledger.Entry{Cause: "before", Points: 10_000}, 0)
		if p.Points.Pay != nil && r.Total.Minor > 0 {
			r.Tenders = []receipt.Tender{{Kind: receipt.TenderPoints, Points: rapid.Int64Range(1, r.Total.Minor).Draw(t, "paid")}}
		}
		h = p.Checkout(h, card.Profile{}, r, now)
		told := p.Reckon(r, last(h))
		if agrees, err := told.Agrees(last(h)); !agrees || err != nil {
			t.Fatalf("the entry has %d points, reckoned are %s: %v", last(h).Points, told.Worth, err)
		}
		sum := new(big.Rat)
		for _, rule := range told.Rules {
			if rule.Points != "" {
				sum.Add(sum, number(t, rule.Points))
			}
		}
		if sum.Sign() < 0 {
			sum.SetInt64(0)
		}
		if sum.Cmp(number(t, told.Exact)) != 0 {
			t.Fatalf("the rules bring %s, told is %s", sum.RatString(), told.Exact)
		}
		rest := number(t, told.Worth)
		rest.Add(rest, new(big.Rat).SetInt64(told.Over))
		if told.Cut != "" {
			rest.Add(rest, number(t, told.Cut))
		}
		if rest.Cmp(sum) != 0 {
			t.Fatalf("%s is cut to %s with %q lost and %d over a cap", told.Exact, told.Worth, told.Cut, told.Over)
		}
	})
}
