package loyalty

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Hear does what an event from outside says. It may come twice, late and in any order. ErrDuplicate is never returned: a repeat is a
// success. ErrInvalid for an event that nobody acts on.
func (s *Service) Hear(ctx context.Context, e events.Event) error {
	switch data := e.Data.(type) {
	case events.CheckoutCompleted:
		_, err := s.Checkout(ctx, ReceiptOf(e.Metadata, data))
		return err
	case events.CheckoutRefunded:
		_, err := s.AwaitReturn(ctx, receipt.Key(data.Receipt), ReturnOf(e.Metadata, data))
		return err
	case events.CartUpdated:
		_, err := s.UpdateCart(ctx, CartOf(e.Metadata, data))
		return err
	case events.CartCleared:
		if data.Reason == "bought" {
			return s.ClearCart(ctx, data.Cart, true)
		}
		return s.closeCart(ctx, data.Cart, CartEmptied, e.Metadata.OccurredAt)
	case events.ShopperEnrolled:
		return s.hearEnrolled(ctx, e.Metadata, data)
	case events.ShopperUpdated:
		return s.hearUpdated(ctx, e.Metadata, data)
	case events.ShopperTouched:
		return s.hearTouched(ctx, e.Metadata, data)
	}
	return refuse(ErrInvalid, "event_unheard", "nobody acts on events of type %s", e.Type)
}

// ReceiptOf reads the receipt off its event.
func ReceiptOf(m events.Metadata, data events.CheckoutCompleted) receipt.Receipt {
	r := receipt.Receipt{
		Key: receipt.Key(data.Receipt), Card: data.Card, At: m.OccurredAt.UTC(), Total: data.Total, Tax: data.Tax,
		Coupons: data.Coupons, Codes: data.Codes, Cart: data.Cart, Source: m.Source, Reservation: data.Reservation,
	}
	var said []events.Line
	for _, l := range data.Lines {
		said = append(said, l.Line)
	}
	r.Lines = lines(said)
	for i, l := range data.Lines {
		if g := receipt.Article(l.Goods); !g.IsZero() {
			if r.Goods == nil {
				r.Goods = map[string]receipt.Article{}
			}
			r.Goods[r.Lines[i].ID] = g
		}
	}
	for _, o := range data.Offers {
		r.Offers = append(r.Offers, receipt.Used(o))
	}
	for _, t := range data.Tenders {
		r.Tenders = append(r.Tenders, receipt.Tender{Kind: t.Kind, Points: t.Points, Hold: t.Hold, Minor: t.Amount, GiftCard: t.GiftCard, Redemption: t.Redemption})
	}
	return r
}

func lines(said []events.Line) []receipt.Line {
	var list []receipt.Line
	for i, l := range said {
		line := receipt.Line(l)
		if line.ID == "" {
			line.ID = strconv.Itoa(i + 1)
		}
		if line.Kind == receipt.Goods {
			line.Kind = ""
		}
		list = append(list, line)
	}
	return list
}

// ReturnOf reads the return off its event.
func ReturnOf(m events.Metadata, data events.CheckoutRefunded) receipt.Return {
	ret := receipt.Return{ID: data.Return, At: m.OccurredAt.UTC(), Void: data.Void}
	for _, l := range data.Lines {
		ret.Lines = append(ret.Lines, receipt.ReturnedLine(l))
	}
	if data.Amount != nil && len(ret.Lines) == 0 {
		ret.Money = data.Amount.Minor
	}
	return ret
}

// CartOf reads the cart off its event.
func CartOf(m events.Metadata, data events.CartUpdated) Cart {
	return Cart{
		ID: data.Cart, Version: data.Version, Card: data.Card, At: m.OccurredAt.UTC(), State: CartOpen,
		Total: data.Total.Minor, Lines: lines(data.Lines), URL: data.URL,
	}
}

// hearEnrolled begins a card that another system has given out. Who the shopper is does not travel by event.
func (s *Service) hearEnrolled(ctx context.Context, m events.Metadata, data events.ShopperEnrolled) error {
	if m.Source == ownSource {
		return nil
	}
	if _, err := s.Cards.Open(ctx, data.Card, true); !errors.Is(err, ErrNotFound) {
		return err
	}
	rules, err := s.rules(ctx, m.OccurredAt)
	if err != nil {
		return err
	}
	if err := rules.CheckNumber(data.Card); err != nil {
		return refuse(ErrNotFound, "card_unknown", "card %s is not one of ours: %v", data.Card, err)
	}
	head, err := s.withinBudgets(ctx, card.Head{}, rules.Begin(data.Card, data.Store, card.Profile{}, m.OccurredAt))
	if err != nil {
		return err
	}
	_, err = s.Cards.PutHead(ctx, head, 0)
	if moved := (*Moved)(nil); err == nil || errors.As(err, &moved) {
		return nil // its first swipe came in between
	}
	return fmt.Errorf("store card %s: %w", data.Card, err)
}

// hearUpdated records consent that a shopper gave or withdrew elsewhere.
func (s *Service) hearUpdated(ctx context.Context, m events.Metadata, data events.ShopperUpdated) error {
	if m.Source == ownSource || len(data.Consent) == 0 {
		return nil
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return err
	}
	_, _, err = s.UpdateProfile(ctx, data.Card, func(p card.Profile) (card.Profile, error) {
		for topic, allowed := range data.Consent {
			act := card.Consent{Allowed: allowed, At: m.OccurredAt.UTC(), Source: m.Source}
			if topic != TopicMarketing {
				p = p.Decide(topic, act)
				continue
			}
			for _, t := range rules.Topics {
				p = p.Decide(t.ID, act)
			}
		}
		return p, nil
	})
	return err
}

// TopicMarketing is what vendors ask for who know one consent to e-mail and no topics: it stands for every topic of the programme.
const TopicMarketing = "marketing"

// ownSource is the source of facts that we publish ourselves.
const ownSource = "regulars"
