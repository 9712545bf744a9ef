// Package ingest is the door for vendors' webhooks: it verifies and queues them, and turns them into our events behind the queue.
//
// A webhook is answered once its raw body is safe, before any work, because a vendor waits five seconds at most and drops a
// subscription that fails too often. What cannot be understood is kept in the inbox for a person, never refused and never lost.
package ingest

import (
	"context"
	"log/slog"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Config is what the environment says. A vendor whose secret or URL is not set is answered with 401, always.
type Config struct {
	IngestQueueURL string   `env:"INGEST_QUEUE_URL"`           // queue between the two triggers of this function
	BusName        string   `env:"BUS_NAME"`                   // bus that our events go to
	CardsTable     string   `env:"CARDS_TABLE"`                // where a vendor's shopper leads to a card
	RecordsTable   string   `env:"RECORDS_TABLE"`              // where the inbox lies
	ShopifySecrets []string `env:"SHOPIFY_SECRETS" default:""` // the app's client secrets; several while one is rolled
	SquareSecrets  []string `env:"SQUARE_SECRETS" default:""`  // the subscription's signature keys
	SquareURL      string   `env:"SQUARE_URL" default:""`      // notification URL as registered with Square, byte for byte
}

// Limits of this door.
const (
	maxRequest = 4 << 20   // bytes of a request that is looked at at all; Lambda takes 6 MB with the body in base64
	maxMessage = 256 << 10 // bytes of one queue message; larger ones go to the inbox at once
	maxParked  = 380_000   // bytes of one message in the inbox, which is an item of the records table
)

// Resolver finds the card of a vendor's shopper. It returns "" or an error that is loyalty.ErrNotFound where there is none; any other
// error means "try again".
type Resolver interface {
	CardFor(ctx context.Context, s vendor.Shopper) (card string, err error)
}

// Deps is what ingest works with.
type Deps struct {
	Queue loyalty.Queue
	Bus   loyalty.Bus
	Cards Resolver
	Inbox loyalty.Inbox
	Now   func() time.Time
	Shops map[string]vendor.ShopConfig // by vendor; one that is missing means the defaults
	Log   *slog.Logger                 // nil: nothing is logged
}

// New returns the function: HTTP requests to /webhooks/{vendor} and batches of the ingest queue.
func New(cfg Config, d Deps) edge.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	door := &door{cfg: cfg, d: d}
	return edge.Mux{
		HTTP:  edge.HTTP(door.routes(), edge.WithLog(d.Log), edge.WithMaxBody(maxRequest)),
		Batch: edge.Batch(d.take, edge.WithLog(d.Log)),
	}.Handle
}
