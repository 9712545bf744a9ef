package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// W-7: an offer that is killed is refused with its reason by the next quote; a receipt that was priced before stays valid.
func TestAKilledOfferIsRefusedAtTheNextQuote(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	coupon := s.checkout(s.sale("1", ana, 6000)).Granted[0].ID
	quote := func() (int64, string) {
		t.Helper()
		s.Wait(time.Second) // what was read of offers holds for so long
		basket := s.sale("2", ana, 1000)
		basket.Coupons = []string{coupon}
		q, err := s.Quote(t.Context(), basket, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range q.Considered {
			if c.Offer == "ten" {
				return q.Total, string(c.Reason)
			}
		}
		return q.Total, "not considered"
	}
	steer := func(offer string, verb loyalty.Verb, why string) string {
		_, err := s.SteerOffer(t.Context(), loyalty.Steering{Campaign: offer, Verb: verb, By: "Mira", Why: why})
		if err == nil {
			return ""
		}
		return loyalty.Code(err)
	}
	check := func(total int64, reason string) {
		t.Helper()
		if got, why := quote(); got != total || why != reason {
			t.Errorf("the basket costs %d (%s), want %d (%s)", got, why, total, reason)
		}
	}
	check(900, "applied")
	s.check("without a reason", steer("ten", loyalty.VerbKill, ""), "why_missing")
	s.check("unknown", steer("twenty", loyalty.VerbKill, "a slip"), "offer_unknown")
	s.check("what holds", steer("ten", loyalty.VerbResume, ""), "state")
	for range 2 {
		s.check("kill", steer("ten", loyalty.VerbKill, "10 % was meant to be 1 %"), "")
	}
	check(1000, "stopped")

	priced := s.sale("2", ana, 1000) // while the offer held
	priced.Coupons, priced.Lines[0].Discount, priced.Total.Minor = []string{coupon}, 100, 900
	if a := s.checkout(priced); len(a.Redeemed) != 1 || a.Points != 9 {
		t.Errorf("%+v", a)
	}
	s.check("resume", steer("ten", loyalty.VerbResume, ""), "")
	coupon = s.checkout(s.sale("3", ana, 6000)).Granted[0].ID
	check(900, "applied")
}
