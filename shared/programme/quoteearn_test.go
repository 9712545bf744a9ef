package programme_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A quote tells the points that the receipt then earns, if the till posts the prices and discounts of the quote: whatever counts, and
// also where the till had cut a price itself before it asked.
func TestAQuoteTellsWhatTheReceiptEarns(t *testing.T) {
	t.Parallel()
	var all []*programme.Programme
	for _, points := range []string{"{}", "{on: gross}", "{carry_over: true, combine: add}", "{on: gross, carry_over: true, receipt_cap: 40, combine: multiply}"} {
		all = append(all, rules(t, `
points: `+points+`
offers:
  - {id: ten, name: Ten, percent: "10", on: basket}
  - {id: beans, name: Beans, amount: "1.00", on: lines, lines: {categories: [beans]}}
earn:
  - {id: base, points: 1, per: "1.00"}
  - {id: beans, points: 3, per: item, lines: {categories: [beans]}}
  - {id: visit, points: 2, per: visit, when: {field: receipt.total, op: gte, value: "5.00"}}
  - {id: welcome, points: 7, per: first_purchase}
  - {id: double, times: "2", lines: {categories: [tea]}}
`))
	}
	when := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		p, r := all[rapid.IntRange(0, len(all)-1).Draw(t, "programme")], sale("1", when)
		for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
			l := receipt.Line{
				ID: fmt.Sprint(i), Quantity: rapid.Int64Range(1, 3).Draw(t, "quantity"), Amount: rapid.Int64Range(0, 3_000).Draw(t, "amount"),
				Category: rapid.SampledFrom([]string{"", "beans", "tea"}).Draw(t, "category"), Kind: rapid.SampledFrom([]string{"", "", receipt.GiftCard}).Draw(t, "kind"),
			}
			l.Discount = rapid.Int64Range(0, l.Amount).Draw(t, "discount")
			r.Lines, r.Total.Minor = append(r.Lines, l), r.Total.Minor+l.Net()
		}
		h := card.Head{ID: "7001"}
		if rapid.Bool().Draw(t, "known") {
			before := sale("0", when, 1_999)
			h = p.Checkout(h, card.Profile{}, before, when)
		}
		priced, promised, err := p.Quote(h, r, nil, when)
		if err != nil {
			t.Fatal(err)
		}
		off := map[string]int64{}
		for _, l := range priced.Lines {
			off[l.ID] = l.Discount
		}
		for i := range r.Lines {
			r.Lines[i].Discount += off[r.Lines[i].ID]
		}
		r.Total.Minor = priced.Total
		if e := last(p.Checkout(h, card.Profile{}, r, when)); e.Points != promised {
			t.Fatalf("%d points promised, %d earned", promised, e.Points)
		}
	})
}
