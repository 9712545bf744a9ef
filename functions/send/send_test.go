package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/send"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

var errDown = errors.New("the line broke")

// open is a shop whose first card has earned a coupon that an e-mail is to tell of.
func open(t *testing.T) (s *loyaltytest.Shop, do func(payload []byte) string, order []byte) {
	t.Helper()
	s = loyaltytest.Open(t)
	h := send.New(s.Service, s.Store, slog.New(slog.DiscardHandler))
	do = func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
	card := s.Enrol(1, "", "offers")
	a, err := s.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "000173"}, Card: card, At: s.Clock(), Total: money.Amount{Minor: 5200, Currency: "EUR"},
	})
	if err != nil || len(a.Granted) != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	occasion := loyalty.Occasion(a.Cause)
	order, err = json.Marshal(message.Order{
		ID: message.OrderID("big", occasion, card), Campaign: "big", Occasion: occasion, Card: card, Template: "mail", Topic: "offers",
		Coupon: a.Granted[0].ID, OrderedAt: s.Clock(), ExpiresAt: s.Clock().Add(48 * time.Hour), CorrelationID: "walk-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, do, order
}

func TestTheOrderAsAWSDeliversItIsMailedOnce(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do, _ := open(t)
	for range 3 {
		if got := do(payload); got != "done" {
			t.Error(got)
		}
	}
	if got := s.Messages(s.Number(1)); got != "sent big" || len(s.Post.Mails()) != 1 || s.Bus.Facts() != "message.sent" {
		t.Errorf("%s, %d mails, bus %q", got, len(s.Post.Mails()), s.Bus.Facts())
	}
	if raw := string(s.Post.Mails()[0].Raw); !strings.Contains(raw, "List-Unsubscribe: <https://shop.example/unsubscribe/") {
		t.Error("the mail shows no way out")
	}
}

func TestWhatIsNoOrderGoesToTheInbox(t *testing.T) {
	t.Parallel()
	s, do, order := open(t)
	forged := strings.Replace(string(order), `"card":"`, `"card":"9`, 1)
	if got := do(loyaltytest.Batch([]byte("{}"), []byte(forged), order)); got != "done" {
		t.Error(got)
	}
	if got := s.Inbox(); len(got) != 2 || len(s.Post.Mails()) != 1 {
		t.Errorf("inbox %q, %d mails", got, len(s.Post.Mails()))
	}
}

// Consent, the hour and the coupon count as they are at the moment of sending.
func TestTheMomentOfSendingDecides(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		what     string
		at       string
		before   func(s *loyaltytest.Shop) error
		messages string
		facts    string
		waiting  int
	}{
		{"in the morning", "2026-11-21T10:01", nil, "sent big", "message.sent", 0},
		{"at night", "2026-11-21T23:00", nil, "deferred big quiet", "", 0},
		{"two days later", "2026-11-23T10:01", nil, "refused big expired", "message.refused", 0},
		{"consent withdrawn since", "2026-11-21T10:01", func(s *loyaltytest.Shop) error {
			token, err := message.Token(s.Letters.Secrets[0], s.Number(1), "offers")
			if err != nil {
				return err
			}
			return s.Unsubscribe(context.Background(), token)
		}, "refused big no_consent", "message.refused", 0},
		{"the basket came back, and the coupon with it", "2026-11-21T10:01", func(s *loyaltytest.Shop) error {
			_, err := s.Return(context.Background(), receipt.Key{Store: "0042", Till: "03", Number: "000173"}, receipt.Return{ID: "r", At: s.Clock()})
			return err
		}, "refused big coupon_gone", "message.refused", 0},
	} {
		s, do, order := open(t)
		s.Set(row.at)
		if row.before != nil {
			if err := row.before(s); err != nil {
				t.Fatal(err)
			}
		}
		if got := do(loyaltytest.Batch(order)); got != "done" {
			t.Errorf("%s: %s", row.what, got)
		}
		if got := s.Messages(s.Number(1)); got != row.messages || s.Bus.Facts() != row.facts || s.Queue.Len() != row.waiting {
			t.Errorf("%s: %s, bus %q, %d wait; want %s, %q, %d", row.what, got, s.Bus.Facts(), s.Queue.Len(), row.messages, row.facts, row.waiting)
		}
	}
}

