package journey_test

import (
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/journey"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// open is a shop with two cards that have just entered a campaign of steps.
func open(t *testing.T) (*loyaltytest.Shop, func(payload []byte) string) {
	t.Helper()
	s := loyaltytest.Open(t)
	s.Publish("mail:\n  quiet_from", `  - {id: thanks, on: checkout, steps: [{message: {template: note, topic: offers}}, {wait: {for: 3d}}, {message: {template: note, topic: offers}}]}
mail:
  quiet_from`)
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(1); n <= 2; n++ {
		number := s.Enrol(n, "", "offers")
		entered, err := s.Enter(t.Context(), rules, loyalty.Entry{Campaign: "thanks", Occasion: "0042.1.1", Card: number, At: s.Clock()})
		if err != nil || !entered {
			t.Fatal(entered, err)
		}
	}
	h := journey.New(s.Service, slog.New(slog.DiscardHandler))
	return s, func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
}

func TestTheEventAsAWSDeliversItGoesOnWithAllThatIsDue(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do := open(t)
	for range 2 { // the second time nothing is due
		if got := do(payload); got != "null" {
			t.Error(got)
		}
	}
	if n := s.Counts.Of("journeys_walked"); n != 2 || s.Queue.Len() != 2 {
		t.Errorf("%d places, %d orders", n, s.Queue.Len())
	}
	s.Set("2026-11-24T11:00")
	if got := do(payload); got != "null" || s.Queue.Len() != 4 {
		t.Errorf("%s, %d orders", got, s.Queue.Len())
	}
}

// A place whose order fails, done or not, is made good by the next tick, and the other one does not wait for it.
func TestOneThatFailsDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		s, do := open(t)
		s.Queue.Fault = loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: done}
		if got := do(loyaltytest.Tick(s.Clock())); got == "null" {
			t.Error("the tick did not fail")
		}
		if n := s.Queue.Len(); n == 0 {
			t.Error("nobody was written to")
		}
		s.Wait(time.Minute)
		if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
			t.Error(got)
		}
		asked := map[string]int{}
		for _, body := range s.Queue.Take() {
			asked[string(body)]++
		}
		if len(asked) != 2 {
			t.Errorf("%d messages are ordered", len(asked))
		}
	}
}
