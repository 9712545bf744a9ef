package loyaltytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunMoments fails each call of the store by which a campaign speaks that no receipt sets off, because of the time, a touch or a call, once
// before and once after it worked. What is done again has each of them speak, once.
func RunMoments(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	eachFault(func(call int, fault storefault.Fault) int { return moments(t, items, call, fault) })
}

// moments plays one card of 10 points through campaigns of all kinds, with one fault, and returns how many calls that took.
func moments(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("moments of a card: call %d %s", call, fault)
	o := newOrdeal(t, items, name, "testdata/moments.yaml", storefault.Plan{Fail: map[int]storefault.Fault{call: fault}})
	number := o.rules.IssueNumber(o.serial)
	a := o.buy("1", number, 1000)
	o.twice("relay", func(s *loyalty.Service) error { return s.Relay(t.Context(), nil, a.Head) })
	touch := events.New(events.Metadata{ID: "t-1", OccurredAt: o.now, Source: "website"}, events.ShopperTouched{Card: number, Touch: "tasting"})
	o.twice("touch", func(s *loyalty.Service) error { return s.Hear(t.Context(), touch) })
	o.twice("call", func(s *loyalty.Service) error {
		_, err := s.SpeakTo(t.Context(), "asked", number, "call-1")
		return err
	})
	o.now = o.now.AddDate(0, 0, 12)
	o.twice("tick", func(s *loyalty.Service) error { _, err := s.LookAtDue(t.Context(), o.now); return err })
	opened, err := o.calm.Cards.Open(t.Context(), number, true)
	var said []string
	for _, e := range opened.Head.Book.Tail[1:] {
		campaign, _, _ := strings.Cut(e.Cause, "~")
		said = append(said, campaign)
	}
	if got := strings.Join(said, " "); err != nil || got != "touched asked away ends" || opened.Head.Book.Balance != 10+1+2+4+8 {
		t.Errorf("%s: %s, %d points, %v", name, got, opened.Head.Book.Balance, err)
	}
	return len(o.faulty.Calls())
}
