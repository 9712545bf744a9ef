// Package checkout brings what happened at the tills into the cards' books: checkouts, returns and changes of shoppers that came over
// the bus. The till that waits for an answer calls functions/till; both end in the same use cases.
package checkout

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // what is true of the cards
	RecordsTable   string `env:"RECORDS_TABLE"`   // receipts, older ledger entries, and the inbox
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules
}

// What is counted here.
const (
	countHeard  = "events_heard"    // by type
	countParked = "messages_parked" // by function and code; any is worth a look at the inbox
)

// name is ours, in the inbox and in counters.
const name = "checkout"

type function struct {
	service *loyalty.Service
	inbox   loyalty.Inbox
	log     *slog.Logger
}

// New returns the function: batches of the checkout queue, whose messages are events of the bus.
//
// An event may come twice, late and in any order. One that can only fail again (no card of ours, a receipt number with other
// lines) goes to the inbox and holds up nobody; anything else that fails comes again by itself.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	f := function{service: service, inbox: inbox, log: log}
	return edge.Mux{Batch: edge.Batch(f.take, edge.WithLog(log))}.Handle
}

func (f function) take(ctx context.Context, m edge.Message) error {
	e, err := events.Decode(m.Body)
	if err == nil {
		ctx = edge.WithCorrelation(ctx, e.Metadata.CorrelationID)
		err = f.service.Hear(ctx, e)
	}
	return f.settle(ctx, m, e.Type, err)
}

// settle acknowledges, asks for another delivery, or gives the message to a person.
func (f function) settle(ctx context.Context, m edge.Message, event string, err error) error {
	received := f.service.Now()
	if envelope, unread := edge.ReadEnvelope(m.Body); unread == nil && !envelope.Time.IsZero() {
		received = envelope.Time // the same at each delivery
	}
	parked, again := loyalty.Settle(ctx, f.inbox, loyalty.Parked{Topic: name, At: received, Message: m.Body}, err)
	switch {
	case parked:
		edge.Count(ctx, countParked, 1, "function", name, "code", loyalty.Code(err))
		f.log.ErrorContext(ctx, "an event cannot be done; look at the inbox", "message", m.ID, "event", event, "code", loyalty.Code(err))
	case again == nil:
		edge.Count(ctx, countHeard, 1, "event", event)
	}
	return again
}
