package loyalty_test

import (
	"testing"
)

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
