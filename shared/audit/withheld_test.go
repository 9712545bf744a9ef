package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// steered are the rules of a shop whose campaigns are steered: one welcomes, one speaks at each receipt, one at a return.
const steered = `{programme: corner, from: 2026-11-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin, language: en,
shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret for the tests alone, ranges: [{prefix: "77", length: 8}]},
earn: [{id: base, points: 1, per: "1.00"}], offers: [{id: five, name: Five, amount: "5.00", on: basket, coupon: true}],
campaigns: [{id: hello, on: enrolled, grant: {points: 3}}, {id: each, on: checkout, grant: {points: 7}}, {id: sorry, on: returned, grant: {offer: five, days: 9}}]}`

func openSteered(t *testing.T) shop {
	t.Helper()
	s := open(t)
	rules, document, faults, err := yamldoc.Read(strings.NewReader(steered))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	s.ok(s.store.Publish(t.Context(), rules.From, document))
	s.service.Controls = s.store
	return s
}

func (s shop) steer(verb loyalty.Verb) {
	s.t.Helper()
	for _, campaign := range []string{"hello", "each", "sorry"} {
		_, err := s.service.Steer(s.t.Context(), loyalty.Steering{Campaign: campaign, Verb: verb, By: "Mira", Why: "a test"})
		s.ok(err)
	}
}

func (s shop) giveBack(n int) loyalty.Returned {
	s.t.Helper()
	a, err := s.service.Return(s.t.Context(), key(n), receipt.Return{ID: "R", At: noon.Add(-time.Hour)})
	s.ok(err)
	return a
}

// What was granted before a kill comes off after it as it was given, what was withheld was never there, and both are decided again the same
// way: also of a card that its first swipe has made.
func TestReplayKnowsWhatWasWithheld(t *testing.T) {
	t.Parallel()
	s := openSteered(t)
	points := func(what string, a loyalty.Answer, want, balance int64) {
		t.Helper()
		if a.Points != want || a.Balance != balance {
			t.Errorf("%s: %d points and a balance of %d; want %d and %d", what, a.Points, a.Balance, want, balance)
		}
	}
	points("granted", s.buy("77000001", 1, 1_000), 17, 20)
	s.steer(loyalty.VerbKill)
	points("withheld", s.buy("77000001", 2, 1_000), 10, 30)
	points("withheld from a new card", s.buy("77000002", 3, 1_000), 10, 10)
	if a := s.giveBack(1); a.Points != -17 || len(a.Granted) != 0 {
		t.Errorf("granted, killed and returned: %+v", a)
	}
	s.steer(loyalty.VerbResume)
	if a := s.giveBack(2); a.Points != -10 || len(a.Granted) != 1 {
		t.Errorf("withheld, running again and returned: %+v", a)
	}
	points("granted again", s.buy("77000002", 4, 1_000), 17, 27)
	if r := s.replay(); !r.Sound() || r.Receipts != 4 || r.Returns != 2 || r.Unprovable != 0 {
		t.Errorf("%+v", r)
	}
	s.change("77000002", func(h *card.Head) {
		for i := range h.Book.Tail {
			h.Book.Tail[i].Marks = slices.DeleteFunc(slices.Clone(h.Book.Tail[i].Marks), func(m ledger.Mark) bool { return m.Kind == card.MarkWithheld })
		}
	})
	if r := s.replay(); r.Sound() {
		t.Error("points that were withheld and are not said to be come out as they are recorded")
	}
}
