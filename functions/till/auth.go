package till

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

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
	key  loyalty.TillKey
	read time.Time
}

func (k *keyring) get(hash string, now time.Time) (loyalty.TillKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.kept[hash]
	age := now.Sub(found.read)
	return found.key, ok && age >= 0 && age < keyFresh && !found.key.Ended(now)
}

func (k *keyring) put(hash string, key loyalty.TillKey, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= maxKept {
		k.kept = map[string]keptKey{}
	}
	k.kept[hash] = keptKey{key: key, read: now}
}

// caller is who asks, and what its key opens.
type caller struct {
	store, name string
	key         loyalty.TillKey
}

// mayEnter refuses a door that the key has none of the rights for.
func (c caller) mayEnter(doors []loyalty.Right) error {
	if len(doors) == 0 {
		doors = []loyalty.Right{loyalty.RightTill}
	}
	if slices.ContainsFunc(doors, c.key.Opens) {
		return nil
	}
	right := doors[len(doors)-1]
	return edge.Problem{Status: http.StatusForbidden, Code: "right_missing", Detail: fmt.Sprintf(
		"This key has not the right %q, which this door wants. Use a key that was made with `regulars key create --may %s`.", right, right)}
}

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
	return caller{store: key.Store, name: key.Name, key: key}, nil
}

// mayActFor refuses a store that is not the key's own.
func (c caller) mayActFor(store string) error {
	if c.store == loyalty.AllStores || c.store == store {
		return nil
	}
	if store == loyalty.AllStores {
		return edge.Problem{Status: http.StatusForbidden, Code: "store_not_yours",
			Detail: "This key acts for store " + c.store + " alone, and this wants a key of all stores; `regulars key create` makes one."}
	}
	return edge.Problem{Status: http.StatusForbidden, Code: "store_not_yours",
		Detail: "This key acts for store " + c.store + " and not for the store that the body names. Use that store's key."}
}

// storeOf is the store that a body names, or the key's own where it names none; "" if neither is one store.
func (c caller) storeOf(named string) string {
	if named == "" && c.store != loyalty.AllStores {
		return c.store
	}
	return named
}
