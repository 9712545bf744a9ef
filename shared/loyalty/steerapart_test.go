package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// apart steers as somebody behind a door does.
func apart(audience int64, id string, over *loyalty.Version) func(*loyalty.Steering) {
	return func(in *loyalty.Steering) {
		in.Audience, in.Apart = audience, loyalty.Apart{ID: id, Over: over, Uncounted: true}
	}
}

// turns begins what is due and gives each part some turns: those of a paused run put themselves back for ever.
func (s *shop) turns(n int) {
	s.t.Helper()
	if _, err := s.Broadcasts(s.t.Context(), s.Clock()); err != nil {
		s.t.Fatal(err)
	}
	for range n {
		for _, body := range s.Parts.Take() {
			o, err := loyalty.ParsePartOrder(body)
			if err == nil {
				err = s.Broadcast(s.t.Context(), o)
			}
			if err != nil {
				s.t.Fatal(err)
			}
		}
		s.Wait(2 * time.Minute)
	}
}

// Who starts a campaign without a count names the most that it may be for. Its run counts, and pauses where it meets more.
func TestARunKeepsToTheNumberThatWasNamed(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(30) // 20 of them want offers
	s.publish(append(weekly(mondays), "topics: [{id: offers", "approval: {audience: 25}\ntopics: [{id: offers")...)
	s.check("no number", s.steer("weekly", loyalty.VerbStart, "Mira", apart(0, "", nil)), "audience_missing")
	s.check("more than one may start alone", s.steer("weekly", loyalty.VerbStart, "Mira", apart(26, "", nil)), "approval_missing")
	s.check("a number", s.steer("weekly", loyalty.VerbStart, "Mira", apart(12, "", nil)), "running")
	s.Set("2026-11-23T09:00")
	s.turns(4)
	c, err := s.Controls.Control(t.Context(), "weekly")
	if err != nil || c.State != loyalty.CampaignPaused || c.Steps[len(c.Steps)-1].By != "regulars" {
		t.Fatalf("%+v, %v", c, err)
	}
	s.send()
	if n := len(s.Post.Mails()); n > 12 {
		t.Errorf("%d mails of a campaign for 12 cards", n)
	}
	s.check("somebody lets it go on", s.steer("weekly", loyalty.VerbResume, "Jon"), "running")
	s.turns(6)
	for range 3 {
		s.wait(15 * time.Minute)
	}
	if n := len(s.Post.Mails()); n != 20 {
		t.Errorf("%d mails in the end", n)
	}
}

// An act that is asked for again does nothing, and one that was decided on an older state is refused.
func TestAnActIsDoneOnceAndOverWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := open(t)
	version := func(n loyalty.Version) *loyalty.Version { return &n }
	for i, row := range []struct {
		verb loyalty.Verb
		id   string
		over *loyalty.Version
		want string
	}{
		{loyalty.VerbStart, "a-1", version(0), "running"},
		{loyalty.VerbStart, "a-1", version(0), "running"}, // the answer was lost
		{loyalty.VerbPause, "a-2", version(0), "steered"}, // somebody has started it since
		{loyalty.VerbPause, "a-1", nil, "id_known"},
		{loyalty.VerbPause, "a-3", version(1), "paused"},
		{loyalty.VerbPause, "a-4", nil, "paused"}, // it is so already
		{loyalty.VerbStart, "a-1", nil, "paused"}, // done, long ago: it is told how things are
		{loyalty.VerbPause, string(make([]byte, 65)), nil, "id_invalid"},
	} {
		if got := s.steer("birthday", row.verb, "Mira", apart(1, row.id, row.over)); got != row.want {
			t.Errorf("row %d: %s %s gives %s; want %s", i, row.verb, row.id, got, row.want)
		}
	}
	c, err := s.Controls.Control(t.Context(), "birthday")
	if err != nil || c.Version != 2 || len(c.Steps) != 2 || c.Steps[0].ID != "a-1" {
		t.Errorf("%+v, %v", c, err)
	}
}
