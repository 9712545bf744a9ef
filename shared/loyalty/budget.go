package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/programme"
)

// The budget of a campaign is one tally, and each coupon that it was taken for is another beside it: the two are written together before
// the card is. So a decision that comes again takes nothing a second time, and a crash between the two writes leaves a coupon counted that
// the same cause will still grant. What never comes again, or is decided otherwise then, leaves the budget short of a coupon, and never
// long of one.

// How an attempt to take out of a budget ends where nothing is written.
var (
	errTakenBefore = errors.New("it was taken out of the budget before")
	errBudgetSpent = errors.New("the budget has no room for it")
)

// withinBudgets takes the coupons that a decision grants out of the budgets of their campaigns, as of the rules that hold now, and
// leaves out those that there is no room for. A decision without such a coupon costs nothing.
func (s *Service) withinBudgets(ctx context.Context, before, next card.Head) (card.Head, error) {
	tail := next.Book.Tail
	fresh := min(int(next.Book.Posted-before.Book.Posted), len(tail))
	var rules *programme.Programme
	for _, e := range tail[len(tail)-max(0, fresh):] {
		coupons, err := card.Coupons(e, card.MarkGranted)
		if err != nil {
			return next, fmt.Errorf("entry %s: %w", e.Cause, err)
		}
		for _, c := range coupons {
			if rules == nil {
				if rules, err = s.rules(ctx, s.Now()); err != nil {
					return next, err
				}
			}
			budget, bounded := rules.Budget(c.Campaign)
			if !bounded {
				continue
			}
			err := s.takeBudget(ctx, budget, rules.BudgetTake(c.Offer), next.ID+"/"+e.Cause)
			switch {
			case errors.Is(err, errBudgetSpent):
				next = programme.WithoutCoupon(next, e.Cause, c)
			case err != nil && !errors.Is(err, errTakenBefore):
				return next, fmt.Errorf("take a coupon out of the budget of campaign %s: %w", c.Campaign, err)
			}
		}
	}
	return next, nil
}

// takeBudget counts what one cause takes, once.
func (s *Service) takeBudget(ctx context.Context, b programme.Budgeted, want limit.Take, cause string) error {
	now := s.Now()
	return s.Limits.ChangeTallies(ctx, []string{b.Tally, b.Tally + "/" + cause}, func(t []limit.Tally) ([]limit.Tally, error) {
		if t[1].Used.Uses > 0 {
			return nil, errTakenBefore
		}
		if t[0].Refuses(b.Limit, "", want, now) != "" {
			return nil, errBudgetSpent
		}
		return []limit.Tally{{Used: t[0].Used.Plus(want)}, {Used: want}}, nil
	})
}

// budgetLeft reports whether a campaign may still have room for a coupon. It may be wrong by a moment, and is asked so that nobody is
// claimed for who would get nothing.
func (s *Service) budgetLeft(ctx context.Context, rules *programme.Programme, campaign, offer string) (bool, error) {
	budget, bounded := rules.Budget(campaign)
	if !bounded {
		return true, nil
	}
	tallies, err := s.Limits.Tallies(ctx, []string{budget.Tally})
	if err != nil {
		return false, fmt.Errorf("read the budget of campaign %s: %w", campaign, err)
	}
	return tallies[0].Refuses(budget.Limit, "", rules.BudgetTake(offer), s.Now()) == "", nil
}

// BudgetUse is how far the budget of a campaign is used up. Money is in minor units: the most that its coupons can take off.
type BudgetUse struct {
	Coupons     int64 `json:"coupons"`
	MostCoupons int64 `json:"of_coupons,omitempty"`
	Money       int64 `json:"money"`
	MostMoney   int64 `json:"of_money,omitempty"`
	Low         bool  `json:"low,omitempty"`   // four fifths are gone
	Spent       bool  `json:"spent,omitempty"` // there is no room for another coupon
}

// BudgetOf tells how far a campaign's budget is used up; nil where it has none.
func (s *Service) BudgetOf(ctx context.Context, rules *programme.Programme, k programme.Campaign) (*BudgetUse, error) {
	budget, bounded := rules.Budget(k.ID)
	if !bounded {
		return nil, nil
	}
	tallies, err := s.Limits.Tallies(ctx, []string{budget.Tally})
	if err != nil {
		return nil, fmt.Errorf("read the budget of campaign %s: %w", k.ID, err)
	}
	t := tallies[0]
	use := BudgetUse{Coupons: t.Used.Uses, MostCoupons: budget.Limit.Uses, Money: t.Used.Money, MostMoney: budget.Limit.Money, Low: budget.Low(t)}
	use.Spent = t.Refuses(budget.Limit, "", rules.CheapestTake(k), s.Now()) != ""
	return &use, nil
}
