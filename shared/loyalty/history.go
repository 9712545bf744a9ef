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
	"github.com/regulars-dev/regulars/shared/rfm"
	"github.com/regulars-dev/regulars/shared/together"
)

// meant reports whether a card is in an audience as of now. What its head and its shopper leave open is read up: the older entries, the
// receipts and the messages that the condition asks for, and none of them for a card that is out already.
func (s *Service) meant(ctx context.Context, who programme.Who, o Opened, now time.Time) (bool, error) {
	if !who.May(o.Head, o.Profile, now) {
		return false, nil
	}
	scores, err := s.scores(ctx, who)
	if err != nil {
		return false, err
	}
	return s.meantBy(ctx, who, o, scores, now)
}

// meantBy is meant, with the scores at hand.
func (s *Service) meantBy(ctx context.Context, who programme.Who, o Opened, scores *rfm.Table, now time.Time) (bool, error) {
	if !who.May(o.Head, o.Profile, now) {
		return false, nil
	}
	history, err := s.history(ctx, o, who.Reads(o.Head, o.Profile, now), who.Programme())
	if err != nil {
		return false, err
	}
	history.Scores = scores
	return who.Holds(o.Head, o.Profile, history, now), nil
}

// askedAtOnce is how many cards of a page are asked at the same time, where their histories are read.
const askedAtOnce = 16

// meantOf asks of each card of a page whether it is meant, in the order of the page.
func (s *Service) meantOf(ctx context.Context, who programme.Who, page []Opened, now time.Time) ([]bool, error) {
	list := make([]bool, len(page))
	if !who.Looks() {
		for i, o := range page {
			list[i] = who.May(o.Head, o.Profile, now)
		}
		return list, nil
	}
	scores, err := s.scores(ctx, who)
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(page))
	together.Each(ctx, len(page), askedAtOnce, func(i int) { list[i], errs[i] = s.meantBy(ctx, who, page[i], scores, now) })
	return list, errors.Join(errs...)
}

// lookBack reads all that a condition asks for of a card, and nothing where its head and its shopper tell all.
func (s *Service) lookBack(ctx context.Context, who programme.Who, o Opened, now time.Time) (programme.History, error) {
	reads := who.Reads(o.Head, o.Profile, now)
	if reads.Nothing() {
		return programme.History{}, nil
	}
	history, err := s.history(ctx, o, reads, who.Programme())
	if err != nil {
		return history, err
	}
	history.Scores, err = s.scores(ctx, who)
	return history, err
}

// history reads up what a card did.
func (s *Service) history(ctx context.Context, o Opened, reads programme.Reads, rules *programme.Programme) (programme.History, error) {
	var history programme.History
	if reads.Receipts || reads.Entries {
		entries, err := s.entriesOfAll(ctx, o.Head, reads.EntriesSince())
		if err != nil {
			return history, err
		}
		for _, e := range entries {
			if err := s.addEntry(ctx, &history, e, reads, rules); err != nil {
				return history, err
			}
		}
	}
	if reads.Messages {
		for _, id := range append(o.Head.Merged(), o.Head.ID) {
			if o.Head.ShopperOf(id) != o.Shopper() {
				continue
			}
			sent, err := s.Messages.MessagesOf(ctx, id)
			if err != nil {
				return history, fmt.Errorf("read the messages of card %s: %w", id, err)
			}
			for _, rec := range sent {
				if !rec.SentAt.IsZero() && message.ClassOf(rec.Topic) == message.Marketing {
					history.Mailed = append(history.Mailed, rec.SentAt)
					if !rec.Clicks.FirstAt.IsZero() {
						history.Clicked = append(history.Clicked, rec.Clicks.FirstAt)
					}
				}
			}
		}
	}
	return history, nil
}

func (s *Service) addEntry(ctx context.Context, history *programme.History, e ledger.Entry, reads programme.Reads, rules *programme.Programme) error {
	if reads.Entries {
		acts, err := programme.ActsOf(e)
		if err != nil {
			return err
		}
		history.Used = append(history.Used, acts...)
	}
	if !reads.Receipts || !rules.IsReceipt(e) || e.At.Before(reads.Since) {
		return nil
	}
	key, err := receipt.ParseKey(e.Cause)
	if err != nil {
		return nil // an entry of another kind of purchase
	}
	filed, err := s.Receipts.Receipt(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil // older than receipts are kept
	}
	if err != nil {
		return fmt.Errorf("read receipt %s: %w", key, err)
	}
	kept, err := filed.Receipt.After(filed.Returns)
	if err != nil {
		return fmt.Errorf("receipt %s: %w", key, err)
	}
	history.Bought = append(history.Bought, programme.Purchase{At: filed.Receipt.At, Store: key.Store, Kept: kept})
	return nil
}

// entriesOfAll lists the entries that may be of a moment or later: the card's own and those of the cards that are merged into it, each
// card's in the order in which they were posted.
func (s *Service) entriesOfAll(ctx context.Context, h card.Head, since time.Time) ([]ledger.Entry, error) {
	list, err := s.entriesSince(ctx, h, since)
	if err != nil {
		return nil, err
	}
	for _, j := range h.Joined {
		if j.Past || !j.MayHold(since) {
			continue
		}
		kept, err := s.Joins.Kept(ctx, j.ID)
		if err != nil {
			return nil, fmt.Errorf("open the book of card %s: %w", j.ID, err)
		}
		more, err := s.entriesSince(ctx, kept.Head, since)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	slices.SortStableFunc(list, func(a, b ledger.Entry) int { return a.At.Compare(b.At) })
	return list, nil
}
