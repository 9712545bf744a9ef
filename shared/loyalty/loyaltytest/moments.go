package loyaltytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunMoments fails each call of the store by which a campaign speaks that no receipt sets off, because of the time, a touch or a call, once
// before and once after it worked. What is done again has each of them speak, once.
func RunMoments(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	for call, last := 1, false; !last; call++ {
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			last = moments(t, items, call, fault) < call
		}
	}
}

// moments plays one card of 10 points through campaigns of all kinds, with one fault, and returns how many calls that took.
func moments(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("moments of a card: call %d %s", call, fault)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rules, _, err := read("testdata/moments.yaml")
	if err != nil {
		t.Fatal(err)
	}
	calm, _ := store.NewService(items, clock)
	calm.Programmes, calm.Bus = fixed{rules}, &Bus{t: t}
	faulty := storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}})
	weak, _ := store.NewService(faulty, clock)
	weak.Programmes, weak.Bus = calm.Programmes, calm.Bus

	serial := Serial(name)
	number := rules.IssueNumber(serial)
	a, err := calm.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: fmt.Sprintf("m%d", serial), Number: "1"}, Card: number, At: now, Source: "till", Total: money.Amount{Minor: 1000, Currency: "EUR"},
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
	touch := events.New(events.Metadata{ID: "t-1", OccurredAt: now, Source: "website"}, events.ShopperTouched{Card: number, Touch: "tasting"})
	twice("touch", func(s *loyalty.Service) error { return s.Hear(t.Context(), touch) })
	twice("call", func(s *loyalty.Service) error {
		_, err := s.SpeakTo(t.Context(), "asked", number, "call-1")
		return err
	})
	now = now.AddDate(0, 0, 12)
	twice("tick", func(s *loyalty.Service) error { _, err := s.LookAtDue(t.Context(), now); return err })
	opened, err := calm.Cards.Open(t.Context(), number, true)
	var said []string
	for _, e := range opened.Head.Book.Tail[1:] {
		campaign, _, _ := strings.Cut(e.Cause, "~")
		said = append(said, campaign)
	}
	if got := strings.Join(said, " "); err != nil || got != "touched asked away ends" || opened.Head.Book.Balance != 10+1+2+4+8 {
		t.Errorf("%s: %s, %d points, %v", name, got, opened.Head.Book.Balance, err)
	}
	return len(faulty.Calls())
}
