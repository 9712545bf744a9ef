// Package relay tells the world and the mail queue what the cards table has just committed: public facts on the bus, orders of e-mails
// on the queue, each named by the ledger entry that it follows from.
package relay

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // when to look at cards for points that end
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // which facts are published, and what campaigns write
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

type function struct {
	service *loyalty.Service
	decode  Decode
	ending  Ending
}

// New returns the function: batches of the stream of the cards table.
//
// A change may come twice; what it says has the same names then. The first change of a batch that fails is reported, and the stream
// comes again from there, so changes of a card are told in order. One that always fails stands aside after the tries that the
// template allows, and an alarm calls a person.
func New(service *loyalty.Service, decode Decode, ending Ending, log *slog.Logger) edge.Handler {
	f := function{service: service, decode: decode, ending: ending}
	return edge.Mux{Changes: edge.Changes(f.tell, edge.WithLog(log))}.Handle
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
