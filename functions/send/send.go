// Package send carries out the orders on the mail queue. It is the one room that mails: whoever wants to write to a shopper puts an
// order on that queue.
package send

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/desk"
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
	BulkMailQueueURL string `env:"BULK_MAIL_QUEUE_URL"`    // the other one, for what goes to many at once
	MailFrom         string `env:"MAIL_FROM"`              // the sender: "Harbour Coffee <cards@shop.example>" or the address alone
	ConfigurationSet string `env:"MAIL_CONFIGURATION_SET"` // makes SES report what became of a mail
	PublicURL        string `env:"PUBLIC_URL"`             // where /unsubscribe/ answers, without a slash at the end
	LinkSecret       string `env:"LINK_SECRET"`            // signs unsubscribe links
}

// Letters is how this configuration writes e-mails.
func (c Config) Letters() *loyalty.Letters {
	return &loyalty.Letters{From: c.MailFrom, PublicURL: c.PublicURL, Secrets: []string{c.LinkSecret}}
}

// atOnce is how many messages of a batch are in work side by side: all of them, for each waits for tables and the mail service.
const atOnce = 10

// New returns the function: batches of the mail queue, whose messages are orders.
//
// An order may come twice. What must wait for minutes (SES's rate) is put back on the queue with a delay; what waits for longer (quiet
// hours, a cap, SES's daily quota) lies in the index of what is due, and the tick of each minute puts it on the queue when its moment
// has come. The tick also asks SES for its quota, every quarter of an hour. A body that is no order goes to the inbox; anything else that
// fails comes again by itself.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	d := desk.Desk{Name: "send", Service: service, Inbox: inbox, Log: log}
	order := func(ctx context.Context, m edge.Message) error { return take(ctx, d, m) }
	tick := func(ctx context.Context, _ edge.Envelope) error {
		return errors.Join(service.AskQuota(ctx, service.Now()), wake(ctx, service)) // mail is woken whether or not the service answers
	}
	return edge.Mux{
		Batch: edge.Batch(order, edge.WithLog(log), edge.AtOnce(atOnce)), Event: edge.Event(tick, edge.WithLog(log)),
	}.Handle
}

// countWoken counts the e-mails whose moment has come.
const countWoken = "mails_woken"

func wake(ctx context.Context, service *loyalty.Service) error {
	woken, err := service.WakeMail(ctx, service.Now())
	if woken > 0 {
		edge.Count(ctx, countWoken, int64(woken))
	}
	if err != nil {
		return fmt.Errorf("wake e-mails: %w", err)
	}
	return nil
}

func take(ctx context.Context, d desk.Desk, m edge.Message) error {
	order, err := message.ParseOrder(m.Body)
	if err == nil {
		ctx = edge.WithCorrelation(ctx, order.CorrelationID)
		err = d.Service.Send(ctx, order)
	}
	received := order.OrderedAt
	if received.IsZero() {
		received = d.Service.Now()
	}
	return d.Settle(ctx, order.Campaign, received, m.Body, err)
}
