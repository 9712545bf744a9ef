package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// anyRules draws a programme: offers of every sort that goods going away may break, and rules of points that ask for a basket above or
// below a sum.
func anyRules(t *rapid.T, outer *testing.T) *programme.Programme {
	sorts := []string{
		`percent: 20, on: basket, min_basket: "SUM"`, `amount: "3.00", on: basket, min_basket: "SUM"`, `amount: "5.00", on: basket`,
		`percent: 100, on: sets, set: [{pieces: 2}, {pieces: 1, get: true}]`,
		`percent: 100, on: sets, set: [{pieces: 1, lines: {skus: [a]}}, {pieces: 1, get: true, lines: {skus: [b]}}]`,
		`price: "10.00", on: sets, set: [{pieces: 3}]`, `on: basket, steps: [{from: "10.00", amount: "1.00"}, {from: "SUM", amount: "6.00"}]`,
		`percent: 50, on: cheapest, min_pieces: 3`, `percent: 15, on: lines, when: {field: receipt.total, op: lt, value: "SUM"}`,
		`percent: 30, on: lines, lines: {brands: [x], not_tags: [sale]}, min_basket: "SUM", counts: chosen`,
		`percent: 10, on: lines, when: {any: [{field: receipt.skus, op: contains, value: c}, {field: receipt.items, op: gte, value: 4}]}`,
	}
	document := "offers:\n"
	for i := range rapid.IntRange(1, 3).Draw(t, "offers") {
		sum := fmt.Sprint(rapid.IntRange(11, 60).Draw(t, "sum"))
		document += fmt.Sprintf("  - {id: o%d, name: Any, %s}\n", i, strings.ReplaceAll(rapid.SampledFrom(sorts).Draw(t, "sort"), "SUM", sum))
	}
	for _, choices := range [][]string{
		{"", "points: {carry_over: true}\n", "points: {on: gross}\n", "points: {receipt_cap: 12}\n"},
		{"", "returns: {refund: paid}\n"},
		{"earn:\n  - {id: base, points: 1, per: \"1.50\"}\n"},
		{"", "  - {id: small, points: 9, per: visit, when: {field: receipt.total, op: lt, value: \"25.00\"}}\n",
			"  - {id: big, times: \"2\", when: {field: receipt.total, op: gte, value: \"25.00\"}}\n"},
	} {
		document += rapid.SampledFrom(choices).Draw(t, "rules")
	}
	return rules(outer, document)
}

// torn is pieces of a receipt that come back in an order and in parts that are drawn.
func torn(t *rapid.T, pieces []string) (returns []receipt.Return) {
	for _, id := range rapid.Permutation(pieces).Draw(t, "order") {
		if n := len(returns); n > 0 && rapid.Bool().Draw(t, "together") {
			returns[n-1].Lines = append(returns[n-1].Lines, receipt.ReturnedLine{ID: id, Quantity: 1})
			continue
		}
		returns = append(returns, receipt.Return{ID: fmt.Sprint(len(returns)), Lines: []receipt.ReturnedLine{{ID: id, Quantity: 1}}})
	}
	return returns
}

// Under any programme the same goods that come back, in whatever order and parts, pay back the same money and leave the same points. No
// return costs the shopper anything, none leaves more than was paid and earned, and all together undo both.
func TestRefundsAndPointsAskForNoOrder(t *testing.T) {
	t.Parallel()
	when := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(rt *rapid.T) {
		p := anyRules(rt, t)
		r := sale("1", when)
		r.Goods = map[string]receipt.Article{}
		for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
			pieces := rapid.Int64Range(1, 3).Draw(rt, "pieces")
			r.Lines = append(r.Lines, receipt.Line{
				ID: fmt.Sprint(i + 1), SKU: string(rune('a' + i)), Quantity: pieces, Amount: pieces*rapid.Int64Range(0, 30).Draw(rt, "price")*50 + rapid.Int64Range(0, 2).Draw(rt, "spare"),
			})
			r.Goods[r.Lines[i].ID] = receipt.Article{
				Brand: rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "brand"), Tags: rapid.SampledFrom([][]string{nil, {"sale"}, {"new"}}).Draw(rt, "tags"),
				Minimum: rapid.SampledFrom([]int64{0, 0, 77, 501}).Draw(rt, "minimum"),
			}
		}
		r = rung(t, p, card.Head{}, r)
		before := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, sale("0", when, 199), when)
		h := p.Checkout(before, card.Profile{}, r, when)
		sold := last(h)
		var pieces []string
		for _, l := range r.Lines {
			for range l.Quantity {
				pieces = append(pieces, l.ID)
			}
		}
		pieces = pieces[:rapid.IntRange(0, len(pieces)).Draw(rt, "back")]
		play := func(returns []receipt.Return) (end card.Head, refunded int64) {
			end, points := giveBack(rt, p, h, r, sold, returns, when)
			sum := int64(0)
			for i := range returns {
				back, err := p.Refund(r, returns[:i+1])
				if err != nil || back.Amount < 0 || back.Why != "" {
					rt.Fatalf("%+v pays back %+v, %v", returns[i], back, err)
				}
				refunded += back.Amount
				if sum += points[i]; sum > 0 || refunded > r.Total.Minor {
					rt.Fatalf("%d of %d are paid back, and the points moved by %v", refunded, r.Total.Minor, points)
				}
			}
			return end, refunded
		}
		one, money := play(torn(rt, pieces))
		other, same := play(torn(rt, pieces))
		if money != same || one.Book.Balance != other.Book.Balance || one.Book.Carried != other.Book.Carried || one.Qualifying != other.Qualifying || one.Habits != other.Habits {
			rt.Fatalf("%d back and %d points, or %d and %d", money, one.Book.Balance, same, other.Book.Balance)
		}
		end, all := play(append(torn(rt, pieces), receipt.Return{ID: "rest"}))
		if len(pieces) > 0 && rapid.Bool().Draw(rt, "at once") {
			end, all = play([]receipt.Return{{ID: "rest"}})
		}
		if all != r.Total.Minor || end.Book.Balance != before.Book.Balance || end.Book.Carried != before.Book.Carried {
			rt.Fatalf("%d of %d came back; %d points are left, were %d", all, r.Total.Minor, end.Book.Balance, before.Book.Balance)
		}
	})
}
