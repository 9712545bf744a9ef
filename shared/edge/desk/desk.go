// Package desk is where a function of our own queues puts what it cannot do: acknowledged, kept for a person, counted and logged, in
// one way for all of them.
package desk

import (
	"context"
	"log/slog"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// What is counted: done by the label of each message, parked by function and code. Any that is parked is worth a look at the inbox.
const (
	countDone   = "messages_done"
	countParked = "messages_parked"
)

// Desk is one function's.
type Desk struct {
	Name    string // of the function; stands in the inbox and in counters
	Service *loyalty.Service
	Inbox   loyalty.Inbox
	Log     *slog.Logger
}

// Settle turns what became of a message into what its queue is told: nil, and it is gone; an error, and it comes again. What can only
// fail again is kept in the inbox first. label says what kind of message it was, received when it came, the same at each delivery.
func (d Desk) Settle(ctx context.Context, label string, received time.Time, body []byte, err error) error {
	return d.settle(ctx, label, loyalty.Parked{At: received, Message: body}, err)
}

func (d Desk) settle(ctx context.Context, label string, p loyalty.Parked, err error) error {
	p.Topic = d.Name
	parked, again := loyalty.Settle(ctx, d.Inbox, p, err)
	switch {
	case parked:
		edge.Count(ctx, countParked, 1, "function", d.Name, "code", loyalty.Code(err))
		d.Log.ErrorContext(ctx, "a message cannot be done; look at the inbox", "function", d.Name, "label", label, "code", loyalty.Code(err))
	case again == nil:
		edge.Count(ctx, countDone, 1, "function", d.Name, "label", label)
	}
	return again
}

// Hear does what an event of the bus says that came by a queue, and settles it.
func (d Desk) Hear(ctx context.Context, m edge.Message) error {
	e, err := events.Decode(m.Body)
	if err == nil {
		ctx = edge.WithCorrelation(ctx, e.Metadata.CorrelationID)
		err = d.Service.Hear(ctx, e)
	}
	received := d.Service.Now()
	if envelope, unread := edge.ReadEnvelope(m.Body); unread == nil && !envelope.Time.IsZero() {
		received = envelope.Time
	}
	return d.settle(ctx, e.Type, loyalty.Parked{ID: d.letterID(e), At: received, Message: m.Body}, err)
}

// letterID names the letter of an event by the event alone: each time that it is published its envelope and correlation are others. ""
// for what is no event.
func (d Desk) letterID(e events.Event) string {
	e.Metadata.CorrelationID = ""
	says, err := events.Encode(e)
	if err != nil {
		return ""
	}
	return loyalty.LetterID(d.Name, says)
}
