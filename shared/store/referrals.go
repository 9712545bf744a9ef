package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Who recommended the shop to whom: an item of its own beside the friend's card, about 100 bytes, in the due index by the moment at which
// to look whether it is to be rewarded.
const (
	sortReferral      = "REFERRAL"
	referralPartition = "referral/"
	dueReferral       = "referral"

	referralBy    = "by" // id of the advocate's card
	referralAt    = "at" // when the friend named the code
	referralState = "st" // "open", "rewarded", or why not
)

func referralKey(friend string) Key {
	return Key{Table: Cards, Partition: referralPartition + friend, Sort: sortReferral}
}

// Referral reads who recommended the shop to a card.
func (s *Store) Referral(ctx context.Context, friend string) (loyalty.Referral, loyalty.Version, error) {
	item, err := s.items.Get(ctx, referralKey(friend), Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.Referral{}, 0, nil
	}
	if err != nil {
		return loyalty.Referral{}, 0, err
	}
	r := loyalty.Referral{Friend: friend, Advocate: item.Attrs.text(referralBy), State: loyalty.ReferralState(item.Attrs.text(referralState))}
	if r.At, err = readMoment(item.Attrs.text(referralAt)); err == nil && item.Due != (Due{}) {
		r.DueAt, err = time.Parse(time.RFC3339, item.Due.At)
	}
	if err != nil {
		return loyalty.Referral{}, 0, fmt.Errorf("referral of card %s: %w", friend, err)
	}
	return r, loyalty.Version(item.Version), nil
}

// PutReferral stores it over the version that was read.
func (s *Store) PutReferral(ctx context.Context, r loyalty.Referral, version loyalty.Version) error {
	item := Item{Key: referralKey(r.Friend), Attrs: Attrs{}}
	if !r.DueAt.IsZero() {
		item.Due = Due{Kind: dueReferral, At: r.DueAt.UTC().Format(time.RFC3339)}
	}
	item.Attrs.set(referralBy, r.Advocate)
	item.Attrs.set(referralAt, writeMoment(r.At))
	item.Attrs.set(referralState, string(r.State))
	_, err := s.items.Put(ctx, item, over(version))
	return known(err)
}

// DueReferrals lists cards by the moment at which to look at them.
func (s *Store) DueReferrals(ctx context.Context, t time.Time, limit int) ([]string, error) {
	due, err := s.due(ctx, dueReferral, t.UTC().Format(time.RFC3339), limit)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, item := range due {
		list = append(list, strings.TrimPrefix(item.Key.Partition, referralPartition))
	}
	return list, nil
}
