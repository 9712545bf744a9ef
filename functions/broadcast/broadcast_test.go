package broadcast_test

import (
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/broadcast"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// open is a shop whose campaign "weekly" speaks on Mondays at nine.
func open(t *testing.T) (*loyaltytest.Shop, func(payload []byte) string) {
	t.Helper()
	s := loyaltytest.Open(t)
	s.Publish("mail:\n  quiet_from", `  - {id: weekly, on: schedule, schedule: {cron: "0 9 ? * MON *"}, message: {template: note, topic: offers}}
mail:
  quiet_from`)
	h := broadcast.New(s.Service, slog.New(slog.DiscardHandler))
	return s, func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
}

func TestTheEventAsAWSDeliversItGoesOnWithItsPart(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do := open(t)
	for n := uint64(1); n <= 20; n++ {
		s.Enrol(n, "", "offers")
	}
	if got := do(payload); got == "done" {
		t.Error("a part of a run that was never begun is done")
	}
	s.Set("2026-11-23T09:00")
	if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
		t.Error(got)
	}
	for range 2 { // the second time it finds that all is done
		if got := do(payload); got != "done" {
			t.Error(got)
		}
	}
	if n := s.Queue.Len(); n == 0 || n == 20 {
		t.Errorf("%d orders of one part in four", n)
	}
}

func TestARunIsBegunOnceAndEnds(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	for n := uint64(1); n <= 5; n++ {
		s.Enrol(n, "", "offers")
	}
	for _, at := range []string{"2026-11-23T08:59", "2026-11-23T09:00", "2026-11-23T09:01"} {
		s.Set(at)
		if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
			t.Error(got)
		}
		for bodies := s.Parts.Take(); len(bodies) > 0; bodies = s.Parts.Take() {
			if got := do(loyaltytest.Batch(bodies...)); got != "done" {
				t.Error(got)
			}
		}
	}
	if n := s.Counts.Of("broadcasts_begun"); n != 1 || s.Queue.Len() != 5 {
		t.Errorf("%d runs, %d orders", n, s.Queue.Len())
	}
}

func TestWhatCannotBeReadComesAgain(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	if got := do(loyaltytest.Batch([]byte(`{"part":-1}`))); got == "done" {
		t.Error("a body that asks for nothing is done")
	}
	s.Set("2026-11-23T09:00")
	s.Parts.Fault = loyaltytest.Fault{Err: errors.New("the line broke")}
	if got := do(loyaltytest.Tick(s.Clock())); got == "null" {
		t.Error("the tick did not fail")
	}
	s.Wait(time.Minute)
	if got := do(loyaltytest.Tick(s.Clock())); got != "null" || s.Parts.Len() != 4 {
		t.Errorf("%s, %d parts", got, s.Parts.Len())
	}
}
