// Package person is where people answer over HTTP what a shopper may ask of the shop: all that is held about them, and to be taken out.
//
// Its doors belong to the API of functions/till, in one contract and with the same keys. It is a function of its own because it may look
// through all tables, which nothing that a till does has a use for.
package person

import (
	"log/slog"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string   `env:"CARDS_TABLE"`     // cards, shoppers, carts, journeys
	RecordsTable   string   `env:"RECORDS_TABLE"`   // receipts, ledger entries, messages, the inbox
	ProgrammeTable string   `env:"PROGRAMME_TABLE"` // the rules, the keys of people, and the key of the list of suppressed addresses
	LinkSecrets    []string `env:"LINK_SECRET"`     // hides how far a look through the shop has come
}

// New returns the function.
func New(service *loyalty.Service, keys loyalty.Keys, persons loyalty.Persons, log *slog.Logger) edge.Handler {
	return till.NewPerson(till.Deps{Service: service, Keys: keys, Persons: persons, Log: log})
}
