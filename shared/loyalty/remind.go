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
	"github.com/regulars-dev/regulars/shared/receipt"
)

// reopened is how long after a purchase a cart with the same goods is still the one that was bought: the shop's page was open in
// another tab.
const reopened = 30 * time.Minute

// mayRemind reports why a cart wants no reminder any more, "" if it does, and the cart as it is shown: without what its shopper has bought
// since, online or at a till. A cart that an earlier claim of the same message has marked does want it: the mail service did not take
// that one.
func (s *Service) mayRemind(ctx context.Context, o message.Order, c Cart, again bool, j *job) (Cart, message.Reason, error) {
	ours := again && c.Reminders == o.CartStep+1
	switch {
	case c.State != CartOpen && !(ours && c.State == CartReminded):
		return c, message.CartClosed, nil
	case c.Version != o.CartVersion || c.Reminders != o.CartStep && !ours:
		return c, message.CartChanged, nil
	}
	left, err := s.stillWanted(ctx, c, j)
	if err != nil {
		return c, "", err
	}
	if len(left.Lines) == 0 {
		return left, message.CartClosed, nil
	}
	campaign, ok := j.rules.Campaign(o.Campaign)
	if !ok {
		return left, message.CampaignStopped, nil
	}
	if left.Total < j.rules.LeastCart(campaign) {
		return left, message.CartSmall, nil
	}
	sent, err := s.Messages.MessagesOf(ctx, j.opened.Shopper())
	if err != nil {
		return left, "", fmt.Errorf("look for other reminders of card %s: %w", j.opened.Shopper(), err)
	}
	now := s.Now()
	for _, rec := range sent {
		if rec.Cart == "" || rec.SentAt.IsZero() || rec.ID == o.ID {
			continue
		}
		if rec.Cart != o.Cart && now.Sub(rec.SentAt) < campaign.CoolDown() {
			return left, message.CoolDown, nil
		}
		if o.Grant != nil && rec.Grant != nil && now.Sub(rec.SentAt) < programme.CouponGap {
			return left, message.CoolDown, nil
		}
	}
	return left, "", nil
}

// stillWanted is the cart without goods that its shopper has bought since it was last changed. A receipt that does not say of every line
// which goods it is may be of anything, so it counts as the purchase of the cart: a reminder too few is better than one too many.
func (s *Service) stillWanted(ctx context.Context, c Cart, j *job) (Cart, error) {
	since := c.At.Add(-reopened)
	entries, err := s.entriesSince(ctx, j.stored, since)
	if err != nil {
		return c, err
	}
	for _, e := range entries {
		if !j.rules.IsReceipt(e) || e.At.Before(since) {
			continue
		}
		bought, err := s.linesOf(ctx, e)
		if err != nil {
			return c, err
		}
		before := e.At.Before(c.At) // then it is the same basket, or it is another one
		switch left := without(c.Lines, bought); {
		case before && len(left) > 0:
		case !before && !named(bought):
			c.Lines = nil
		default:
			c.Lines = left
		}
	}
	c.Total = 0
	for _, l := range c.Lines {
		c.Total += l.Net()
	}
	return c, nil
}

// entriesSince lists the entries of a card that may be of a moment or later.
func (s *Service) entriesSince(ctx context.Context, h card.Head, since time.Time) ([]ledger.Entry, error) {
	entries := slices.Clone(h.Book.Tail)
	if !h.Book.MayHold(since) {
		return entries, nil
	}
	h, err := s.withPages(ctx, h)
	if err != nil {
		return nil, err
	}
	for _, page := range h.Past {
		if page.Number <= h.Book.Pages {
			entries = append(entries, page.Entries...)
		}
	}
	return entries, nil
}

// linesOf is what the receipt of an entry lists; nothing where it lists nothing, or is not kept any more.
func (s *Service) linesOf(ctx context.Context, e ledger.Entry) ([]receipt.Line, error) {
	key, err := receipt.ParseKey(e.Cause)
	if err != nil {
		return nil, nil // an entry of another kind of purchase
	}
	filed, err := s.Receipts.Receipt(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read receipt %s: %w", key, err)
	}
	return filed.Receipt.Lines, nil
}

// named reports whether a receipt says of all its goods what they are.
func named(bought []receipt.Line) bool {
	return len(bought) > 0 && !slices.ContainsFunc(bought, func(l receipt.Line) bool { return l.IsGoods() && l.SKU == "" })
}

// without is the lines of a cart whose goods are on no line of a receipt.
func without(lines, bought []receipt.Line) []receipt.Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l receipt.Line) bool {
		return l.SKU != "" && slices.ContainsFunc(bought, func(b receipt.Line) bool { return b.SKU == l.SKU })
	})
}

// reminded is the cart after a reminder has been claimed: open for the next one of the series, or waiting for nothing more.
func (s *Service) reminded(o message.Order, j *job) Cart {
	c := *j.cart
	c.Reminders, c.RemindedAt, c.State, c.DueAt = o.CartStep+1, s.Now(), CartReminded, time.Time{}
	campaign, ok := j.rules.Campaign(o.Campaign)
	if !ok {
		return c
	}
	if series := campaign.Reminders(); c.Reminders < len(series) {
		// From the reminder on, not from the cart: two that were late do not come at once.
		c.State, c.DueAt = CartOpen, c.RemindedAt.Add(series[c.Reminders].After()-series[o.CartStep].After())
	}
	return c
}
