package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Quoted is what a basket would cost and earn now. It promises nothing.
type Quoted struct {
	offer.Priced
	Rules   *programme.Programme
	Head    card.Head // the card now
	New     bool      // nobody has swiped the number yet: there is no such card
	At      time.Time
	Points  int64
	LeftOut []programme.LeftOut // lines that would earn nothing, and why
	Balance int64               // what can be spent today
	Pending int64               // what waits beside it
	Payable int64               // points that may pay for this basket: what is available, as far as the programme allows
	Tier    string
	Next    *programme.NextTier // nil in the highest tier, and without a card
	Stand   programme.Stand     // how long the tier holds, and what it brings
	Usable  []card.Coupon       // live coupons in the card's wallet
	Unknown []string            // coupons shown that are not in the wallet
	Codes   []receipt.Use       // codes shown, with why one cannot be used; what became of the others stands among the offers considered
	Until   time.Time           // how long what the basket uses is held for the till; zero where nothing is held
}

// Quote prices a basket, which comes in the form of the receipt that it would become, with what the till tells of its goods. It changes
// nothing. A number of ours that was never swiped is quoted as a new card.
func (s *Service) Quote(ctx context.Context, basket receipt.Receipt, goods programme.Catalogue) (Quoted, error) {
	return s.quote(ctx, basket, goods, time.Time{})
}

// Reserve is Quote that also holds, for life, what the basket uses of coupons, codes and limits, under basket.Reservation. The same
// reservation again holds what the basket uses now in place of what it used before. A checkout that names it ends it.
func (s *Service) Reserve(ctx context.Context, basket receipt.Receipt, goods programme.Catalogue, life time.Duration) (Quoted, error) {
	if !ids.ValidPart(basket.Reservation) || life < time.Minute || life > MaxReserve {
		return Quoted{}, refuse(ErrInvalid, "reservation", "a reservation needs an id of 1 to %d of A-Z a-z 0-9 . _ - # and lasts 1 to %d minutes", ids.MaxPart, int(MaxReserve.Minutes()))
	}
	return s.quote(ctx, basket, goods, s.Now().UTC().Add(life).Truncate(time.Second))
}

func (s *Service) quote(ctx context.Context, basket receipt.Receipt, goods programme.Catalogue, until time.Time) (Quoted, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Quoted{}, err
	}
	head, shopper, swiped := card.Head{}, card.Profile{}, true
	if basket.Card != "" {
		opened, err := s.open(ctx, basket, rules, false)
		if err != nil {
			return Quoted{}, err
		}
		if err := mayEarn(opened.Head, basket); err != nil {
			return Quoted{}, err
		}
		head, shopper, swiped = opened.Head, opened.Profile, opened.HeadVersion > 0
	}
	if basket.Total.Currency != rules.Currency {
		return Quoted{}, refuse(ErrInvalid, "currency", "the basket is in %s; this programme is in %s", basket.Total.Currency, rules.Currency)
	}
	p := pricing{rules: rules, head: head, shopper: shopper, basket: basket, goods: goods, now: now, until: until}
	priced, points, err := s.price(ctx, &p)
	if errors.Is(err, offer.ErrInvalid) {
		return Quoted{}, refuse(ErrInvalid, "basket", "%v", err)
	}
	if err != nil {
		return Quoted{}, fmt.Errorf("price the basket: %w", err)
	}
	asOf := rules.Shown(head, now)
	q := Quoted{Priced: priced, Rules: rules, Head: head, New: !swiped, At: now, Points: points, LeftOut: rules.LeftOut(programme.Discounted(basket, priced), rules.AsOf(head, now).Tier), Balance: asOf.Book.Available(0), Pending: asOf.Book.Pending(0), Tier: asOf.Tier, Usable: asOf.Wallet}
	q.Codes, q.Until = p.codes, until
	if next, ok := rules.NextTier(head, now); ok && basket.Card != "" {
		q.Next = &next
	}
	if basket.Card != "" {
		q.Stand = rules.Stand(head, now)
		q.Payable = rules.PayableFor(asOf, priced, now)
	}
	for _, id := range basket.Coupons {
		if _, ok := asOf.Find(id); !ok {
			q.Unknown = append(q.Unknown, id)
		}
	}
	return q, nil
}
