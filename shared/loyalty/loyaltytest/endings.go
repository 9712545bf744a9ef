package loyaltytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunEndings fails each call of the store by which a card comes to be looked at before its points end, and of that look, once before
// and once after it worked, with reads that lag behind. What is done again tells each last day, once.
func RunEndings(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	for call, last := 1, false; !last; call++ {
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			last = endings(t, items, call, fault) < call
		}
	}
}

// endings plays one card of 10 points to its warning, with one fault, and returns how many calls that took.
func endings(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("points that end: call %d %s", call, fault)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rules, _, err := read("testdata/ending.yaml")
	if err != nil {
		t.Fatal(err)
	}
	calm, _ := store.NewService(items, clock)
	bus := &Bus{t: t}
	calm.Programmes, calm.Bus = fixed{rules}, bus
	faulty := storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}, StaleOne: 3, Seed: uint64(call)})
	weak, _ := store.NewService(faulty, clock)
	weak.Programmes, weak.Bus = calm.Programmes, bus

	serial := Serial(name)
	number := rules.IssueNumber(serial)
	a, err := calm.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: fmt.Sprintf("e%d", serial), Number: "1"}, Card: number, At: now, Source: "till", Total: money.Amount{Minor: 1000, Currency: "EUR"},
	})
	if err != nil {
		t.Fatal(err)
	}
	twice := func(what string, do func(s *loyalty.Service) error) {
		for _, s := range []*loyalty.Service{weak, calm, calm} {
			if err := do(s); err != nil && s == calm {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	twice("relay", func(s *loyalty.Service) error { return s.Relay(t.Context(), nil, a.Head) })
	now = now.AddDate(0, 1, -10)
	twice("tick", func(s *loyalty.Service) error { _, err := s.WarnExpiring(t.Context(), now); return err })
	w, _, err := calm.Warnings.Warning(t.Context(), number)
	if err != nil || len(w.Told) != 1 || w.DueOn != 0 || len(w.News) != 1 || w.News[0].Points != 10 || w.Balance != 10 {
		t.Errorf("%s: %+v, %v", name, w, err)
	}
	return len(faulty.Calls())
}
