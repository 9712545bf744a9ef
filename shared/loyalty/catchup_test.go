package loyalty_test

import (
	"context"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// asked counts how often it was asked how far the cards are.
type asked struct {
	loyalty.Catchups
	times int
}

func (a *asked) Catchup(ctx context.Context) (loyalty.Catchup, loyalty.Version, error) {
	a.times++
	return a.Catchups.Catchup(ctx)
}

// catchUp is what the tick does with all cards.
func (s *shop) catchUp() (looked int64) {
	s.t.Helper()
	looked, err := s.CatchUp(s.t.Context(), s.Clock())
	if err != nil {
		s.t.Fatal(err)
	}
	return looked
}

// Cards that nobody has written to since a campaign of time was published are found all the same, once for each set of such campaigns.
func TestCardsThatNobodyWritesToAreFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Set("2026-12-01T10:00")
	number := s.Enrol(1, "", "offers")
	s.checkout(s.sale("a", number, 100))
	s.relay(number)
	if n := s.catchUp(); n != 0 {
		t.Errorf("%d cards are looked at for no campaign", n)
	}
	s.Set("2026-12-05T10:00")
	s.publish("campaigns:\n", "campaigns:\n  - {id: said, on: idle, idle: {days: 10}, message: {template: note, topic: offers}}\n")
	if n := s.catchUp(); n != 1 {
		t.Errorf("%d cards are looked at, want the one", n)
	}
	if n := s.catchUp(); n != 0 {
		t.Errorf("%d cards are looked at again", n)
	}
	s.Set("2026-12-11T06:45")
	s.look()
	s.check("not yet", s.Book(number), "+1 0042/1/a")
	s.Set("2026-12-11T07:00")
	s.look()
	s.check("found", s.Book(number), "+1 0042/1/a, +0 said~2026-12-01")
}

// look is what the tick does with cards whose moment has come.
func (s *shop) look() {
	s.t.Helper()
	if _, err := s.LookAtDue(s.t.Context(), s.Clock()); err != nil {
		s.t.Fatal(err)
	}
}

// A tick asks the store nothing while the rules are those under which all cards were looked through. Rules that come back are new rules:
// those in between may have been heeded by another process alone, which has forgotten the moments of the first.
func TestATickAsksNothingUntilTheRulesChange(t *testing.T) {
	t.Parallel()
	const none, idle = "campaigns:\n", "campaigns:\n  - {id: said, on: idle, idle: {days: 10}, message: {template: note, topic: offers}}\n"
	s := open(t)
	a := &asked{Catchups: s.Store}
	s.Catchups = a
	s.Set("2026-12-01T10:00")
	s.Enrol(1, "", "offers")
	elsewhere := *s.Service
	elsewhere.CaughtUp = &loyalty.CaughtUp{}
	steps := []struct {
		at, campaigns string
		elsewhere     bool
		looked        int64
		asked         int
	}{
		{at: "2026-12-01T10:15", asked: 1},
		{at: "2026-12-01T10:30"},
		{at: "2026-12-01T10:45", campaigns: idle, looked: 1, asked: 1},
		{at: "2026-12-01T11:00"},
		{at: "2026-12-01T11:15", elsewhere: true, asked: 1},
		{at: "2026-12-01T11:30", campaigns: none, elsewhere: true, asked: 1},
		{at: "2026-12-01T11:45", campaigns: idle, looked: 1, asked: 1},
		{at: "2026-12-01T12:00"},
	}
	holds := none
	for _, is := range steps {
		s.Set(is.at)
		if is.campaigns != "" {
			s.publish(holds, is.campaigns)
			holds = is.campaigns
		}
		service := s.Service
		if is.elsewhere {
			service = &elsewhere
		}
		before := a.times
		looked, err := service.CatchUp(t.Context(), s.Clock())
		if err != nil {
			t.Fatal(err)
		}
		if looked != is.looked || a.times-before != is.asked {
			t.Errorf("%s: %d cards are looked at and the store is asked %d times, want %d and %d", is.at, looked, a.times-before, is.looked, is.asked)
		}
	}
}
