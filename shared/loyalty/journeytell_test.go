package loyalty_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

const telling = `  - id: tell
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    exit_when: {field: journey.purchases, op: gte, value: 1}
    steps:
      - event: welcomed
      - id: crm
        webhook: {url: "https://crm.shop.example/in?key=1", name: welcomed}
      - tag: told`

// A step tells the bus and a receiver, each under an id of its own, and neither hears who the shopper is.
func TestStepsThatTellOthers(t *testing.T) {
	t.Parallel()
	s, number := begin(t, telling)
	s.walk(number)
	s.check("over", s.stands(number), "tell done")
	s.check("bus", s.Bus.Facts(), "points.earned journey.reached")
	calls := s.Called.Calls()
	if len(calls) != 1 || calls[0].URL != "https://crm.shop.example/in?key=1" {
		t.Fatalf("%+v", calls)
	}
	for _, part := range []string{`"id":"` + calls[0].ID + `"`, `"campaign":"tell"`, `"occasion":"0042.1.1"`, `"step":"crm"`, `"reached":"welcomed"`, `"card":"` + number + `"`} {
		if !strings.Contains(string(calls[0].Body), part) {
			t.Errorf("no %s in %s", part, calls[0].Body)
		}
	}
	if strings.Contains(string(calls[0].Body), "shopper.example") {
		t.Errorf("an address is told: %s", calls[0].Body)
	}
	s.check("lines", s.lines(number), "1: event is due\n1: told of welcomed\ncrm: webhook is due\ncrm: webhook taken\n3: tag is due\n3: tagged told\n: came to the end\n")
}

// What a receiver does not take is called again under the same id, five times within three hours, and then the journey goes on without it.
func TestAWebhookThatIsNotTaken(t *testing.T) {
	t.Parallel()
	s, number := begin(t, telling)
	s.Called.Err = errDown
	var waited []string
	for range 6 {
		s.walk(number)
		waited = append(waited, s.stands(number))
		s.walk(number) // it is not due
		for _, d := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour} {
			if len(s.Called.Calls()) == map[time.Duration]int{time.Minute: 1, 5 * time.Minute: 2, 30 * time.Minute: 3, 2 * time.Hour: 4}[d] {
				s.Wait(d)
				break
			}
		}
	}
	s.check("tries", strings.Join(waited[:5], "; "), "tell 3 2026-11-21T10:01; tell 3 2026-11-21T10:06; tell 3 2026-11-21T10:36; tell 3 2026-11-21T12:36; tell done")
	if calls := s.Called.Calls(); len(calls) != 5 || calls[0].ID != calls[4].ID {
		t.Errorf("%d calls", len(calls))
	}
	if !strings.Contains(s.lines(number), "crm: webhook_failed: not taken: the line broke\n3: tag is due") {
		t.Error(s.lines(number))
	}
}

// A call that never will be taken is not made again; one that is tried again is not when the journey has ended meanwhile.
func TestAWebhookThatIsNotCalledAgain(t *testing.T) {
	t.Parallel()
	s, number := begin(t, telling)
	s.Called.Err = fmt.Errorf("%w: crm.shop.example answered 410", loyalty.ErrRefused)
	s.walk(number)
	s.check("goes on", s.stands(number), "tell done")
	if !strings.Contains(s.lines(number), "crm: webhook_failed: ") {
		t.Error(s.lines(number))
	}
	s, number = begin(t, telling)
	s.Called.Err = errDown
	s.walk(number)
	s.checkout(s.sale("2", number, 900))
	s.relay(number)
	s.Wait(time.Minute)
	s.walk(number)
	s.check("left", s.stands(number)+fmt.Sprint(len(s.Called.Calls())), "tell exit_when1")
}

// A bus that fails, done or not, hears of a step once.
func TestAStepIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		s, number := begin(t, telling)
		s.Bus.Fault = loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: done}
		if _, err := s.Journeys(t.Context(), s.Clock()); err == nil {
			t.Error("the tick did not fail")
		}
		s.walk(number)
		s.check("once", s.Bus.Facts(), "points.earned journey.reached")
	}
}
