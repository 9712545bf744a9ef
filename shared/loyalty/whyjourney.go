package loyalty

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/message"
)

// journeyed tells where a card stands in a campaign with steps: each line of its newest journey, with what became of the e-mails. false
// where the card has never entered it.
func (w *Why) journeyed(places []Placed, messages []message.Record) bool {
	var newest *journey.Place
	for i, p := range places {
		if p.Campaign == w.Campaign && (newest == nil || p.Entered.After(newest.Entered)) {
			newest = &places[i].Place
		}
	}
	if newest == nil {
		return false
	}
	w.Occasion = newest.Occasion
	for _, l := range newest.Lines {
		step := "step " + l.Step
		if l.Step == "" {
			step = "journey"
		}
		w.pass(step, true, "", "%s: %s", l.At.UTC().Format(time.DateTime), l.Says)
	}
	for i := len(messages) - 1; i >= 0; i-- { // the oldest first
		if rec := messages[i]; rec.Campaign == w.Campaign && rec.Journey == newest.Occasion {
			says := string(rec.State)
			if rec.Reason != "" {
				says += ": " + string(rec.Reason)
			}
			w.pass("e-mail", true, "", "%s %s", rec.ID, says)
		}
	}
	switch {
	case newest.End != "":
		w.Outcome = "over: " + string(newest.End)
	case newest.Waits:
		w.Outcome = fmt.Sprintf("waits at step %s until %s", newest.Step, newest.Until.UTC().Format(time.DateTime))
	default:
		w.Outcome = "under way"
	}
	return true
}

// whyJourney reads what journeyed tells.
func (s *Service) whyJourney(ctx context.Context, w *Why, opened Opened, messages []message.Record) (bool, error) {
	places, err := s.Places.PlacesOf(ctx, opened.Shopper())
	if err != nil {
		return false, fmt.Errorf("list where the card stands: %w", err)
	}
	return w.journeyed(places, messages), nil
}
