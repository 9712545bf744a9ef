// Package anniversary speaks to shoppers on their own days: once a day it posts what the campaigns of birthdays and card anniversaries
// grant. The coupon and the e-mail follow from the entry in the card's book.
package anniversary

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // the cards and the index of their dates
	RecordsTable   string `env:"RECORDS_TABLE"`   // older ledger entries
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules
}

// maxMissed is how many days back a run looks for cards that an earlier one did not reach, in days. A card that was spoken to is not
// spoken to again, so a day that was not missed costs its reads alone. Later than this a birthday greeting is none.
const maxMissed = 3

// countSpoken is what is counted here, by outcome: spoken, repeated, passed_by.
const countSpoken = "anniversaries"

type function struct {
	service *loyalty.Service
	log     *slog.Logger
}

// New returns the function: the tick of the daily schedule.
//
// The day is that of the tick in the programme's zone, not of the clock: a tick that is delivered after midnight still means the day
// it was made for. The same tick again changes nothing, and one that fails is tried again by AWS.
func New(service *loyalty.Service, log *slog.Logger) edge.Handler {
	f := function{service: service, log: log}
	return edge.Mux{Event: edge.Event(f.tick, edge.WithLog(log))}.Handle
}

func (f function) tick(ctx context.Context, e edge.Envelope) error {
	if e.Time.IsZero() {
		return errors.New("the tick does not say which moment it means")
	}
	rules, err := f.service.Programmes.At(ctx, e.Time)
	if err != nil {
		return fmt.Errorf("read the programme: %w", err)
	}
	var sum loyalty.Tally
	var failed []error
	today := day.Of(e.Time, rules.Zone(""))
	for missed := range maxMissed + 1 { // today first: it is whom the run is for
		// Each day is decided by its own rules, so a new campaign does not speak about days before it began.
		tally, err := f.service.Anniversaries(ctx, today-day.Day(missed), e.Time.AddDate(0, 0, -missed))
		sum.Spoken += tally.Spoken
		sum.Repeated += tally.Repeated
		sum.PassedBy += tally.PassedBy
		if err != nil {
			failed = append(failed, err)
		}
		if missed > 0 && tally.Spoken > 0 {
			f.log.InfoContext(ctx, "made good for a day that was missed", "day", (today - day.Day(missed)).String(), "spoken", tally.Spoken)
		}
	}
	edge.Count(ctx, countSpoken, int64(sum.Spoken), "outcome", "spoken")
	edge.Count(ctx, countSpoken, int64(sum.Repeated), "outcome", "repeated")
	edge.Count(ctx, countSpoken, int64(sum.PassedBy), "outcome", "passed_by")
	return errors.Join(failed...)
}
