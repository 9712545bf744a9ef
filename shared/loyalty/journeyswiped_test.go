package loyalty_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A journey of a card that was only swiped marks nobody, so its owner may enrol afterwards.
func TestNobodyIsTagged(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(after("  - {id: seen, on: checkout, steps: [{tag: seen}, {grant: {points: 5}}]}")...)
	number := s.Number(1)
	s.checkout(s.sale("1", number, 1000))
	s.relay(number)
	for range 3 {
		s.walk(number)
	}
	if got := s.lines(number); !strings.Contains(got, "nobody has enrolled") || !strings.Contains(got, "5") {
		t.Errorf("the journey says\n%s", got)
	}
	e := loyalty.Enrolment{Number: number, Store: "0042", Profile: card.Profile{Given: "Ana", Email: "ana@shopper.example"}}
	if _, err := s.Service.Enrol(t.Context(), e, nil); err != nil {
		t.Errorf("its owner cannot enrol: %v", err)
	}
}
