package loyalty_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// J-2: at most three times, thirty days apart; what comes while a card is under way is no time that counts.
func TestACardEntersAgainAsOftenAsItMay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ steps, want string }{
		{"[{tag: met}]", "0 30 61"},
		{"[{wait: {for: 40d}}, {tag: met}]", "0 61 130"}, // on days 30 and 95 it is under way still
	} {
		s := open(t)
		s.Set("2026-11-21T09:50")
		s.publish(after(`  - id: again
    on: checkout
    when: {field: receipt.total, op: between, value: ["20.00", "49.99"]}
    again: {after_days: 30, at_most: 3}
    steps: ` + row.steps)...)
		number := s.Enrol(1, "", "offers")
		s.relay(number)
		first := s.Clock()
		var entered []string
		for i, day := range []int{0, 10, 30, 61, 95, 130, 175} {
			s.Wait(first.Add(time.Duration(day)*24*time.Hour + time.Hour).Sub(s.Clock()))
			s.walk(number)
			before := s.stands(number)
			s.checkout(s.sale(fmt.Sprint(i+1), number, 2500))
			s.relay(number)
			s.relay(number)
			if strings.Count(s.stands(number), "again") > strings.Count(before, "again") {
				entered = append(entered, fmt.Sprint(day))
			}
			s.walk(number)
		}
		s.check(row.steps, strings.Join(entered, " "), row.want)
		if n := len(s.head(number).Spoken); n != 0 {
			t.Errorf("%d campaigns are kept on the card", n)
		}
	}
}

// A shopper who has entered with a card that is merged into another does not enter once more with that one.
func TestOnceIsOncePerShopper(t *testing.T) {
	t.Parallel()
	s, number := begin(t, strings.Replace(thanks, "    on: checkout\n", "    on: checkout\n    again: once\n", 1))
	s.walk(number)
	s.check("under way", s.stands(number), "thanks pause 2026-11-24T10:00")
	other := s.Enrol(2, "", "offers")
	s.relay(other)
	s.Wait(time.Hour)
	if _, err := s.Merge(t.Context(), number, other, loyalty.ByHand{ID: "m-1", Reason: "One shopper", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	s.checkout(s.sale("2", other, 2500))
	s.relay(other)
	s.check("not once more", s.stands(other), "")
	s.Wait(time.Minute)
	s.walk(other)
	s.check("the first hears of it", s.stands(number), "thanks exit_when")
}
