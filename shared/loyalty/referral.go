package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Referral is who recommended the shop to a friend. It is no part of the card, so that reading the card does not pay for it.
type Referral struct {
	Friend   string // id of the card
	Advocate string // id of the other card
	At       time.Time
	State    ReferralState
	DueAt    time.Time // when to look whether it is to be rewarded; zero while the friend has bought nothing that counts
}

// ReferralState is where a referral stands.
type ReferralState string

// The states; every other is the reason why there is no reward.
const (
	ReferralOpen     ReferralState = "open"
	ReferralRewarded ReferralState = "rewarded"
)

// Why a code is refused, or a referral is not rewarded.
const (
	ReferralNone    = "no_referral"      // the programme has none
	ReferralUnknown = "referral_unknown" // no card has this code
	ReferralOwn     = "own_code"         // the same card, perhaps merged
	ReferralSame    = "same_shopper"     // the same e-mail address or phone number
	ReferralKnown   = "friend_known"     // the friend has bought here before
	ReferralRing    = "referral_ring"    // the friend has recommended the advocate
	ReferralMost    = "referral_limit"   // the advocate was rewarded for as many friends as may be
	ReferralClosed  = "card_closed"      // one of the cards takes no part
)

// Referrals keeps them, with an index of when to look at them.
type Referrals interface {
	// Referral returns the referral of a friend's card and its version; the zero Referral and 0 where there is none.
	Referral(ctx context.Context, friend string) (Referral, Version, error)

	// PutReferral stores it if over is still its version. Otherwise ErrConflict.
	PutReferral(ctx context.Context, r Referral, over Version) error

	// DueReferrals lists the friends' cards whose DueAt lies before t, the earliest first, at most limit.
	DueReferrals(ctx context.Context, t time.Time, limit int) ([]string, error)
}

// maxRing is how far a chain of recommendations is followed.
const maxRing = 8

// maxReferred is how many referrals one tick looks at.
const maxReferred = 2_000

// refer finds the advocate of a code for a friend's card, or refuses the code. friend may be a card that there is not yet.
func (s *Service) refer(ctx context.Context, rules *programme.Programme, friend card.Head, shopper card.Profile, code string) (advocate string, err error) {
	if rules.Referral == nil {
		return "", refuse(ErrRefused, ReferralNone, "this programme rewards no referrals; leave the code out")
	}
	id, err := rules.Numbering().ReadReferral(ids.NormaliseCode(code))
	if err != nil {
		return "", refuse(ErrInvalid, ReferralUnknown, "this referral code is none of ours; read it again or leave it out")
	}
	opened, err := s.Cards.Open(ctx, id, true)
	if errors.Is(err, ErrNotFound) {
		return "", refuse(ErrInvalid, ReferralUnknown, "no card has this referral code; read it again or leave it out")
	}
	if err != nil {
		return "", fmt.Errorf("open the card of a referral code: %w", err)
	}
	switch why, err := s.unfit(ctx, rules, friend, shopper, opened); {
	case err != nil:
		return "", err
	case why != "":
		return "", refuse(ErrRefused, why, "this referral code cannot be used: %s", why)
	}
	if friend.Habits.FirstOn != 0 {
		return "", refuse(ErrRefused, ReferralKnown, "the card has bought here before, so nobody can have recommended us; leave the code out")
	}
	return opened.Head.ID, nil
}

