package loyalty

import (
	"context"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// inherit takes along what the shopper has withdrawn while two cards were one: a link in an old e-mail of either withdrew it on the card
// that was there, and the one that lives again must not be written to as if nothing had been said. It is done at every repeat, for the
// unmerge before may have died half way.
func (s *Service) inherit(ctx context.Context, parted card.Head) error {
	var merged, left ledger.Entry
	for _, e := range parted.Book.Tail {
		switch {
		case card.Marked(e, card.MarkMergedInto) != "":
			merged = e
		case card.Marked(e, card.MarkPartedFrom) != "":
			left = e
		}
	}
	if merged.Cause == "" || left.Cause == "" || strings.HasPrefix(left.Cause, leavePrefix) {
		return nil // or a member of a household, whose consents were its own all the time
	}
	other, err := s.Cards.Open(ctx, card.Marked(left, card.MarkPartedFrom), true)
	if err != nil {
		return fmt.Errorf("open the card that %s has left: %w", parted.ID, err)
	}
	_, _, err = s.UpdateProfile(ctx, parted.ID, func(p card.Profile) (card.Profile, error) {
		for topic := range p.Consents {
			if act, ok := other.Profile.Consents[topic]; ok && !act.Allowed && !act.At.Before(merged.At) {
				p = p.Decide(topic, act)
			}
		}
		return p, nil
	})
	if err != nil {
		return fmt.Errorf("withdraw on card %s: %w", parted.ID, err)
	}
	return nil
}
