package loyalty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Claim brings a guest's receipt into the book of a card, later and by its number: it earns once, by the rules of its own day, and what
// has come back of it is taken back. From then on its returns follow the card.
//
// The same claim again gets the same answer, and so does a claim of a receipt that was the card's from the first. ErrNotFound: the
// receipt or the card is not known. ErrConflict: the receipt is another card's. ErrRefused: the card is blocked or closed, or the
// receipt is older than the programme allows.
func (s *Service) Claim(ctx context.Context, key receipt.Key, number string) (Answer, error) {
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return Answer{}, unknownCard(number, err)
	}
	filed, err := s.filed(ctx, key)
	if err != nil {
		return Answer{}, err
	}
	if filed.Receipt.Card != "" {
		return s.claimOwn(ctx, opened, filed.Receipt)
	}
	rules, err := s.rulesOf(ctx, filed.Receipt.At)
	if err != nil {
		return Answer{}, err
	}
	if filed.Claim == (ReceiptClaim{}) {
		if err := mayClaim(opened, filed.Receipt, rules, s.Now()); err != nil {
			return Answer{}, err
		}
		err := s.Receipts.Claim(ctx, key, ReceiptClaim{Card: opened.Head.ID, Number: number})
		if err != nil && !errors.Is(err, ErrConflict) {
			return Answer{}, fmt.Errorf("claim receipt %s: %w", key, err)
		}
		// Whose it is now, and each return that was filed before it was: those that come later find the claim.
		if filed, err = s.filed(ctx, key); err != nil {
			return Answer{}, err
		}
	}
	if own, err := s.claimedBy(ctx, filed.Claim, opened); err != nil || !own {
		return Answer{}, cmp.Or(err, error(claimed(key)))
	}
	filed.Receipt = filed.Owned()
	a, err := s.postReceipt(ctx, opened, filed.Receipt, rules)
	if err != nil {
		return Answer{}, fmt.Errorf("receipt %s: %w", key, err)
	}
	if n := len(filed.Returns); n > 0 {
		if _, err := s.postReturns(ctx, filed, n); err != nil {
			return Answer{}, err
		}
	}
	return a, nil
}

// claimedBy reports whether a claim is the card's: by its id, or by the number that was shown, where cards were merged or parted since.
func (s *Service) claimedBy(ctx context.Context, c ReceiptClaim, o Opened) (bool, error) {
	if c.Card == o.Head.ID && len(o.Head.Joined) == 0 {
		return true, nil
	}
	shown, err := s.Cards.Open(ctx, c.Number, true)
	if err != nil {
		return false, fmt.Errorf("open the card that has claimed: %w", err)
	}
	return shown.Head.ID == o.Head.ID, nil
}

func claimed(key receipt.Key) error {
	return refuse(ErrConflict, "receipt_claimed", "receipt %s belongs to another card already", key)
}

// claimOwn answers a claim of a receipt at which a card was shown.
func (s *Service) claimOwn(ctx context.Context, claimant Opened, r receipt.Receipt) (Answer, error) {
	own, err := s.Cards.Open(ctx, r.Card, true)
	if errors.Is(err, ErrNotFound) || err == nil && own.Head.ID != claimant.Head.ID {
		return Answer{}, claimed(r.Key)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("open the card of receipt %s: %w", r.Key, err)
	}
	return s.Checkout(ctx, r)
}

func mayClaim(o Opened, r receipt.Receipt, rules *programme.Programme, now time.Time) error {
	r.Card = o.Number
	if err := mayEarn(o.Head, r); err != nil {
		return err
	}
	zone := rules.Zone(r.Key.Store)
	if last := day.Of(r.At, zone) + day.Day(rules.ClaimDays()); day.Of(now, zone) > last {
		return refuse(ErrRefused, "claim_late", "receipt %s could be claimed until %s", r.Key, last)
	}
	return nil
}

// filed reads a receipt that a person has named.
func (s *Service) filed(ctx context.Context, key receipt.Key) (Filed, error) {
	filed, err := s.Receipts.Receipt(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return Filed{}, refuse(ErrNotFound, "receipt_unknown", "receipt %s is not known; send its checkout first", key)
	}
	if err != nil {
		return Filed{}, fmt.Errorf("read receipt %s: %w", key, err)
	}
	return filed, nil
}
