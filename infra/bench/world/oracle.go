package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// reckon holds what receipts have brought to what an oracle says that knows no book: points by the goods that are kept. It leaves out those
// that offers or points have paid for, and what is in nobody's book because it lies in the dead letters or had no card.
func (h *history) reckon(ctx context.Context) error {
	posted, err := h.posted(ctx)
	if err != nil {
		return err
	}
	for _, s := range h.sales {
		filed, err := h.w.Store.Receipt(ctx, s.key())
		switch {
		case errors.Is(err, loyalty.ErrNotFound):
			continue // kit has looked for it where it may be
		case err != nil:
			return err
		case s.data.Card == "" || !s.plain():
			continue
		}
		if err := h.earned(s, filed.Returns, posted); err != nil {
			return err
		}
	}
	return h.heeded(ctx)
}

// earned holds a receipt and its returns to what they are worth.
func (h *history) earned(s *sale, returns []receipt.Return, posted map[string]int64) error {
	before := int64(0)
	for n := range len(returns) + 1 {
		cause := s.key().String()
		if n > 0 {
			cause = fmt.Sprintf("%s~%d", cause, n)
		}
		worth := worth(s.data.Lines, returns[:n])
		got, there := posted[cause]
		if !there || got != worth-before {
			return fmt.Errorf("%w: %s brought %d points (in a book: %t); the oracle says %d", errWrong, cause, got, there, worth-before)
		}
		before = worth
	}
	return nil
}

// worth is the points of goods that are kept: two a euro for beans, else one, the whole receipt rounded down.
func worth(lines []events.SoldLine, returns []receipt.Return) int64 {
	back := map[string]int64{}
	for _, r := range returns {
		if len(r.Lines) == 0 {
			return 0
		}
		for _, l := range r.Lines {
			back[l.ID] += l.Quantity
		}
	}
	cents := int64(0)
	for _, l := range lines {
		rate := int64(1)
		if l.Category == "beans" {
			rate = 2
		}
		for piece := back[l.ID]; piece < l.Quantity; piece++ { // the first pieces carry the spare cents, and come back first
			price := l.Amount / l.Quantity
			if piece < l.Amount%l.Quantity {
				price++
			}
			cents += rate * price
		}
	}
	return cents / 100
}

// posted is what purchases and returns brought, by cause, in the books of all cards.
func (h *history) posted(ctx context.Context) (map[string]int64, error) {
	found := map[string]int64{}
	in := store.ScanInput{Table: store.Cards, Segments: 1, Read: store.Strong}
	for {
		page, err := h.w.Items.Scan(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read all books: %w", err)
		}
		for _, item := range page.Items {
			head, isHead, err := store.HeadOf(item)
			if err == nil && !isHead {
				head, _, isHead, err = store.JoinedOf(item)
			}
			if err != nil {
				return nil, err
			}
			if isHead {
				if err := h.entries(ctx, head, found); err != nil {
					return nil, err
				}
			}
		}
		if in.After = page.Next; page.Next == "" {
			return found, nil
		}
	}
}

func (h *history) entries(ctx context.Context, head card.Head, into map[string]int64) error {
	pages, err := h.w.Store.Pages(ctx, head.ID)
	if err != nil {
		return err
	}
	for _, p := range append(pages, ledger.Page{Entries: head.Book.Tail}) {
		for _, e := range p.Entries {
			if p.Number > head.Book.Pages || e.Kind != ledger.Earn && e.Kind != ledger.Reverse {
				continue
			}
			points, err := card.Purchased(e)
			if err != nil {
				return err
			}
			if before, there := into[e.Cause]; there && before != points {
				return fmt.Errorf("%w: %s stands in two books", errWrong, e.Cause)
			}
			into[e.Cause] = points
		}
	}
	return nil
}

// heeded demands that what shoppers said last of offers is what is known of them.
func (h *history) heeded(ctx context.Context) error {
	unheard := map[*shopper]bool{} // of whom something was said that nobody has answered for, by their own number or one that leads to them
	for _, s := range h.cards {
		for at := s; s.unsure && at != nil; at = at.toward {
			unheard[at] = true
		}
	}
	for _, s := range h.cards {
		if s.gone || unheard[s] || s.vague {
			continue
		}
		opened, err := h.w.Store.Open(ctx, s.number, true)
		if err != nil {
			return fmt.Errorf("open card %s: %w", s.number, err)
		}
		if opened.Profile.Consents["offers"].Allowed != s.allows {
			return fmt.Errorf("%w: the shopper of card %s said %t to offers, and that was forgotten", errWrong, s.number, s.allows)
		}
	}
	return nil
}
