// Package campaign is where people steer campaigns over HTTP: they approve, start, pause, resume, kill and cancel them.
//
// Its doors belong to the API of functions/till, in one contract and with the same keys. It is a function of its own because it may write
// how campaigns are steered, which no till has a use for.
package campaign

import (
	"context"
	"log/slog"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	RecordsTable   string `env:"RECORDS_TABLE"`   // how much a campaign has given away, and the record of what people change
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the rules, the keys of people, and how campaigns are steered
}

// Authors names those who have published a campaign as it is now, by its hash.
type Authors func(ctx context.Context, campaign, hash string) ([]string, error)

// New returns the function.
func New(service *loyalty.Service, keys loyalty.Keys, authors Authors, log *slog.Logger) edge.Handler {
	return till.NewCampaign(till.Deps{Service: service, Keys: keys, Authors: authors, Log: log})
}
