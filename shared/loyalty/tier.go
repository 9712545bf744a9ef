package loyalty

import (
	"context"
	"slices"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
)

// SetTier gives a card a tier up to a day, whatever it has earned: as a match of what the shopper has elsewhere, or for ever where Until is 0.
// A tier that the card earns above it counts as ever. An empty one takes back what was given, and leaves the card where it has earned to be.
//
// The same id again gets the same answer and changes nothing. ErrInvalid: the programme has no such tier, or the day is over. ErrConflict: the
// id is known with other content. ErrRefused: the card is closed.
func (s *Service) SetTier(ctx context.Context, number string, to card.GivenTier, by ByHand) (Answer, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Answer{}, err
	}
	if to.Tier != "" && !slices.ContainsFunc(rules.Tiers, func(t programme.Tier) bool { return t.ID == to.Tier }) {
		return Answer{}, refuse(ErrInvalid, "tier_unknown", "this programme has no tier %q; `regulars programme show` lists those it has", to.Tier)
	}
	a, err := s.byHand(ctx, number, by, &programme.Act{Cause: "tier:" + by.ID, Tier: &to}, func(card.Head) error {
		if today := day.Of(s.Now(), rules.Zone("")); to.Until != 0 && to.Until < today {
			return refuse(ErrInvalid, "tier_over", "%s is over; the tier must hold to a day to come", to.Until)
		}
		return nil
	})
	if err == nil && a.Repeated && (a.Given == nil || *a.Given != to) {
		err = known(by.ID)
	}
	return a, err
}
