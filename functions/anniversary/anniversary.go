// Package anniversary speaks to shoppers on their own days: each quarter of an hour it posts what the campaigns of birthdays and
// card anniversaries grant to those on whose clock the moment has come, and looks at the cards whose points or coupons end soon or whose
// shoppers stay away. It looks through all cards when campaigns of time are new, and calls a person for returns whose receipt never came.
// The coupon, the e-mail and the fact follow from what it writes.
package anniversary

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // the cards and the index of what has a date
	RecordsTable   string `env:"RECORDS_TABLE"`   // older ledger entries
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules, and how far the campaigns of dates have come
}

// What is counted here: campaigns of dates, and those that time brings about on a card, by outcome (spoken, repeated, passed_by), last days
// of points that were told before, and referrals that were rewarded.
const (
	countSpoken   = "anniversaries"
	countExpiring = "points_expiring"
	countLooked   = "moments"

	countReferrals = "referrals"

	countParked = "messages_parked" // returns whose receipt has not come, as letters of the inbox
)

// Moved tells whose date a change of the cards table has moved, from the images that the stream brings. It is store.DateChange.
type Moved func(was, is map[string]any) (id string, ok bool)

type function struct {
	service *loyalty.Service
	inbox   loyalty.Inbox
	moved   Moved
}

// New returns the function: the tick of the schedule, and changes of shoppers' dates off the stream of the cards table.
//
// A tick means the moment it was made for, not the one it is delivered at, and everything since the last one that went through: the same
// tick again changes nothing, and after an outage the next one makes good. A date that is told on the day itself comes too late for the
// tick that would have kept it, so its change is looked at by itself.
func New(service *loyalty.Service, inbox loyalty.Inbox, moved Moved, log *slog.Logger) edge.Handler {
	f := function{service: service, inbox: inbox, moved: moved}
	return edge.Mux{Event: edge.Event(f.tick, edge.WithLog(log)), Changes: edge.Changes(f.change, edge.WithLog(log))}.Handle
}

func (f function) tick(ctx context.Context, e edge.Envelope) error {
	if e.Time.IsZero() {
		return errors.New("the tick does not say which moment it means")
	}
	tally, err := f.service.Anniversaries(ctx, e.Time)
	countTally(ctx, countSpoken, tally)
	told, endingErr := f.service.WarnExpiring(ctx, e.Time)
	edge.Count(ctx, countExpiring, int64(told), "outcome", "told")
	looked, lookErr := f.service.LookAtDue(ctx, e.Time)
	countTally(ctx, countLooked, looked)
	rewarded, referralErr := f.service.RewardReferrals(ctx, e.Time)
	edge.Count(ctx, countReferrals, int64(rewarded), "outcome", "rewarded")
	parked, overdueErr := f.service.ParkOverdue(ctx, f.inbox, e.Time)
	if parked > 0 {
		edge.Count(ctx, countParked, int64(parked), "function", "anniversary", "code", "receipt_missing")
	}
	_, catchErr := f.service.CatchUp(ctx, e.Time) // last: it takes what time there is, tick after tick, and the others must not wait for its end
	return errors.Join(err, endingErr, lookErr, referralErr, overdueErr, catchErr)
}

func countTally(ctx context.Context, name string, tally loyalty.Tally) {
	edge.Count(ctx, name, int64(tally.Spoken), "outcome", "spoken")
	edge.Count(ctx, name, int64(tally.Repeated), "outcome", "repeated")
	edge.Count(ctx, name, int64(tally.PassedBy), "outcome", "passed_by")
}

func (f function) change(ctx context.Context, c edge.Change) error {
	id, ok := f.moved(c.Old, c.New)
	if !ok {
		return nil
	}
	if err := f.service.Greet(ctx, id); err != nil {
		return fmt.Errorf("greet for change %s: %w", c.Sequence, err)
	}
	return nil
}
