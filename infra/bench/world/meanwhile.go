package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// meet is what another till does in the middle of a call: it files the very receipt that is at the first one, sells to the same card, or
// takes goods back. It is another process over the same store.
func (h *history) meet(ctx context.Context) error {
	beside := h.w.Beside()
	made := h.fresh
	if made == nil || len(h.sales) == 0 {
		return nil
	}
	var err error
	switch h.other.IntN(3) {
	case 0:
		_, err = beside.Checkout(ctx, loyalty.ReceiptOf(made.metadata(""), made.data))
	case 1:
		h.ids++
		twin := &sale{at: made.at, data: events.CheckoutCompleted{
			Receipt: events.ReceiptRef{Store: "0042", Till: "meanwhile", Number: fmt.Sprint(h.ids)}, Card: made.data.Card, Total: money.Amount{Minor: 1500, Currency: "EUR"},
			Lines: []events.SoldLine{{Line: events.Line{ID: "1", Category: "beans", Quantity: 2, Amount: 1500}}},
		}}
		if _, err = beside.Checkout(ctx, loyalty.ReceiptOf(twin.metadata(""), twin.data)); err == nil {
			twin.answered = true
			h.sum.checkouts++
			h.list(twin)
			h.w.Answered(twin.key().String())
		}
	default:
		back := h.sales[h.other.IntN(len(h.sales))]
		if back.whole {
			return nil
		}
		id := h.id("meanwhile")
		back.contested = back.contested || len(back.back) > 0
		back.back = append(back.back, id)
		_, err = beside.Return(ctx, back.key(), receipt.Return{ID: id, At: h.w.Now().UTC().Truncate(time.Second)})
		if back.whole = true; errors.Is(err, loyalty.ErrNotFound) || errors.Is(err, loyalty.ErrRefused) && back.contested {
			return nil
		}
		if err == nil {
			h.sum.returns++
			h.w.TakenBack(back.key().String(), id)
		}
	}
	return err
}
