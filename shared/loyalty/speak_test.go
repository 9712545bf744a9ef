package loyalty_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Whoever asks a campaign to speak is told when it gives nothing, and why: its budget is spent, or it may not speak. A spent budget has used
// the occasion up; what is withheld for the campaign's state may be asked for again.
func TestWhoeverAsksIsToldWhatIsWithheld(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish("campaigns:\n", "campaigns:\n  - {id: asked, on: api, budget: {coupons: 1}, grant: {offer: cake, days: 14}}\n"+
		"  - {id: rich, on: api, budget: {coupons: 1}, grant: {offer: cake, days: 14, points: 5}}\n")
	ana, bo := s.Enrol(1, "", "offers"), s.Enrol(2, "", "offers")
	for i, row := range []struct{ campaign, card, occasion, says string }{
		{"asked", ana, "1", "spoken "},
		{"asked", bo, "1", "withheld budget_spent"},
		{"asked", bo, "1", "repeated budget_spent"},
		{"asked", ana, "1", "repeated "},
		{"pause asked", "", "", "paused"},
		{"asked", bo, "2", "withheld paused"},
		{"asked", bo, "2", "withheld paused"},
		{"resume asked", "", "", "running"},
		{"asked", bo, "2", "withheld budget_spent"},
		{"kill asked", "", "", "killed"},
		{"asked", ana, "3", "withheld killed"},
		{"rich", ana, "1", "spoken "},
		{"rich", bo, "1", "spoken budget_spent"}, // it has its points
	} {
		if verb, campaign, steers := strings.Cut(row.campaign, " "); steers {
			s.check("steering", s.steer(campaign, loyalty.Verb(verb), "Mira"), row.says)
			s.Wait(loyalty.HeedSoon)
			continue
		}
		a, err := s.SpeakTo(t.Context(), row.campaign, row.card, row.occasion)
		if got := a.Outcome + " " + a.Reason; err != nil || got != row.says {
			t.Errorf("row %d: %s, %v; want %s", i, got, err, row.says)
		}
		s.Wait(time.Second)
	}
	view, err := s.View(t.Context(), bo)
	if err != nil || len(view.Coupons) != 0 || view.Balance != 5 {
		t.Errorf("%+v, %v", view.Coupons, err)
	}
}
