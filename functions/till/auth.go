package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Key is what a till's key stands for.
type Key struct {
	Store string // the store that it acts for; AllStores for all
	Name  string // for the logs
}

// AllStores is the store of a key that acts for every store.
const AllStores = "*"

// Keys knows the keys of tills by the hex of their SHA-256, which is all that is kept of them. A key has 160 random bits, so its hash
// cannot be searched for, and a look-up by hash tells nothing of how near a guess came.
type Keys interface {
	// TillKey returns loyalty.ErrNotFound for a key that does not exist or was revoked; any other error means "try again".
	TillKey(ctx context.Context, hash string) (Key, error)
}

// KeysFunc makes Keys of a function.
type KeysFunc func(ctx context.Context, hash string) (Key, error)

// TillKey asks the function.
func (f KeysFunc) TillKey(ctx context.Context, hash string) (Key, error) { return f(ctx, hash) }

// Limits of keys.
const (
	maxSecret = 256              // bytes of a key as it is sent
	keyFresh  = 30 * time.Second // how long a key that was read is trusted: the longest it takes for a revocation to be heeded
	maxKept   = 1_000            // keys kept in memory; beyond it all are read anew
)

// keyring keeps keys that were found for keyFresh.
type keyring struct {
	mu   sync.Mutex
	kept map[string]keptKey
}

type keptKey struct {
	key  Key
	read time.Time
}

func (k *keyring) get(hash string, now time.Time) (Key, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.kept[hash]
	age := now.Sub(found.read)
	return found.key, ok && age >= 0 && age < keyFresh
}

func (k *keyring) put(hash string, key Key, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= maxKept {
		k.kept = map[string]keptKey{}
	}
	k.kept[hash] = keptKey{key: key, read: now}
}

// caller is who asks.
type caller struct{ store, name string }

// caller finds out who asks, by the bearer key of the request.
func (d *door) caller(r *http.Request) (caller, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return caller{}, edge.Problem{Status: http.StatusUnauthorized, Code: "key_missing",
			Detail: "This door wants a till's key: send the header Authorization: Bearer rk_..."}
	}
	sum := sha256.Sum256([]byte(secret))
	hash, now := hex.EncodeToString(sum[:]), d.Service.Now()
	key, known := d.keys.get(hash, now)
	if !known {
		var err error
		key, err = d.Keys.TillKey(r.Context(), hash)
		if len(secret) > maxSecret || errors.Is(err, loyalty.ErrNotFound) {
			edge.Count(r.Context(), countStrangers, 1)
			return caller{}, edge.Problem{Status: http.StatusUnauthorized, Code: "key_unknown",
				Detail: "This key is not known or was revoked. Make a new one with `regulars key`."}
		}
		if err != nil {
			return caller{}, fmt.Errorf("look up the key: %w", err)
		}
		d.keys.put(hash, key, now)
	}
	return caller{store: key.Store, name: key.Name}, nil
}

// mayActFor refuses a store that is not the key's own.
func (c caller) mayActFor(store string) error {
	if c.store == AllStores || c.store == store {
		return nil
	}
	return edge.Problem{Status: http.StatusForbidden, Code: "store_not_yours",
		Detail: "This key acts for store " + c.store + " and not for the store that the body names. Use that store's key."}
}

// storeOf is the store that a body names, or the key's own where it names none; "" if neither is one store.
func (c caller) storeOf(named string) string {
	if named == "" && c.store != AllStores {
		return c.store
	}
	return named
}
