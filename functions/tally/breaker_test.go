package tally_test

import (
	"errors"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// counts writes what has been counted of the e-mails of a campaign into the sheet of a shard.
func counts(t *testing.T, s loyalty.Sheets, campaign string, delivered, bounced, complained int64) {
	t.Helper()
	_, over, err := s.Sheet(t.Context(), "messages/1")
	if err != nil {
		t.Fatal(err)
	}
	n := &loyalty.Brought{Delivered: delivered, Bounced: bounced, Complained: complained}
	if err := s.PutSheet(t.Context(), "messages/1", loyalty.Sheet{Last: "1", Counts: loyalty.Counts{{Campaign: campaign}: n}}, over); err != nil {
		t.Fatal(err)
	}
}

// Z-9: the campaign stops itself, says why, and one act of a person resumes it; what it was stopped for is not held against it again.
func TestACampaignStopsItselfAndIsResumed(t *testing.T) {
	t.Parallel()
	s, h := open(t)
	state := func() loyalty.CampaignState {
		s.Wait(time.Second) // what was read of it holds for so long
		c, err := s.Store.Control(t.Context(), "big")
		if err != nil {
			t.Fatal(err)
		}
		return c.State
	}
	look := func(delivered, bounced, complained int64, want loyalty.CampaignState) {
		t.Helper()
		counts(t, s.Store, "big", delivered, bounced, complained)
		for range 2 {
			s.Do(h, loyaltytest.Tick(s.Clock())) // the second time in vain, unless the first has failed
			if got := state(); got != want {
				t.Errorf("after %d delivered, %d bounced, %d complaints it is %q; want %q", delivered, bounced, complained, got, want)
			}
		}
	}
	look(191, 9, 0, loyalty.CampaignUntouched)
	s.Bus.Fault = loyaltytest.Fault{Err: errors.New("the line broke")}
	look(190, 10, 0, loyalty.CampaignPaused)
	if got := s.Bus.Facts(); got != "campaign.stopped" {
		t.Errorf("the world was told %q", got)
	}
	c, err := s.Store.Control(t.Context(), "big")
	if last := c.Steps[len(c.Steps)-1]; err != nil || last.By != "regulars" || last.Why != "10 of 200 e-mails came back; look where the addresses are from" {
		t.Errorf("%+v, %v", last, err)
	}
	if _, err := s.Steer(t.Context(), loyalty.Steering{Campaign: "big", Verb: loyalty.VerbResume, By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	look(380, 19, 0, loyalty.CampaignRunning)
	look(3380, 19, 3, loyalty.CampaignRunning)
	look(3390, 20, 5, loyalty.CampaignPaused)
}
