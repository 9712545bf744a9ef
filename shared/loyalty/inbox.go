package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/message"
)

// Parked is something that could not be done and would fail again: it waits in the inbox for a person, who mends the cause and
// replays it, or drops it. Message is what was delivered and may hold personal data; Reason holds none. A message of our own queues that
// breaks its contract, as one does that brings a payment card, is kept without payment cards.
type Parked struct {
	ID      string // made from the content, so that a redelivery is no second entry
	Vendor  string // who sent it; "regulars" where it came by one of our own queues
	Topic   string // the vendor's topic; of our own queues the function that could not do it
	Shop    string // the vendor's name of the shop
	Reason  string // what is wrong, for the person who looks
	At      time.Time
	Message []byte
}

// Inbox keeps what a person must look at.
type Inbox interface {
	// Park keeps p. The same ID at the same At again changes nothing. An error leaves it unknown whether it is kept.
	Park(ctx context.Context, p Parked) error
}

const parkedID = 20 // characters: 100 bits

// LetterID names a letter of one of our own queues by what it says; what says the same lies in the inbox once.
func LetterID(topic string, says []byte) string {
	return ids.Derive(parkedID, ownSource, topic, string(says))
}

// Settle turns what became of one message of a queue into what the queue is told, in this one place: nil, and the message is gone;
// an error, and it comes again. What is done, or was done before, is gone. What can only fail again (Permanent) is kept in the
// inbox first, and parked tells so. Anything else comes again, also a message that the inbox did not take.
func Settle(ctx context.Context, inbox Inbox, p Parked, err error) (parked bool, again error) {
	switch {
	case err == nil, errors.Is(err, ErrDuplicate):
		return false, nil
	case !Permanent(err):
		return false, err
	}
	if p.Vendor == "" {
		p.Vendor = ownSource
	}
	if errors.Is(err, events.ErrInvalid) { // as it stands it will never be done; a payment card in it is not kept for anybody to read
		p.Message = []byte(ids.BlankPaymentCards(string(p.Message)))
	}
	if p.Reason = err.Error(); p.ID == "" {
		p.ID = LetterID(p.Topic, p.Message)
	}
	if failed := inbox.Park(ctx, p); failed != nil {
		return false, fmt.Errorf("park a message of %s: %w", p.Topic, errors.Join(failed, err))
	}
	return true, nil
}

// Permanent reports whether a repeat of the same input can only fail again.
func Permanent(err error) bool {
	for _, kind := range []error{
		ErrInvalid, ErrConflict, ErrNotFound, ErrRefused,
		events.ErrInvalid, events.ErrUnknown, message.ErrInvalid, // a document that breaks its contract
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Code is the stable code of an error, for counters and logs, which hold nothing of the shopper: that of an *Error, or the kind of a
// document that cannot be read. Any other error is "unexpected".
func Code(err error) string {
	e := (*Error)(nil)
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, events.ErrUnknown):
		return "event_unknown"
	case errors.Is(err, events.ErrInvalid):
		return "event_invalid"
	case errors.Is(err, message.ErrInvalid):
		return "order_invalid"
	}
	return "unexpected"
}
