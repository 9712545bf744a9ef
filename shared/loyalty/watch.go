package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Watch is when a card is looked at next, because time alone brings a campaign about, and which campaigns wait to speak to it then. It is no
// part of the card, so that no checkout pays for it.
type Watch struct {
	Card    string    // id
	DueAt   time.Time // zero: nothing comes
	Pending []Pending
}

// Pending is a campaign that waits to speak, and on which occasion.
type Pending struct{ Campaign, Occasion string }

// Watches keeps them, with an index of the moments at which to look.
type Watches interface {
	// Watch returns the watch of a card and its version; a Watch without DueAt and 0 where there is none. A read sees every earlier put.
	Watch(ctx context.Context, id string) (Watch, Version, error)

	// PutWatch stores it if over is still its version. Otherwise ErrConflict.
	PutWatch(ctx context.Context, w Watch, over Version) error

	// DueWatches lists ids of cards whose DueAt is not after a moment, the earliest first, at most limit.
	DueWatches(ctx context.Context, until time.Time, limit int) ([]string, error)
}

// maxWatched is how many cards one tick looks at, and maxPending how many campaigns wait for one card.
const (
	maxWatched = 5_000
	maxPending = 50
)

// LookAtDue looks at every card whose moment has come, and lets the campaigns speak that time has brought about: points and coupons that
// end, shoppers who stay away. Each speaks by an entry in the card's book, once for its occasion; the e-mail follows of the entry. The same
// tick again changes nothing, and what was not come to is found by the next one. What is later than Campaign.Late is not made good for.
//
// A card that fails does not keep the others waiting: the error names all that failed, up to maxFailures.
func (s *Service) LookAtDue(ctx context.Context, now time.Time) (Tally, error) {
	r := run{now: now}
	due, err := s.Watches.DueWatches(ctx, now, maxWatched)
	if err != nil {
		return r.Tally, fmt.Errorf("list cards to look at: %w", err)
	}
	for _, id := range due {
		if err := s.look(ctx, &r, id); err != nil {
			r.failed = append(r.failed, fmt.Errorf("look at card %s: %w", id, err))
		}
		if len(r.failed) >= maxFailures || ctx.Err() != nil {
			break
		}
	}
	return r.Tally, errors.Join(r.failed...)
}

// look lets campaigns speak to one card, and notes when to look again. The note comes last, so that a crash on the way looks anew.
func (s *Service) look(ctx context.Context, r *run, id string) error {
	w, over, err := s.Watches.Watch(ctx, id)
	if err != nil || w.DueAt.IsZero() || w.DueAt.After(r.now) {
		return err // the index lags behind
	}
	rules, err := s.rules(ctx, r.now)
	if err != nil {
		return err
	}
	opened, err := s.Cards.Open(ctx, id, true)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	next := Watch{Card: id}
	if opened.Shopper() == id && opened.Head.Status == card.Open { // else it is gone, or was merged into one with a watch of its own
		momentsOf := rules.MomentsOf
		if opened.Head.ID != id { // a member of a household
			momentsOf = rules.MomentsOfMember
		} else if opened, err = s.moveTier(ctx, opened, rules, r.now); err != nil {
			return err
		}
		head := rules.AsOf(opened.Head, r.now)
		var moments []programme.Moment
		moments, next.DueAt = momentsOf(head, opened.Profile, w.DueAt.Add(-time.Second), r.now)
		for _, p := range w.Pending {
			moments = append(moments, programme.Moment{Campaign: p.Campaign, Occasion: p.Occasion, At: r.now})
		}
		for _, m := range moments {
			if err := s.speakAt(ctx, r, opened, rules, m); err != nil {
				return err
			}
		}
	}
	if err := s.Watches.PutWatch(ctx, next, over); err != nil && !errors.Is(err, ErrConflict) {
		return err // a conflict: another tick was faster, or something came that is earlier, and the next tick sees to it
	}
	return nil
}

