package loyalty

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Bounds of one tick, as those of WakeMail: it ends well within the function's life, and the next one goes on.
const (
	walkPage  = 960
	walkPages = 10
)

// Journeys walks on from every place whose moment has come, the earliest first, and returns how many have moved. The same tick again, or
// another scheduler's at the same time, does nothing twice. A place that fails does not keep the others waiting: the error names all that
// failed, up to maxFailures.
func (s *Service) Journeys(ctx context.Context, now time.Time) (walked int, err error) {
	for range walkPages {
		due, err := s.Places.DuePlaces(ctx, now, walkPage)
		if err != nil {
			return walked, fmt.Errorf("list journeys that go on: %w", err)
		}
		moved, err := s.walkAll(ctx, due, now)
		if walked += moved; err != nil || moved == 0 || len(due) < walkPage { // what the index still shows and is not due has been moved before
			return walked, err
		}
	}
	return walked, nil
}

func (s *Service) walkAll(ctx context.Context, due []PlaceKey, now time.Time) (moved int, err error) {
	var mu sync.Mutex
	var failed []error
	_ = atOnce(ctx, len(due), func(i int) error { // none of them stops the others
		mu.Lock()
		stop := len(failed) >= maxFailures || ctx.Err() != nil
		mu.Unlock()
		if stop {
			return nil
		}
		did, err := s.Walk(ctx, due[i], now)
		mu.Lock()
		defer mu.Unlock()
		if did {
			moved++
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("card %s in campaign %s: %w", due[i].Card, due[i].Campaign, err))
		}
		return nil
	})
	return moved, errors.Join(failed...)
}

// maxStrides bounds the puts of one walk: each step is one at most, and each conflict means that somebody else has put.
const maxStrides = 2*journey.MaxSteps + maxRounds

// Walk goes on from one place until it waits again or is over, and reports whether it has moved.
func (s *Service) Walk(ctx context.Context, key PlaceKey, now time.Time) (moved bool, err error) {
	p, err := s.Places.Place(ctx, key)
	passed := map[string]bool{} // keys of effects
	for range maxStrides {
		if errors.Is(err, ErrNotFound) {
			return moved, nil
		}
		if err != nil {
			return moved, fmt.Errorf("read where it stands: %w", err)
		}
		if p.End != "" || p.Due.After(now) {
			return moved, nil
		}
		next, err := s.stride(ctx, p, now)
		if err != nil {
			return moved, err
		}
		if next.Pending != nil && passed[next.Pending.Key] && next.Pending.Tries == 0 {
			next.Place = next.Back(next.Pending.Step, now)
		}
		version, putErr := s.Places.PutPlace(ctx, next)
		switch {
		case putErr == nil:
			p, moved = next, true
			if next.Pending != nil {
				passed[next.Pending.Key] = true
			}
			p.Held = version
			continue
		case !errors.Is(putErr, ErrConflict):
			return moved, fmt.Errorf("store where it stands: %w", putErr)
		}
		p, err = s.Places.Place(ctx, key)
		if err != nil {
			return moved, fmt.Errorf("read where it stands: %w", err)
		}
	}
	return moved, errBusy
}

// stride does what is pending at a place, and decides what follows.
func (s *Service) stride(ctx context.Context, p Placed, now time.Time) (Placed, error) {
	w, end, says, err := s.openPlace(ctx, p, now)
	if err != nil {
		return p, err
	}
	if end != "" {
		p.Place = p.Over(end, now, "%s", says)
		return p, nil
	}
	state, err := s.standing(ctx, w.rules, p.Campaign, message.Marketing)
	switch {
	case err != nil:
		return p, err
	case state == CampaignKilled || state == CampaignCancelled:
		p.Place = p.Over(journey.EndStopped, now, "the campaign is %s", state)
		return p, nil
	case !state.speaks():
		p.Due = now.Add(pausedFor)
		return p, nil
	}
	if p.Pending != nil {
		says, err := s.carryOut(ctx, w, p.Place, now)
		switch more := false; {
		case errors.Is(err, errNotTaken):
			if p, more = p.later(now, err); more {
				return p, nil
			}
		case err != nil:
			return p, err
		default:
			p.Place = p.Done(now, says)
		}
		if w.opened, err = s.Cards.Open(ctx, p.Card, true); err != nil {
			return p, fmt.Errorf("open card %s again: %w", p.Card, err)
		}
	}
	facts, err := s.journeyFacts(ctx, w.rules, w.opened, p.Place, now)
	if err != nil {
		return p, err
	}
	p.Place = w.plan.Advance(p.Place, facts, now)
	return p, nil
}

