package loyalty_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A campaign that has given all that it may is paused by the minute's look, which says why; with more to give it may be resumed.
func TestWhatIsSpentPausesItsCampaign(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		budget, more string
		counted      int64 // minor units that its coupons took off receipts
		coupons      uint64
		why          string
	}{
		{"{coupons: 2}", "{coupons: 3}", 0, 1, ""},
		{"{coupons: 2}", "{coupons: 3}", 0, 2, "its budget is spent: 2 of 2 coupons"},
		{`{money: "7.50"}`, `{money: "9.00"}`, 0, 2, "its budget has no room for another coupon: 6.00 EUR of 7.50 EUR"},
		{`{redeemed: "20.00"}`, `{redeemed: "30.00"}`, 1999, 2, ""},
		{`{redeemed: "20.00"}`, `{redeemed: "30.00"}`, 2000, 2, "its coupons have taken 20.00 EUR off receipts; it stops at 20.00 EUR"},
	} {
		s := open(t)
		s.publish("offer: ten", "offer: cake", "on: checkout", "on: checkout\n    budget: "+row.budget)
		counted := loyalty.Sheet{Last: "1", Counts: loyalty.Counts{{Campaign: "big"}: {Discount: row.counted}}}
		if err := s.Store.PutSheet(t.Context(), "cards/of the test", counted, 0); err != nil {
			t.Fatal(err)
		}
		for n := range row.coupons {
			s.checkout(s.sale(fmt.Sprint(n), s.Enrol(n+1, ""), 6000))
		}
		look := func(what, want string) {
			t.Helper()
			for range 2 { // the second finds it paused
				if _, err := s.Break(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			report, err := s.CampaignReport(t.Context(), "big")
			if err != nil {
				t.Fatal(err)
			}
			says := ""
			if last := len(report.Steps) - 1; last >= 0 && report.State == "paused" {
				says = report.Steps[last].Why
			}
			if says != want {
				t.Errorf("%s, %s: %s, %q; want %q", row.budget, what, report.State, says, want)
			}
		}
		look("looked at", row.why)
		if row.why == "" {
			continue
		}
		s.Wait(loyalty.HeedSoon)
		s.check("resume", s.steer("big", loyalty.VerbResume, "Mira"), "running")
		look("resumed with nothing left", row.why)
		s.publish("offer: ten", "offer: cake", "on: checkout", "on: checkout\n    budget: "+row.more)
		s.check("resume", s.steer("big", loyalty.VerbResume, "Mira"), "running")
		look("with more to give", "")
		s.Wait(time.Second)
	}
}
