package programme_test

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// E-6: what the programme takes out of all earning brings nothing by any rule, leaves nothing to carry over, and each line says why.
func TestE6GoodsThatNeverEarn(t *testing.T) {
	t.Parallel()
	p := rules(t, `
points: {carry_over: true, never: {categories: [tobacco], kinds: [gift_card]}}
earn:
  - {id: base, points: 1, per: "1.00"}
  - {id: cards, points: 1, per: "1.00", lines: {kinds: [gift_card, shipping]}}
  - {id: piece, points: 7, per: item, lines: {categories: [tobacco]}}
`)
	r := sale("1", at(t, "2026-11-21T10:00"))
	r.Lines = []receipt.Line{
		{ID: "1", Category: "food", Quantity: 1, Amount: 2_000}, {ID: "2", Category: "tobacco/cigars", Quantity: 1, Amount: 1_550},
		{ID: "3", Kind: receipt.GiftCard, Quantity: 1, Amount: 2_500}, {ID: "4", Kind: receipt.Tip, Quantity: 1, Amount: 100},
		{ID: "5", Category: "food", Quantity: 1, Amount: 300, Discount: 300},
	}
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	if got := fmt.Sprint(p.LeftOut(r, "")); last(h).Points != 20 || h.Book.Carried != 0 || got != "[{2 never} {3 never} {4 kind} {5 free}]" {
		t.Errorf("%d points, %s carried, left out %s", last(h).Points, below(h), got)
	}
}

// A line that only rules of another time count says that no rule holds.
func TestNoRuleHolds(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00", lines: {categories: [food]}}, {id: sunday, points: 1, per: "1.00", when: {field: receipt.weekday, op: eq, value: sunday}}]`+"\n")
	for day, want := range map[string]string{"2026-11-21": "[{1 no_rule}]", "2026-11-22": "[]"} {
		if got := fmt.Sprint(p.LeftOut(sale("1", at(t, day+"T10:00"), 500), "")); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}