// onWay is a place with what it is judged by: the rules by which its card has entered.
type onWay struct {
	rules  *programme.Programme
	plan   *journey.Plan
	opened Opened
}

// openPlace reads what a place is judged by, or why it is over: its version or its card is gone, the card goes on in another's place, or
// it is one of those that are left alone to measure by. That is asked once, before the first step.
func (s *Service) openPlace(ctx context.Context, p Placed, now time.Time) (onWay, journey.End, string, error) {
	rules, plan, err := s.planOf(ctx, p.Place)
	if err != nil {
		return onWay{}, "", "", err
	}
	if plan == nil {
		return onWay{}, journey.EndMissing, "the version by which the card has entered is not there any more", nil
	}
	opened, err := s.Cards.Open(ctx, p.Card, true)
	switch {
	case errors.Is(err, ErrNotFound):
		return onWay{}, journey.EndClosed, "the card is not there any more", nil
	case err != nil:
		return onWay{}, "", "", fmt.Errorf("open the card: %w", err)
	case opened.Head.Status != card.Open:
		return onWay{}, journey.EndClosed, "the card is " + opened.Head.Status.String(), nil
	}
	if other, err := s.twin(ctx, p, opened); err != nil || other {
		return onWay{}, journey.EndMerged, "the card that it was merged into is in the campaign itself", err
	}
	if first := p.Pending == nil && len(p.Lines) == 1; first {
		held := false
		o := message.Order{ID: ids20(p.Place), Campaign: p.Campaign, Card: p.Card, OrderedAt: p.Entered}
		if opened, held, err = s.heldOut(ctx, o, opened, rules, now); err != nil {
			return onWay{}, "", "", err
		}
		if held {
			return onWay{}, journey.EndHeldOut, "left alone, to measure by", nil
		}
	}
	return onWay{rules: rules, plan: plan, opened: opened}, "", "", nil
}

// planOf is the version that a place keeps to, and its plan; nil where there is none any more.
func (s *Service) planOf(ctx context.Context, p journey.Place) (*programme.Programme, *journey.Plan, error) {
	rules, err := s.rules(ctx, p.Version)
	if err != nil {
		return nil, nil, err
	}
	plan, ok := rules.Journey(p.Campaign)
	if !ok || !rules.From.Equal(p.Version) {
		return rules, nil, nil
	}
	return rules, plan, nil
}

// twin reports whether a card has become another's, and that one is under way in the same campaign: its shopper shall not be spoken to
// twice. A member of a household stays a shopper of its own.
func (s *Service) twin(ctx context.Context, p Placed, opened Opened) (bool, error) {
	if opened.Shopper() == p.Card {
		return false, nil
	}
	places, err := s.Places.PlacesOf(ctx, opened.Shopper())
	if err != nil {
		return false, fmt.Errorf("list where card %s stands: %w", opened.Shopper(), err)
	}
	for _, other := range places {
		if other.Campaign == p.Campaign && other.End == "" {
			return true, nil
		}
	}
	return false, nil
}

// journeyFacts is what the steps of a place are judged by as of now. The entry that made the card enter is no part of its journey.
func (s *Service) journeyFacts(ctx context.Context, rules *programme.Programme, o Opened, p journey.Place, now time.Time) (journey.Facts, error) {
	entries, err := s.entriesSince(ctx, o.Head, p.Entered.Truncate(time.Second))
	if err != nil {
		return journey.Facts{}, err
	}
	var since []ledger.Entry
	for _, e := range entries {
		if Occasion(plainCause(e.Cause)) != p.Occasion {
			since = append(since, e)
		}
	}
	history, err := s.lookBack(ctx, rules.JourneyLooks(p.Campaign), o, now)
	if err != nil {
		return journey.Facts{}, err
	}
	return rules.OnJourney(p, o.Head, o.Profile, since, datesOf(o.Profile), history, now), nil
}
