package offer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// vectorReturn is pieces by line that come back, or money alone, or with neither all that is left.
type vectorReturn struct {
	Lines map[string]int64
	Money int64
}

// vectorRefund is what one return has to bring.
type vectorRefund struct {
	Refund int64
	Lines  map[string]int64 // by line that came back; not looked at if missing
	Points *int64           // by which the card's move
	Basis  programme.Basis
}

// comeBack makes the receipt that the quote became, and plays what comes back of it.
func (v vector) comeBack(t *testing.T, p *programme.Programme, h card.Head, r receipt.Receipt, priced offer.Priced) {
	t.Helper()
	r = programme.Discounted(r, priced)
	r.Total.Minor, r.Card = priced.Total, h.ID
	for _, c := range priced.Considered {
		if c.Applied {
			r.Offers = append(r.Offers, receipt.Used{Offer: c.Offer, Coupon: c.Coupon, Amount: c.Amount})
		}
	}
	r.Goods = map[string]receipt.Article{}
	for _, l := range v.Basket.Lines {
		r.Goods[l.ID] = receipt.Article{Brand: l.Brand, Tags: l.Tags, Attributes: l.Attributes, Minimum: l.Minimum, TaxRate: l.TaxRate}
	}
	r.Goods = p.GoodsToKeep(r)
	h = p.Checkout(h, card.Profile{}, r, r.At)
	sold := newest(h)
	var returns []receipt.Return
	for i, want := range v.Expect.Returns {
		ret := receipt.Return{ID: fmt.Sprint(i + 1), At: r.At, Money: v.Returns[i].Money}
		for id, n := range v.Returns[i].Lines {
			ret.Lines = append(ret.Lines, receipt.ReturnedLine{ID: id, Quantity: n})
		}
		returns = append(returns, ret)
		back, err := p.Refund(r, returns)
		if err != nil {
			t.Fatal(err)
		}
		if h, err = p.Return(h, card.Profile{}, r, sold, returns, fmt.Sprintf("%s~%d", r.Key, i+1), r.At); err != nil {
			t.Fatal(err)
		}
		lines := map[string]int64{}
		for _, l := range back.Lines {
			lines[l.ID] = l.Amount
		}
		if points := newest(h).Points; back.Amount != want.Refund || want.Points != nil && points != *want.Points || want.Basis != "" && back.Basis != want.Basis {
			t.Errorf("return %d: %d by %s %s and %d points, want %+v", i+1, back.Amount, back.Basis, back.Why, points, want)
		}
		if diff := cmp.Diff(want.Lines, lines); want.Lines != nil && diff != "" {
			t.Errorf("return %d, refund of lines: %s", i+1, diff)
		}
	}
}

func newest(h card.Head) ledger.Entry { return h.Book.Tail[len(h.Book.Tail)-1] }
