package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const series = `    after_minutes: 60
    least: "5.00"
    then:
      - {after_minutes: 1440, message: {template: basket, topic: offers, days: 2}}
      - {after_minutes: 4320, message: {template: basket, topic: offers, days: 2}, grant: {offer: ten, days: 7}}`

// seriesShop is a shop that reminds three times, the third time with a coupon.
func seriesShop(t *testing.T) (*shop, string) {
	t.Helper()
	s := open(t)
	s.publish("    after_minutes: 60", series)
	return s, s.Enrol(1, "", "offers")
}

// pass lets time go by, minute by minute where something is due.
func (s *shop) pass(d time.Duration) {
	s.t.Helper()
	for end := s.Clock().Add(d); s.Clock().Before(end); s.Wait(30 * time.Minute) {
		s.remind()
		s.send()
	}
	s.remind()
	s.send()
}

func TestACartIsRemindedOfInSteps(t *testing.T) {
	t.Parallel()
	s, ana := seriesShop(t)
	s.update(s.cart("c1", ana, 1))
	for _, row := range []struct {
		after time.Duration
		want  string
	}{
		{30 * time.Minute, ""}, {time.Hour, "sent basket"}, {20 * time.Hour, "sent basket"}, {5 * time.Hour, "sent basket, sent basket"},
		{44 * time.Hour, "sent basket, sent basket"}, {6 * time.Hour, "sent basket, sent basket, sent basket"},
		{100 * time.Hour, "sent basket, sent basket, sent basket"},
	} {
		s.pass(row.after)
		s.check(fmt.Sprint(s.Clock()), s.Messages(ana), row.want)
	}
	h := s.head(ana)
	if len(h.Wallet) != 1 || h.Wallet[0].Offer != "ten" || h.Wallet[0].Campaign != "basket" {
		t.Errorf("wallet %+v", h.Wallet)
	}
	for _, e := range h.Book.Tail {
		s.relay(ana) // the coupon's entry orders no further mail
		if !strings.HasPrefix(e.Cause, "mail~") {
			t.Errorf("entry %s", e.Cause)
		}
	}
	s.pass(time.Hour)
	s.check("in the end", s.Messages(ana), "sent basket, sent basket, sent basket")
}

func TestAFirstReminderBringsACouponWhereTheShopSaysSo(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("    after_minutes: 60", "    after_minutes: 60\n    coupon_at_once: true\n    grant: {offer: ten, days: 7}")
	ana := s.Enrol(1, "", "offers")
	s.update(s.cart("c1", ana, 1))
	s.pass(2 * time.Hour)
	s.check("the reminder", s.Messages(ana), "sent basket")
	if h := s.head(ana); len(h.Wallet) != 1 || h.Wallet[0].Offer != "ten" {
		t.Errorf("wallet %+v", h.Wallet)
	}
	s.Wait(20 * 24 * time.Hour) // beyond the cool-down, within the time between two coupons
	s.update(s.cart("c2", ana, 1))
	s.pass(2 * time.Hour)
	if h := s.head(ana); len(h.Wallet) != 1 {
		t.Errorf("who leaves cart after cart holds %+v", h.Wallet)
	}
}

func TestWhatEndsASeries(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(*shop, string)
		want      string
	}{
		"bought":                 {func(s *shop, _ string) { _ = s.ClearCart(t.Context(), "c1", true) }, "sent basket"},
		"bought at a till":       {func(s *shop, ana string) { s.buy(ana, "beans") }, "sent basket, refused basket cart_closed"},
		"other goods at a till":  {func(s *shop, ana string) { s.buy(ana, "mug") }, "sent basket, sent basket"},
		"a receipt of who knows": {func(s *shop, ana string) { s.checkout(s.sale("7", ana, 500)) }, "sent basket, refused basket cart_closed"},
		"another cart":           {func(s *shop, ana string) { s.update(s.cart("c2", ana, 1)) }, "sent basket, refused basket cool_down"},
		"another cart, then again": {func(s *shop, ana string) {
			s.update(s.cart("c2", ana, 1))
			s.Wait(time.Minute)
			s.update(s.cart("c1", ana, 2))
		}, "sent basket, sent basket"},
		"less in it": {func(s *shop, ana string) { c := s.cart("c1", ana, 2); c.Lines[0].Amount = 400; s.update(c) }, "sent basket, refused basket cart_small"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ana := seriesShop(t)
			s.update(s.cart("c1", ana, 1))
			s.pass(90 * time.Minute)
			row.meanwhile(s, ana)
			s.pass(26 * time.Hour)
			s.check(name, s.Messages(ana), row.want)
		})
	}
}

// buy is a purchase of goods at a till, and of something that stands in no cart.
func (s *shop) buy(card string, skus ...string) {
	s.t.Helper()
	r := s.sale("77", card, 250)
	r.Lines[0].SKU = "bag"
	for i, sku := range skus {
		r.Lines = append(r.Lines, receipt.Line{ID: fmt.Sprint(i + 2), SKU: sku, Quantity: 1, Amount: 100})
		r.Total.Minor += 100
	}
	s.checkout(r)
}

