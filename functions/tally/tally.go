// Package tally counts what became of the e-mails of each campaign, off what the records table has just committed, tells when a link in one
// was followed, and each minute stops campaigns of which too many e-mails come back or are called spam, or that have given all that they may,
// and chooses the arms that have won. What the cards table tells of
// campaigns is counted by the relay, which reads its stream already.
package tally

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/results"
)

// Config is what the environment says.
type Config struct {
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // where the counts lie, and how campaigns are steered
	RecordsTable   string `env:"RECORDS_TABLE"`   // how much campaigns have given away
	BusName        string `env:"BUS_NAME"`        // where campaign.stopped and message.clicked go
}

// Decode reads a change off the images of the stream: a message's record before and after, nil twice for a change of anything else. It is
// store.MessageChange.
type Decode func(was, is map[string]any) (before, after *message.Record, err error)

type function struct {
	service *loyalty.Service
	decode  Decode
}

// New returns the function: batches of the stream of the records table, and the tick of each minute. Each change is counted once, whatever
// comes again; a batch that cannot be counted comes again. A tick that fails is made good by the next.
func New(service *loyalty.Service, decode Decode, log *slog.Logger) edge.Handler {
	f := function{service: service, decode: decode}
	tick := func(ctx context.Context, _ edge.Envelope) error { return f.stop(ctx) }
	return edge.Mux{Changes: edge.Shards(nil, f.count, edge.WithLog(log)), Event: edge.Event(tick, edge.WithLog(log))}.Handle
}

// countStopped counts the campaigns that have stopped themselves; an alarm stands on it.
const countStopped = "campaigns_stopped"

// countWon counts the campaigns one of whose arms has won.
const countWon = "arms_won"

// countDoubtful counts the e-mails of which nobody knows whether they were sent, countDoubtSettled those of them of which it is known after
// all; alarms stand on both. A batch that comes again counts again.
const (
	countDoubtful     = "mails_doubtful"
	countDoubtSettled = "mails_doubt_settled"
)

func (f function) stop(ctx context.Context) error {
	stopped, err := f.service.Break(ctx)
	if len(stopped) > 0 {
		edge.Count(ctx, countStopped, int64(len(stopped)))
	}
	won, failed := results.Choose(ctx, f.service)
	if len(won) > 0 {
		edge.Count(ctx, countWon, int64(len(won)))
	}
	return errors.Join(err, failed)
}

// turn is a change of a message's record, read.
type turn struct {
	sequence string
	before   *message.Record
	after    message.Record
}

// countDoubt counts an e-mail that has become doubtful, or is so no more.
func countDoubt(ctx context.Context, before *message.Record, after message.Record) {
	was, is := before != nil && before.State == message.StateDoubtful, after.State == message.StateDoubtful
	switch {
	case is && !was:
		edge.Count(ctx, countDoubtful, 1)
	case was && !is:
		edge.Count(ctx, countDoubtSettled, 1)
	}
}

func (f function) count(ctx context.Context, shard string, list []edge.Change) error {
	turns := make([]turn, 0, len(list)) // read once, for they are gone through more than once
	for _, change := range list {       // also what was counted before: a fact that did not reach the bus is told again, under the same id
		before, after, err := f.decode(change.Old, change.New)
		if err == nil && after != nil {
			turns = append(turns, turn{change.Sequence, before, *after})
			countDoubt(ctx, before, *after)
			f.service.Trace(ctx, loyalty.Trace{Correlation: after.CorrelationID, Step: loyalty.StepCounted, Message: after.ID, Code: string(after.State)})
			err = f.service.TellClicked(ctx, before, *after)
		}
		if err != nil {
			return fmt.Errorf("tell change %s: %w", change.Sequence, err)
		}
	}
	return f.service.Count(ctx, "messages/"+shard, list[len(list)-1].Sequence, func(c loyalty.Counts, last string) error {
		for _, t := range turns {
			if edge.After(t.sequence, last) {
				c.FoldMessage(t.before, t.after)
			}
		}
		return nil
	})
}
