package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Warning is what is kept of a card so that the world hears of its points before they end: the day on which to look at it, and what
// was told. It is no part of the card, so that reading the card does not pay for it and no checkout rewrites it.
type Warning struct {
	Card  string       // id
	DueOn day.Day      // 0: nothing of the card ends
	Told  []day.Day    // last days that were told and have not passed
	News  []ledger.Lot // what the last look has found: points and their last day
	At    time.Time    // of that look
	// Balance is the card's at that moment.
	Balance int64
}

// Warnings keeps them, with an index of the days on which to look.
type Warnings interface {
	// Warning returns the warning of a card and its version; the zero Warning and 0 where there is none. A read sees every earlier put.
	Warning(ctx context.Context, id string) (Warning, Version, error)

	// PutWarning stores it if over is still its version. Otherwise ErrConflict.
	PutWarning(ctx context.Context, w Warning, over Version) error

	// DueWarnings lists ids of cards whose DueOn is not after a day, the earliest first, at most limit.
	DueWarnings(ctx context.Context, on day.Day, limit int) ([]string, error)
}

// maxWarned is how many cards one tick looks at: about 20 ms each, so that it ends well within the function's five minutes. Points that
// are rounded to the end of a month end all on one day; the ticks of that day are enough for half a million cards.
const maxWarned = 5_000

// WarnExpiring looks at every card whose day has come, and writes down which of its points end within the days that the programme names,
// once for each last day. The world hears of it from that write (TellExpiring). The same tick again changes nothing, and what was not
// come to is found by the next one.
//
// A card that fails does not keep the others waiting: the error names all that failed, up to maxFailures.
func (s *Service) WarnExpiring(ctx context.Context, now time.Time) (told int, err error) {
	rules, err := s.rules(ctx, now)
	if err != nil || !rules.Warns() {
		return 0, err
	}
	today := day.Of(now, rules.Zone(""))
	due, err := s.Warnings.DueWarnings(ctx, today, maxWarned)
	if err != nil {
		return 0, fmt.Errorf("list cards with points that end soon: %w", err)
	}
	var failed []error
	for _, id := range due {
		n, err := s.warn(ctx, id, now, today)
		if told += n; err != nil {
			failed = append(failed, fmt.Errorf("points of card %s that end soon: %w", id, err))
		}
		if len(failed) >= maxFailures || ctx.Err() != nil {
			break
		}
	}
	return told, errors.Join(failed...)
}

// warn looks at one card.
func (s *Service) warn(ctx context.Context, id string, now time.Time, today day.Day) (told int, err error) {
	rules, err := s.rules(ctx, now)
	if err != nil {
		return 0, err
	}
	w, version, err := s.Warnings.Warning(ctx, id)
	if err != nil || w.DueOn == 0 || w.DueOn > today {
		return 0, err // the index lags behind
	}
	opened, err := s.Cards.Open(ctx, id, true)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	head := opened.Head
	if head.ID != id || head.Status == card.Closed {
		head = card.Head{} // its points lie on the card that it was merged into, which has a warning of its own
	}
	head = rules.AsOf(head, now)
	w.Told = slices.DeleteFunc(w.Told, func(d day.Day) bool { return d < today })
	w.News, w.DueOn = rules.Ending(head, w.Told, now)
	w.At, w.Balance = now, head.Book.Balance
	for _, l := range w.News {
		w.Told = append(w.Told, l.ExpiresOn)
	}
	if err := s.Warnings.PutWarning(ctx, w, version); errors.Is(err, ErrConflict) {
		return 0, nil // another tick was faster, or points came that end earlier: the next tick sees to it
	} else if err != nil {
		return 0, err
	}
	return len(w.News), nil
}

// arm sees to it that a card is looked at before the points end that a write of its head has brought. It reads nothing unless they
// have a last day that no points of the card had before, and writes nothing if the card is looked at early enough.
func (s *Service) arm(ctx context.Context, before *card.Head, now card.Head) error {
	last := newLastDays(before, now)
	if len(last) == 0 {
		return nil
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil || !rules.Warns() {
		return err
	}
	for range maxRounds {
		w, version, err := s.Warnings.Warning(ctx, now.ID)
		if err != nil {
			return fmt.Errorf("read when points of card %s end: %w", now.ID, err)
		}
		untold := slices.DeleteFunc(slices.Clone(last), func(d day.Day) bool { return slices.Contains(w.Told, d) })
		if len(untold) == 0 || w.DueOn != 0 && w.DueOn <= rules.WarnOn(untold[0]) {
			return nil
		}
		w.Card, w.DueOn, w.News = now.ID, rules.WarnOn(untold[0]), nil
		if err := s.Warnings.PutWarning(ctx, w, version); err == nil {
			return nil
		} else if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("note when points of card %s end: %w", now.ID, err)
		}
	}
	return fmt.Errorf("note when points of card %s end: %w", now.ID, ErrConflict)
}

// newLastDays lists the last days of points that a write has brought, the earliest first.
func newLastDays(before *card.Head, now card.Head) (list []day.Day) {
	for _, l := range now.Book.Lots {
		same := func(was ledger.Lot) bool { return was.ExpiresOn == l.ExpiresOn }
		if l.ExpiresOn != 0 && (before == nil || !slices.ContainsFunc(before.Book.Lots, same)) {
			list = append(list, l.ExpiresOn)
		}
	}
	return list
}

// TellExpiring tells the world what a look at a card has found. Each last day is a fact with a name of its own, so the same again
// changes nothing.
func (s *Service) TellExpiring(ctx context.Context, w Warning) error {
	rules, err := s.rules(ctx, s.Now())
	if err != nil || !rules.Warns() || len(w.News) == 0 {
		return err
	}
	var facts []events.Event
	for _, l := range w.News {
		cause := "expiring~" + l.ExpiresOn.String()
		facts = append(facts, events.New(events.Metadata{
			ID:         ids.Derive(26, events.NamePointsExpiring, w.Card, cause),
			OccurredAt: w.At, Source: ownSource, CorrelationID: CorrelationOf(w.Card + cause), CausationID: cause,
		}, events.PointsExpiring{Card: w.Card, Points: l.Points, Balance: w.Balance, ExpiresOn: l.ExpiresOn.String()}))
	}
	if err := s.publish(ctx, facts); err != nil {
		return fmt.Errorf("tell that points of card %s end: %w", w.Card, err)
	}
	return nil
}
