package loyaltytest

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunEndings fails each call of the store by which a card comes to be looked at before its points end, and of that look, once before
// and once after it worked, with reads that lag behind. What is done again tells each last day, once.
func RunEndings(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	eachFault(func(call int, fault storefault.Fault) int { return endings(t, items, call, fault) })
}

// endings plays one card of 10 points to its warning, with one fault, and returns how many calls that took.
func endings(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("points that end: call %d %s", call, fault)
	o := newOrdeal(t, items, name, "testdata/ending.yaml", storefault.Plan{Fail: map[int]storefault.Fault{call: fault}, StaleOne: 3, Seed: uint64(call)})
	number := o.rules.IssueNumber(o.serial)
	a := o.buy("1", number, 1000)
	o.twice("relay", func(s *loyalty.Service) error { return s.Relay(t.Context(), nil, a.Head) })
	o.now = o.now.AddDate(0, 1, -10)
	o.twice("tick", func(s *loyalty.Service) error { _, err := s.WarnExpiring(t.Context(), o.now); return err })
	w, _, err := o.calm.Warnings.Warning(t.Context(), number)
	if err != nil || len(w.Told) != 1 || w.DueOn != 0 || len(w.News) != 1 || w.News[0].Points != 10 || w.Balance != 10 {
		t.Errorf("%s: %+v, %v", name, w, err)
	}
	return len(o.faulty.Calls())
}
