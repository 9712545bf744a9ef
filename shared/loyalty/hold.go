package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
)

// MaxHold is the longest that a till may keep points. A till that is going offline holds what it may spend there.
const MaxHold = 24 * time.Hour

// Holding is what a hold of points left of its card.
type Holding struct {
	card.Hold
	Card      string // id
	Available int64  // to others, beside this hold
	Repeated  bool
}

// HoldPoints keeps points of a card for a till, under the till's own id: nobody else spends them until the hold is settled by a checkout
// that names it, released, or runs out after life (0: as long as the programme says).
//
// The same id again while the hold is good gets the same answer. ErrInvalid: the id, the points or life are not as they should be.
// ErrConflict: the id holds another number of points. ErrRefused: fewer are available, the card takes no part, or too many tills hold.
func (s *Service) HoldPoints(ctx context.Context, number, id string, points int64, life time.Duration) (Holding, error) {
	if !ids.ValidPart(id) || points < 1 || points > events.MaxPoints || life < 0 || life > MaxHold {
		return Holding{}, refuse(ErrInvalid, "hold", "a hold needs an id of A-Z a-z 0-9 . _ - #, 1 to %d points and at most %d minutes", events.MaxPoints, int(MaxHold.Minutes()))
	}
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Holding{}, err
	}
	if rules.Points.Pay == nil {
		return Holding{}, refuse(ErrRefused, "points_do_not_pay", "points pay for nothing in this programme; it has no points.pay")
	}
	if life == 0 {
		life = rules.HoldFor()
	}
	result := Holding{Hold: card.Hold{ID: id, Points: points, Until: now.UTC().Add(life).Truncate(time.Second)}}
	result.Card, err = s.changeHead(ctx, number, func(h card.Head) (card.Head, bool, error) {
		h = rules.AsOf(h, now)
		if h.Status != card.Open {
			return h, false, refuse(ErrRefused, "card_"+h.Status.String(), "card %s is %s", h.ID, h.Status)
		}
		if there, ok := h.Held(id, now); ok {
			result.Hold, result.Repeated = there, true
			result.Available = h.Available("", now)
			if there.Points != points {
				return h, false, refuse(ErrConflict, "hold_conflict", "hold %s keeps %d points already; release it, or give a new hold a new id", id, there.Points)
			}
			return h, false, nil
		}
		result.Repeated = false
		available := h.Available("", now)
		switch {
		case available < points:
			return h, false, refuse(ErrRefused, "points_missing", "card %s has %d points available", h.ID, available)
		case len(h.Holds) >= card.MaxHolds:
			return h, false, refuse(ErrRefused, "holds_limit", "%d tills hold points of card %s already", len(h.Holds), h.ID)
		}
		result.Available = available - points
		h.Holds = append(h.Holds[:len(h.Holds):len(h.Holds)], result.Hold)
		return h, true, nil
	})
	return result, err
}

// ReleasePoints ends a hold of points. One that is not there is released already.
func (s *Service) ReleasePoints(ctx context.Context, number, id string) error {
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return err
	}
	_, err = s.changeHead(ctx, number, func(h card.Head) (card.Head, bool, error) {
		if _, ok := h.Held(id, now); !ok {
			return h, false, nil
		}
		return rules.AsOf(h, now).Release(id, now), true, nil
	})
	return err
}

// changeHead stores what decide makes of a card's head, where it says so, and returns the card's id. It is for changes that are no entry
// of the book; decide is asked anew whenever somebody else has moved the card.
func (s *Service) changeHead(ctx context.Context, number string, decide func(card.Head) (next card.Head, changed bool, err error)) (string, error) {
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return "", unknownCard(number, err)
	}
	head, over := opened.Head, opened.HeadVersion
	for range maxRounds {
		next, changed, err := decide(head)
		if err != nil || !changed {
			return head.ID, err
		}
		if next, err = s.turnPage(ctx, head, next); err != nil {
			return "", err
		}
		_, err = s.Cards.PutHead(ctx, next, over)
		var moved *Moved
		switch {
		case err == nil:
			return head.ID, nil
		case !errors.As(err, &moved) || !sameJoined(head, moved.Head):
			return "", fmt.Errorf("store the card: %w", err)
		}
		head, over = moved.Head, moved.Version
	}
	return "", errBusy
}
