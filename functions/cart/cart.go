// Package cart follows online baskets: what changes in them comes over the bus, and every minute those that have been left alone
// for long enough are given to the mail queue, once a version.
package cart

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // carts, and the cards of their shoppers
	RecordsTable   string `env:"RECORDS_TABLE"`   // the inbox
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules
	MailQueueURL   string `env:"MAIL_QUEUE_URL"`  // where orders of e-mails go
}

// What is counted here.
const (
	countHeard    = "events_heard"    // by type
	countParked   = "messages_parked" // by function and code; any is worth a look at the inbox
	countReminded = "carts_reminded"  // e-mails ordered
)

// name is ours, in the inbox and in counters.
const name = "cart"

type function struct {
	service *loyalty.Service
	inbox   loyalty.Inbox
	log     *slog.Logger
}

// New returns the function: batches of the cart queue, whose messages are events of the bus, and the tick of each minute.
//
// An event that can only fail again goes to the inbox. A tick asks for all that is due by now, so one that is missed or fails is made
// good by the next.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	f := function{service: service, inbox: inbox, log: log}
	return edge.Mux{Batch: edge.Batch(f.take, edge.WithLog(log)), Event: edge.Event(f.tick, edge.WithLog(log))}.Handle
}

func (f function) tick(ctx context.Context, _ edge.Envelope) error {
	ordered, err := f.service.RemindCarts(ctx, f.service.Now())
	if ordered > 0 {
		edge.Count(ctx, countReminded, int64(ordered))
	}
	if err != nil {
		return fmt.Errorf("remind of carts: %w", err)
	}
	return nil
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
