package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// futureMax is how far a till's clock may run ahead. A date further off would decide by rules that do not hold yet, and count for a
// year that has not come.
const futureMax = 24 * time.Hour

// Checkout files a receipt and brings what follows from it into its card's book: points, coupons redeemed and granted, the tier.
// The receipt is decided by the rules of its own day, whenever it arrives. The first swipe of an unknown number that is one of
// ours enrols it.
//
// The same receipt again gets the same answer with Repeated set. ErrConflict: its key is known with other content or another
// card. ErrRefused: the card is blocked or closed, or its number was reported lost before the receipt. ErrNotFound: the number
// is no card of ours. Any other error leaves it unknown whether it was stored: call again with the same receipt.
func (s *Service) Checkout(ctx context.Context, r receipt.Receipt) (Answer, error) {
	a, err := s.checkout(ctx, r)
	s.traceReceipt(ctx, r.Key.String(), StepReceipt, err)
	return a, err
}

func (s *Service) checkout(ctx context.Context, r receipt.Receipt) (Answer, error) {
	if r.At.After(s.Now().Add(futureMax)) {
		return Answer{}, refuse(ErrInvalid, "in_future", "receipt %s is dated %s, more than %d hours from now; set the till's clock and send it again",
			r.Key, r.At.Format(time.RFC3339), int(futureMax.Hours()))
	}
	rules, err := s.rulesOf(ctx, r.At)
	if err != nil {
		return Answer{}, err
	}
	if r.Total.Currency != rules.Currency {
		return Answer{}, refuse(ErrInvalid, "currency", "receipt %s is in %s; this programme is in %s", r.Key, r.Total.Currency, rules.Currency)
	}
	r.Goods = rules.GoodsToKeep(r)
	if err := rules.CheckTenders(r); err != nil {
		return Answer{}, refuse(ErrInvalid, "tenders", "receipt %s: %v", r.Key, err)
	}
	if r.Card == "" {
		return s.checkoutGuest(ctx, r, rules)
	}
	opened, err := s.open(ctx, r, rules, false)
	if err != nil {
		return Answer{}, err
	}
	filed, err := s.file(ctx, r, rules, opened)
	if err != nil {
		return Answer{}, filing(r.Key, err)
	}
	r.Uses = filed.Receipt.Uses
	gifts, err := s.settleGifts(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	a, refused := s.postReceipt(ctx, opened, r, rules)
	a.Gifts = gifts
	if refused != nil && !errors.Is(refused, ErrRefused) {
		return Answer{}, fmt.Errorf("receipt %s: %w", r.Key, refused)
	}
	if err := s.afterFiling(ctx, filed); err != nil {
		return Answer{}, err
	}
	if refused != nil {
		return Answer{}, fmt.Errorf("receipt %s: %w", r.Key, refused)
	}
	if filed.Repeated {
		err = s.postFiledReturns(ctx, r.Key)
	}
	return a, err
}

// postFiledReturns posts what has come back of a receipt before it could earn: its card was blocked then, and is not any more. It is done
// at every repeat, for the one before may have died half way.
func (s *Service) postFiledReturns(ctx context.Context, key receipt.Key) error {
	filed, err := s.filed(ctx, key)
	if err != nil || len(filed.Returns) == 0 {
		return err
	}
	_, err = s.postReturns(ctx, filed, len(filed.Returns))
	return err
}

// afterFiling does what a receipt brings about whether or not it earns: returns that waited for it are filed, and its cart is bought.
func (s *Service) afterFiling(ctx context.Context, filed Filed) error {
	r := filed.Receipt
	for _, ret := range filed.Waiting {
		if _, err := s.Return(ctx, r.Key, ret); err != nil && !errors.Is(err, ErrRefused) {
			return fmt.Errorf("return %s that waited for receipt %s: %w", ret.ID, r.Key, err)
		}
	}
	if r.Cart != "" && s.Carts != nil {
		if err := s.closeCart(ctx, r.Cart, CartBought, s.Now()); err != nil {
			return fmt.Errorf("clear cart %s: %w", r.Cart, err)
		}
	}
	return nil
}

// postReceipt commits the entry of a filed receipt.
func (s *Service) postReceipt(ctx context.Context, o Opened, r receipt.Receipt, rules *programme.Programme) (Answer, error) {
	now := s.Now()
	a, err := s.post(ctx, o, posting{
		cause: r.Key.String(),
		at:    r.At,
		decide: func(head card.Head) (card.Head, error) {
			if err := mayEarn(head, r); err != nil {
				return card.Head{}, err
			}
			return rules.Checkout(head, o.Profile, r, now), nil
		},
	})
	if err == nil {
		a.LeftOut = rules.LeftOut(r, a.TierBefore)
	}
	return a.using(r.Uses), err
}

func (s *Service) checkoutGuest(ctx context.Context, r receipt.Receipt, rules *programme.Programme) (Answer, error) {
	filed, err := s.file(ctx, r, rules, Opened{})
	if err != nil {
		return Answer{}, filing(r.Key, err)
	}
	gifts, err := s.settleGifts(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if err := s.afterFiling(ctx, filed); err != nil {
		return Answer{}, err
	}
	return Answer{Cause: r.Key.String(), Guest: true, Repeated: filed.Repeated, Gifts: gifts}.using(filed.Receipt.Uses), nil
}

// open reads the card of a receipt, or begins a new one for a number of ours that is swiped for the first time.
func (s *Service) open(ctx context.Context, r receipt.Receipt, rules *programme.Programme, fresh bool) (Opened, error) {
	opened, err := s.Cards.Open(ctx, r.Card, fresh)
	if errors.Is(err, ErrNotFound) && !fresh { // a stale read misses the number that has just replaced a lost one
		opened, err = s.Cards.Open(ctx, r.Card, true)
	}
	if !errors.Is(err, ErrNotFound) {
		return opened, err
	}
	if err := rules.CheckNumber(r.Card); err != nil {
		return Opened{}, refuse(ErrNotFound, "card_unknown", "card %s is not one of ours: %v; scan it again", r.Card, err)
	}
	return Opened{Head: card.Head{ID: r.Card}, Profile: card.Profile{ID: r.Card}, Number: r.Card}, nil
}

// mayEarn refuses a card that takes no part, and a number that was lost before the receipt.
func mayEarn(h card.Head, r receipt.Receipt) error {
	switch h.Status {
	case card.Blocked:
		return refuse(ErrRefused, "card_blocked", "card %s is blocked; the receipt is kept and earns nothing", h.ID)
	case card.Closed:
		return refuse(ErrRefused, "card_closed", "card %s is closed; the receipt is kept and earns nothing", h.ID)
	}
	if lost, ok := h.LostAt(r.Card); ok && !r.At.Before(lost) {
		return refuse(ErrRefused, "card_lost", "card number %s was reported lost at %s and replaced; use the new number",
			r.Card, lost.UTC().Format("2006-01-02T15:04:05Z"))
	}
	return nil
}

// filing tells a conflict of receipts in words.
func filing(key receipt.Key, err error) error {
	if errors.Is(err, ErrConflict) {
		return refuse(ErrConflict, "receipt_conflict",
			"receipt %s was already recorded with other lines or another card; send a return and a new receipt", key)
	}
	return fmt.Errorf("file receipt %s: %w", key, err)
}
