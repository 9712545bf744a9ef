// Package journey goes on with campaigns of steps: each minute it looks at the places whose moment has come, and walks them to their next
// wait. The e-mails follow from the orders that it puts on the mail queue.
package journey

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // the places, and the cards that stand there
	RecordsTable   string `env:"RECORDS_TABLE"`   // older entries of their books
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the versions by which cards have entered, and how campaigns are steered
	MailQueueURL   string `env:"MAIL_QUEUE_URL"`  // where orders of e-mails go
	BusName        string `env:"BUS_NAME"`        // where journey.reached goes

	WebhookSecrets []string `env:"WEBHOOK_SECRET"` // calls of webhooks are signed with each of these
}

// countWalked counts the places that have moved.
const countWalked = "journeys_walked"

// New returns the function: the tick of each minute.
//
// A tick asks for all that is due by now, so one that is missed or fails is made good by the next. A place that fails does not keep the
// others waiting, and is tried again each minute; the alarm for failing functions calls a person.
func New(service *loyalty.Service, log *slog.Logger) edge.Handler {
	tick := func(ctx context.Context, _ edge.Envelope) error {
		walked, err := service.Journeys(ctx, service.Now())
		if walked > 0 {
			edge.Count(ctx, countWalked, int64(walked))
		}
		return err
	}
	return edge.Mux{Event: edge.Event(tick, edge.WithLog(log))}.Handle
}
