// Package checkout brings what happened at the tills into the cards' books: checkouts, returns and changes of shoppers that came over
// the bus. The till that waits for an answer calls functions/till; both end in the same use cases.
package checkout

import (
	"log/slog"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/edge/desk"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Config is what the environment says.
type Config struct {
	CardsTable     string `env:"CARDS_TABLE"`     // what is true of the cards
	RecordsTable   string `env:"RECORDS_TABLE"`   // receipts, older ledger entries, and the inbox
	ProgrammeTable string `env:"PROGRAMME_TABLE"` // the shop's rules
}

// New returns the function: batches of the checkout queue, whose messages are events of the bus.
//
// An event may come twice, late and in any order. One that can only fail again (no card of ours, a receipt number with other
// lines) goes to the inbox and holds up nobody; anything else that fails comes again by itself.
func New(service *loyalty.Service, inbox loyalty.Inbox, log *slog.Logger) edge.Handler {
	d := desk.Desk{Name: "checkout", Service: service, Inbox: inbox, Log: log}
	return edge.Mux{Batch: edge.Batch(d.Hear, edge.WithLog(log))}.Handle
}
