package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/store"
)

// Gifts is all gift cards of one currency as of now: what was paid in, what became of it, and what is left, in minor units. It ties:
// balance = issued - redeemed + refunded - expired - cancelled.
type Gifts struct {
	Currency money.Currency `json:"currency"`
	Cards    int64          `json:"cards"`
	giftcard.Sums
}

// gift holds a gift card's book to what a book must be: both sides tie, and its balance was never below zero nor above what was paid in.
// One that can be read is counted, sound or not: the sums are those of the store as it is.
func (a *auditor) gift(item store.Item) {
	card, is, err := store.GiftCardOf(item)
	switch {
	case !is:
		return
	case err != nil:
		a.fault(Unreadable, item.Key.Partition, "", "the gift card cannot be read: %v", err)
		return
	}
	if wrong := card.Sound(); wrong != "" {
		a.fault(Unsound, item.Key.Partition, "", "gift card: %s; keep a copy of the store and report it", wrong)
	}
	sums := card.AsOf(day.Of(a.now, a.zone), a.zone).Sums()
	a.count(func(r *Report) {
		i, there := slices.BinarySearchFunc(r.GiftCards, card.Currency, func(g Gifts, of money.Currency) int { return cmp.Compare(g.Currency, of) })
		if !there {
			r.GiftCards = slices.Insert(r.GiftCards, i, Gifts{Currency: card.Currency})
		}
		r.GiftCards[i].Cards++
		r.GiftCards[i].Sums = r.GiftCards[i].Add(sums)
	})
}

// zoneOf is the shop's time zone, in which days end: gift cards expire by it. A shop without a programme has none of its own.
func zoneOf(ctx context.Context, items store.Items, now time.Time) (*time.Location, error) {
	rules, err := store.NewProgrammes(items, func() time.Time { return now }).At(ctx, now)
	if errors.Is(err, loyalty.ErrNotFound) {
		return time.UTC, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	return rules.Zone(""), nil
}
