package loyalty

import (
	"context"
	"slices"
	"time"
)

// TillKey is what a till's key stands for. Of the key itself only its hash is kept.
type TillKey struct {
	Hash      string  // hex of the SHA-256
	Store     string  // the store that it acts for; AllStores for all
	Name      string  // for the logs; of a person's key the person, who stands in the record of what is done with it
	May       []Right // nil: RightTill alone, as of every key that was made before there were others
	CreatedAt time.Time
	RevokedAt time.Time // from then on it opens no door; zero: it has no end
}

// Ended reports that the key opens no door at a moment.
func (k TillKey) Ended(now time.Time) bool { return !k.RevokedAt.IsZero() && !now.Before(k.RevokedAt) }

// AllStores is the store of a key that acts for every store.
const AllStores = "*"

// Right is what a key opens. A key has those that it was made with and no other: whoever steers campaigns sells nothing.
type Right string

// The rights. Those of people who run the shop are for all stores.
const (
	RightTill      Right = "till"      // quotes, checkouts, returns, cards, carts: what a till and a web shop do
	RightCampaigns Right = "campaigns" // looking at campaigns and steering them
	RightPersons   Right = "persons"   // giving shoppers what is held about them, and taking them out
)

// AllRights is every right there is.
var AllRights = []Right{RightTill, RightCampaigns, RightPersons}

// Opens reports whether the key has a right.
func (k TillKey) Opens(r Right) bool {
	if len(k.May) == 0 {
		return r == RightTill
	}
	return slices.Contains(k.May, r)
}

// Keys knows the keys of tills by the hex of their SHA-256. A key has 160 random bits, so its hash cannot be searched for, and a look-up
// by hash tells nothing of how near a guess came.
type Keys interface {
	// TillKey returns ErrNotFound for a key that does not exist or was revoked; any other error means "try again".
	TillKey(ctx context.Context, hash string) (TillKey, error)
}

// KeysFunc makes Keys of a function.
type KeysFunc func(ctx context.Context, hash string) (TillKey, error)

// TillKey asks the function.
func (f KeysFunc) TillKey(ctx context.Context, hash string) (TillKey, error) { return f(ctx, hash) }
