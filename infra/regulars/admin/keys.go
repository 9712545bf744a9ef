package admin

import (
	"cmp"
	"encoding/base32"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// A till's key is keyPrefix and 32 characters of Crockford base32: 160 random bits. The prefix lets a scanner of repositories and a
// person know it for what it is.
const (
	keyPrefix = "rk_"
	keyBytes  = 20
	keyID     = 10 // characters of its hash, by which a key is called
	maxName   = 60 // characters of a key's name
)

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Key is a till's key as it is shown: never the key itself, but when it is made.
type Key struct {
	ID        string          `json:"id"`
	Store     string          `json:"store"`
	Name      string          `json:"name,omitempty"`
	May       []loyalty.Right `json:"may,omitempty"` // missing: what a till does
	CreatedAt time.Time       `json:"created_at"`
	RevokedAt *time.Time      `json:"revoked_at,omitempty"` // from then on it opens no door; may lie ahead
	Key       string          `json:"key,omitempty"`        // once, in the answer to making it
}

// NewKey asks for a key.
type NewKey struct {
	Store string          `json:"store"`
	Name  string          `json:"name"`
	May   []loyalty.Right `json:"may"` // empty: what a till does
}

// shown is a key without its secret, which is not kept.
func shown(k store.TillKey) Key {
	key := Key{ID: k.Hash[:min(keyID, len(k.Hash))], Store: k.Store, Name: k.Name, May: k.May, CreatedAt: k.CreatedAt}
	if !k.RevokedAt.IsZero() {
		key.RevokedAt = &k.RevokedAt
	}
	return key
}

// MakeSecret draws the text of a new key.
func MakeSecret(random io.Reader) (string, error) {
	raw := make([]byte, keyBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("draw a key: %w", err)
	}
	return keyPrefix + crockford.EncodeToString(raw), nil
}

// createKey answers with the key itself, this once.
func (h *handler) createKey(w http.ResponseWriter, r *http.Request) {
	var asked NewKey
	if !read(w, r, &asked, 0) {
		return
	}
	if asked.Store != "*" && !ids.ValidPart(asked.Store) {
		fail(w, refuse(loyalty.ErrInvalid, "store_invalid", fmt.Sprintf("the store %q is no id: 1 to %d of A-Z a-z 0-9 . _ - #, or * for all stores", asked.Store, ids.MaxPart)))
		return
	}
	if name := strings.TrimSpace(asked.Name); len([]rune(name)) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		fail(w, refuse(loyalty.ErrInvalid, "name_invalid", fmt.Sprintf("a key's name is one line of at most %d characters", maxName)))
		return
	}
	if err := mayHave(asked); err != nil {
		fail(w, err)
		return
	}
	made, err := h.makeKey(r, asked)
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, made.ID, "none", made.said())
	edge.WriteJSON(w, http.StatusCreated, made)
}

// makeKey draws a key and stores its hash.
func (h *handler) makeKey(r *http.Request, asked NewKey) (Key, error) {
	secret, err := MakeSecret(h.Random)
	if err != nil {
		return Key{}, err
	}
	k := store.TillKey{Hash: store.HashKey(secret), Store: asked.Store, Name: strings.TrimSpace(asked.Name), May: asked.May, CreatedAt: h.moment()}
	if err := h.store.PutTillKey(r.Context(), k); err != nil {
		return Key{}, fmt.Errorf("store the key: %w", err)
	}
	made := shown(k)
	made.Key = secret
	return made, nil
}

// mayHave judges the rights that are asked for. Whoever does a person's work is known by the key's name, which stands in the record of it.
func mayHave(asked NewKey) error {
	for _, right := range asked.May {
		switch {
		case !slices.Contains(loyalty.AllRights, right):
			return refuse(loyalty.ErrInvalid, "right_unknown", fmt.Sprintf("there is no right %q; a key may have till, campaigns and persons", right))
		case right == loyalty.RightTill:
		case asked.Store != loyalty.AllStores:
			return refuse(loyalty.ErrInvalid, "right_for_all_stores", fmt.Sprintf("the right %s is for all stores together; say --store '*'", right))
		case !loyalty.SaidPlainly(strings.TrimSpace(asked.Name), loyalty.MaxBy):
			return refuse(loyalty.ErrInvalid, "name_missing", fmt.Sprintf("a key with the right %s is a person's; say who with --name, in 1 to %d characters", right, loyalty.MaxBy))
		}
	}
	return nil
}

