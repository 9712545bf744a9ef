package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
)

// Agendas keeps what marketing mail each shopper has had lately and is to have, so that a cap is asked with one read.
type Agendas interface {
	// Agenda returns the agenda of a card's shopper and its version; an empty one where there is none. A read sees every earlier put.
	Agenda(ctx context.Context, card string) (message.Agenda, Version, error)

	// PutAgenda stores it if over is still its version. Otherwise ErrConflict.
	PutAgenda(ctx context.Context, card string, a message.Agenda, over Version) error

	// ClaimBooked stores the agenda b and then the record, each if its version is still over: the record never lies there without the agenda.
	// ErrConflict if either has moved; where it is the agenda the error wraps ErrAgendaMoved as well, and nothing was stored.
	ClaimBooked(ctx context.Context, rec message.Record, over Version, b Booking) (Version, error)
}

// Booking is an agenda that is to be stored over the version that was read.
type Booking struct {
	Card   string
	Agenda message.Agenda
	Over   Version
}

// ErrAgendaMoved says which of two items has moved. It is no kind of error.
var ErrAgendaMoved = errors.New("the agenda has moved")

// agenda is that of one shopper as it was read.
type agenda struct {
	message.Agenda
	card string
	over Version
}

// agendaOf reads a shopper's agenda. One that has none yet, because there was no cap so far, is made from the messages once.
func (s *Service) agendaOf(ctx context.Context, shopper string) (*agenda, error) {
	a := &agenda{card: shopper}
	var err error
	if a.Agenda, a.over, err = s.Agendas.Agenda(ctx, shopper); err != nil {
		return nil, fmt.Errorf("read the agenda of card %s: %w", shopper, err)
	}
	if a.over > 0 {
		return a, nil
	}
	sent, err := s.Messages.MessagesOf(ctx, shopper)
	if err != nil {
		return nil, fmt.Errorf("count messages of card %s: %w", shopper, err)
	}
	for _, rec := range sent {
		if !rec.SentAt.IsZero() && message.ClassOf(rec.Topic) == message.Marketing {
			a.Sent = append(a.Sent, message.Slot{Message: rec.ID, At: rec.SentAt, Topic: rec.Topic})
		}
	}
	return a, nil
}

// schedule heeds the sending rate and writes what follows into the shopper's agenda. stays says that the order is back on its queue.
func (s *Service) schedule(ctx context.Context, o message.Order, j *job, before *message.Record, now time.Time) (stays bool, err error) {
	if err := s.paced(ctx, o, j, before, now); err != nil {
		return false, err
	}
	return s.book(ctx, o, j, now)
}

// bookedByClaim reports that the slot of the message is written together with its claim, which saves it a wait for the store.
func (j *job) bookedByClaim() bool {
	return j.agenda != nil && j.verdict.Action == message.Send && j.cart == nil && !j.guarded
}

// book writes into the shopper's agenda what was decided about the message, before anything follows from it: a slot for one that goes, a
// wish for one that waits. Two messages that want the last slot therefore meet here; the one that comes second looks again, and stays.
func (s *Service) book(ctx context.Context, o message.Order, j *job, now time.Time) (stays bool, err error) {
	if j.agenda == nil || j.bookedByClaim() {
		return false, nil
	}
	next := j.agenda.Agenda
	switch {
	case j.verdict.Action == message.Send:
		next = next.Take(o, now)
	case j.verdict.Action == message.Defer:
		next = next.Wish(o, j.verdict.Until, now)
	case next.Has(o.ID):
		next = next.Drop(o.ID, now)
	default:
		return false, nil
	}
	err = s.Agendas.PutAgenda(ctx, j.agenda.card, next, j.agenda.over)
	if errors.Is(err, ErrConflict) {
		return true, s.order(ctx, o, time.Second)
	}
	return false, err
}

// giveBack puts off a message that was claimed and not sent after all, and gives back its slot. Where somebody else writes the agenda at
// the same moment the slot stays taken, and the shopper gets one mail less in its days.
func (s *Service) giveBack(ctx context.Context, rec message.Record, over Version, booked *agenda, j *job, now time.Time) error {
	if booked != nil {
		kept, at, err := s.Agendas.Agenda(ctx, booked.card)
		if err == nil {
			err = orBegun(s.Agendas.PutAgenda(ctx, booked.card, kept.Drop(rec.ID, now), at))
		}
		if err != nil {
			return fmt.Errorf("give back the slot of message %s: %w", rec.ID, err)
		}
	}
	return s.putOff(ctx, rec, over, j, now)
}