// speakAt lets one campaign speak at a moment that has come, unless it is too late or the campaign was stopped.
func (s *Service) speakAt(ctx context.Context, r *run, opened Opened, rules *programme.Programme, m programme.Moment) error {
	c, known := rules.Campaign(m.Campaign)
	if !known || !m.At.After(r.now.Add(-c.Late())) {
		r.PassedBy++
		return nil
	}
	if c.On == programme.OnAnniversary { // a campaign says nothing about days before it began
		then, err := s.rules(ctx, m.At)
		if err != nil {
			return err
		}
		if _, known := then.Campaign(m.Campaign); !known {
			r.PassedBy++
			return nil
		}
	}
	told, err := s.speakOnce(ctx, opened, rules, m, r.now)
	switch {
	case err != nil:
		return err
	case told.Outcome == SaidBefore:
		r.Repeated++
	case told.Outcome == SaidNothing || told.Outcome == SaidWithheld:
		r.PassedBy++
	default:
		r.Spoken++
	}
	return nil
}

// watch sees to it that a card is looked at before the first moment that a write of its head has brought. It reads nothing unless that
// lies before all that the head had before, and writes nothing if the card is looked at early enough.
func (s *Service) watch(ctx context.Context, before *card.Head, now card.Head) error {
	moment := s.Now()
	rules, err := s.rules(ctx, moment)
	if err != nil {
		return err
	}
	var pending []Pending
	for _, i := range fresh(before, now) {
		for _, m := range rules.TierMoved(now.Book.Tail[i]) {
			pending = append(pending, Pending{Campaign: m.Campaign, Occasion: m.Occasion})
		}
	}
	next, comes := rules.NextMoment(now, moment)
	if comes && before != nil {
		if comes, err = s.sooner(ctx, *before, next, moment); err != nil {
			return err
		}
	}
	if !comes {
		next = time.Time{}
	}
	if len(pending) > 0 {
		next = moment
	}
	if next.IsZero() {
		return nil
	}
	return s.bringForward(ctx, now.ID, next, pending)
}

// sooner reports whether a moment is earlier than the one that the head of before was watched for: by the rules that held when that was
// written, for a campaign that has come since has no watch yet. A day of doubt is for tills whose clock runs ahead.
func (s *Service) sooner(ctx context.Context, before card.Head, next, now time.Time) (bool, error) {
	tail := before.Book.Tail
	if len(tail) == 0 {
		return true, nil
	}
	newest := slices.MinFunc(tail[len(tail)-1:], func(a, b ledger.Entry) int { return a.At.Compare(b.At) })
	rules, err := s.rules(ctx, newest.At.Add(-futureMax))
	if err != nil {
		return false, err
	}
	was, came := rules.NextMoment(before, now)
	return !came || next.Before(was), nil
}

// bringForward looks at a card not later than at a moment.
func (s *Service) bringForward(ctx context.Context, id string, at time.Time, pending []Pending) error {
	for range maxRounds {
		w, over, err := s.Watches.Watch(ctx, id)
		if err != nil {
			return fmt.Errorf("read when card %s is looked at: %w", id, err)
		}
		more := slices.DeleteFunc(slices.Clone(pending), func(p Pending) bool { return slices.Contains(w.Pending, p) })
		if len(more) == 0 && !w.DueAt.IsZero() && !w.DueAt.After(at) {
			return nil
		}
		w.Pending = append(w.Pending, more...)
		w.Pending = w.Pending[:min(len(w.Pending), maxPending)]
		if w.DueAt.IsZero() || at.Before(w.DueAt) {
			w.DueAt = at
		}
		if err := s.Watches.PutWatch(ctx, w, over); err == nil {
			return nil
		} else if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("note when card %s is looked at: %w", id, err)
		}
	}
	return fmt.Errorf("note when card %s is looked at: %w", id, ErrConflict)
}
