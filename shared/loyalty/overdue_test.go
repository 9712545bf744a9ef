package loyalty_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// a return that comes before its receipt waits; when the receipt comes both apply; after seven days a person is called, once.
func TestR8AReturnWhoseReceiptDoesNotComeCallsAPerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.Enrol(1, "", "")
	late, never := s.sale("8", card, 1000, 500), s.sale("9", card, 700)
	await := func(r receipt.Receipt) {
		t.Helper()
		if _, err := s.AwaitReturn(t.Context(), r.Key, receipt.Return{ID: "r-1", At: r.At}); err != nil {
			t.Fatal(err)
		}
	}
	tick := func(inbox loyalty.Inbox, want int) {
		t.Helper()
		if got, err := s.ParkOverdue(t.Context(), inbox, s.Clock()); err != nil || got != want {
			t.Errorf("%s: %d letters, %v; want %d", s.Clock(), got, err, want)
		}
	}
	letters := func() []string {
		t.Helper()
		list, err := s.Store.Letters(t.Context(), time.Time{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, l := range list {
			said = append(said, l.Reason)
		}
		return said
	}
	await(late)
	await(never)
	s.wait(3 * 24 * time.Hour)
	await(never) // told again: its time runs from the first time
	s.checkout(late)
	s.wait(4*24*time.Hour - time.Minute)
	tick(s.Store, 0)
	s.wait(2 * time.Minute)
	if _, err := s.ParkOverdue(t.Context(), noInbox{}, s.Clock()); err == nil {
		t.Error("an inbox that takes nothing is no error")
	}
	tick(s.Store, 1)
	tick(s.Store, 0)
	if got := letters(); len(got) != 1 || !strings.Contains(got[0], "return r-1 has waited for receipt 0042/1/9") {
		t.Errorf("letters %q", got)
	}
	await(never)
	s.wait(8 * 24 * time.Hour)
	tick(s.Store, 0)

	found, err := s.Store.Letters(t.Context(), time.Time{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if key, come, err := s.OverdueReceipt(t.Context(), found[0].Message); key != never.Key || come || err != nil {
		t.Errorf("%s, come %t, %v", key, come, err)
	}
	s.checkout(never)
	if _, come, err := s.OverdueReceipt(t.Context(), found[0].Message); !come || err != nil {
		t.Errorf("come %t, %v", come, err)
	}
	if balance := s.head(card).Book.Balance; balance != 0 {
		t.Errorf("balance %d: both returns were to be taken", balance)
	}
}

type noInbox struct{}

func (noInbox) Park(context.Context, loyalty.Parked) error { return errDown }