// An order that must wait for hours is not touched until its moment: J-7, J-10. A repeat of it in the night waits with it.
func TestAMailThatWaitsForTheMorningArrives(t *testing.T) {
	t.Parallel()
	s, do, order := open(t)
	s.Set("2026-11-21T23:00")
	do(loyaltytest.Batch(order))
	do(loyaltytest.Batch(order))
	for range 40 {
		s.Wait(15 * time.Minute)
		if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
			t.Fatal(got)
		}
		due := s.Queue.Take()
		if early := s.Clock().Before(s.At("2026-11-22T07:00")); len(due) > 1 || len(due) == 1 && early {
			t.Errorf("%d orders at %s", len(due), s.Clock())
		}
		if len(due) > 0 {
			do(loyaltytest.Batch(due...))
		}
	}
	if mails := s.Post.Mails(); len(mails) != 1 || s.Queue.Len() != 0 || s.Messages(s.Number(1)) != "sent big" {
		t.Errorf("%d mails, %d orders, %s", len(mails), s.Queue.Len(), s.Messages(s.Number(1)))
	}
}

// Each part outside fails once, before and after it did its work; the order is delivered again until it is acknowledged.
func TestNoFaultMailsTwiceOrLosesAFact(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		what     string
		fault    func(s *loyaltytest.Shop, f loyaltytest.Fault)
		mails    [2]int // not done, but done
		messages [2]string
		facts    [2]string
	}{
		{"the mail service", func(s *loyaltytest.Shop, f loyaltytest.Fault) { s.Post.Fault = f },
			[2]int{0, 1}, [2]string{"doubtful big unknown", "doubtful big unknown"}, [2]string{"", ""}},
		{"the bus", func(s *loyaltytest.Shop, f loyaltytest.Fault) { s.Bus.Fault = f },
			[2]int{1, 1}, [2]string{"sent big", "sent big"}, [2]string{"message.sent", "message.sent"}},
	} {
		for i, done := range []bool{false, true} {
			s, do, order := open(t)
			row.fault(s, loyaltytest.Fault{Err: errDown, ButDone: done})
			for range 20 {
				if do(loyaltytest.Batch(order)) == "done" && s.Queue.Len() == 0 {
					break
				}
				s.Wait(6 * time.Minute)
				s.Queue.Take() // the same order as ours
			}
			if got := len(s.Post.Mails()); got != row.mails[i] {
				t.Errorf("%s, but done %v: %d mails; want %d", row.what, done, got, row.mails[i])
			}
			if got := s.Messages(s.Number(1)); got != row.messages[i] || s.Bus.Facts() != row.facts[i] {
				t.Errorf("%s, but done %v: %s, bus %q; want %s, %q", row.what, done, got, s.Bus.Facts(), row.messages[i], row.facts[i])
			}
		}
	}
}

// moving is carts of which one changes hands between being read and being claimed, as the tick that ordered the mail does.
type moving struct {
	loyalty.Messages
	move func()
}

func (m *moving) ClaimForCart(ctx context.Context, rec message.Record, over loyalty.Version, c loyalty.Cart, cartOver loyalty.Version, opened loyalty.Opened) (loyalty.Version, error) {
	if m.move != nil {
		m.move()
		m.move = nil
	}
	return m.Messages.ClaimForCart(ctx, rec, over, c, cartOver, opened)
}

// A reminder whose cart was written to meanwhile is looked at again: still open, it goes out; bought, it does not.
func TestACartThatMovesUnderTheSenderLosesNoReminder(t *testing.T) {
	t.Parallel()
	for _, bought := range []bool{false, true} {
		s, do, _ := open(t)
		s.Set("2026-11-21T10:30")
		c := loyalty.Cart{ID: "c", Version: 1, Card: s.Number(1), At: s.Clock(), Total: 500, Lines: []receipt.Line{{ID: "1", SKU: "A", Quantity: 1, Amount: 500}}}
		if _, err := s.UpdateCart(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		s.Set("2026-11-21T11:30")
		if _, err := s.RemindCarts(t.Context(), s.Clock()); err != nil {
			t.Fatal(err)
		}
		m := &moving{Messages: s.Service.Messages, move: func() {
			if bought {
				if err := s.ClearCart(t.Context(), "c", true); err != nil {
					t.Error(err)
				}
				return
			}
			kept, over, err := s.Carts.Cart(t.Context(), "c")
			if _, err2 := s.Carts.PutCart(t.Context(), kept, over); errors.Join(err, err2) != nil {
				t.Error(err, err2)
			}
		}}
		s.Service.Messages = m
		for range 3 {
			if due := s.Queue.Take(); len(due) > 0 {
				do(loyaltytest.Batch(due...))
			}
			s.Wait(time.Minute)
		}
		want := "sent basket"
		if bought {
			want = "refused basket cart_closed"
		}
		if got := s.Messages(s.Number(1)); got != want {
			t.Errorf("bought %v: %s; want %s", bought, got, want)
		}
	}
}
