// Package broadcast runs the campaigns that speak on a schedule: each minute it begins those whose moment has come, and looks through the
// cards for whom they are, part by part. The e-mails follow from the orders that it puts on the mail queue.
package broadcast

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable        string `env:"CARDS_TABLE"`         // the cards that a run looks through
	RecordsTable      string `env:"RECORDS_TABLE"`       // what cards did, where a campaign asks for windows of time
	ProgrammeTable    string `env:"PROGRAMME_TABLE"`     // the shop's rules, and how far each run has come
	BroadcastQueueURL string `env:"BROADCAST_QUEUE_URL"` // our own queue, for the parts of runs
	BulkMailQueueURL  string `env:"BULK_MAIL_QUEUE_URL"` // where orders of e-mails go
}

// countBegun counts the runs that were begun.
const countBegun = "broadcasts_begun"

// New returns the function: the tick of each minute, and batches of the broadcast queue, whose messages are parts of runs.
//
// A tick asks for all that should have begun by now, so one that is missed or fails is made good by the next. A part that comes twice
// mails nobody twice; one that fails whenever it comes ends among the dead letters, and its run stays unfinished in every report.
func New(service *loyalty.Service, log *slog.Logger) edge.Handler {
	tick := func(ctx context.Context, _ edge.Envelope) error {
		begun, err := service.Broadcasts(ctx, service.Now())
		if begun > 0 {
			edge.Count(ctx, countBegun, int64(begun))
		}
		return err
	}
	part := func(ctx context.Context, m edge.Message) error {
		order, err := loyalty.ParsePartOrder(m.Body)
		if err != nil {
			return err
		}
		return service.Broadcast(ctx, order)
	}
	return edge.Mux{Batch: edge.Batch(part, edge.WithLog(log)), Event: edge.Event(tick, edge.WithLog(log))}.Handle
}
