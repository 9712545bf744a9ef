package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/money"
)

// acts is what people do, and how often.
var acts = []struct {
	name  string
	times int
	do    func(*history, context.Context) error
}{
	{"sell", 600, (*history).sell},
	{"enrol", 60, (*history).enrol},
	{"sell without a line", 50, (*history).sellLater},
	{"sell over the bus", 60, (*history).sellByBus},
	{"say a receipt again", 70, (*history).again},
	{"say another receipt by the same name", 8, (*history).otherwise},
	{"give back", 60, (*history).giveBack},
	{"give back over the bus", 20, (*history).giveBackByBus},
	{"allow or refuse offers", 20, (*history).allow},
	{"fill a cart", 30, (*history).fill},
	{"merge", 4, (*history).merge},
	{"adjust", 10, (*history).adjust},
	{"quote and hold", 25, (*history).quote},
}

// act lets somebody do something.
func (h *history) act(ctx context.Context) error {
	if len(h.cards) < 3 {
		return errors.Join(h.enrol(ctx), h.right())
	}
	sum := 0
	for _, a := range acts {
		sum += a.times
	}
	n := h.hand.IntN(sum)
	for _, a := range acts {
		if n -= a.times; n < 0 {
			h.sum.done[a.name]++
			return errors.Join(a.do(h, ctx), h.right())
		}
	}
	return nil
}

// ask sends a request, now or, where nobody answers, later again. What is answered goes to heard, and so does a refusal that may be.
func (h *history) ask(ctx context.Context, method, path, body string, heard func(kit.Answer) error) error {
	a, err := h.w.Ask(ctx, method, path, body)
	if errors.Is(err, kit.ErrNoAnswer) {
		h.late = append(h.late, func(ctx context.Context) error { return h.ask(ctx, method, path, body, heard) })
		return nil
	}
	if err != nil {
		return err
	}
	return heard(a)
}

// good is what hears answers that have to be of success.
func good(method, path, body string, then func(kit.Answer) error) func(kit.Answer) error {
	return func(a kit.Answer) error {
		if a.Status/100 != 2 {
			return fmt.Errorf("%w: %s %s %s gives %d: %s", errWrong, method, path, body, a.Status, a.Body)
		}
		return then(a)
	}
}

var (
	categories = []string{"beans", "drinks", "cake", "mugs"}
	stores     = []string{"0042", "0043", "0044"}
)

// basket makes a sale for a shopper, nil for a guest.
func (h *history) basket(s *shopper) *sale {
	till := h.tills[h.hand.IntN(len(h.tills))]
	store := stores[h.hand.IntN(len(stores))]
	lane := store + "/" + till
	h.last[lane]++
	made := &sale{at: h.w.Now().UTC().Truncate(time.Second), data: events.CheckoutCompleted{
		Receipt: events.ReceiptRef{Store: store, Till: till, Number: fmt.Sprintf("%06d", h.last[lane])}, Total: money.Amount{Currency: "EUR"},
	}}
	for n := range 1 + h.hand.IntN(3) {
		made.data.Lines = append(made.data.Lines, events.SoldLine{Line: events.Line{
			ID: fmt.Sprint(n + 1), Category: categories[h.hand.IntN(len(categories))], Quantity: 1 + h.hand.Int64N(3), Amount: 50 + h.hand.Int64N(4000),
		}})
	}
	if s != nil {
		made.data.Card = s.number
	}
	h.advantages(made, s)
	for _, l := range made.data.Lines {
		made.data.Total.Minor += l.Amount - l.Discount
	}
	return made
}

// list remembers a sale that is told, so that it can be told again and goods come back of it.
func (h *history) list(made *sale) {
	if !made.listed {
		made.listed = true
		h.sales = append(h.sales, made)
	}
}

// advantages lets a basket use a coupon, a code or points.
func (h *history) advantages(made *sale, s *shopper) {
	first := &made.data.Lines[0].Line
	switch n := h.hand.IntN(20); {
	case n < 3 && s != nil && len(s.coupons) > 0: // also one that was used before, or that is gone
		id := s.coupons[h.hand.IntN(len(s.coupons))]
		first.Discount = first.Amount / 10
		made.data.Coupons = []string{id}
		made.data.Offers = []events.UsedOffer{{Offer: "ten", Coupon: id, Amount: first.Discount}}
	case n < 5:
		code := h.hand.IntN(len(codes))
		first.Discount = first.Amount / 20
		made.data.Codes = []string{codes[code]}
		made.data.Offers = []events.UsedOffer{{Offer: []string{"crowd", "first", "daily", "stores"}[code], Code: codes[code], Amount: first.Discount}}
	case n == 5 && s != nil:
		made.data.Tenders = []events.Tender{{Kind: "points", Points: 1 + h.hand.Int64N(30)}}
	case n == 6 && s != nil && s.cart != "":
		made.data.Cart = s.cart
		s.cart = ""
	}
}

func (h *history) buyer() *shopper {
	if h.hand.IntN(20) == 0 {
		return nil
	}
	return h.someone()
}