func (h *handler) listKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := h.store.TillKeys(r.Context())
	if err != nil {
		fail(w, fmt.Errorf("list keys: %w", err))
		return
	}
	slices.SortStableFunc(keys, func(a, b store.TillKey) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Name, b.Name))
	})
	list := make([]Key, len(keys))
	for i, k := range keys {
		list[i] = shown(k)
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

// revokeKey ends a key at once, called by the first characters of its hash. Revoking it again changes nothing.
func (h *handler) revokeKey(w http.ResponseWriter, r *http.Request) {
	k, err := h.keyCalled(r)
	was := shown(k).said()
	if now := h.moment(); err == nil && (k.RevokedAt.IsZero() || now.Before(k.RevokedAt)) {
		k.RevokedAt = now
		err = h.store.PutTillKey(r.Context(), k)
	}
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, shown(k).ID, was, shown(k).said())
	edge.WriteJSON(w, http.StatusOK, shown(k))
}

// keyCalled is the one key of the path.
func (h *handler) keyCalled(r *http.Request) (store.TillKey, error) {
	id := strings.ToLower(r.PathValue("id"))
	keys, err := h.store.TillKeys(r.Context())
	if err != nil {
		return store.TillKey{}, fmt.Errorf("list keys: %w", err)
	}
	keys = slices.DeleteFunc(keys, func(k store.TillKey) bool { return id == "" || !strings.HasPrefix(k.Hash, id) })
	switch len(keys) {
	case 0:
		return store.TillKey{}, refuse(loyalty.ErrNotFound, "key_unknown", fmt.Sprintf("no key is called %s; `regulars key list` shows them", id))
	case 1:
		return keys[0], nil
	}
	return store.TillKey{}, refuse(loyalty.ErrInvalid, "key_ambiguous", fmt.Sprintf("%d keys begin with %s; give more of its characters", len(keys), id))
}

// moment is now as keys keep it.
func (h *handler) moment() time.Time { return h.Now().UTC().Truncate(time.Second) }

// RotateKey asks for a new key in the place of one, which stays good for some minutes more.
type RotateKey struct {
	Minutes int64 `json:"minutes"`
}

// maxOverlap is how long the old key may stay good beside the new one.
const maxOverlap = 30 * 24 * time.Hour

// Rotated is a new key, shown this once, and the one that it takes the place of.
type Rotated struct {
	Key Key `json:"key"`
	Old Key `json:"old"`
}

// rotateKey makes a key of the same store and name. The new key is stored before the end of the old one is set: whatever fails between the
// two, the till has a key. A key that ends already is not rotated again.
func (h *handler) rotateKey(w http.ResponseWriter, r *http.Request) {
	var asked RotateKey
	if !read(w, r, &asked, 0) {
		return
	}
	old, err := h.keyCalled(r)
	was := shown(old).said()
	over := time.Duration(asked.Minutes) * time.Minute
	switch {
	case err != nil:
	case asked.Minutes < 0 || asked.Minutes > int64(maxOverlap/time.Minute):
		err = refuse(loyalty.ErrInvalid, "minutes_invalid", fmt.Sprintf("the old key may stay good for 0 to %d days", int(maxOverlap.Hours()/24)))
	case !old.RevokedAt.IsZero():
		err = refuse(loyalty.ErrRefused, "key_ends", fmt.Sprintf("key %s ends at %s; rotate the one that took its place", shown(old).ID, old.RevokedAt.Format(time.RFC3339)))
	}
	var made Key
	if err == nil {
		made, err = h.makeKey(r, NewKey{Store: old.Store, Name: old.Name, May: old.May})
	}
	if err == nil {
		old.RevokedAt = h.moment().Add(over)
		err = h.store.PutTillKey(r.Context(), old)
	}
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, shown(old).ID, was, shown(old).said()+"; "+made.said())
	edge.WriteJSON(w, http.StatusCreated, Rotated{Key: made, Old: shown(old)})
}
