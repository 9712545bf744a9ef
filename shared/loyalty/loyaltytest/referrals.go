package loyaltytest

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunReferrals fails each call of the store between a recommendation and its two rewards, once before and once after it worked, with reads
// that lag behind. What is done again rewards both cards, once.
func RunReferrals(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	eachFault(func(call int, fault storefault.Fault) int { return referral(t, items, call, fault) })
}

// referral plays one recommendation with one fault, and returns how many calls that took.
func referral(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("referral: call %d %s", call, fault)
	o := newOrdeal(t, items, name, "testdata/referral.yaml", storefault.Plan{Fail: map[int]storefault.Fault{call: fault}, StaleOne: 3, Seed: uint64(call)})
	advocate, friend := o.rules.IssueNumber(o.serial), o.rules.IssueNumber(o.serial+1)
	o.buy("1", advocate, 2000)
	o.twice("enrol", func(s *loyalty.Service) error {
		_, err := s.Enrol(t.Context(), loyalty.Enrolment{Number: friend, Store: "0042", ReferredBy: o.rules.Numbering().Referral(advocate)}, nil)
		if loyalty.Code(err) == "card_taken" {
			return nil // by the same enrolment, before
		}
		return err
	})
	tick := func(s *loyalty.Service) error { _, err := s.RewardReferrals(t.Context(), o.now); return err }
	o.twice("first tick", tick)
	bought := o.buy("2", friend, 2000)
	o.twice("relay", func(s *loyalty.Service) error { return s.Relay(t.Context(), nil, bought.Head) })
	o.now = o.now.AddDate(0, 0, 15)
	o.twice("tick", tick)
	for number, want := range map[string]int64{advocate: 520, friend: 220} {
		if opened, err := o.calm.Cards.Open(t.Context(), number, true); err != nil || opened.Head.Book.Balance != want || opened.Head.Book.Posted != 2 {
			t.Errorf("%s: %d points in %d entries, want %d: %v", name, opened.Head.Book.Balance, opened.Head.Book.Posted, want, err)
		}
	}
	return len(o.faulty.Calls())
}
