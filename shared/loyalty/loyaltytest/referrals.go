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

// RunReferrals fails each call of the store between a recommendation and its two rewards, once before and once after it worked, with reads
// that lag behind. What is done again rewards both cards, once.
func RunReferrals(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	for call, last := 1, false; !last; call++ {
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			last = referral(t, items, call, fault) < call
		}
	}
}

// referral plays one recommendation with one fault, and returns how many calls that took.
func referral(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("referral: call %d %s", call, fault)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rules, _, err := read("testdata/referral.yaml")
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
	advocate, friend := rules.IssueNumber(serial), rules.IssueNumber(serial+1)
	buy := func(number, card string) loyalty.Answer {
		a, err := calm.Checkout(t.Context(), receipt.Receipt{
			Key: receipt.Key{Store: "0042", Till: fmt.Sprintf("r%d", serial), Number: number}, Card: card, At: now, Source: "till", Total: money.Amount{Minor: 2000, Currency: "EUR"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	buy("1", advocate)
	twice := func(what string, do func(s *loyalty.Service) error) {
		for _, s := range []*loyalty.Service{weak, calm, calm} {
			if err := do(s); err != nil && s == calm && loyalty.Code(err) != "card_taken" {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	twice("enrol", func(s *loyalty.Service) error {
		_, err := s.Enrol(t.Context(), loyalty.Enrolment{Number: friend, Store: "0042", ReferredBy: rules.Numbering().Referral(advocate)}, nil)
		return err
	})
	tick := func(s *loyalty.Service) error { _, err := s.RewardReferrals(t.Context(), now); return err }
	twice("first tick", tick)
	bought := buy("2", friend)
	twice("relay", func(s *loyalty.Service) error { return s.Relay(t.Context(), nil, bought.Head) })
	now = now.AddDate(0, 0, 15)
	twice("tick", tick)
	for number, want := range map[string]int64{advocate: 520, friend: 220} {
		if o, err := calm.Cards.Open(t.Context(), number, true); err != nil || o.Head.Book.Balance != want || o.Head.Book.Posted != 2 {
			t.Errorf("%s: %d points in %d entries, want %d: %v", name, o.Head.Book.Balance, o.Head.Book.Posted, want, err)
		}
	}
	return len(faulty.Calls())
}
