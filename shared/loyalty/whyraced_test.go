package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
)

// K-3: a purchase after the claim and before the delivery leaves the e-mail as it is, and its record says so; one after the delivery is what
// the e-mail was for. No later step follows either.
func TestK3APurchaseThatRacedWithItsReminderIsTold(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		what    string
		bought  time.Duration // after the e-mail was claimed; 0: never
		arrived time.Duration
		raced   bool
	}{
		{"bought on the way", time.Minute, 2 * time.Minute, true},
		{"bought when it had arrived", 3 * time.Minute, 2 * time.Minute, false},
		{"bought on the way, delivery not heard of", time.Minute, 0, false},
		{"never bought", 0, 2 * time.Minute, false},
	} {
		s := open(t)
		ana := s.Enrol(1, "", "offers")
		s.update(s.cart("c1", ana, 1))
		s.Wait(time.Hour)
		s.remind()
		o := s.send()[0]
		for minute := range 5 {
			if at := time.Duration(minute) * time.Minute; at > 0 && at == row.bought {
				r := s.sale("1", ana, 900)
				r.Cart = "c1"
				s.checkout(r)
			} else if at > 0 && at == row.arrived {
				s.report(o.ID, message.HappenDeliver, "", false)
			}
			s.Wait(time.Minute)
		}
		w, err := s.Why(t.Context(), ana, "basket")
		if err != nil {
			t.Fatal(err)
		}
		raced := false
		for _, g := range w.Gates {
			raced = raced || g.Gate == "raced" && g.Passes
		}
		s.check(row.what, fmt.Sprint(raced, " ", w.Outcome), fmt.Sprint(row.raced, " ", map[bool]string{true: "delivered", false: "sent"}[row.arrived > 0]))
		if s.Wait(72 * time.Hour); row.bought > 0 && s.remind() != 0 {
			t.Errorf("%s: a later step was ordered", row.what)
		}
	}
}
