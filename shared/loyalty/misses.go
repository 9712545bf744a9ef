package loyalty

import (
	"context"
	"time"
)

// Misses counts what was asked for and is not there, for all copies of a function together.
type Misses interface {
	// Missed counts one miss under the hash of a key in a minute, and returns how many there are with it. A miss whose answer was lost may
	// count twice, and none is left out.
	Missed(ctx context.Context, hash string, minute time.Time) (int64, error)
}
