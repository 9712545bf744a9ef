package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// UpdateCart keeps an online basket as it now stands. A version that is not newer than the kept one changes nothing, and a cart
// that was bought stays bought, so updates may come late and in any order. It returns what is kept.
func (s *Service) UpdateCart(ctx context.Context, c Cart) (Cart, error) {
	rules, err := s.rules(ctx, c.At)
	if err != nil {
		return Cart{}, err
	}
	if c.Card != "" {
		opened, err := s.known(ctx, c.Card)
		if err != nil {
			return Cart{}, unknownCard(c.Card, err)
		}
		c.Card = opened.Shopper()
	}
	c.State = CartOpen
	for range maxRounds {
		kept, over, err := s.cart(ctx, c.ID)
		if err != nil {
			return Cart{}, err
		}
		closed := kept.State == CartEmptied || kept.State == CartSuperseded
		if over > 0 && (kept.State == CartBought || kept.Version >= c.Version || closed && !c.At.After(kept.At)) {
			return kept, s.onlyCart(ctx, kept) // whoever stored it may have died before the shopper's other cart was closed
		}
		if over > 0 && c.Card == "" {
			c.Card = kept.Card // a later update may lack who it is
		}
		c.Reminders, c.RemindedAt = kept.Reminders, kept.RemindedAt
		if campaign, ok := rules.CartCampaign(); ok && c.Card != "" && len(c.Lines) > 0 {
			if c.At.Sub(c.RemindedAt) > campaign.CoolDown() {
				c.Reminders = 0
			}
			c.DueAt = dueAt(campaign, c)
		}
		_, err = s.Carts.PutCart(ctx, c, over)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return Cart{}, fmt.Errorf("store cart %s: %w", c.ID, err)
		}
		return c, s.onlyCart(ctx, c)
	}
	return Cart{}, errBusy
}

// dueAt is when a cart is due for its next reminder; zero if there is none left.
func dueAt(campaign programme.Campaign, c Cart) time.Time {
	if reminders := campaign.Reminders(); c.Reminders < len(reminders) {
		return c.At.Add(reminders[c.Reminders].After())
	}
	return time.Time{}
}

// onlyCart closes the carts that a shopper has left for this one, or this one for a newer: a shopper has one open cart.
func (s *Service) onlyCart(ctx context.Context, c Cart) error {
	if c.Card == "" || c.State != CartOpen || len(c.Lines) == 0 {
		return nil
	}
	for range maxRounds {
		open, over, err := s.Carts.CartOf(ctx, c.Card)
		if err != nil {
			return fmt.Errorf("look for the open cart of card %s: %w", c.Card, err)
		}
		if open.ID != "" && open.ID != c.ID && open.At.After(c.At) {
			return s.closeCart(ctx, c.ID, CartSuperseded, c.At)
		}
		if open.ID != c.ID || open.At.Before(c.At) {
			next := OpenCart{ID: c.ID, At: c.At, Before: open.Before}
			if open.ID != c.ID {
				next.Before = open.ID
			}
			if err := s.Carts.PutCartOf(ctx, c.Card, next, over); errors.Is(err, ErrConflict) {
				continue
			} else if err != nil {
				return fmt.Errorf("store the open cart of card %s: %w", c.Card, err)
			}
			open = next
		}
		if open.Before == "" {
			return nil
		}
		return s.closeCart(ctx, open.Before, CartSuperseded, c.At)
	}
	return errBusy
}

// ClearCart says that a cart was bought or emptied. A cart that was never seen is kept as closed, so that an update which
// comes late does not open it.
func (s *Service) ClearCart(ctx context.Context, id string, bought bool) error {
	state := CartEmptied
	if bought {
		state = CartBought
	}
	return s.closeCart(ctx, id, state, s.Now())
}

