package results

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/measure"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Choose looks at the arms of each campaign that has a winner rule, once, when its days are over and each arm has enough cards, and writes
// down which arm has won, by what and with which figures; or that none has. It returns the campaigns that have a winner since. It asks
// only what was counted; a campaign that was looked at is never looked at again, so that chance gets one try.
func Choose(ctx context.Context, s *loyalty.Service) (won []string, err error) {
	now := s.Now().UTC().Truncate(time.Second)
	rules, err := s.Programmes.At(ctx, now)
	if errors.Is(err, loyalty.ErrNotFound) || err == nil && !rules.Chooses() {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	counts, err := s.Sheets.Counted(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was counted of campaigns: %w", err)
	}
	controls, err := s.Controls.Controls(ctx, loyalty.HeedAtOnce)
	if err != nil {
		return nil, err
	}
	var failed []error
	for _, k := range rules.Campaigns {
		trial := controls[k.ID].Trial
		next, moved := look(rules, k, counts, trial, now)
		if !moved {
			continue
		}
		if err := s.PutTrial(ctx, k.ID, trial, next); err != nil {
			failed = append(failed, fmt.Errorf("write down how the arms of campaign %s stand: %w", k.ID, err))
		} else if next.Winner != "" {
			won = append(won, k.ID)
		}
	}
	return won, errors.Join(failed...)
}

// look is what is to be written down of a campaign's arms now; false for nothing.
func look(rules *programme.Programme, k programme.Campaign, counts loyalty.Counts, t loyalty.Trial, now time.Time) (loyalty.Trial, bool) {
	if k.Winner == nil || len(k.Arms) < 2 || !t.Looked.IsZero() {
		return t, false
	}
	groups := groupsOf(k, counts, k.Winner.By)
	fewest := slices.MinFunc(groups, func(a, b measure.Group) int { return cmp.Compare(a.Did.People, b.Did.People) }).Did.People
	some := slices.ContainsFunc(groups, func(g measure.Group) bool { return g.Did.People > 0 })
	switch {
	case t.Began.IsZero():
		t.Began = now
		return t, some
	case fewest < k.Winner.Least() || now.Before(t.Began.AddDate(0, 0, k.Winner.AfterDays)):
		return t, false
	}
	t.Looked, t.By = now, k.Winner.By
	by := comparedBy(t.By, rules.Currency)
	if chi, p := measure.Uneven(groups); measure.Suspicious(p) {
		t.Says = fmt.Sprintf("no arm has won: they have other sizes than they were meant to have (chi-square %.2f, p = %.4f)", chi, p)
		return t, true
	}
	t.Winner = measure.Best(groups, by)
	var says []string
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			if t.Winner == b.Name {
				a, b = b, a
			}
			if t.Winner == "" || t.Winner == a.Name {
				says = append(says, measure.Compare(a, b, by).Sentence)
			}
		}
	}
	t.Says = strings.Join(says, " ")
	return t, true
}
