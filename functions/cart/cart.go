// Package cart follows online baskets: what changes in them comes over the bus, and every minute those that have been left alone
// for long enough are given to the mail queue, once a version.
package cart

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/desk"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // carts, and the cards of their shoppers
	RecordsTable   string `env:"RECORDS_TABLE"`   // the inbox
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules
	MailQueueURL   string `env:"MAIL_QUEUE_URL"`  // where orders of e-mails go
}

// countReminded counts the e-mails that were ordered.
const countReminded = "carts_reminded"

// New returns the function: batches of the cart queue, whose messages are events of the bus, and the tick of each minute.
//
// An event that can only fail again goes to the inbox. A tick asks for all that is due by now, so one that is missed or fails is made
// good by the next.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	d := desk.Desk{Name: "cart", Service: service, Inbox: inbox, Log: log}
	tick := func(ctx context.Context, _ edge.Envelope) error { return remind(ctx, service) }
	return edge.Mux{Batch: edge.Batch(d.Hear, edge.WithLog(log)), Event: edge.Event(tick, edge.WithLog(log))}.Handle
}

func remind(ctx context.Context, service *loyalty.Service) error {
	ordered, err := service.RemindCarts(ctx, service.Now())
	if ordered > 0 {
		edge.Count(ctx, countReminded, int64(ordered))
	}
	if err != nil {
		return fmt.Errorf("remind of carts: %w", err)
	}
	return nil
}
