package loyalty

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// GiftCards keeps gift cards and store credit.
type GiftCards interface {
	// GiftCard returns the card of an id with every earlier write seen, and its version; ErrNotFound if there is none.
	GiftCard(ctx context.Context, id string) (giftcard.Card, Version, error)

	// PutGiftCard stores the card if over is still its version (0: if there is none). Otherwise ErrConflict.
	PutGiftCard(ctx context.Context, c giftcard.Card, over Version) error
}

// GiftAnswer is a gift card after what was done to it.
type GiftAnswer struct {
	giftcard.Card
	Number   string         // of a card that was issued just now, and of its repeat
	Entry    giftcard.Entry // what was done
	Repeated bool
}

// GiftIssue is a gift card that is sold, or store credit that staff gives.
type GiftIssue struct {
	ID     string // the till's own, so that a repeat is known
	Store  string // where it is sold; ids are each store's own
	Number string // of a printed card; "" for a new number
	Amount money.Amount
	Owner  string // number of the reward card that store credit is bound to
	Note   string // why and who, for store credit
}

// IssueGiftCard makes a gift card. Its number is told to the caller and kept nowhere: the same call again finds the same card and tells the
// same number.
//
// ErrInvalid: the id, the number or the amount is not as it should be. ErrConflict: the id, or the printed number, is known with other
// content. ErrNotFound: the owner's card is not known. ErrRefused: the programme has no gift cards, or sells none of so much.
func (s *Service) IssueGiftCard(ctx context.Context, ask GiftIssue) (GiftAnswer, error) {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return GiftAnswer{}, err
	}
	if err := mayIssue(ask, rules); err != nil {
		return GiftAnswer{}, err
	}
	if ask.Owner != "" {
		opened, err := s.known(ctx, ask.Owner)
		if err != nil {
			return GiftAnswer{}, unknownCard(ask.Owner, err)
		}
		ask.Owner = opened.Head.ID
	}
	cause := "issue:" + ask.Store + "/" + ask.ID
	if ask.Number == "" {
		if ask.Number, err = s.giftNumber(ctx, cause); err != nil {
			return GiftAnswer{}, err
		}
	}
	number, ok := giftcard.ParseNumber(ask.Number)
	if !ok {
		return GiftAnswer{}, refuse(ErrInvalid, "gift_card_number", "the number is not one of a gift card; scan it again")
	}
	card := giftcard.New(giftcard.IDOf(number), giftcard.Entry{Cause: cause, At: now, Note: ask.Note}, ask.Amount, ask.Owner, rules.GiftCardsExpireOn(day.Of(now, rules.Zone(""))))
	err = s.GiftCards.PutGiftCard(ctx, card, 0)
	if err != nil && !errors.Is(err, ErrConflict) {
		return GiftAnswer{}, fmt.Errorf("store the gift card: %w", err)
	}
	a := GiftAnswer{Card: card, Number: number, Entry: card.Entries[0], Repeated: err != nil}
	if a.Repeated {
		if a.Card, _, err = s.GiftCards.GiftCard(ctx, card.ID); err != nil {
			return GiftAnswer{}, fmt.Errorf("read the gift card: %w", err)
		}
		if first := a.Card.Entries[0]; first.Cause != cause || first.Minor != ask.Amount.Minor || a.Card.Owner != ask.Owner {
			return GiftAnswer{}, refuse(ErrConflict, "id_conflict", "this number was issued before, with other content; a gift card is issued once")
		}
		a.Entry = a.Card.Entries[0]
	}
	return a, nil
}

