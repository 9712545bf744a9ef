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
	RevokedAt *time.Time      `json:"revoked_at,omitempty"`
	Key       string          `json:"key,omitempty"` // once, in the answer to making it
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
	secret, err := MakeSecret(h.Random)
	if err != nil {
		fail(w, err)
		return
	}
	k := store.TillKey{Hash: store.HashKey(secret), Store: asked.Store, Name: strings.TrimSpace(asked.Name), May: asked.May, CreatedAt: h.Now().UTC().Truncate(time.Second)}
	if err := h.store.PutTillKey(r.Context(), k); err != nil {
		fail(w, fmt.Errorf("store the key: %w", err))
		return
	}
	made := shown(k)
	made.Key = secret
	edge.WriteJSON(w, http.StatusCreated, made)
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
		case strings.TrimSpace(asked.Name) == "":
			return refuse(loyalty.ErrInvalid, "name_missing", fmt.Sprintf("a key with the right %s is a person's; say who with --name", right))
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
	slices.SortStableFunc(keys, func(a, b store.TillKey) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Name, b.Name)) })
	list := make([]Key, len(keys))
	for i, k := range keys {
		list[i] = shown(k)
	}
	edge.WriteJSON(w, http.StatusOK, list)
}

// revokeKey ends a key, called by the first characters of its hash. Revoking it again changes nothing.
func (h *handler) revokeKey(w http.ResponseWriter, r *http.Request) {
	id := strings.ToLower(r.PathValue("id"))
	keys, err := h.store.TillKeys(r.Context())
	if err != nil {
		fail(w, fmt.Errorf("list keys: %w", err))
		return
	}
	keys = slices.DeleteFunc(keys, func(k store.TillKey) bool { return id == "" || !strings.HasPrefix(k.Hash, id) })
	switch {
	case len(keys) == 0:
		fail(w, refuse(loyalty.ErrNotFound, "key_unknown", fmt.Sprintf("no key is called %s; `regulars key list` shows them", id)))
		return
	case len(keys) > 1:
		fail(w, refuse(loyalty.ErrInvalid, "key_ambiguous", fmt.Sprintf("%d keys begin with %s; give more of its characters", len(keys), id)))
		return
	}
	k := keys[0]
	if k.RevokedAt.IsZero() {
		k.RevokedAt = h.Now().UTC().Truncate(time.Second)
		if err := h.store.PutTillKey(r.Context(), k); err != nil {
			fail(w, fmt.Errorf("store the key: %w", err))
			return
		}
	}
	edge.WriteJSON(w, http.StatusOK, shown(k))
}
