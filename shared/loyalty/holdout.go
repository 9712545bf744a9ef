package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// measuredPrefix begins the cause of an entry that notes nothing but that a campaign is measured on the card from then on.
const measuredPrefix = "measured~"

// heldOut reports whether the campaign of an order leaves the card alone, and notes on the card, the first time, in which group it is
// measured. That comes before consent is looked at, so that both groups are the same kind of shoppers.
//
// A campaign that speaks at a checkout or on a date has decided this with its own entry: where there is an order, the card is not held out.
func (s *Service) heldOut(ctx context.Context, o message.Order, opened Opened, rules *programme.Programme, now time.Time) (Opened, bool, error) {
	c, known := rules.Campaign(o.Campaign)
	if !known || c.Decides() || message.ClassOf(o.Topic) == message.Service || !rules.Measures(o.Campaign) {
		return opened, false, nil
	}
	held, _ := rules.HeldOut(o.Campaign, opened.Head.ID)
	cause := measuredPrefix + o.ID
	if _, begins := rules.Assigned(opened.Head, o.Campaign, o.Arm, cause, now); !begins || opened.Head.Status != card.Open {
		return opened, held, nil
	}
	_, err := s.post(ctx, opened, posting{
		cause: cause, at: o.OrderedAt,
		decide: func(head card.Head) (card.Head, error) {
			next, begins := rules.Assigned(head, o.Campaign, o.Arm, cause, now)
			if !begins {
				return head, errPassedBy
			}
			return next, nil
		},
	})
	if err != nil && !errors.Is(err, errPassedBy) {
		return opened, held, fmt.Errorf("note the group of card %s in campaign %s: %w", opened.Head.ID, o.Campaign, err)
	}
	if opened, err = s.Cards.Open(ctx, o.Card, true); err != nil {
		return opened, held, fmt.Errorf("open card %s again: %w", o.Card, err)
	}
	return opened, held, nil
}
