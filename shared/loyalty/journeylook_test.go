package loyalty_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/message"
)

// Rules of steps look back over windows of time, also further than the journey has lasted.
func TestStepsLookBack(t *testing.T) {
	t.Parallel()
	s, number := begin(t, `  - id: keen
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    exit_when: {field: spent.last_7_days, op: gte, value: "60.00"}
    steps:
      - wait: {for: 3d}
      - if: {field: visits.last_2_days, op: gte, value: 2}
        then: [{tag: often}]
        else: [{tag: seldom}]
      - wait: {for: 1d}
      - tag: stayed`)
	other := s.Enrol(2, "", "offers")
	s.checkout(s.sale("b1", other, 2500))
	s.relay(other)
	s.walk(number)
	for n, moment := range []string{"2026-11-22T11:00", "2026-11-23T11:00", "2026-11-23T12:00"} {
		s.Set(moment)
		s.checkout(s.sale(fmt.Sprint("a", n), number, 900))
		if n == 0 {
			s.checkout(s.sale("b2", other, 900))
		}
		s.relay(number)
		s.relay(other)
		s.walk(number)
	}
	s.Set("2026-11-24T10:00")
	s.walk(number)
	s.Set("2026-11-24T11:00")
	s.checkout(s.sale("b3", other, 2600)) // 60.00 within seven days
	s.relay(other)
	s.Set("2026-11-25T10:00")
	s.walk(number)
	s.check("bought thrice within two days", s.tags(number), "often stayed")
	s.check("bought once within them, then much", s.tags(other), "seldom")
	s.check("so that it has left", s.stands(other), "keen exit_when")
}

// tags are those of the card's shopper, in their order.
func (s *shop) tags(number string) string {
	s.t.Helper()
	o, err := s.Store.Open(s.t.Context(), number, true)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(o.Profile.Tags, " ")
}

// A wait may be for a touch that another system tells of. One that comes before the wait counts for nothing, one that is told while nobody
// looks is found, and one that is told again changes nothing.
func TestAWaitForATouch(t *testing.T) {
	t.Parallel()
	s, number := begin(t, `  - id: taste
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    steps:
      - wait: {for: 1d}
      - wait: {event: touch.tasting, within: 3d}
        then: [{tag: came}]
        else: [{tag: missed}]`)
	other := s.Enrol(2, "", "offers")
	s.checkout(s.sale("b1", other, 2500))
	s.relay(other)
	s.walk(number)
	touch := func(number, id, name string) {
		t.Helper()
		for range 2 {
			if err := s.Hear(t.Context(), events.New(events.Metadata{ID: id, OccurredAt: s.Clock(), Source: "website"}, events.ShopperTouched{Card: number, Touch: name})); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.Wait(time.Hour)
	touch(number, "t1", "tasting") // too early
	touch(other, "t2", "tasting")
	s.Set("2026-11-22T10:00")
	s.walk(number)
	s.check("waits", s.stands(number), "taste 2 2026-11-22T10:01")
	s.Set("2026-11-22T10:01")
	s.walk(number)
	s.check("still", s.stands(number), "taste 2 2026-11-25T10:00")
	s.Set("2026-11-23T10:00")
	touch(number, "t3", "concert")
	s.check("not for that", s.stands(number), "taste 2 2026-11-25T10:00")
	touch(number, "t4", "tasting")
	s.check("woken", s.stands(number), "taste 2 2026-11-23T10:00")
	s.walk(number)
	s.Set("2026-11-25T10:00")
	s.walk(number)
	s.check("one has come", s.tags(number)+", "+s.stands(number), "came, taste done")
	s.check("the other has not", s.tags(other)+", "+s.stands(other), "missed, taste done")
}

// A wait for a click is over when a person follows a link of one of the campaign's own e-mails, and not one of another's.
func TestAWaitForAClick(t *testing.T) {
	t.Parallel()
	s, number := begin(t, `  - id: read
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    steps:
      - message: {template: note, topic: offers}
      - wait: {event: click, within: 3d}
        then: [{tag: reader}]
        else: [{tag: silent}]
  - id: other
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    message: {template: note, topic: offers}`)
	s.walk(number)
	s.Wait(time.Minute)
	s.walk(number)
	for _, o := range s.orders(number) {
		touch := s.click(number, o.ID, browser)
		if touch == nil {
			t.Fatalf("nobody is told of a click on %s", o.Campaign)
		}
		if err := s.Hear(t.Context(), *touch); err != nil {
			t.Fatal(err)
		}
		s.walk(number)
		if want := map[string]string{"other": "", "read": "reader"}[o.Campaign]; s.tags(number) != want {
			t.Errorf("after a click on %s: %q, want %q", o.Campaign, s.tags(number), want)
		}
	}
	s.check("over", s.stands(number), "read done")
}

// orders lists what was ordered for a card, "other" before "read".
func (s *shop) orders(number string) []message.Order {
	s.t.Helper()
	list, err := s.CardMessages(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	var orders []message.Order
	for _, rec := range list {
		orders = append(orders, rec.Order)
	}
	slices.SortFunc(orders, func(a, b message.Order) int { return strings.Compare(a.Campaign, b.Campaign) })
	return orders
}
