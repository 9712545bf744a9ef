package loyalty_test

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A kill does not start what nobody has started: resuming leads back to the draft, with the approval that was given meanwhile, and the start
// asks for the number of a surprising audience as ever.
func TestAKilledDraftIsResumedToADraft(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30)
	s.publish(weekly(mondays)...)
	for i, row := range []struct {
		verb loyalty.Verb
		want string
	}{
		{loyalty.VerbDraft, "draft"}, {loyalty.VerbKill, "killed"}, {loyalty.VerbKill, "killed"}, {loyalty.VerbResume, "draft"},
		{loyalty.VerbStart, "audience_surprising"}, {loyalty.VerbKill, "killed"}, {loyalty.VerbStart, "state"}, {loyalty.VerbApprove, "killed"},
		{loyalty.VerbResume, "approved"}, {loyalty.VerbKill, "killed"}, {loyalty.VerbResume, "approved"}, {loyalty.VerbStart, "audience_surprising"},
	} {
		by := map[bool]string{true: "Jon", false: "Mira"}[row.verb == loyalty.VerbApprove]
		if got := s.steer("weekly", row.verb, by); got != row.want {
			t.Errorf("row %d: %s gives %s; want %s", i, row.verb, got, row.want)
		}
	}
	s.Set("2026-11-23T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.check("nobody has started it", s.runs("weekly"), "")
	s.check("the number is typed in", s.steer("weekly", loyalty.VerbStart, "Mira", typed(20)), "running")
	s.check("killed as it runs", s.steer("weekly", loyalty.VerbKill, "Mira"), "killed")
	s.check("it was started", s.steer("weekly", loyalty.VerbResume, "Mira"), "running")
}

// An approval that was given before a text was drafted is no approval of the draft that a kill has found: the same person gives it anew.
func TestAnOldApprovalIsNotThatOfAKilledDraft(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, row := range []struct {
		verb loyalty.Verb
		want string
	}{
		{loyalty.VerbApprove, ""}, {loyalty.VerbDraft, "draft"}, {loyalty.VerbKill, "killed"}, {loyalty.VerbApprove, "killed"},
		{loyalty.VerbResume, "approved"},
	} {
		by := map[bool]string{true: "Jon", false: "Mira"}[row.verb == loyalty.VerbApprove]
		if got := s.steer("birthday", row.verb, by); got != row.want {
			t.Errorf("row %d: %s gives %s; want %s", i, row.verb, got, row.want)
		}
	}
}

// Whoever has brought a text of a campaign forward does not approve it, however much was steered since and however they write their name.
func TestWhoHasBroughtACampaignForwardStaysKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.check("start", s.steer("birthday", loyalty.VerbStart, "Mira K."), "running")
	for range 30 {
		s.check("pause", s.steer("birthday", loyalty.VerbPause, "Jon"), "paused")
		s.check("resume", s.steer("birthday", loyalty.VerbResume, "Jon"), "running")
	}
	for _, name := range []string{"Mira K.", "mira k.", "MIRA K", " mira  k. ", "mira-k"} {
		s.check("approved by "+name, s.steer("birthday", loyalty.VerbApprove, name), "own_campaign")
	}
	s.check("by its author", s.steer("birthday", loyalty.VerbApprove, "ANN", wrote("Ann")), "own_campaign")
	s.check("by another", s.steer("birthday", loyalty.VerbApprove, "Jon"), "running")
	c, err := s.Controls.Control(t.Context(), "birthday")
	if err != nil || len(c.Steps) != 50 || len(c.Wordings) != 1 || fmt.Sprint(c.Wordings[0].Forward) != "[Mira K.]" {
		t.Errorf("%+v, %v", c, err)
	}
	s.Set("2026-11-22T10:00")
	s.publish("offer: cake, days: 14", "offer: cake, days: 15")
	s.check("another text is another's", s.steer("birthday", loyalty.VerbApprove, "Mira K.", wrote("Ann")), "running")
}

// What was started once stays so for late receipts, however often the campaign is steered after it.
func TestAStartIsNotForgotten(t *testing.T) {
	t.Parallel()
	s := open(t)
	approval := []string{"topics: [{id: offers", "approval: {money: \"100000.00\"}\ntopics: [{id: offers", "on: checkout", "budget: {coupons: 10}\n    on: checkout", "percent: \"10\"", "percent: \"10\", cap: \"5.00\""}
	s.publish(approval...)
	s.check("started", s.steer("big", loyalty.VerbStart, "Mira"), "running")
	ana := s.Enrol(1, "", "offers")
	late := s.sale("1", ana, 6000)
	s.Set("2026-11-22T10:00")
	s.publish(append(approval, "A coupon for you", "Another coupon for you")...)
	for range 30 {
		s.check("pause", s.steer("big", loyalty.VerbPause, "Jon"), "paused")
		s.check("resume", s.steer("big", loyalty.VerbResume, "Jon"), "running")
	}
	s.Set("2026-11-22T10:30")
	if a := s.checkout(late); len(a.Granted) != 1 {
		t.Errorf("a receipt of before the edit: %+v", a)
	}
}

// An act is told from a repeat by itself, not by what others do beside it: by its id, else by what it asks for.
func TestARepeatIsToldByTheActItself(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, row := range []struct {
		verb     loyalty.Verb
		by, id   string
		audience int64
		repeated bool
	}{
		{loyalty.VerbApprove, "Jon", "", 0, false}, {loyalty.VerbApprove, "jon", "", 0, true}, {loyalty.VerbApprove, "Ida", "", 0, false},
		{loyalty.VerbStart, "Mira", "a", 10, false}, {loyalty.VerbStart, "Mira", "a", 10, true}, {loyalty.VerbStart, "Mira", "", 10, true},
		{loyalty.VerbStart, "Mira", "", 11, false}, {loyalty.VerbPause, "Mira", "p", 0, false}, {loyalty.VerbResume, "Ida", "", 0, false},
		{loyalty.VerbPause, "Mira", "p", 0, true}, {loyalty.VerbResume, "Ida", "", 0, true}, {loyalty.VerbKill, "Ida", "", 0, false},
	} {
		got, err := s.Steer(t.Context(), loyalty.Steering{
			Campaign: "birthday", Verb: row.verb, By: row.by, Why: "a test", Audience: row.audience, Apart: loyalty.Apart{ID: row.id, Uncounted: true},
		})
		if err != nil || got.Repeated != row.repeated {
			t.Errorf("row %d: %s by %s: repeated %t, %v", i, row.verb, row.by, got.Repeated, err)
		}
	}
}
