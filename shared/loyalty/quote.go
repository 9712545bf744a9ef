package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Quoted is what a basket would cost and earn now. It promises nothing.
type Quoted struct {
	offer.Priced
	Rules   *programme.Programme
	Points  int64
	LeftOut []programme.LeftOut // lines that would earn nothing, and why
	Balance int64               // what can be spent today
	Pending int64               // what waits beside it
	Tier    string
	Next    *programme.NextTier // nil in the highest tier, and without a card
	Usable  []card.Coupon       // live coupons in the card's wallet
	Unknown []string            // coupons shown that are not in the wallet
}

// Quote prices a basket, which comes in the form of the receipt that it would become, with what the till tells of its goods. It changes
// nothing. A number of ours that was never swiped is quoted as a new card.
func (s *Service) Quote(ctx context.Context, basket receipt.Receipt, goods programme.Catalogue) (Quoted, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Quoted{}, err
	}
	head := card.Head{}
	if basket.Card != "" {
		opened, err := s.open(ctx, basket, rules, false)
		if err != nil {
			return Quoted{}, err
		}
		if err := mayEarn(opened.Head, basket); err != nil {
			return Quoted{}, err
		}
		head = opened.Head
	}
	if basket.Total.Currency != rules.Currency {
		return Quoted{}, refuse(ErrInvalid, "currency", "the basket is in %s; this programme is in %s", basket.Total.Currency, rules.Currency)
	}
	priced, points, err := rules.Quote(head, basket, goods, now)
	if errors.Is(err, offer.ErrInvalid) {
		return Quoted{}, refuse(ErrInvalid, "basket", "%v", err)
	}
	if err != nil {
		return Quoted{}, fmt.Errorf("price the basket: %w", err)
	}
	asOf := rules.Shown(head, now)
	q := Quoted{Priced: priced, Rules: rules, Points: points, LeftOut: rules.LeftOut(programme.Discounted(basket, priced), rules.AsOf(head, now).Tier), Balance: asOf.Book.Available(0), Pending: asOf.Book.Pending(0), Tier: asOf.Tier, Usable: asOf.Wallet}
	if next, ok := rules.NextTier(head, now); ok && basket.Card != "" {
		q.Next = &next
	}
	for _, id := range basket.Coupons {
		if _, ok := asOf.Find(id); !ok {
			q.Unknown = append(q.Unknown, id)
		}
	}
	return q, nil
}