func mayIssue(ask GiftIssue, rules *programme.Programme) error {
	switch most := rules.GiftCardMax(); {
	case !ids.ValidPart(ask.ID):
		return refuse(ErrInvalid, "id", "the id must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	case rules.GiftCards == nil:
		return refuse(ErrRefused, "no_gift_cards", "this programme has no gift_cards")
	case ask.Amount.Currency != rules.Currency:
		return refuse(ErrInvalid, "currency", "the gift card is in %s; this programme is in %s", ask.Amount.Currency, rules.Currency)
	case ask.Amount.Minor < 1:
		return refuse(ErrInvalid, "amount", "a gift card holds at least 1 minor unit")
	case ask.Amount.Minor > most:
		return refuse(ErrRefused, "gift_card_limit", "a gift card holds at most %s", money.Amount{Minor: most, Currency: rules.Currency})
	}
	return nil
}

// giftNumber is the number that a cause issues: that of the card it has issued already, under any secret that was in use, else a new one.
func (s *Service) giftNumber(ctx context.Context, cause string) (string, error) {
	if s.Letters == nil || len(s.Letters.Secrets) == 0 {
		return "", refuse(ErrRefused, "no_secret", "there is no secret here to make numbers of gift cards with; set LINK_SECRET to that of the shop's functions")
	}
	for _, secret := range s.Letters.Secrets[1:] {
		number := giftcard.NewNumber(secret, cause)
		_, _, err := s.GiftCards.GiftCard(ctx, giftcard.IDOf(number))
		if !errors.Is(err, ErrNotFound) {
			return number, err
		}
	}
	return giftcard.NewNumber(s.Letters.Secrets[0], cause), nil
}

// GiftCard shows a gift card by its id, as of now.
func (s *Service) GiftCard(ctx context.Context, id string) (giftcard.Card, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return giftcard.Card{}, err
	}
	c, _, err := s.GiftCards.GiftCard(ctx, id)
	if err != nil {
		return c, unknownGift(id, err)
	}
	return c.AsOf(day.Of(s.Now(), rules.Zone("")), rules.Zone("")), nil
}

// RedeemGiftCard pays with a gift card: all that is asked, or nothing. owner is the reward card that was shown, for store credit.
//
// The same id again gets the same answer. ErrConflict: the id is known with other content. ErrRefused: less is left, which the error says,
// or the card pays nothing.
func (s *Service) RedeemGiftCard(ctx context.Context, id string, by string, minor int64, owner string) (GiftAnswer, error) {
	return s.atGift(ctx, id, giftcard.Entry{Cause: redemptionCause(by)}, func(c giftcard.Card, e giftcard.Entry, today day.Day) (giftcard.Card, error) {
		if err := s.mayUse(ctx, c, owner); err != nil {
			return c, err
		}
		return c.Redeem(e, minor, today)
	}, func(e giftcard.Entry) bool { return e.Kind == giftcard.Redeem && e.Asked == minor })
}

// mayUse refuses store credit to whoever does not show its card.
func (s *Service) mayUse(ctx context.Context, c giftcard.Card, number string) error {
	if c.Owner == "" {
		return nil
	}
	if number != "" {
		opened, err := s.known(ctx, number)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("open the card that store credit is bound to: %w", err)
		}
		if err == nil && opened.Head.ID == c.Owner {
			return nil
		}
	}
	return refuse(ErrRefused, "gift_card_bound", "this store credit is bound to a reward card; scan that too")
}

// refundPrefix begins the causes of what came back by hand.
const refundPrefix = "refund:"

func redemptionCause(by string) string { return "redeem:" + by }

// RefundGiftCard gives back a part of what a redemption took, or all that has not come back where minor is 0: a void.
func (s *Service) RefundGiftCard(ctx context.Context, id, by, redemption string, minor int64) (GiftAnswer, error) {
	e := giftcard.Entry{Cause: refundPrefix + by, Of: redemptionCause(redemption)}
	return s.atGift(ctx, id, e, func(c giftcard.Card, e giftcard.Entry, today day.Day) (giftcard.Card, error) {
		back := minor
		if paid, ok := c.Find(e.Of); ok && back == 0 {
			back = -paid.Minor - c.Back(e.Of)
		}
		return c.Refund(e, back, today)
	}, func(there giftcard.Entry) bool {
		return there.Kind == giftcard.Refund && there.Of == e.Of && (minor == 0 || there.Minor == minor)
	})
}

// LoadGiftCard adds money that was paid in. ErrRefused: the programme reloads none, or the card would hold too much.
func (s *Service) LoadGiftCard(ctx context.Context, id, by string, minor int64) (GiftAnswer, error) {
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return GiftAnswer{}, err
	}
	if rules.GiftCards == nil || !rules.GiftCards.Reload {
		return GiftAnswer{}, refuse(ErrRefused, "no_reload", "gift cards of this programme are not loaded again; sell a new one")
	}
	return s.atGift(ctx, id, giftcard.Entry{Cause: "load:" + by}, func(c giftcard.Card, e giftcard.Entry, today day.Day) (giftcard.Card, error) {
		if c.Balance()+minor > rules.GiftCardMax() {
			return c, &giftcard.Refusal{Code: giftcard.CodeFull, Left: c.Balance()}
		}
		return c.Load(e, minor, today)
	}, func(e giftcard.Entry) bool { return e.Kind == giftcard.Load && e.Minor == minor })
}

