// Package send carries out the orders on the mail queue. It is the one room that mails: whoever wants to write to a shopper puts an
// order on that queue.
package send

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// Config is what the environment says.
type Config struct {
	CardsTable       string `env:"CARDS_TABLE"`            // shoppers and carts as they are now
	RecordsTable     string `env:"RECORDS_TABLE"`          // the record of every message, and the inbox
	ProgrammeTable   string `env:"PROGRAMME_TABLE"`        // templates, caps and quiet hours
	BusName          string `env:"BUS_NAME"`               // where message.sent and message.refused go
	MailQueueURL     string `env:"MAIL_QUEUE_URL"`         // our own queue, for what must wait
	MailFrom         string `env:"MAIL_FROM"`              // the sender: "Harbour Coffee <cards@shop.example>" or the address alone
	ConfigurationSet string `env:"MAIL_CONFIGURATION_SET"` // makes SES report what became of a mail
	PublicURL        string `env:"PUBLIC_URL"`             // where /unsubscribe/ answers, without a slash at the end
	LinkSecret       string `env:"LINK_SECRET"`            // signs unsubscribe links
}

// Letters is how this configuration writes e-mails.
func (c Config) Letters() *loyalty.Letters {
	return &loyalty.Letters{From: c.MailFrom, PublicURL: c.PublicURL, Secrets: []string{c.LinkSecret}}
}

// What is counted here.
const (
	countOrders = "orders_done"     // looked at and sent, put off or refused; message.sent and message.refused tell which
	countParked = "messages_parked" // by function and code; any is worth a look at the inbox
)

// name is ours, in the inbox and in counters.
const name = "send"

type function struct {
	service *loyalty.Service
	inbox   loyalty.Inbox
	log     *slog.Logger
}

// New returns the function: batches of the mail queue, whose messages are orders.
//
// An order may come twice. What must wait (quiet hours, a cap, SES's rate) is put back on the queue with a delay; a body that is no
// order goes to the inbox; anything else that fails comes again by itself.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	f := function{service: service, inbox: inbox, log: log}
	return edge.Mux{Batch: edge.Batch(f.take, edge.WithLog(log))}.Handle
}

func (f function) take(ctx context.Context, m edge.Message) error {
	order, err := message.ParseOrder(m.Body)
	if err == nil {
		ctx = edge.WithCorrelation(ctx, order.CorrelationID)
		err = f.service.Send(ctx, order)
	}
	received := order.OrderedAt
	if received.IsZero() {
		received = f.service.Now()
	}
	parked, again := loyalty.Settle(ctx, f.inbox, loyalty.Parked{Topic: name, At: received, Message: m.Body}, err)
	switch {
	case parked:
		edge.Count(ctx, countParked, 1, "function", name, "code", loyalty.Code(err))
		f.log.ErrorContext(ctx, "an order cannot be done; look at the inbox", "message", m.ID, "order", order.ID, "code", loyalty.Code(err))
	case again == nil:
		edge.Count(ctx, countOrders, 1)
	}
	return again
}
