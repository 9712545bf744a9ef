package loyalty

import (
	"context"
	"slices"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
)

// whyWithheld tells of the last occasion at which the campaign would have spoken to the card and was not allowed to, unless an e-mail of it is
// newer: the entry says so, whatever the campaign may do now.
func (s *Service) whyWithheld(ctx context.Context, w *Why, opened Opened, list []message.Record) (bool, error) {
	head, err := s.withPages(ctx, opened.Head)
	if err != nil {
		return false, err
	}
	entries := slices.Clone(head.Book.Tail)
	for _, p := range head.Past {
		entries = append(entries, p.Entries...)
	}
	var last ledger.Entry
	for _, e := range entries {
		if card.WithheldBy(e)[w.Campaign] != "" && head.Brought(e) == opened.Shopper() && e.At.After(last.At) {
			last = e
		}
	}
	written := func(rec message.Record) bool { return rec.Campaign == w.Campaign && rec.OrderedAt.After(last.At) }
	if last.Cause == "" || slices.ContainsFunc(list, written) {
		return false, nil
	}
	state := card.WithheldBy(last)[w.Campaign]
	w.Occasion = last.Cause
	w.pass("occasion", true, "", "it was about to speak with %s at %s", last.Cause, whyMoment(last.At))
	w.pass("steering", false, message.CampaignStopped, "%s when that was decided", state)
	w.Outcome = "withheld: " + state
	return true, nil
}
