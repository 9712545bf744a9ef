package programme_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const brandOffers = onePoint + `
offers:
  - {id: kyusu20, name: 20 % off Kyusu, percent: 20, on: lines, lines: {brands: [Kyusu], attributes: {size: [S, M]}}, min_basket: "100", counts: chosen}
  - {id: fair, name: 1.00 off, amount: "1.00", on: basket, lines: {not_tags: [sale]}, tax: excluded, min_basket: "10"}
pricing: {never: {brands: [Nogo]}}
`

// A receipt keeps of its goods what the offers that it tells and the rules of price ask for, and nothing else.
func TestAReceiptKeepsOfItsGoodsWhatItsOffersAskFor(t *testing.T) {
	t.Parallel()
	p := rules(t, brandOffers)
	said := receipt.Article{Brand: "Kyusu", Tags: []string{"new", "sale", "sale"}, Attributes: map[string]string{"size": "S", "colour": "red"}, TaxRate: 1900}
	for _, row := range []struct {
		name   string
		offers []receipt.Used
		goods  receipt.Article
		want   map[string]receipt.Article
	}{
		{"no offer was told", nil, said, nil},
		{"by brand and size", []receipt.Used{{Offer: "kyusu20"}}, said, map[string]receipt.Article{"1": {Brand: "Kyusu", Attributes: map[string]string{"size": "S"}}}},
		{"by tag, measured without tax", []receipt.Used{{Offer: "fair"}}, said, map[string]receipt.Article{"1": {Tags: []string{"sale"}, TaxRate: 1900}}},
		{"by the rules of price", []receipt.Used{{Offer: "fair"}}, receipt.Article{Brand: "Nogo"}, map[string]receipt.Article{"1": {Brand: "Nogo"}}},
		{"least prices bound all", []receipt.Used{{Offer: "fair"}}, receipt.Article{Brand: "Other", Minimum: 9}, map[string]receipt.Article{"1": {Minimum: 9}}},
		{"nothing is asked", []receipt.Used{{Offer: "fair"}}, receipt.Article{Brand: "Other", Tags: []string{"new"}}, nil},
	} {
		r := sale("1", at(t, "2026-11-21T10:00"), 12_000)
		r.Offers, r.Goods = row.offers, map[string]receipt.Article{"1": row.goods, "of no line": said}
		if diff := cmp.Diff(row.want, p.GoodsToKeep(r)); diff != "" {
			t.Errorf("%s: %s", row.name, diff)
		}
	}
	paid := rules(t, brandOffers+"returns: {refund: paid}\n")
	r := sale("1", at(t, "2026-11-21T10:00"), 12_000)
	r.Offers, r.Goods = []receipt.Used{{Offer: "kyusu20"}}, map[string]receipt.Article{"1": said}
	if got := paid.GoodsToKeep(r); got != nil {
		t.Errorf("by what was paid: %+v", got)
	}
}

// R-1 where the offer asks for a brand: what is kept of the brand alone is below the sum, so it costs its price.
func TestR1WithABrand(t *testing.T) {
	t.Parallel()
	p := rules(t, brandOffers)
	r := goods(t, "2026-11-21T10:00", "A 6000", "B 5000", "C 900")
	kyusu := receipt.Article{Brand: "Kyusu", Attributes: map[string]string{"size": "M"}}
	r.Goods = map[string]receipt.Article{"A": kyusu, "B": kyusu, "C": {Tags: []string{"sale"}}}
	r = rung(t, p, card.Head{}, r)
	if r.Lines[0].Discount+r.Lines[1].Discount != 2_200+100 || len(r.Goods) != 3 {
		t.Fatalf("%+v %+v", r.Lines, r.Goods)
	}
	back, err := p.Refund(r, came("B"))
	if err != nil || back.Amount != 11_000-2_300-(6_000-100) || back.Why != "" {
		t.Errorf("pays back %+v %v", back, err)
	}
	r.Goods = nil // as receipts lay that were filed without
	if back, err = p.Refund(r, came("B")); err != nil || back.Why == "" {
		t.Errorf("without knowing the goods: %+v %v", back, err)
	}
}

// The least price of a line is that of its pieces that are left.
func TestLeastPriceShrinksWithItsLine(t *testing.T) {
	t.Parallel()
	r := receipt.Receipt{Lines: []receipt.Line{{ID: "1", Quantity: 3}}, Goods: map[string]receipt.Article{"1": {Minimum: 1_000}}}
	for left, want := range []int64{0, 333, 666, 1_000} {
		if got := r.GoodsOf(receipt.Line{ID: "1", Quantity: int64(left)}).Minimum; got != want {
			t.Errorf("%d left: %d, want %d", left, got, want)
		}
	}
}

// A least price stands against money that comes off, and against no points.
func TestAMultiplierDoesNotMindALeastPrice(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"offers: [{id: twice, name: Twice, points_times: \"2\"}]\n")
	r := sale("1", at(t, "2026-11-21T10:00"), 1_000)
	r.Goods = map[string]receipt.Article{"1": {Minimum: 1_000}}
	_, points, err := p.Quote(card.Head{}, r, programme.CatalogueOf(r), r.At)
	r = rung(t, p, card.Head{}, r)
	if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); points != 20 || e.Points != 20 || err != nil || len(r.Goods) != 1 {
		t.Errorf("%d points promised, %d earned %v %+v", points, e.Points, err, r.Goods)
	}
}