// closeCart closes a cart as of a moment: one that has been emptied or left is not closed where a version of later is kept.
func (s *Service) closeCart(ctx context.Context, id string, state CartState, at time.Time) error {
	for range maxRounds {
		kept, over, err := s.cart(ctx, id)
		if err != nil {
			return err
		}
		if over > 0 && (kept.State == CartBought || kept.State == state || state != CartBought && kept.At.After(at)) {
			return nil
		}
		kept.ID, kept.State, kept.DueAt, kept.At = id, state, time.Time{}, at
		_, err = s.Carts.PutCart(ctx, kept, over)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("store cart %s: %w", id, err)
		}
		return nil
	}
	return errBusy
}

func (s *Service) cart(ctx context.Context, id string) (Cart, Version, error) {
	c, over, err := s.Carts.Cart(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Cart{}, 0, nil
	}
	if err != nil {
		return Cart{}, 0, fmt.Errorf("read cart %s: %w", id, err)
	}
	return c, over, nil
}

// maxDueCarts is how many carts one tick looks at; the next tick takes the rest.
const maxDueCarts = 500

// RemindCarts orders an e-mail for each cart that has been left alone long enough by now, and returns how many it ordered. The
// cart itself stays as it is: whether it is still open at that version is decided when the message is claimed. A cart that fails
// does not keep the others waiting; the error names those that did, and the next tick finds them again.
func (s *Service) RemindCarts(ctx context.Context, now time.Time) (int, error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return 0, err
	}
	campaign, ok := rules.CartCampaign()
	if !ok {
		return 0, nil
	}
	due, err := s.Carts.DueCarts(ctx, now, maxDueCarts)
	if err != nil {
		return 0, fmt.Errorf("list due carts: %w", err)
	}
	ordered, failed := 0, []error(nil)
	for _, id := range due {
		done, err := s.remind(ctx, campaign, id, now)
		if err != nil {
			if failed = append(failed, err); len(failed) >= maxFailures || ctx.Err() != nil {
				break
			}
		}
		if done {
			ordered++
		}
	}
	return ordered, errors.Join(failed...)
}

// remind orders the e-mail of one cart, if it is due.
func (s *Service) remind(ctx context.Context, campaign programme.Campaign, id string, now time.Time) (ordered bool, err error) {
	c, over, err := s.cart(ctx, id)
	if err != nil {
		return false, err
	}
	if c.State != CartOpen || c.DueAt.IsZero() || c.DueAt.After(now) || c.Reminders >= len(campaign.Reminders()) {
		return false, nil // the index lags behind, or the series has become shorter
	}
	arm, err := s.armOf(ctx, campaign, c.Card, now)
	if err != nil {
		return false, err
	}
	if err := s.order(ctx, cartOrder(campaign, arm, c, now), 0); err != nil {
		return false, err
	}
	c.DueAt = time.Time{} // leaves the index; a newer version sets it again
	if _, err := s.Carts.PutCart(ctx, c, over); err != nil && !errors.Is(err, ErrConflict) {
		return true, fmt.Errorf("store cart %s: %w", id, err)
	}
	return true, nil
}

// cartOrder is the order for one version of a cart.
func cartOrder(campaign programme.Campaign, arm string, c Cart, now time.Time) message.Order {
	name := fmt.Sprintf("cart-%s-%d", c.ID, c.Version)
	if c.Reminders > 0 {
		name += fmt.Sprintf("-%d", c.Reminders+1)
	}
	occasion, step := Occasion(name), campaign.In(arm).Reminders()[c.Reminders]
	o := message.Order{
		ID: message.OrderID(campaign.ID, occasion, c.Card), Campaign: campaign.ID, Occasion: occasion, Card: c.Card,
		Arm: arm, Template: step.Message.Template, Topic: step.Message.Topic, Cart: c.ID, CartVersion: c.Version, CartStep: c.Reminders,
		Priority: campaign.Rank(), OrderedAt: now, ExpiresAt: now.Add(step.Message.Life()), CorrelationID: CorrelationOf("cart-" + c.ID),
	}
	if step.Grant != nil {
		o.Grant = &message.Grant{Offer: step.Grant.Offer, Days: step.Grant.Days}
	}
	return o
}
