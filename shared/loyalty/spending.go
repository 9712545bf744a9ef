package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// breakSpending pauses each campaign of the rules of now whose budget is used up, or whose coupons have taken as much off receipts as they
// may, and writes down which. A campaign that is resumed without more to give is paused again by the next look.
func (s *Service) breakSpending(ctx context.Context, counts Counts, controls map[string]Control) (stopped []string, err error) {
	rules, err := s.Programmes.At(ctx, s.Now())
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	var failed []error
	for _, k := range rules.Campaigns {
		if k.Budget == nil || !controls[k.ID].State.speaks() {
			continue
		}
		why, err := s.overspent(ctx, rules, k, counts)
		done := false
		if why != "" {
			done, err = s.pauseSpent(ctx, k.ID, why)
		}
		if done {
			stopped = append(stopped, k.ID)
		}
		failed = append(failed, err)
	}
	return stopped, errors.Join(failed...)
}

// overspent says in words what a campaign has used up; "" while it has something left to give.
func (s *Service) overspent(ctx context.Context, rules *programme.Programme, k programme.Campaign, counts Counts) (string, error) {
	in := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: rules.Currency} }
	if n, most := counts[Group{Campaign: k.ID}], rules.StopsAt(k.ID); n != nil && most > 0 && n.Discount >= most {
		return fmt.Sprintf("its coupons have taken %s off receipts; it stops at %s", in(n.Discount), in(most)), nil
	}
	use, err := s.BudgetOf(ctx, rules, k)
	switch {
	case err != nil || use == nil || !use.Spent:
		return "", err
	case use.MostCoupons > 0 && use.Coupons >= use.MostCoupons:
		return fmt.Sprintf("its budget is spent: %d of %d coupons", use.Coupons, use.MostCoupons), nil
	}
	return fmt.Sprintf("its budget has no room for another coupon: %s of %s", in(use.Money), in(use.MostMoney)), nil
}

// pauseSpent writes down that a campaign is paused, and why, over its control as it is now.
func (s *Service) pauseSpent(ctx context.Context, campaign, why string) (bool, error) {
	c, err := s.Controls.Control(ctx, campaign)
	if err != nil || !c.State.speaks() {
		return false, err
	}
	c.Campaign, c.State = campaign, CampaignPaused
	c.Steps = append(c.Steps, Step{At: s.Now().UTC().Truncate(time.Second), Verb: VerbPause, By: bySystem, Why: why, State: CampaignPaused})
	c.Steps = c.Steps[max(0, len(c.Steps)-maxSteps):]
	if err := s.Controls.PutControl(ctx, c); err != nil {
		return false, orBegun(err) // whoever steers at this moment goes first
	}
	return true, nil
}
