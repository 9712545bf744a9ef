package loyalty_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

var errDown = errors.New("the line broke")

// shop is a shop whose heads are told by hand.
type shop struct {
	*loyaltytest.Shop
	t    *testing.T
	told map[string]card.Head // what the relay was told of last
}

func open(t *testing.T) *shop {
	t.Helper()
	return &shop{Shop: loyaltytest.Open(t), t: t, told: map[string]card.Head{}}
}

// sale is a receipt of goods at prices in cents, each on a line of its own.
func (s *shop) sale(number, card string, prices ...int64) receipt.Receipt {
	r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: number}, Card: card, At: s.Clock(), Total: money.Amount{Currency: "EUR"}}
	for i, price := range prices {
		r.Lines = append(r.Lines, receipt.Line{ID: fmt.Sprint(i + 1), Quantity: 1, Amount: price})
		r.Total.Minor += price
	}
	return r
}

func (s *shop) checkout(r receipt.Receipt) loyalty.Answer {
	s.t.Helper()
	a, err := s.Checkout(s.t.Context(), r)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *shop) head(number string) card.Head {
	s.t.Helper()
	o, err := s.Store.Open(s.t.Context(), number, true)
	if err != nil {
		s.t.Fatal(err)
	}
	return o.Head
}

// relay tells what has become of a card since the last call.
func (s *shop) relay(number string) {
	s.t.Helper()
	now := s.head(number)
	var before *card.Head
	if h, ok := s.told[number]; ok {
		before = &h
	}
	if err := s.Relay(s.t.Context(), before, now); err != nil {
		s.t.Fatal(err)
	}
	s.told[number] = now
}

// send carries out what is due on the mail queue, and hands back what was ordered.
func (s *shop) send() []message.Order {
	s.t.Helper()
	if _, err := s.WakeMail(s.t.Context(), s.Clock()); err != nil {
		s.t.Fatal(err)
	}
	var orders []message.Order
	for _, body := range s.Queue.Take() {
		orders = append(orders, s.sendBody(body))
	}
	return orders
}

// sendBody carries out one order.
func (s *shop) sendBody(body []byte) message.Order {
	s.t.Helper()
	o, err := message.ParseOrder(body)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Send(s.t.Context(), o); err != nil && !errors.Is(err, errDown) {
		s.t.Fatal(err)
	}
	return o
}

// wait moves the clock and sends what is due then.
func (s *shop) wait(d time.Duration) {
	s.t.Helper()
	s.Wait(d)
	s.send()
}

// cart is a version of a card's online basket.
func (s *shop) cart(id, card string, version int64) loyalty.Cart {
	return loyalty.Cart{
		ID: id, Version: version, Card: card, At: s.Clock(), Total: 900, Lines: []receipt.Line{{ID: "1", SKU: "beans", Quantity: 1, Amount: 900}},
		URL: "https://shop.example/carts/" + id,
	}
}

func (s *shop) update(c loyalty.Cart) loyalty.Cart {
	s.t.Helper()
	kept, err := s.UpdateCart(s.t.Context(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	return kept
}

// remind orders the reminders that are due, and tells how many.
func (s *shop) remind() int {
	s.t.Helper()
	n, err := s.RemindCarts(s.t.Context(), s.Clock())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// publish changes the test programme from now on: pairs of what stands there and what shall.
func (s *shop) publish(changes ...string) { s.t.Helper(); s.Publish(changes...) }

func (s *shop) check(what, got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s: %q, want %q", what, got, want)
	}
}
