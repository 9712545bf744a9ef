package loyalty_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// W-3: one line a gate, and exactly one outcome.
func TestWhyACampaignHasOrHasNotWritten(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(3)
	s.publish(weekly(mondays)...)
	why := func(n uint64, campaign, gates, outcome string) {
		t.Helper()
		w, err := s.Why(t.Context(), s.Number(n), campaign)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, g := range w.Gates {
			got += map[bool]string{true: "+", false: "-"}[g.Passes] + g.Gate + " "
		}
		s.check("gates", got, gates)
		s.check("outcome", w.Outcome, outcome)
	}
	const person = "+address +age +consent +suppression +cap and quiet hours "
	why(1, "weekly", "+segment +steering +holdout "+person, "would be sent")
	why(1, "birthday", "+occasion +steering +holdout "+person, "would be sent")
	why(3, "weekly", "-segment +steering +holdout +address +age -consent +suppression ", "would be refused: not_in_audience")
	s.check("kill", s.steer("weekly", loyalty.VerbKill, "Mira"), "killed")
	why(1, "weekly", "+segment -steering +holdout "+person, "would be refused: campaign_stopped")
	s.check("resume", s.steer("weekly", loyalty.VerbResume, "Mira"), "running")
	s.Set("2026-11-23T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.leave(s.Number(2))
	s.send()
	const open = "+segment +steering +holdout +card +address +suppression +age "
	why(1, "weekly", open+"+consent +cap +quiet hours +coupon +claim +sent ", "sent")
	why(2, "weekly", open+"-consent ", "refused: no_consent")
	v, err := s.View(t.Context(), s.Number(1))
	if err != nil || len(v.Coupons) == 0 {
		t.Fatal(v.Coupons, err)
	}
	used := s.sale("9", s.Number(1), 900)
	used.Coupons = []string{v.Coupons[len(v.Coupons)-1].ID}
	s.checkout(used)
	why(1, "weekly", open+"+consent +cap +quiet hours +coupon +claim +sent +redeemed ", "sent")
	if _, err := s.Why(t.Context(), s.Number(1), "nothing"); loyalty.Code(err) != "campaign_unknown" {
		t.Error(err)
	}
}

// What stands on the suppression list alone is told by why, as the sender would find it.
func TestWhyReadsTheSuppressionList(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(1)
	s.publish(weekly(mondays)...)
	o, err := s.Store.Open(t.Context(), s.Number(1), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.SuppressAddress(t.Context(), o.Profile.Email, card.Suppression{At: s.Clock(), Reason: loyalty.SuppressedByRequest}); err != nil {
		t.Fatal(err)
	}
	w, err := s.Why(t.Context(), s.Number(1), "weekly")
	if err != nil || w.Outcome != "would be refused: suppressed" {
		t.Errorf("%+v %v", w, err)
	}
}

// A minor's e-mail is refused for the age, before anybody asks for consent.
func TestWhyTellsOfAge(t *testing.T) {
	t.Parallel()
	s := open(t)
	rules := weekly(mondays)
	rules[1] = strings.Replace(rules[1], "mail:\n", "ages: {}\nmail:\n", 1)
	s.publish(rules...)
	young := card.Profile{
		Given: "Ana", Email: "ana@shopper.example", Birthday: day.Yearly{Month: 2, Day: 3}, BirthYear: 2012,
		Consents: map[string]card.Consent{"offers": {Allowed: true, At: s.Clock(), Source: "test"}},
	}
	if _, err := s.Service.Enrol(t.Context(), loyalty.Enrolment{Number: s.Number(1), Store: "0042", Profile: young}, nil); err != nil {
		t.Fatal(err)
	}
	w, err := s.Why(t.Context(), s.Number(1), "birthday")
	if err != nil || w.Outcome != "would be refused: too_young" {
		t.Errorf("%+v %v", w, err)
	}
}
