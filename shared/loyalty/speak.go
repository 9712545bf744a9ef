package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// What has become of an occasion.
const (
	SaidNow      = "spoken"
	SaidBefore   = "repeated"  // it had its entry before
	SaidNothing  = "passed_by" // its condition does not hold for the card, the card takes no part, or the campaign has said enough
	SaidWithheld = "withheld"  // the campaign may not speak, or has nothing left to give
	LeftAlone    = "held_out"  // the card is left alone, to be compared with
)

// Said is what has become of an occasion, and why the campaign has withheld what it would have given: the state that it is in, or
// programme.CouponBudgetSpent. What was withheld for its state leaves no entry: the occasion may be asked for again.
type Said struct{ Outcome, Reason string }

// speakOnce posts the entry of one occasion, once, whenever it is asked again.
func (s *Service) speakOnce(ctx context.Context, opened Opened, rules *programme.Programme, m programme.Moment, now time.Time) (Said, error) {
	state, err := s.silencedBy(ctx, rules, m.Campaign)
	if err != nil || state != "" {
		return Said{Outcome: SaidWithheld, Reason: state}, err
	}
	c, _ := rules.Campaign(m.Campaign)
	a, err := s.post(ctx, opened, posting{
		cause:   m.Cause(),
		at:      time.Time{}, // a repeat may come at any time: older entries are always looked through
		shopper: c.On == programme.OnAnniversary,
		decide: func(head card.Head) (card.Head, error) {
			if c.On == programme.OnAnniversary {
				var err error
				if head, err = s.elsewhere(ctx, head, opened.Shopper(), now); err != nil {
					return card.Head{}, err
				}
			}
			next, spoken := rules.Speak(head, opened.Profile, m, now)
			if !spoken {
				return card.Head{}, errPassedBy
			}
			return next, nil
		},
	})
	switch {
	case errors.Is(err, errPassedBy):
		return Said{Outcome: SaidNothing}, nil
	case err != nil:
		return Said{}, fmt.Errorf("campaign %s: %w", m.Campaign, err)
	}
	said := Said{Outcome: SaidNow}
	for _, n := range a.NotTaken {
		if n.Coupon == m.Campaign {
			said.Reason = n.Reason
		}
	}
	held, _ := rules.HeldOut(m.Campaign, opened.Head.ID)
	switch {
	case a.Repeated:
		said.Outcome = SaidBefore
	case held:
		said.Outcome = LeftAlone
	case said.Reason != "" && a.Points == 0 && len(a.Granted) == 0:
		said.Outcome = SaidWithheld
	}
	return said, nil
}