func (h *history) sell(ctx context.Context) error {
	s := h.buyer()
	return h.file(ctx, h.basket(s), s)
}

// file tells a till's receipt.
func (h *history) file(ctx context.Context, made *sale, s *shopper) error {
	body := made.body()
	h.list(made)
	h.fresh = made
	defer func() { h.fresh = nil }()
	return h.ask(ctx, "POST", "/v1/checkouts", body, good("POST", "/v1/checkouts", body, func(a kit.Answer) error {
		if !made.answered {
			made.answered = true
			h.sum.checkouts++
		}
		h.w.Answered(made.key().String())
		var said struct {
			Granted []struct{ ID string } `json:"coupons_granted"`
		}
		if err := a.Read(&said); err != nil {
			return err
		}
		for _, c := range said.Granted {
			if s != nil {
				s.coupons = append(s.coupons, c.ID)
			}
		}
		return nil
	}))
}

// sellLater sells while the till has no line: the receipt comes in hours later, behind others.
func (h *history) sellLater(context.Context) error {
	s := h.buyer()
	made := h.basket(s)
	h.late = append(h.late, func(ctx context.Context) error { return h.file(ctx, made, s) })
	return nil
}

func (h *history) sellByBus(ctx context.Context) error {
	made := h.basket(h.buyer())
	h.list(made)
	h.sum.checkouts++
	made.answered = true
	return h.w.Publish(ctx, "checkout.completed.v1", made.key().String(), made.detail())
}

// again tells a receipt that was told before, at the same door or at the other.
func (h *history) again(ctx context.Context) error {
	if len(h.sales) == 0 {
		return nil
	}
	made := h.sales[h.hand.IntN(len(h.sales))]
	if h.hand.IntN(3) > 0 {
		made = h.sales[max(0, len(h.sales)-1-h.hand.IntN(20))]
	}
	if h.hand.IntN(3) == 0 {
		return h.w.Publish(ctx, "checkout.completed.v1", made.key().String(), made.detail())
	}
	return h.file(ctx, made, nil)
}

// otherwise tells something else under the name of a receipt that is known.
func (h *history) otherwise(ctx context.Context) error {
	if len(h.sales) == 0 {
		return nil
	}
	known := h.sales[h.hand.IntN(len(h.sales))]
	if filed, err := h.w.Store.Receipt(ctx, known.key()); err != nil || !filed.Receipt.At.Equal(known.at) {
		return nil //nolint:nilerr // it is not there yet, and this would be the first of its name
	}
	other := *known
	other.data.Lines = append([]events.SoldLine(nil), known.data.Lines...)
	other.data.Lines[0].Amount += 100
	other.data.Total.Minor += 100
	body := other.body()
	return h.ask(ctx, "POST", "/v1/checkouts", body, func(a kit.Answer) error {
		if a.Status != http.StatusConflict {
			return fmt.Errorf("%w: another receipt by the name %s gives %d: %s", errWrong, known.key(), a.Status, a.Body)
		}
		return nil
	})
}

// returned chooses what comes back: each sale some pieces once, or all once.
func (h *history) returned() (*sale, taken, bool) {
	if len(h.sales) == 0 {
		return nil, taken{}, false
	}
	made := h.sales[h.hand.IntN(len(h.sales))]
	if made.whole || len(made.back) > 1 {
		return nil, taken{}, false
	}
	t := taken{ID: h.id("back"), At: h.w.Now().UTC().Truncate(time.Second)}
	if len(made.back) == 0 && h.hand.IntN(2) == 0 && made.data.Lines[0].Quantity > 1 {
		t.Pieces = 1
	}
	made.back, made.whole, made.contested = append(made.back, t.ID), t.Pieces == 0, made.contested || len(made.back) > 0
	h.sum.returns++
	return made, t, true
}

func (h *history) giveBack(ctx context.Context) error {
	made, t, ok := h.returned()
	if !ok {
		return nil
	}
	body := t.body(made)
	return h.takeBack(ctx, made, t, body)
}

// takeBack asks for a return; while its receipt is not known, later again.
func (h *history) takeBack(ctx context.Context, made *sale, t taken, body string) error {
	return h.ask(ctx, "POST", "/v1/returns", body, func(a kit.Answer) error {
		switch {
		case a.Status == http.StatusNotFound && h.over, a.Status/100 == 4 && made.contested:
			return nil // its receipt lies in the dead letters; or others have brought back more than there is
		case a.Status == http.StatusNotFound:
			h.late = append(h.late, func(ctx context.Context) error { return h.takeBack(ctx, made, t, body) })
			return nil
		}
		return good("POST", "/v1/returns", body, func(kit.Answer) error {
			h.w.TakenBack(made.key().String(), t.ID)
			return nil
		})(a)
	})
}

func (h *history) giveBackByBus(ctx context.Context) error {
	made, t, ok := h.returned()
	if !ok {
		return nil
	}
	return h.w.Publish(ctx, "checkout.refunded.v1", "", t.detail(made))
}
