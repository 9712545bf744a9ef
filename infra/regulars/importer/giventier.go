package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// TierUnknown is the reason that a row is rejected for which brings a tier along that the programme does not have.
const TierUnknown = "tier_unknown"

// knownTiers rejects rows with a tier that the programme does not have, before anything of them is stored.
func (r *ShopperReport) knownTiers(people []person, rules *programme.Programme) []person {
	return slices.DeleteFunc(people, func(p person) bool {
		unknown := p.given.Tier != "" && !slices.ContainsFunc(rules.Tiers, func(t programme.Tier) bool { return t.ID == p.given.Tier })
		if unknown {
			r.reject(p.line, TierUnknown, "the programme has no tier of this id")
		}
		return unknown
	})
}

// bring gives a settled shopper's card its tier, and turns the count of what was left as it was into that of what was changed.
func (c *cards) bring(ctx context.Context, p person, what func(*ShopperReport) *int64) (func(*ShopperReport) *int64, error) {
	given, err := c.give(ctx, p)
	if !given {
		return what, err
	}
	return func(r *ShopperReport) *int64 {
		if count := what(r); count != &r.Unchanged {
			return count
		}
		return &r.Changed
	}, nil
}

// give gives a shopper's card the tier that the file brings along: what was earned comes with the receipts, what a person gave does not. A tier
// that the card was given already stays, and one that staff has taken back since an earlier import is not given again. Of one whose last day is over there is nothing to give.
func (c *cards) give(ctx context.Context, p person) (given bool, err error) {
	today := day.Of(c.service.Now(), c.zone)
	if p.given.Tier == "" || p.given.Until != 0 && p.given.Until < today {
		return false, nil
	}
	number := p.shopper
	if c.issue {
		if number, err = c.service.Cards.Find(ctx, identityOf(p.shopper)); err != nil {
			return false, fmt.Errorf("look for a shopper: %w", err)
		}
	}
	opened, err := c.service.Cards.Open(ctx, number, true)
	if err != nil {
		return false, fmt.Errorf("open a shopper's card: %w", err)
	}
	if opened.Head.Given.Tier != "" {
		return false, nil
	}
	id := sourceImport + "-" + p.given.Tier + "-" + strings.ReplaceAll(p.given.Until.String(), "-", "")
	a, err := c.service.SetTier(ctx, number, p.given, loyalty.ByHand{ID: id, Reason: "It was given before the import", By: sourceImport})
	return err == nil && !a.Repeated, err
}

// givenTier reads the tier of a mapped row and its last day.
func (m *Map) givenTier(get func(string) string) (g card.GivenTier, err error) {
	g.Tier = get("tier")
	if g.Tier != "" {
		g.Until, err = m.day(get("tier_until"))
	}
	return g, err
}
