package loyalty

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Limits of what a person does by hand. The texts lie in the card's head, so they are short.
const (
	MaxAdjustment = 1_000_000 // points given or taken at once
	MaxReason     = 80        // characters
	MaxBy         = 40        // characters
)

// ByHand says who did something to a card by hand, and why. ID is the caller's own, so that a repeat is known.
type ByHand struct {
	ID     string
	Reason string
	By     string // the person's name
}

// Adjust gives points to a card, or takes them where points is below zero. It never takes more than the card has.
//
// The same id again gets the same answer. ErrInvalid: a text or the number is not as it should be. ErrConflict: the id is known with
// other content. ErrRefused: the card is closed, has too few points, or is full.
func (s *Service) Adjust(ctx context.Context, number string, points int64, by ByHand) (Answer, error) {
	if points == 0 || points < -MaxAdjustment || points > MaxAdjustment {
		return Answer{}, refuse(ErrInvalid, "adjustment", "points must be -%d to %d, and not 0", MaxAdjustment, MaxAdjustment)
	}
	a, err := s.byHand(ctx, number, by, &programme.Act{Cause: "adjust:" + by.ID, Points: points}, func(h card.Head) error {
		balance, free := h.Book.Balance, h.Book.Available(0)
		switch {
		case points < 0 && free+points < 0:
			return refuse(ErrRefused, "points_missing", "card %s has %d points; take at most those", h.ID, max(free, 0))
		case balance+points > events.MaxPoints:
			return refuse(ErrRefused, "points_full", "card %s has %d points and holds no more than %d", h.ID, balance, events.MaxPoints)
		}
		return nil
	})
	if err == nil && a.Repeated && a.Points != points {
		err = known(by.ID)
	}
	return a, err
}

// Activate makes points usable that wait for their day: those first whose day comes first. points of 0 is all that wait now. They keep
// the last day that they had.
//
// The same id again gets the same answer. ErrInvalid and ErrConflict as Adjust. ErrRefused: the card is closed, or fewer points wait.
func (s *Service) Activate(ctx context.Context, number string, points int64, by ByHand) (Answer, error) {
	if points < 0 || points > MaxAdjustment {
		return Answer{}, refuse(ErrInvalid, "activation", "points must be 1 to %d, or left out for all that wait", MaxAdjustment)
	}
	act := programme.Act{Cause: "activate:" + by.ID, Activate: points}
	a, err := s.byHand(ctx, number, by, &act, func(h card.Head) error {
		waiting := h.Book.Pending(0)
		if waiting == 0 || points > waiting {
			return refuse(ErrRefused, "points_missing", "card %s has %d points that wait; make at most those usable", h.ID, waiting)
		}
		if points == 0 {
			act.Activate = waiting
		}
		return nil
	})
	if err == nil && a.Repeated && points != 0 && a.Activated != points {
		err = known(by.ID)
	}
	return a, err
}

// SetStatus opens, blocks or closes a card. A closed card stays closed: its shopper has gone. Each act stands in the card's book, also one
// that finds the card as it shall be.
//
// The same id again gets the same answer and changes nothing, whatever has been done since. ErrInvalid and ErrConflict as Adjust.
// ErrRefused: the card is closed.
func (s *Service) SetStatus(ctx context.Context, number string, to card.Status, by ByHand) (Answer, error) {
	a, err := s.byHand(ctx, number, by, &programme.Act{Cause: "status:" + by.ID, Status: &to}, func(h card.Head) error {
		return whoMayAct(Opened{Head: h, Number: number}, to)
	})
	if err == nil && a.Repeated && a.Status != to.String() {
		err = known(by.ID)
	}
	return a, err
}

func known(id string) error {
	return refuse(ErrConflict, "id_conflict", "%s was already recorded with other content; give a new act a new id", id)
}

// byHand posts an act that may be done to the card as it is then.
func (s *Service) byHand(ctx context.Context, number string, by ByHand, act *programme.Act, may func(card.Head) error) (Answer, error) {
	if err := by.check(); err != nil {
		return Answer{}, err
	}
	act.Reason, act.By = by.Reason, by.By
	now := s.Now()
	rules, err := s.rules(ctx, now)
	if err != nil {
		return Answer{}, err
	}
	opened, err := s.Cards.Open(ctx, number, true)
	if err != nil {
		return Answer{}, unknownCard(number, err)
	}
	a, err := s.post(ctx, opened, posting{
		cause: act.Cause,
		at:    time.Time{}, // a repeat may come at any time: older entries are always looked through
		decide: func(h card.Head) (card.Head, error) {
			if h.Status == card.Closed {
				return card.Head{}, refuse(ErrRefused, "card_closed", "card %s is closed, and stays so; enrol a new one", h.ID)
			}
			if err := may(rules.AsOf(h, now)); err != nil {
				return card.Head{}, err
			}
			return rules.ByHand(h, *act, now), nil
		},
	})
	if err == nil && a.Repeated && (a.Reason != by.Reason || a.By != by.By) {
		err = known(by.ID)
	}
	return a, err
}

func (b ByHand) check() error {
	if !ids.ValidPart(b.ID) {
		return refuse(ErrInvalid, "id", "the id must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
	}
	if !SaidPlainly(b.Reason, MaxReason) {
		return refuse(ErrInvalid, "reason", "the reason must be a text of 1 to %d characters on one line", MaxReason)
	}
	if !SaidPlainly(b.By, MaxBy) {
		return refuse(ErrInvalid, "by", "the name of who does it must be a text of 1 to %d characters on one line", MaxBy)
	}
	return nil
}

// SaidPlainly reports whether text is a line of 1 to most characters without signs that no reader sees.
func SaidPlainly(text string, most int) bool {
	if n := utf8.RuneCountInString(text); n == 0 || n > most || !utf8.ValidString(text) {
		return false
	}
	for _, c := range text {
		if !unicode.IsPrint(c) {
			return false
		}
	}
	return true
}