// CancelGiftCard ends a gift card because its purchase is refunded. What goes back to the shopper is what was left, the entry's Minor below
// zero: never what was spent already.
func (s *Service) CancelGiftCard(ctx context.Context, id string, by ByHand) (GiftAnswer, error) {
	if err := by.check(); err != nil {
		return GiftAnswer{}, err
	}
	return s.atGift(ctx, id, giftcard.Entry{Cause: "cancel:" + by.ID, Note: by.note()}, func(c giftcard.Card, e giftcard.Entry, _ day.Day) (giftcard.Card, error) {
		return c.Cancel(e)
	}, func(e giftcard.Entry) bool { return e.Kind == giftcard.Cancel })
}

// BlockGiftCard blocks a gift card, or opens it again.
func (s *Service) BlockGiftCard(ctx context.Context, id string, blocked bool, by ByHand) (GiftAnswer, error) {
	if err := by.check(); err != nil {
		return GiftAnswer{}, err
	}
	return s.atGift(ctx, id, giftcard.Entry{Cause: "status:" + by.ID, Note: by.note()}, func(c giftcard.Card, e giftcard.Entry, _ day.Day) (giftcard.Card, error) {
		return c.SetBlocked(e, blocked)
	}, func(e giftcard.Entry) bool { return (e.Kind == giftcard.Block) == blocked })
}

// note is why and who on one line.
func (b ByHand) note() string { return b.Reason + " (" + b.By + ")" }

// giftRounds is how often an act on a gift card decides anew: as many tills as that may pay with one card at the same moment.
const giftRounds = 100

// atGift posts an entry on a gift card: once for its cause, however often it is called. same says whether an entry that is there already is
// what is asked now.
func (s *Service) atGift(ctx context.Context, id string, e giftcard.Entry, decide func(giftcard.Card, giftcard.Entry, day.Day) (giftcard.Card, error), same func(giftcard.Entry) bool) (GiftAnswer, error) {
	now := s.Now()
	e.At = now
	rules, err := s.rules(ctx, now)
	if err != nil {
		return GiftAnswer{}, err
	}
	zone := rules.Zone("")
	today := day.Of(now, zone)
	for range giftRounds {
		c, over, err := s.GiftCards.GiftCard(ctx, id)
		if err != nil {
			return GiftAnswer{}, unknownGift(id, err)
		}
		if there, ok := c.Find(e.Cause); ok {
			if !same(there) {
				return GiftAnswer{}, refuse(ErrConflict, giftcard.CodeOther, "this id was already recorded with other content; give a new act a new id")
			}
			return GiftAnswer{Card: c, Entry: there, Repeated: true}, nil
		}
		next, err := decide(c.AsOf(today, zone), e, today)
		if err != nil {
			return GiftAnswer{}, giftRefused(c, err)
		}
		err = s.GiftCards.PutGiftCard(ctx, next, over)
		if err == nil {
			done, _ := next.Find(e.Cause)
			return GiftAnswer{Card: next, Entry: done}, nil
		}
		if !errors.Is(err, ErrConflict) {
			return GiftAnswer{}, fmt.Errorf("store gift card %s: %w", id, err)
		}
	}
	return GiftAnswer{}, errBusy
}

func unknownGift(id string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return refuse(ErrNotFound, "gift_card_unknown", "there is no such gift card; scan its number again")
	}
	return fmt.Errorf("read gift card %s: %w", id, err)
}

// giftRefused says a refusal to the clerk.
func giftRefused(c giftcard.Card, err error) error {
	no := (*giftcard.Refusal)(nil)
	if !errors.As(err, &no) {
		return err
	}
	left := money.Amount{Minor: no.Left, Currency: c.Currency}
	say := map[string]string{
		giftcard.CodeBlocked: "the gift card is blocked", giftcard.CodeCancelled: "the gift card was cancelled and stays so",
		giftcard.CodeExpired: "the gift card has expired", giftcard.CodeEmpty: "nothing is left on the gift card",
		giftcard.CodeShort: "only %s is left on the gift card; take that and the rest in another way", giftcard.CodeFull: "the gift card holds %s and takes no more",
		giftcard.CodeNoPayment: "nothing was paid with the gift card under this id", giftcard.CodeTooMuchBack: "only %s of this payment has not come back",
	}[no.Code]
	switch no.Code {
	case giftcard.CodeShort, giftcard.CodeFull, giftcard.CodeTooMuchBack:
		say = fmt.Sprintf(say, left)
	}
	return refuse(ErrRefused, no.Code, "%s", say)
}
