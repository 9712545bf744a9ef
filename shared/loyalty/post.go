package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// posting is one entry on its way into a card's book.
type posting struct {
	cause string
	at    time.Time
	// past is the earliest moment of which decide has to know the entries, where that lies before at.
	past time.Time
	// shopper says that the cause is one of the shopper, as a birthday is, and not of the card: other members of a household have the same.
	shopper bool
	// decide returns the head with the entry of cause posted. It is asked anew in each round, and refuses with an *Error.
	decide func(card.Head) (card.Head, error)
}

// errBusy is no kind of error: the caller's own retry comes later.
var errBusy = errors.New("it is being written to from elsewhere; try again")

// post brings an entry into the book of a card: once for its cause, however often it is called, and whatever has become of
// earlier calls.
//
// A stale read is harmless: the write over a version that is gone comes back with the head as it is, and the next round decides
// on that. Older entries leave the tail with a page that is stored before the head that no longer holds them; which entries
// go does not depend on who turns the page, so the same page is put twice at worst.
func (s *Service) post(ctx context.Context, o Opened, p posting) (Answer, error) {
	head, over := o.Head, o.HeadVersion
	for range maxRounds {
		var err error
		if head, err = s.readUp(ctx, head, p); err != nil {
			return Answer{}, err
		}
		e, balance, found, err := s.recallFor(ctx, head, o.Number, p)
		if err != nil {
			return Answer{}, err
		}
		if found {
			return answer(head, e, balance, true)
		}
		next, err := p.decide(head)
		if err != nil {
			return Answer{}, err
		}
		if next, err = s.withinBudgets(ctx, head, next); err != nil {
			return Answer{}, err
		}
		if next, err = s.turnPage(ctx, head, next.Told(p.cause, o.Number)); err != nil {
			return Answer{}, err
		}
		next.Past, next.Elsewhere = nil, nil
		_, err = s.Cards.PutHead(ctx, next, over)
		var moved *Moved
		switch {
		case err == nil:
			e, balance, _ = next.Book.Find(p.cause)
			return answer(next, e, balance, false)
		case errors.As(err, &moved) && sameJoined(head, moved.Head):
			head, over = moved.Head, moved.Version
		case (errors.As(err, &moved) || errors.Is(err, ErrMerged)) && p.shopper:
			return Answer{}, errBusy // the cause is another one on another card
		case errors.As(err, &moved) || errors.Is(err, ErrMerged): // the number may lead to another card now
			if o, err = s.Cards.Open(ctx, o.Number, true); err != nil {
				return Answer{}, fmt.Errorf("open the card again: %w", err)
			}
			head, over = o.Head, o.HeadVersion
		default:
			return Answer{}, fmt.Errorf("store the card: %w", err)
		}
	}
	return Answer{}, errBusy
}

// readUp brings the older entries into the head where the posting may have to know them: one whose moment is newer than all of them
// costs no read, and neither does a repeat that the tail knows.
func (s *Service) readUp(ctx context.Context, h card.Head, p posting) (card.Head, error) {
	at := p.at
	if !p.past.IsZero() && p.past.Before(at) {
		at = p.past
	}
	if _, _, repeated := h.Book.Find(p.cause); repeated || !h.Book.MayHold(at) {
		return h, nil
	}
	return s.withPages(ctx, h)
}

// withPages is a head with all its older entries.
func (s *Service) withPages(ctx context.Context, h card.Head) (card.Head, error) {
	if h.Book.Pages == 0 {
		return h, nil
	}
	var err error
	if h.Past, err = s.Pages.Pages(ctx, h.ID); err != nil {
		return h, fmt.Errorf("look up older entries: %w", err)
	}
	return h, nil
}

// recall finds the entry of a cause that is in the book already: in the tail, or, where the moment of the cause is not newer
// than the watermark, in the pages; and in the books of cards that were merged into this one, where they may hold it.
func (s *Service) recall(ctx context.Context, h card.Head, cause string, at time.Time) (ledger.Entry, int64, bool, error) {
	e, balance, found, err := s.recallOwn(ctx, h, cause, at)
	for i := 0; i < len(h.Joined) && !found && err == nil; i++ {
		if j := h.Joined[i]; j.MayHold(at) && j.ID != h.ID {
			e, balance, found, err = s.recallJoined(ctx, j.ID, cause, at)
		}
	}
	return e, balance, found, err
}

func (s *Service) recallOwn(ctx context.Context, h card.Head, cause string, at time.Time) (ledger.Entry, int64, bool, error) {
	if e, balance, ok := h.Book.Find(cause); ok {
		return e, balance, true, nil
	}
	if !h.Book.MayHold(at) {
		return ledger.Entry{}, 0, false, nil
	}
	pages := h.Past
	if pages == nil {
		var err error
		if pages, err = s.Pages.Pages(ctx, h.ID); err != nil {
			return ledger.Entry{}, 0, false, fmt.Errorf("look up older entries: %w", err)
		}
	}
	for _, page := range pages {
		if page.Number > h.Book.Pages {
			break // put by a commit that has not won; its entries still lie in the tail
		}
		if e, balance, ok := page.Find(cause); ok {
			return e, balance, true, nil
		}
	}
	return ledger.Entry{}, 0, false, nil
}

// recallJoined looks through the book of a card that was merged into the one that is asked, or that this one was once merged into.
func (s *Service) recallJoined(ctx context.Context, id, cause string, at time.Time) (ledger.Entry, int64, bool, error) {
	kept, err := s.Joins.Kept(ctx, id)
	if err != nil {
		return ledger.Entry{}, 0, false, fmt.Errorf("open the book of card %s: %w", id, err)
	}
	return s.recallOwn(ctx, kept.Head, cause, at)
}

// sameJoined reports whether the same cards are merged into two heads.
func sameJoined(a, b card.Head) bool {
	return slices.EqualFunc(a.Joined, b.Joined, func(j, k card.Joined) bool { return j.ID == k.ID && j.Past == k.Past })
}

// turnPage moves older entries of next out, if the tail that was read was full. The page is made of entries that stand in the
// stored head, never of the one that is being posted.
func (s *Service) turnPage(ctx context.Context, stored, next card.Head) (card.Head, error) {
	if !stored.Book.Full() {
		return next, nil
	}
	book, page := next.Book.TurnPage(ledger.PageSize)
	if err := s.Pages.PutPage(ctx, stored.ID, page); err != nil {
		return card.Head{}, fmt.Errorf("store page %d: %w", page.Number, err)
	}
	next.Book = book
	return next, nil
}
