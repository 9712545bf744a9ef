package relay_test

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/functions/relay"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

func open(t *testing.T) (*loyaltytest.Shop, func(payload []byte) string) {
	s := loyaltytest.Open(t)
	h := relay.New(s.Service, store.HeadChange, store.ExpiringChange, store.PlaceChange, slog.New(slog.DiscardHandler))
	return s, func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
}

func buy(t *testing.T, s *loyaltytest.Shop, number string, minor int64) {
	t.Helper()
	_, err := s.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: number}, Card: s.Number(1), At: s.Clock(), Total: money.Amount{Minor: minor, Currency: "EUR"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheChangeAsAWSDeliversItIsTold(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do := open(t)
	if got := do(payload); got != "done" {
		t.Error(got)
	}
	orders := s.Queue.Take()
	if got := s.Bus.Facts(); got != "points.earned coupon.granted" || len(orders) != 1 {
		t.Fatalf("bus %q, %d orders", got, len(orders))
	}
	o, err := message.ParseOrder(orders[0])
	if err != nil || o.Campaign != "big" || o.Coupon != "91SHKH" || o.Card != s.Number(1) {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestEveryEntryIsToldOnceInOrder(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	s.Enrol(1, "12-24", "offers") // a profile and a date, too: changes of no head
	buy(t, s, "1", 1200)
	buy(t, s, "2", 5200)
	if _, err := s.Return(t.Context(), receipt.Key{Store: "0042", Till: "03", Number: "2"}, receipt.Return{ID: "r", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	payload, n := s.Stream()
	if n < 6 {
		t.Fatalf("only %d changes", n)
	}
	for range 2 {
		if got := do(payload); got != "done" {
			t.Error(got)
		}
	}
	if got := s.Bus.Facts(); got != "points.earned points.earned coupon.granted points.reversed" {
		t.Errorf("bus %q", got)
	}
	if orders := s.Queue.Take(); len(orders) != 2 || string(orders[0]) != string(orders[1]) {
		t.Errorf("orders %q", orders)
	}
}

// The first swipe of a card enrols it, and the world hears of it.
func TestAFirstSwipeIsTold(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	buy(t, s, "1", 1200)
	payload, _ := s.Stream()
	if got := do(payload); got != "done" || s.Bus.Facts() != "points.earned shopper.enrolled" {
		t.Errorf("%s, bus %q", got, s.Bus.Facts())
	}
}

// Each part outside fails once, before and after it did its work: the stream stops there, comes again, and the end is the same.
func TestNoFaultLosesAFactOrAnOrder(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"bus", "queue"} {
		for _, done := range []bool{false, true} {
			s, do := open(t)
			buy(t, s, "1", 5200)
			buy(t, s, "2", 1000)
			payload, _ := s.Stream()
			fault := loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: done}
			if part == "bus" {
				s.Bus.Fault = fault
			} else {
				s.Queue.Fault = fault
			}
			if got := do(payload); got != `{"batchItemFailures":[{"itemIdentifier":"1"}]}` {
				t.Errorf("%s: %s", part, got)
			}
			if got := do(payload); got != "done" {
				t.Errorf("%s: %s", part, got)
			}
			names := map[string]bool{}
			for _, body := range s.Queue.Take() {
				o, err := message.ParseOrder(body)
				if err != nil {
					t.Fatal(err)
				}
				names[o.ID] = true
			}
			if got := s.Bus.Facts(); got != "points.earned coupon.granted shopper.enrolled points.earned" || len(names) != 1 {
				t.Errorf("%s, but done %v: bus %q, %d messages", part, done, got, len(names))
			}
		}
	}
}

// An image that nobody can read stops the stream there; the template's on-failure queue takes it after some tries.
func TestAChangeThatCannotBeReadIsReported(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	buy(t, s, "1", 1200)
	payload, _ := s.Stream()
	if got := do([]byte(strings.Replace(string(payload), ` e to`, ` e ?to`, 1))); got != `{"batchItemFailures":[{"itemIdentifier":"1"}]}` || s.Bus.Facts() != "" {
		t.Errorf("%s, bus %q", got, s.Bus.Facts())
	}
}

// What removes itself when its time has come is no fact.
func TestWhatExpiresIsNotTold(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	payload := `{"Records":[{"eventID":"e","eventName":"REMOVE","eventSource":"aws:dynamodb","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
		"dynamodb":{"Keys":{"pk":{"S":"cart/81"},"sk":{"S":"CART"}},"OldImage":{"pk":{"S":"cart/81"},"sk":{"S":"CART"},"v":{"N":"3"}},"SequenceNumber":"7"}}],"shardId":"shardId-1"}`
	if got := do([]byte(payload)); got != "done" || s.Bus.Facts() != "" {
		t.Errorf("%s, bus %q", got, s.Bus.Facts())
	}
}

var (
	_ relay.Decode = store.HeadChange
	_ relay.Ending = store.ExpiringChange
)
var _ loyalty.Inbox = (*store.Store)(nil)
