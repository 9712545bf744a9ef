package loyalty_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// H-8: a guest buys, enrols three days later and claims the receipt by its number. It earns once, at its own date; nobody else has it.
func TestH8GuestsReceiptIsClaimedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.sale("1", "", 1000, 500)
	s.checkout(r)
	s.Wait(72 * time.Hour)
	ana, bo := s.Enrol(1, ""), s.Enrol(2, "")
	a, err := s.Claim(t.Context(), r.Key, ana)
	if err != nil || a.Points != 15 || a.Balance != 15 || a.Repeated || a.Guest || a.Card != ana {
		t.Fatalf("%+v %v", a, err)
	}
	if e := s.head(ana).Book.Tail[0]; !e.At.Equal(r.At) {
		t.Errorf("it is dated %s, not its own %s", e.At, r.At)
	}
	if a, err := s.Claim(t.Context(), r.Key, ana); err != nil || !a.Repeated || a.Points != 15 {
		t.Errorf("again: %+v %v", a, err)
	}
	_, err = s.Claim(t.Context(), r.Key, bo)
	s.check("another card", kind(err), "conflict receipt_claimed")
	if a, err := s.Checkout(t.Context(), r); err != nil || !a.Guest || !a.Repeated {
		t.Errorf("the till sends it again: %+v %v", a, err)
	}
	back, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "2", Quantity: 1}}})
	if err != nil || back.Points != -5 || back.Balance != 10 || back.Guest {
		t.Errorf("a return follows the card: %+v %v", back, err)
	}
	s.check("books", s.Book(ana)+"; "+s.Book(bo), "+15 0042/1/1, -5 0042/1/1~1; ")
}

func TestClaimTakesBackWhatCameBackBefore(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.sale("1", "", 1000, 500)
	s.checkout(r)
	ret := receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}
	if back, err := s.Return(t.Context(), r.Key, ret); err != nil || !back.Guest {
		t.Fatalf("%+v %v", back, err)
	}
	ana := s.Enrol(1, "")
	if _, err := s.Claim(t.Context(), r.Key, ana); err != nil {
		t.Fatal(err)
	}
	s.check("book", s.Book(ana), "+15 0042/1/1, -10 0042/1/1~1")
	if back, err := s.Return(t.Context(), r.Key, ret); err != nil || !back.Repeated || back.Points != -10 {
		t.Errorf("%+v %v", back, err)
	}
}

func TestWhatCannotBeClaimed(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana, bo := s.Enrol(1, ""), s.Enrol(2, "")
	guest, own := s.sale("1", "", 1000), s.sale("2", ana, 1000)
	s.checkout(guest)
	s.checkout(own)
	claim := func(key receipt.Key, number string) string {
		_, err := s.Claim(t.Context(), key, number)
		return kind(err)
	}
	s.check("no receipt", claim(receipt.Key{Store: "0042", Till: "1", Number: "9"}, ana), "not found receipt_unknown")
	s.check("no card", claim(guest.Key, s.Number(9)), "not found card_unknown")
	s.check("one's own", claim(own.Key, ana), "<nil>")
	s.check("another's", claim(own.Key, bo), "conflict receipt_claimed")
	if _, err := s.SetStatus(t.Context(), bo, card.Blocked, mira); err != nil {
		t.Fatal(err)
	}
	s.check("a blocked card", claim(guest.Key, bo), "refused card_blocked")
	s.Wait(31 * 24 * time.Hour)
	s.check("late", claim(guest.Key, ana), "refused claim_late")
	s.check("books", s.Book(ana), "+10 0042/1/2")
}

// The number of a card that was lost does not claim, and its new one does.
func TestALostNumberClaimsNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "")
	s.Wait(time.Minute)
	if _, err := s.Replace(t.Context(), ana, s.Number(5), s.Clock(), nil); err != nil {
		t.Fatal(err)
	}
	r := s.sale("1", "", 1000)
	s.checkout(r)
	_, err := s.Claim(t.Context(), r.Key, ana)
	s.check("the lost number", kind(err), "refused card_lost")
	_, err = s.Claim(t.Context(), r.Key, s.Number(5))
	s.check("the new one", kind(err), "<nil>")
	s.check("book", s.Book(ana), "+10 0042/1/1")
}

