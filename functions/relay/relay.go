// Package relay tells the world and the mail queue what the cards table has just committed: public facts on the bus, orders of e-mails
// on the queue, each named by the ledger entry that it follows from.
package relay

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // when to look at cards for points that end
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // which facts are published, what campaigns write, and what is counted of them
	BusName        string `env:"BUS_NAME"`        // where facts go
	MailQueueURL   string `env:"MAIL_QUEUE_URL"`  // where orders of e-mails go
}

// countChanges is what is counted here: changes of heads that were told.
const countChanges = "changes_told"

// Decode reads a change off the images of the stream: the head before and after, nil where there was or is none, nil twice for a change
// of anything else. It is store.HeadChange.
type Decode func(was, is map[string]any) (before, after *card.Head, err error)

// Ending reads off a change what it tells of points that end soon; false for a change of anything else. It is store.ExpiringChange.
type Ending func(is map[string]any) (w loyalty.Warning, ok bool, err error)

// Placing reads a place of a journey off a change, before and after; nil twice for a change of anything else. It is store.PlaceChange.
type Placing func(was, is map[string]any) (before, after *journey.Place, err error)

type function struct {
	service *loyalty.Service
	decode  Decode
	ending  Ending
	placing Placing
}

// New returns the function: batches of the stream of the cards table.
//
// A change may come twice; what it says has the same names then. The first change of a batch that fails is reported, and the stream
// comes again from there, so changes of a card are told in order. One that always fails stands aside after the tries that the
// template allows, and an alarm calls a person.
func New(service *loyalty.Service, decode Decode, ending Ending, placing Placing, log *slog.Logger) edge.Handler {
	f := function{service: service, decode: decode, ending: ending, placing: placing}
	changes := edge.Shards(edge.Changes(f.tell, edge.WithLog(log)), f.count, edge.WithLog(log))
	return edge.Mux{Changes: changes}.Handle
}

// count adds what campaigns brought to the shard's sheet, when everything has been told. It is done here because a stream bears two
// readers, and the cards table has them.
func (f function) count(ctx context.Context, shard string, list []edge.Change) error {
	return f.service.Count(ctx, "heads/"+shard, list[len(list)-1].Sequence, func(c loyalty.Counts, last string) error {
		for _, change := range list {
			if !edge.After(change.Sequence, last) {
				continue
			}
			before, after, err := f.decode(change.Old, change.New)
			if err != nil {
				return fmt.Errorf("read change %s: %w", change.Sequence, err)
			}
			if after != nil {
				if err := c.FoldHead(before, *after); err != nil {
					return err
				}
			}
			if err := f.countPlace(c, change); err != nil {
				return err
			}
		}
		return nil
	})
}

// countPlace counts who has entered campaigns with steps, and how their journeys ended.
func (f function) countPlace(c loyalty.Counts, change edge.Change) error {
	before, after, err := f.placing(change.Old, change.New)
	if err != nil {
		return fmt.Errorf("read change %s: %w", change.Sequence, err)
	}
	if after != nil {
		c.FoldPlace(before, *after)
	}
	return nil
}

func (f function) tell(ctx context.Context, c edge.Change) error {
	if w, ok, err := f.ending(c.New); err != nil {
		return fmt.Errorf("read change %s: %w", c.Sequence, err)
	} else if ok {
		return f.service.TellExpiring(ctx, w)
	}
	before, after, err := f.decode(c.Old, c.New)
	if err != nil {
		return fmt.Errorf("read change %s: %w", c.Sequence, err)
	}
	if after == nil {
		return nil
	}
	if err := f.service.Relay(ctx, before, *after); err != nil {
		return err
	}
	edge.Count(ctx, countChanges, 1)
	return nil
}
