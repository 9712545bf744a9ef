package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// A coupon that goes with a message is made when the message is claimed, on the card itself: there is no pool that could run dry, and
// whoever is not written to gets none. Which coupon it will be follows from the card and the message, so the mail is rendered before
// the claim; where another coupon of the card has taken its name meanwhile, it is rendered again.

// mintedPrefix begins the cause of an entry that a message has brought, so that the relay does not order the message a second time.
const mintedPrefix = "mail~"

func mintedBy(o message.Order) string { return mintedPrefix + o.ID }

// isMinted reports whether a message has brought the entry of a cause.
func isMinted(cause string) bool { return strings.HasPrefix(cause, mintedPrefix) }

// couponOf is the coupon that a message is about: the one that the order names, or the one that is made with it. It is nil where that
// one is gone, or where the wallet has no room for it.
func (s *Service) couponOf(ctx context.Context, o message.Order, j *job, now time.Time) (*card.Coupon, error) {
	if o.Grant == nil {
		if c, live := j.opened.Head.Find(o.Coupon); live {
			return &c, nil
		}
		return nil, nil
	}
	e, _, made, err := s.recall(ctx, j.stored, mintedBy(o), o.OrderedAt)
	if err != nil {
		return nil, err
	}
	if !made {
		if left, err := s.budgetLeft(ctx, j.rules, o.Campaign, o.Grant.Offer); err != nil || !left {
			return nil, cmp.Or(err, errBudgetSpent)
		}
		if e, _, made = j.rules.Mint(j.stored, mint(o, now)).Book.Find(mintedBy(o)); !made {
			return nil, errors.New("the coupon of a message has no entry")
		}
		granted, err := card.Coupons(e, card.MarkGranted)
		if err != nil || len(granted) == 0 {
			return nil, err
		}
		return &granted[0], nil
	}
	granted, err := card.Coupons(e, card.MarkGranted)
	if err != nil || len(granted) == 0 {
		return nil, err
	}
	if c, live := j.opened.Head.Find(granted[0].ID); live {
		return &c, nil
	}
	return nil, nil
}

func mint(o message.Order, now time.Time) programme.Mint {
	return programme.Mint{Cause: mintedBy(o), Campaign: o.Campaign, Offer: o.Grant.Offer, Days: o.Grant.Days, At: o.OrderedAt, Now: now}
}

// mint puts the coupon of a message that is claimed into the wallet, once however often the message is claimed.
func (s *Service) mint(ctx context.Context, o message.Order, j *job) (*job, error) {
	now := s.Now()
	a, err := s.post(ctx, Opened{Head: j.stored, HeadVersion: j.opened.HeadVersion, Number: j.opened.Number}, posting{
		cause: mintedBy(o), at: o.OrderedAt,
		decide: func(head card.Head) (card.Head, error) { return j.rules.Mint(head, mint(o, now)), nil },
	})
	if err != nil {
		return nil, fmt.Errorf("make the coupon of message %s: %w", o.ID, err)
	}
	switch {
	case len(a.Granted) == 0 && slices.Contains(a.NotTaken, NotTaken{Coupon: o.Campaign, Reason: programme.CouponBudgetSpent}):
		j.verdict = message.Verdict{Action: message.Refuse, Reason: message.BudgetSpent}
		return j, nil
	case len(a.Granted) == 0:
		j.verdict = message.Verdict{Action: message.Refuse, Reason: message.CouponGone}
		return j, nil
	case a.Granted[0] == *j.coupon:
		return j, nil
	}
	j.coupon = &a.Granted[0]
	return s.write(o, j, now)
}