// What was bought is not shown any more; a cart that comes again right after its purchase is the one that was bought.
func TestBoughtGoodsLeaveTheReminder(t *testing.T) {
	t.Parallel()
	s, ana := seriesShop(t)
	c := s.cart("c1", ana, 1)
	c.Lines = append(c.Lines, receipt.Line{ID: "2", SKU: "mug", Quantity: 1, Amount: 1450})
	c.Total += 1450
	s.update(c)
	s.Wait(10 * time.Minute)
	s.buy(ana, "beans")
	s.pass(2 * time.Hour)
	s.check("mails", s.Messages(ana), "sent basket")
	if mail := string(s.Post.Mails()[0].Raw); strings.Contains(mail, "beans") || !strings.Contains(mail, "mug") {
		t.Errorf("the mail shows what was bought:\n%s", mail)
	}
	bea := s.Enrol(2, "", "offers")
	r := s.sale("9", bea, 900)
	r.Lines[0].SKU = "beans"
	s.checkout(r)
	s.Wait(10 * time.Minute)
	s.update(s.cart("c9", bea, 1))
	s.pass(2 * time.Hour)
	s.check("mails", s.Messages(bea), "refused basket cart_closed")
}

// commits writes down in which order purchases and claims were committed.
type commits struct {
	loyalty.Messages
	loyalty.Cards
	mu    sync.Mutex
	order []string
}

func (c *commits) PutHead(ctx context.Context, h card.Head, over loyalty.Version) (loyalty.Version, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	version, err := c.Cards.PutHead(ctx, h, over)
	if err == nil {
		c.order = append(c.order, "bought")
	}
	return version, err
}

func (c *commits) ClaimForCart(ctx context.Context, rec message.Record, over loyalty.Version, cart loyalty.Cart, cartOver loyalty.Version, opened loyalty.Opened) (loyalty.Version, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	version, err := c.Messages.ClaimForCart(ctx, rec, over, cart, cartOver, opened)
	if err == nil {
		c.order = append(c.order, "claimed")
	}
	return version, err
}

// A purchase and the claim of the reminder race for the same card. Whatever the order, no reminder is claimed after the purchase, and
// each claim is one mail.
func TestAPurchaseThatLandedFirstAlwaysWins(t *testing.T) {
	t.Parallel()
	const races, cards = 10_000, 1_000 // with few messages on each card
	s := open(t)
	c := &commits{Messages: s.Service.Messages, Cards: s.Service.Cards}
	s.Service.Messages, s.Service.Cards = c, c
	count := map[string]int{}
	for n := range races {
		if n%cards == 0 {
			s.Wait(8 * 24 * time.Hour) // so that nobody was reminded lately
		}
		number := s.Number(uint64(n%cards) + 1)
		if n < cards {
			s.Enrol(uint64(n)+1, "", "offers")
		}
		cart := s.cart(fmt.Sprint("c", n), number, 1)
		o := cartOrder(s, cart)
		bought := s.sale(fmt.Sprint(n), number, 900)
		bought.Lines[0].SKU = "beans"
		if n%2 == 0 {
			bought.Cart = cart.ID
		}
		c.order = nil
		mails := len(s.Post.Mails())
		both(t, n%4 < 2, func() error { return s.Send(t.Context(), o) }, func() error { _, err := s.Checkout(t.Context(), bought); return err })
		s.Queue.Take() // where the cart moved under the sender, the order comes again; it would find the purchase
		got := strings.Join(c.order, " ")
		if got == "bought claimed" || len(s.Post.Mails())-mails != strings.Count(got, "claimed") {
			t.Fatalf("race %d: %s, %d mails", n, got, len(s.Post.Mails())-mails)
		}
		count[got]++
	}
	if count["bought"] == 0 || count["claimed bought"] == 0 {
		t.Errorf("there was no race: %v", count)
	}
}

// cartOrder keeps a cart and is the order of its reminder.
func cartOrder(s *shop, c loyalty.Cart) message.Order {
	s.t.Helper()
	c.State = loyalty.CartOpen
	if _, err := s.Store.PutCart(s.t.Context(), c, 0); err != nil {
		s.t.Fatal(err)
	}
	occasion := fmt.Sprintf("cart-%s-1", c.ID)
	return message.Order{
		ID: message.OrderID("basket", occasion, c.Card), Campaign: "basket", Occasion: occasion, Card: c.Card, Template: "basket", Topic: "offers",
		Cart: c.ID, CartVersion: 1, OrderedAt: s.Clock(), ExpiresAt: s.Clock().Add(time.Hour),
	}
}

// both does two things at once, one of them a little earlier.
func both(t *testing.T, first bool, one, other func() error) {
	t.Helper()
	if !first {
		one, other = other, one
	}
	done := make(chan error)
	go func() { done <- one() }()
	err := other()
	if err = errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
}
