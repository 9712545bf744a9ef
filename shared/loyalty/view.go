package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// rules returns the programme that holds at t.
func (s *Service) rules(ctx context.Context, t time.Time) (*programme.Programme, error) {
	p, err := s.Programmes.At(ctx, t)
	if errors.Is(err, ErrNotFound) {
		return nil, errors.New("no programme has been published yet; publish one with `regulars programme publish FILE`")
	}
	if err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	return s.withWinners(ctx, p)
}

// rulesOf returns the programme by which a receipt of the moment t is decided, with the tiers of now and without the campaigns that may not
// speak now.
func (s *Service) rulesOf(ctx context.Context, t time.Time) (*programme.Programme, error) {
	p, err := s.rules(ctx, t)
	if err != nil {
		return nil, err
	}
	now, err := s.rules(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	return s.withholding(ctx, p.Under(now))
}

// CardView is a card as a till or a shopper sees it now: expired points and coupons are left out.
type CardView struct {
	Opened
	Balance  int64 // what can be spent today
	Pending  int64 // what waits beside it
	Lots     []ledger.Lot
	Expiring ledger.Lot // of the lots: what expires soon, and on which day the first of it
	Coupons  []card.Coupon
	Tier     string
	Next     *programme.NextTier // nil in the highest tier
	Stand    programme.Stand
	Rules    *programme.Programme
	At       time.Time // the moment that is shown
}

// View reads a card by a number, as of now.
func (s *Service) View(ctx context.Context, number string) (CardView, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return CardView{}, err
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return CardView{}, unknownCard(number, err)
	}
	head := rules.Shown(opened.Head, s.Now())
	v := CardView{Opened: opened, Balance: head.Book.Available(0), Pending: head.Book.Pending(0), Lots: head.Book.Lots, Coupons: head.Wallet, Tier: head.Tier, Expiring: rules.Expiring(head, s.Now()), Rules: rules, At: s.Now()}
	v.Stand = rules.Stand(head, s.Now())
	if next, ok := rules.NextTier(head, s.Now()); ok {
		v.Next = &next
	}
	return v, nil
}

// Posted is a ledger entry with the balance after it.
type Posted struct {
	ledger.Entry
	Number  int64 // first, second, ... entry of the card
	Balance int64
	Member  string // of a household: the card that brought it; "" for the holder's
}

// Entries lists the whole ledger of a card, the newest first: at most limit entries with numbers below before (0: from the newest).
func (s *Service) Entries(ctx context.Context, number string, before int64, limit int) ([]Posted, error) {
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return nil, unknownCard(number, err)
	}
	book := opened.Head.Book
	var every []ledger.Entry
	if book.Pages > 0 {
		pages, err := s.Pages.Pages(ctx, opened.Head.ID)
		if err != nil {
			return nil, fmt.Errorf("read the ledger of card %s: %w", opened.Head.ID, err)
		}
		for _, p := range pages {
			if p.Number <= book.Pages {
				every = append(every, p.Entries...)
			}
		}
	}
	every = append(every, book.Tail...)
	list := make([]Posted, len(every))
	balance := int64(0)
	for i, e := range every {
		balance += e.Points
		list[i] = Posted{Entry: e, Number: int64(i + 1), Balance: balance, Member: MemberOf(opened.Head, e)}
	}
	if before > 0 && before <= int64(len(list)) {
		list = list[:before-1]
	}
	slices.Reverse(list)
	return list[:min(max(limit, 0), len(list))], nil
}

// CardMessages lists the e-mails of a card and of those that are merged into it; of a household those of the member alone.
func (s *Service) CardMessages(ctx context.Context, number string) ([]message.Record, error) {
	opened, err := s.known(ctx, number)
	if err != nil {
		return nil, unknownCard(number, err)
	}
	var list []message.Record
	for _, id := range append(opened.Head.Merged(), opened.Head.ID) {
		if opened.Head.ShopperOf(id) != opened.Shopper() {
			continue
		}
		found, err := s.Messages.MessagesOf(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortStableFunc(list, func(a, b message.Record) int { return b.OrderedAt.Compare(a.OrderedAt) })
	return list, nil
}
