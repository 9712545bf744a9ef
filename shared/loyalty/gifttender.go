package loyalty

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// GiftPaid is what a gift card gave for a tender of a receipt, or gets back for a return of one.
type GiftPaid struct {
	ID      string
	Minor   int64  // taken, or given back
	Missing int64  // of what the till took: the card did not have it; of a return: never paid, so not to be paid back
	Other   int64  // of a return: the card was cancelled since, so this goes back in another way
	Reason  string // why something is missing: a code of shared/giftcard, or CodeUnknownGift
}

// CodeUnknownGift is why nothing was taken off a gift card that is none.
const CodeUnknownGift = "gift_card_unknown"

// settleGifts takes what a receipt was paid with gift cards off these: what the till has redeemed before, under the id that the tender
// names, or what is there now. The goods are gone, so the receipt stands whatever a card has; what is missing is told, for nobody owes it.
func (s *Service) settleGifts(ctx context.Context, r receipt.Receipt) ([]GiftPaid, error) {
	var list []GiftPaid
	for _, t := range r.OnGiftCards() {
		e, err := s.settleGift(ctx, r, t)
		paid := GiftPaid{ID: t.GiftCard, Minor: -e.Minor, Missing: t.Minor + e.Minor}
		switch said := (*Error)(nil); {
		case errors.As(err, &said):
			paid.Minor, paid.Missing, paid.Reason = 0, t.Minor, said.Code
		case err != nil:
			return nil, fmt.Errorf("gift card of receipt %s: %w", r.Key, err)
		case paid.Missing > 0:
			paid.Reason = giftcard.CodeShort
		}
		list = append(list, paid)
	}
	return list, nil
}

// settleGift returns the redemption behind a tender, and makes it where the till has not.
func (s *Service) settleGift(ctx context.Context, r receipt.Receipt, t receipt.Tender) (giftcard.Entry, error) {
	e := giftcard.Entry{Cause: giftCause(r, t)}
	a, err := s.atGift(ctx, t.GiftCard, e, func(c giftcard.Card, e giftcard.Entry, today day.Day) (giftcard.Card, error) {
		if t.Redemption != "" {
			return c, &giftcard.Refusal{Code: giftcard.CodeNoPayment, Left: c.Balance()}
		}
		asked := t.Minor
		if err := s.mayUse(ctx, c, r.Card); errors.Is(err, ErrRefused) {
			asked = 0
		} else if err != nil {
			return c, err
		}
		return c.RedeemUpTo(e, asked, today), nil
	}, func(giftcard.Entry) bool { return true })
	for _, back := range a.Entries { // by hand; what returns give back is reckoned from the whole payment
		if back.Of == e.Cause && strings.HasPrefix(back.Cause, refundPrefix) {
			a.Entry.Minor += back.Minor
		}
	}
	a.Entry.Minor = max(a.Entry.Minor, -t.Minor) // the till may have redeemed more than it tells of
	return a.Entry, err
}

// giftCause names the redemption of a tender: the one the till has made, or the receipt's.
func giftCause(r receipt.Receipt, t receipt.Tender) string {
	if t.Redemption != "" {
		return redemptionCause(t.Redemption)
	}
	return r.Key.String()
}

// refundGifts gives gift cards back their share in what the n-th return refunds, and in those before it whose caller died first.
func (s *Service) refundGifts(ctx context.Context, filed Filed, points int64, rules *programme.Programme) ([]GiftPaid, error) {
	r := filed.Receipt
	if len(r.OnGiftCards()) == 0 {
		return nil, nil
	}
	paid, err := s.settleGifts(ctx, r)
	if err != nil {
		return nil, err
	}
	var back []GiftPaid
	for n := range filed.Returns {
		refund, err := rules.Refund(r, filed.Returns[:n+1])
		if err != nil {
			return nil, err
		}
		was, _, _ := r.BackTo(r.Refunded(refund.Before), points)
		is, _, _ := r.BackTo(r.Refunded(refund.After), points)
		back = nil
		for i, t := range r.OnGiftCards() {
			told, err := s.refundGift(ctx, r, t, n+1, paid[i].Minor, was[i], is[i])
			if err != nil {
				return nil, fmt.Errorf("gift card of return %d of receipt %s: %w", n+1, r.Key, err)
			}
			back = append(back, told)
		}
	}
	return back, nil
}

// refundGift gives one gift card back its share in one return: of what it paid, the part by which the tender's share has grown from was to
// is.
func (s *Service) refundGift(ctx context.Context, r receipt.Receipt, t receipt.Tender, n int, taken, was, is int64) (GiftPaid, error) {
	minor := money.MulDiv(taken, is, t.Minor) - money.MulDiv(taken, was, t.Minor)
	told := GiftPaid{ID: t.GiftCard, Minor: minor, Missing: is - was - minor}
	if minor == 0 {
		return told, nil
	}
	e := giftcard.Entry{Cause: cause(r.Key, n), Of: giftCause(r, t)}
	_, err := s.atGift(ctx, t.GiftCard, e, func(c giftcard.Card, e giftcard.Entry, today day.Day) (giftcard.Card, error) {
		return c.Refund(e, minor, today)
	}, func(giftcard.Entry) bool { return true })
	if errors.Is(err, ErrRefused) { // cancelled since, or given back at the till
		told.Minor, told.Other = 0, minor
		return told, nil
	}
	return told, err
}
