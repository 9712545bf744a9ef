package loyalty

import (
	"context"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Limits keeps how far hard limits are used up. A tally that was never written is the zero Tally.
type Limits interface {
	// Tallies reads tallies; each may be stale by a moment.
	Tallies(ctx context.Context, keys []string) ([]limit.Tally, error)

	// ChangeTallies stores what decide makes of the tallies, all or none, and only over the very ones that it was shown; decide is
	// asked anew where somebody was faster. An error of decide ends it with that error and nothing stored.
	ChangeTallies(ctx context.Context, keys []string, decide func([]limit.Tally) ([]limit.Tally, error)) error

	// FileUsing keeps a receipt as Receipts.File does and stores its uses and tallies in the same write: all or none. A receipt that
	// is kept already counts nothing, and comes back with the uses that were found the first time.
	FileUsing(ctx context.Context, r receipt.Receipt, keys []string, decide func([]limit.Tally) ([]limit.Tally, []receipt.Use)) (Filed, error)

	// FileReturnUsing keeps a return as Receipts.FileReturn does and stores tallies in the same write.
	FileReturnUsing(ctx context.Context, key receipt.Key, n int, ret receipt.Return, keys []string, decide func([]limit.Tally) []limit.Tally) error
}

// Reservations keeps which tallies a till holds a part of, by its own id.
type Reservations interface {
	// PutReservation keeps the keys until the hold has ended.
	PutReservation(ctx context.Context, id string, keys []string, until time.Time) error

	// Reservation returns them; none where nothing is known of the id.
	Reservation(ctx context.Context, id string) ([]string, error)
}

// CodeBatch is unique codes that were made together. From and Until are their first and last day, none for always and for ever.
type CodeBatch struct {
	Number   uint32
	Offer    string
	Name     string
	Count    int64
	Uses     int64 // of each code; 0: as the offer says
	From     day.Day
	Until    day.Day
	MadeAt   time.Time
	VoidedAt time.Time // zero while its codes are good
}

// Codes knows the batches of unique codes.
type Codes interface {
	// CodeBatch returns the batch that a normalised code belongs to; ErrNotFound for a text that is none of our codes.
	CodeBatch(ctx context.Context, code string) (CodeBatch, error)
}
