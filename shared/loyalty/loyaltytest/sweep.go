package loyaltytest

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunSweep plays one short history without faults and counts its calls of the store. Then it plays it again for each call, failing it
// once before and once after it worked, and demands the same end each time.
func RunSweep(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	calm, err := Play(t.Context(), items, sweep(0, 0))
	if err != nil {
		t.Fatalf("without a fault: %v", err)
	}
	crowd(2*calm.Calls, func(n int) {
		call, fault := n/2+1, []storefault.Fault{storefault.NotDone, storefault.ButDone}[n%2]
		told, err := Play(t.Context(), items, sweep(call, fault))
		if err != nil {
			t.Errorf("call %d %s: %v", call, fault, err)
			return
		}
		if told.Faults != 1 || told.Points != calm.Points || told.Checkouts != calm.Checkouts || told.Returns != calm.Returns || told.Redeemed != calm.Redeemed {
			t.Errorf("call %d %s: the end was %s; undisturbed it is %s", call, fault, told, calm)
		}
	})
}

// sweep is a history of one card that turns a page, with one fault.
func sweep(call int, fault storefault.Fault) Setting {
	s := Setting{Seed: 3, Workers: 1, Receipts: 16, Cards: 1, Copies: 1, serial: sweepCards + uint64(3*call) + uint64(fault)}
	if call > 0 {
		s.Fail = map[int]storefault.Fault{call: fault}
	}
	return s
}

// RunCrash lets a till die after it has filed the first receipt of a card that nobody has seen before, and brings the goods back before
// the receipt is delivered again: the return brings the receipt into the book first.
func RunCrash(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	items := open(t)
	calm := NewService(t, items, clock)
	rules, err := calm.Programmes.At(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	key := receipt.Key{Store: "0042", Till: "crash", Number: "1"}
	r := receipt.Receipt{Key: key, Card: rules.IssueNumber(Serial("crash")), At: now, Total: money.Amount{Minor: 1000, Currency: "EUR"}}
	dying := *calm
	stored := store.New(storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{4: storefault.NotDone}}), clock)
	dying.Cards, dying.Receipts, dying.Pages, dying.Carts = stored, stored, stored, nil
	if a, err := dying.Checkout(t.Context(), r); err == nil {
		t.Fatalf("the till did not die: %+v", a)
	}
	ret, err := calm.Return(t.Context(), key, receipt.Return{ID: "r1", At: now})
	if err != nil || ret.Points != -10 || ret.Balance != 0 || ret.Refund.Amount != 1000 {
		t.Errorf("return %+v, %v", ret, err)
	}
	if a, err := calm.Checkout(t.Context(), r); err != nil || !a.Repeated || a.Points != 10 || !a.Enrolled {
		t.Errorf("checkout %+v, %v", a, err)
	}
}
