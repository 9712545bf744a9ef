package loyalty

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/programme"
)

// armOf is the arm in which a campaign speaks to a card that nobody has opened yet; "" of a campaign without arms, for which nothing is read.
func (s *Service) armOf(ctx context.Context, campaign programme.Campaign, number string, now time.Time) (string, error) {
	if len(campaign.Arms) == 0 {
		return "", nil
	}
	rules, err := s.rules(ctx, now)
	if err != nil {
		return "", err
	}
	opened, err := s.Cards.Open(ctx, number, false)
	if err != nil {
		return "", fmt.Errorf("open card %s to find its arm in campaign %s: %w", number, campaign.ID, err)
	}
	return rules.ArmOf(campaign.ID, opened.Head), nil
}