// meanwhile does something before the n-th call that files, claims or reads a receipt.
type meanwhile struct {
	loyalty.Receipts
	n  int
	do func()
}

func (m *meanwhile) tick() {
	if m.n--; m.n == 0 {
		m.do()
	}
}

func (m *meanwhile) Receipt(ctx context.Context, key receipt.Key) (loyalty.Filed, error) {
	m.tick()
	return m.Receipts.Receipt(ctx, key)
}

func (m *meanwhile) FileReturn(ctx context.Context, key receipt.Key, n int, ret receipt.Return) error {
	m.tick()
	return m.Receipts.FileReturn(ctx, key, n, ret)
}

func (m *meanwhile) Claim(ctx context.Context, key receipt.Key, c loyalty.ReceiptClaim) error {
	m.tick()
	return m.Receipts.Claim(ctx, key, c)
}

// A claim and a return of one receipt at the same moment: whichever is in the midst of the other, both stand in the book.
func TestClaimAndReturnAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range 5 {
		for _, first := range []string{"claim", "return"} {
			at := fmt.Sprintf("%s-%d", first, n+1)
			card := s.Enrol(uint64(10*n+len(first)), "")
			r := s.sale(at, "", 1000, 500)
			s.checkout(r)
			acts := map[string]func(*loyalty.Service) error{
				"claim": func(on *loyalty.Service) error { _, err := on.Claim(t.Context(), r.Key, card); return err },
				"return": func(on *loyalty.Service) error {
					_, err := on.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}})
					return err
				},
			}
			second := map[string]string{"claim": "return", "return": "claim"}[first]
			done, between := false, *s.Service
			between.Receipts = &meanwhile{Receipts: s.Service.Receipts, n: n + 1, do: func() {
				if done = true; acts[second](s.Service) != nil {
					t.Errorf("%s: the %s in between failed", at, second)
				}
			}}
			if err := acts[first](&between); err != nil {
				t.Errorf("%s: %v", at, err)
			}
			if !done {
				if err := acts[second](s.Service); err != nil {
					t.Errorf("%s: %v", at, err)
				}
			}
			s.check(at, s.Book(card), fmt.Sprintf("+15 0042/1/%s, -10 0042/1/%s~1", at, at))
		}
	}
}

// Each call of a claim fails once before and once after it worked; the claim that comes again ends as if nothing had been.
func TestClaimSurvivesEachFault(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	items, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), clock, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	calm := loyaltytest.NewService(t, items, clock)
	rules, err := calm.Programmes.At(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	faults := 0
	for call := 1; ; call++ {
		failed := false
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			number := rules.IssueNumber(uint64(10*call) + uint64(fault))
			if _, err := calm.Enrol(t.Context(), loyalty.Enrolment{Number: number, Store: "0042"}, nil); err != nil {
				t.Fatal(err)
			}
			r := receipt.Receipt{Key: receipt.Key{Store: "0042", Till: "1", Number: number}, At: now, Total: money.Amount{Minor: 1000, Currency: "EUR"}}
			if _, err := calm.Checkout(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if _, err := calm.Return(t.Context(), r.Key, receipt.Return{ID: "a", At: now, Money: 400}); err != nil {
				t.Fatal(err)
			}
			dying := *calm
			stored := store.New(storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}}), clock)
			dying.Cards, dying.Receipts, dying.Pages = stored, stored, stored
			if _, err := dying.Claim(t.Context(), r.Key, number); err != nil {
				failed = true
				faults++
			}
			if _, err := calm.Claim(t.Context(), r.Key, number); err != nil {
				t.Errorf("call %d %s: %v", call, fault, err)
			}
			if v, err := calm.View(t.Context(), number); err != nil || v.Balance != 6 || v.Head.Book.Posted != 2 {
				t.Errorf("call %d %s: %d points in %d entries (%v)", call, fault, v.Balance, v.Head.Book.Posted, err)
			}
		}
		if !failed {
			break
		}
	}
	if faults < 10 {
		t.Errorf("only %d faults were met", faults)
	}
}
