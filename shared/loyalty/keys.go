package loyalty

import (
	"context"
	"time"
)

// TillKey is what a till's key stands for. Of the key itself only its hash is kept.
type TillKey struct {
	Hash      string // hex of the SHA-256
	Store     string // the store that it acts for; AllStores for all
	Name      string // for the logs
	CreatedAt time.Time
	RevokedAt time.Time // zero while it is good
}

// AllStores is the store of a key that acts for every store.
const AllStores = "*"

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
