package programme_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Under every sort of rule, carried over or not, the same goods that come back in any order and in any parts leave a card with the same
// points, and nothing is left of a receipt that came back whole.
func TestReturnsInAnyOrderAndPartsAreTheSame(t *testing.T) {
	t.Parallel()
	var all []*programme.Programme
	for _, points := range []string{"{}", "{carry_over: true}", "{carry_over: true, combine: add}", "{on: gross, carry_over: true, receipt_cap: 30, combine: multiply}"} {
		all = append(all, rules(t, `
points: `+points+`
earn:
  - {id: base, points: 1, per: "3.00", lines: {not_categories: [tobacco]}}
  - {id: beans, points: 3, per: item, lines: {categories: [beans]}}
  - {id: visit, points: 2, per: visit, when: {field: receipt.total, op: gte, value: "20.00"}}
  - {id: welcome, points: 7, per: first_purchase}
  - {id: more, times: "1.25", lines: {categories: [food]}}
  - {id: twice, times: "2", when: {field: receipt.categories, op: contains, value: beans}}
`))
	}
	when := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		p := all[rapid.IntRange(0, len(all)-1).Draw(t, "programme")]
		before := card.Head{ID: "7001"}
		if rapid.Bool().Draw(t, "known") {
			before = p.Checkout(before, card.Profile{}, sale("0", when, rapid.Int64Range(0, 999).Draw(t, "before")), when)
		}
		r := drawn(t, "1", when)
		h := p.Checkout(before, card.Profile{}, r, when)
		sold := last(h)
		var pieces []string
		for _, l := range r.Lines {
			if l.Kind != receipt.Fee {
				for range l.Quantity {
					pieces = append(pieces, l.ID)
				}
			}
		}
		pieces = pieces[:rapid.IntRange(0, len(pieces)).Draw(t, "back")]
		play := func(label string) card.Head {
			var returns []receipt.Return
			for _, id := range rapid.Permutation(pieces).Draw(t, label) {
				if n := len(returns); n > 0 && rapid.Bool().Draw(t, "together") {
					returns[n-1].Lines = append(returns[n-1].Lines, receipt.ReturnedLine{ID: id, Quantity: 1})
				} else {
					returns = append(returns, receipt.Return{ID: fmt.Sprint(n), Lines: []receipt.ReturnedLine{{ID: id, Quantity: 1}}})
				}
			}
			end, _ := giveBack(t, p, h, r, sold, returns, when)
			return end
		}
		one, other := play("one order"), play("another")
		if one.Book.Balance != other.Book.Balance || one.Book.Carried != other.Book.Carried || one.Qualifying != other.Qualifying {
			t.Fatalf("%d and %s, or %d and %s", one.Book.Balance, below(one), other.Book.Balance, below(other))
		}
		end, _ := giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all"}}, when)
		if end.Book.Balance != before.Book.Balance || end.Book.Carried != before.Book.Carried || end.Qualifying.Points != before.Qualifying.Points {
			t.Fatalf("%d and %s are left, were %d and %s", end.Book.Balance, below(end), before.Book.Balance, below(before))
		}
	})
}
