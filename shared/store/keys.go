package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// TillKey is a till's key as it is kept: only its hash, so that a stolen table opens no door.
type TillKey = loyalty.TillKey

// HashKey is how a key is named in the table. A key has 160 random bits, so that a plain hash cannot be searched.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

const keysPartition = "keys"

// TillKey finds a key by its hash; ErrNotFound if there is none or it was revoked.
func (s *Store) TillKey(ctx context.Context, hash string) (TillKey, error) {
	item, err := s.items.Get(ctx, Key{Table: Programme, Partition: keysPartition, Sort: hash}, Stale)
	if err != nil {
		return TillKey{}, known(err)
	}
	k := readKey(item)
	if k.Ended(s.now()) {
		return TillKey{}, fmt.Errorf("the key was revoked: %w", loyalty.ErrNotFound)
	}
	return k, nil
}

// PutTillKey stores a key, or that it was revoked.
func (s *Store) PutTillKey(ctx context.Context, k TillKey) error {
	a := Attrs{}
	a.set("store", k.Store)
	a.set("name", k.Name)
	if len(k.May) > 0 {
		may := make([]string, len(k.May))
		for i, right := range k.May {
			may[i] = string(right)
		}
		a.set("may", strings.Join(may, ","))
	}
	a.set("created", k.CreatedAt.UTC().Format(time.RFC3339))
	if !k.RevokedAt.IsZero() {
		a.set("revoked", k.RevokedAt.UTC().Format(time.RFC3339))
	}
	_, err := s.items.Put(ctx, Item{Key: Key{Table: Programme, Partition: keysPartition, Sort: k.Hash}, Attrs: a}, Always())
	return err
}

// TillKeys lists all keys, revoked ones too.
func (s *Store) TillKeys(ctx context.Context) ([]TillKey, error) {
	var list []TillKey
	err := every(ctx, s.items, QueryInput{Table: Programme, Partition: keysPartition, Read: Strong}, func(item Item) error {
		list = append(list, readKey(item))
		return nil
	})
	return list, err
}

func readKey(item Item) TillKey {
	k := TillKey{Hash: item.Key.Sort, Store: item.Attrs.text("store"), Name: item.Attrs.text("name")}
	if may := item.Attrs.text("may"); may != "" {
		for right := range strings.SplitSeq(may, ",") {
			k.May = append(k.May, loyalty.Right(right))
		}
	}
	k.CreatedAt, _ = time.Parse(time.RFC3339, item.Attrs.text("created")) // zero where it is missing
	if revoked := item.Attrs.text("revoked"); revoked != "" {
		var err error
		if k.RevokedAt, err = time.Parse(time.RFC3339, revoked); err != nil {
			k.RevokedAt = time.Unix(0, 0).UTC() // whenever it was, it opens no door
		}
	}
	return k
}
