package cart_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/functions/cart"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
)

func updated(card string, version int64) events.CartUpdated {
	return events.CartUpdated{
		Cart: "cart-81", Version: version, Card: card, Total: money.Amount{Minor: 1990, Currency: "EUR"},
		Lines: []events.Line{{ID: "1", SKU: "BEANS", Quantity: 1, Amount: 1990}}, URL: "https://shop.example/cart/81",
	}
}

func open(t *testing.T) (*loyaltytest.Shop, func(payload []byte) string) {
	s := loyaltytest.Open(t)
	h := cart.New(s.Service, s.Store, slog.New(slog.DiscardHandler))
	return s, func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
}

func TestTheEventAsAWSDeliversItIsKept(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do := open(t)
	s.Enrol(1, "", "offers")
	if got := do(payload); got != "done" {
		t.Error(got)
	}
	kept, _, err := s.Carts.Cart(t.Context(), "cart-81")
	if err != nil || kept.Version != 3 || kept.Card != s.Number(1) || !kept.DueAt.Equal(s.At("2026-11-21T11:00")) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

// One cart through its life: how many orders lie on the mail queue after each row.
func TestACartIsRemindedOfOnceAVersion(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	card := s.Enrol(1, "", "offers")
	for i, row := range []struct {
		at, what string
		say      events.Body // nil: a tick
		orders   int
	}{
		{"2026-11-21T10:00", "filled", updated(card, 1), 0},
		{"2026-11-21T10:59", "not yet an hour", nil, 0},
		{"2026-11-21T11:00", "an hour", nil, 1},
		{"2026-11-21T11:01", "the next tick", nil, 1},
		{"2026-11-21T11:30", "an old version comes late", updated(card, 1), 1},
		{"2026-11-21T13:00", "and is not reminded of again", nil, 1},
		{"2026-11-21T13:10", "changed", updated(card, 2), 1},
		{"2026-11-21T14:10", "an hour after that", nil, 2},
		{"2026-11-21T14:20", "changed again", updated(card, 3), 2},
		{"2026-11-21T14:30", "bought", events.CartCleared{Cart: "cart-81", Reason: "bought"}, 2},
		{"2026-11-21T16:00", "nothing to remind of", nil, 2},
		{"2026-11-21T16:10", "a change that comes after the purchase", updated(card, 4), 2},
		{"2026-11-21T18:00", "still bought", nil, 2},
	} {
		s.Set(row.at)
		payload := loyaltytest.Tick(s.Clock())
		if row.say != nil {
			payload = loyaltytest.Batch(s.Body(s.Clock(), fmt.Sprintf("e%d", i), row.say))
		}
		if got := do(payload); got != "done" && got != "null" {
			t.Errorf("%s: %s", row.what, got)
		}
		if got := s.Queue.Len(); got != row.orders {
			t.Errorf("%s: %d orders; want %d", row.what, got, row.orders)
		}
	}
	if got := s.Counts.Of("carts_reminded"); got != 2 {
		t.Errorf("%d reminders were counted", got)
	}
}

func TestNobodyKnownIsNeverRemindedAndNoStrangerIs(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	if got := do(loyaltytest.Batch(s.Body(s.Clock(), "e1", updated("", 1)), s.Body(s.Clock(), "e2", updated(s.Number(9), 1)))); got != "done" {
		t.Error(got)
	}
	s.Wait(2 * time.Hour)
	if got := do(loyaltytest.Tick(s.Clock())); got != "null" || s.Queue.Len() != 0 {
		t.Errorf("%s, %d orders", got, s.Queue.Len())
	}
	if got := s.Inbox(); len(got) != 1 { // the card that nobody has
		t.Errorf("inbox %q", got)
	}
}

// An order may be on the queue although the call failed; its name is the same the second time.
func TestATickThatFailsIsMadeGoodByTheNext(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		s, do := open(t)
		card := s.Enrol(1, "", "offers")
		do(loyaltytest.Batch(s.Body(s.Clock(), "e1", updated(card, 1))))
		s.Wait(2 * time.Hour)
		s.Queue.Fault = loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: done}
		if got := do(loyaltytest.Tick(s.Clock())); got == "null" {
			t.Error("the tick did not fail")
		}
		s.Wait(time.Minute)
		if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
			t.Error(got)
		}
		names := map[string]bool{}
		for _, body := range s.Queue.Take() {
			names[string(body[:40])] = true
		}
		if len(names) != 1 {
			t.Errorf("done %v: %d messages are ordered", done, len(names))
		}
	}
}

// broken has one cart that cannot be read.
type broken struct {
	loyalty.Carts
	id string
}

func (b broken) Cart(ctx context.Context, id string) (loyalty.Cart, loyalty.Version, error) {
	if id == b.id {
		return loyalty.Cart{}, 0, errors.New("this cart cannot be read")
	}
	return b.Carts.Cart(ctx, id)
}

func TestACartThatFailsKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	for n, id := range []string{"a", "b", "c", "d"} {
		c := updated(s.Enrol(uint64(n+1), "", "offers"), 1)
		c.Cart = id
		do(loyaltytest.Batch(s.Body(s.Clock(), id, c)))
	}
	s.Carts = broken{s.Carts, "a"}
	s.Wait(2 * time.Hour)
	if got := do(loyaltytest.Tick(s.Clock())); got == "null" || s.Queue.Len() != 3 {
		t.Errorf("%s, %d orders", got, s.Queue.Len())
	}
}
