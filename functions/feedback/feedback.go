// Package feedback hears what became of e-mails: the mail service reports on the account's default bus, and the message is settled, a
// dead address is written to no more, and whoever complained has withdrawn consent.
package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/desk"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // shoppers, their consent, and suppressed addresses
	RecordsTable   string `env:"RECORDS_TABLE"`   // the record of every message, and the inbox
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the key of the suppression list
	BusName        string `env:"BUS_NAME"`        // where message.sent goes of what its sender could not tell
}

// What is counted here.
const (
	countReports = "mail_reports" // by event: what the mail service told
	countUnknown = "mail_unknown" // reports on messages that are not ours
)

type function struct{ desk.Desk }

// New returns the function: events of source aws.ses.
//
// Reports come late, twice, in any order, and not at all. One on a message that is not ours is counted and done; one that nobody
// can read goes to the inbox. Opens and clicks are counted and decide nothing.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	f := function{desk.Desk{Name: "feedback", Service: service, Inbox: inbox, Log: log}}
	return edge.Mux{Event: edge.Event(f.take, edge.WithLog(log))}.Handle
}

func (f function) take(ctx context.Context, e edge.Envelope) error {
	r, err := read(e)
	if err == nil {
		err = f.hear(ctx, r)
	}
	if errors.Is(err, loyalty.ErrNotFound) {
		edge.Count(ctx, countUnknown, 1, "event", r.event)
		return nil
	}
	body, unwritten := json.Marshal(e)
	if unwritten != nil {
		return errors.Join(err, unwritten)
	}
	if e.Time.IsZero() {
		e.Time = f.Service.Now()
	}
	again := f.Settle(ctx, r.event, e.Time, body, err)
	if err == nil && again == nil {
		edge.Count(ctx, countReports, 1, "event", r.event)
	}
	return again
}

// hear carries out what a report says. A report on several addresses is one for each.
func (f function) hear(ctx context.Context, r report) error {
	if r.withdraws {
		return f.Service.Withdraw(ctx, r.message, r.everything, r.at)
	}
	for _, one := range r.reports() {
		if err := f.Service.Report(ctx, one); err != nil {
			return err
		}
	}
	return nil
}