// unfit says why one card cannot have recommended us to another; "" if it can.
func (s *Service) unfit(ctx context.Context, rules *programme.Programme, friend card.Head, shopper card.Profile, advocate Opened) (why string, err error) {
	same := func(a, b string) bool { return a != "" && a == b }
	switch {
	case friend.ID == advocate.Head.ID:
		return ReferralOwn, nil
	case same(EmailIdentity(shopper.Email), EmailIdentity(advocate.Profile.Email)) && shopper.Email != "", same(digitsOf(shopper.Phone), digitsOf(advocate.Profile.Phone)):
		return ReferralSame, nil
	case advocate.Head.Status != card.Open || friend.Status != card.Open:
		return ReferralClosed, nil
	case !rules.MayRefer(advocate.Head):
		return ReferralMost, nil
	}
	for next, n := advocate.Head.ID, 0; n < maxRing; n++ {
		r, version, err := s.Referrals.Referral(ctx, next)
		if err != nil {
			return "", fmt.Errorf("read who recommended card %s: %w", next, err)
		}
		if version == 0 {
			break
		}
		if next = r.Advocate; next == friend.ID {
			return ReferralRing, nil
		}
	}
	return "", nil
}

func digitsOf(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// referred keeps who recommended us to a card: once, and the same again changes nothing. The next tick looks whether a purchase has come
// in between.
func (s *Service) referred(ctx context.Context, friend, advocate string) error {
	now := s.Now().UTC().Truncate(time.Second)
	err := s.Referrals.PutReferral(ctx, Referral{Friend: friend, Advocate: advocate, At: now, State: ReferralOpen, DueAt: now}, 0)
	if !errors.Is(err, ErrConflict) {
		return err
	}
	there, _, err := s.Referrals.Referral(ctx, friend)
	if err == nil && there.Advocate != advocate {
		err = refuse(ErrConflict, "referral_conflict", "another card has recommended us to card %s already; leave the code out", friend)
	}
	return err
}

// awaitReferral sees to it that a referral is looked at when a purchase of the friend counts for it. It reads nothing in a programme
// without referrals, and for writes that bring no purchase.
func (s *Service) awaitReferral(ctx context.Context, rules *programme.Programme, id string, bought []ledger.Entry) error {
	if rules.Referral == nil || len(bought) == 0 {
		return nil
	}
	for range maxRounds {
		r, version, err := s.Referrals.Referral(ctx, id)
		if err != nil || r.State != ReferralOpen {
			return err
		}
		due := rules.ReferralRipe(bought[0].At)
		if !r.DueAt.IsZero() && !due.Before(r.DueAt) {
			return nil
		}
		r.DueAt = due
		if err := s.Referrals.PutReferral(ctx, r, version); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return errBusy
}

// RewardReferrals rewards every referral whose purchase has come to count by now: the advocate first, then the friend, each by an entry of
// its own that is posted once however often this is tried. One that fails does not keep the others waiting.
func (s *Service) RewardReferrals(ctx context.Context, now time.Time) (rewarded int, err error) {
	rules, err := s.rules(ctx, now)
	if err != nil || rules.Referral == nil {
		return 0, err
	}
	due, err := s.Referrals.DueReferrals(ctx, now.Add(time.Second), maxReferred)
	if err != nil {
		return 0, fmt.Errorf("list referrals: %w", err)
	}
	var failed []error
	for _, friend := range due {
		done, err := s.rewardReferral(ctx, rules, friend, now)
		if err != nil {
			failed = append(failed, fmt.Errorf("referral of card %s: %w", friend, err))
		}
		if done {
			rewarded++
		}
		if len(failed) >= maxFailures || ctx.Err() != nil {
			break
		}
	}
	return rewarded, errors.Join(failed...)
}

func (s *Service) rewardReferral(ctx context.Context, rules *programme.Programme, id string, now time.Time) (done bool, err error) {
	r, version, err := s.Referrals.Referral(ctx, id)
	if err != nil || r.State != ReferralOpen || r.DueAt.IsZero() || r.DueAt.After(now) {
		return false, err // the index lags behind
	}
	friend, err := s.Cards.Open(ctx, id, true)
	if err != nil {
		return false, err
	}
	entries, err := s.purchases(ctx, rules, friend.Head)
	if err != nil {
		return false, err
	}
	var earned bool
	if earned, r.DueAt, err = s.hasEarned(ctx, rules, entries, now); err != nil {
		return false, err
	}
	switch {
	case slices.ContainsFunc(entries, func(e ledger.Entry) bool { return e.At.Before(r.At.Add(-clocksApart)) }):
		r.State, r.DueAt = ReferralKnown, time.Time{}
	case earned:
		if r.State, err = s.rewardBoth(ctx, rules, friend, r, now); err != nil {
			return false, err
		}
		r.DueAt = time.Time{}
	}
	if err := s.Referrals.PutReferral(ctx, r, version); err != nil && !errors.Is(err, ErrConflict) {
		return false, err
	}
	return r.State == ReferralRewarded, nil // after a conflict the next tick finds both entries posted
}

// clocksApart is how far a till's clock may be behind ours. A purchase that was made earlier than that before the referral was there first.
const clocksApart = 24 * time.Hour

// purchases lists the entries of a card's receipts.
func (s *Service) purchases(ctx context.Context, rules *programme.Programme, h card.Head) ([]ledger.Entry, error) {
	entries := slices.Clone(h.Book.Tail)
	if h.Book.Pages > 0 {
		pages, err := s.Pages.Pages(ctx, h.ID)
		if err != nil {
			return nil, fmt.Errorf("look up older entries: %w", err)
		}
		for _, page := range pages {
			entries = append(entries, page.Entries...)
		}
	}
	return slices.DeleteFunc(entries, func(e ledger.Entry) bool { return !rules.IsReceipt(e) }), nil
}

// hasEarned looks for a purchase that counts; next is when to look again.
func (s *Service) hasEarned(ctx context.Context, rules *programme.Programme, bought []ledger.Entry, now time.Time) (earned bool, next time.Time, err error) {
	for _, e := range bought {
		if ripe := rules.ReferralRipe(e.At); ripe.After(now) {
			if next.IsZero() || ripe.Before(next) {
				next = ripe
			}
			continue
		}
		kept, err := s.keptOf(ctx, e.Cause)
		if err != nil {
			return false, next, err
		}
		if rules.KeepsReferred(kept) {
			return true, time.Time{}, nil
		}
	}
	return false, next, nil
}

// keptOf is what is left of the receipt of a cause.
func (s *Service) keptOf(ctx context.Context, cause string) (receipt.Kept, error) {
	key, err := receipt.ParseKey(cause)
	if err != nil {
		return receipt.Kept{}, err
	}
	filed, err := s.Receipts.Receipt(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return receipt.Kept{}, nil // its life is over
	}
	if err != nil {
		return receipt.Kept{}, err
	}
	return filed.Receipt.After(filed.Returns)
}

// rewardBoth posts both rewards, or says why there are none.
func (s *Service) rewardBoth(ctx context.Context, rules *programme.Programme, friend Opened, r Referral, now time.Time) (ReferralState, error) {
	advocate, err := s.Cards.Open(ctx, r.Advocate, true)
	if err != nil {
		return r.State, err
	}
	var why string
	_, err = s.post(ctx, advocate, posting{cause: programme.ReferredCause(r.Friend), at: r.At, decide: func(h card.Head) (card.Head, error) {
		asked := advocate
		asked.Head = h
		if why, err = s.unfit(ctx, rules, friend.Head, friend.Profile, asked); err != nil || why != "" {
			return card.Head{}, errors.Join(err, errPassedBy)
		}
		return rules.RewardAdvocate(h, r.Friend, now), nil
	}})
	if why != "" {
		return ReferralState(why), nil
	}
	if err != nil {
		return r.State, fmt.Errorf("reward card %s: %w", r.Advocate, err)
	}
	_, err = s.post(ctx, friend, posting{cause: programme.FriendCause, at: r.At, decide: func(h card.Head) (card.Head, error) {
		return rules.RewardFriend(h, now), nil
	}})
	if err != nil {
		return r.State, fmt.Errorf("reward card %s: %w", r.Friend, err)
	}
	return ReferralRewarded, nil
}
