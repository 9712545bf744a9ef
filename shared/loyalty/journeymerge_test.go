package loyalty_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// A journey goes on when its card is merged into another: the e-mail goes to the shopper who is there now.
func TestAJourneyFollowsAMerge(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	s.walk(number)
	other := s.Enrol(2, "", "offers")
	s.relay(other)
	s.Wait(time.Hour)
	if _, err := s.Merge(t.Context(), number, other, loyalty.ByHand{ID: "m-1", Reason: "One shopper", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	s.relay(other)
	s.Set("2026-11-24T10:00")
	s.walk(number)
	mails := s.Post.Mails()
	if len(mails) != 2 || mails[0].To != "ana1@shopper.example" || mails[1].To != "ana2@shopper.example" {
		t.Errorf("%d mails, the last to %s", len(mails), mails[len(mails)-1].To)
	}
	s.Set("2026-11-26T10:00")
	s.walk(number)
	s.check("over", s.stands(number), "thanks done")
}

// Where both cards are under way in a campaign, the shopper is spoken to by one journey.
func TestTwoJourneysOfOneShopperBecomeOne(t *testing.T) {
	t.Parallel()
	s, number := begin(t, thanks)
	other := s.Enrol(2, "", "offers")
	s.relay(other)
	s.checkout(s.sale("2", other, 2500))
	s.relay(other)
	s.walk(number)
	s.Wait(time.Hour)
	if _, err := s.Merge(t.Context(), number, other, loyalty.ByHand{ID: "m-1", Reason: "One shopper", By: "Mira"}); err != nil {
		t.Fatal(err)
	}
	s.Set("2026-11-24T10:00")
	s.walk(number)
	s.check("the other's goes on", s.stands(other), "thanks 4 2026-11-26T10:00")
	s.check("the first is over", s.stands(number), "thanks merged")
}
