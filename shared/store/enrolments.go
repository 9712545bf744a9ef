package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// enrolmentLife is how long the number of an enrolment is kept. A till that heard no answer asks again within hours, or days.
const enrolmentLife = 31 * 24 * time.Hour

// enrolmentKey names an enrolment by its hash: what a till takes for an id may be somebody's name.
func enrolmentKey(store, id string) Key {
	sum := sha256.Sum256([]byte(store + "\x00" + id))
	return Key{Table: Cards, Partition: "enrolment/" + hex.EncodeToString(sum[:16]), Sort: "NUMBER"}
}

// Issued is the number that was issued for an enrolment.
func (s *Store) Issued(ctx context.Context, store, id string) (string, error) {
	item, err := s.items.Get(ctx, enrolmentKey(store, id), Strong)
	return item.Attrs.text(aliasCard), known(err)
}

// KeepIssued keeps the number of an enrolment, and tells the one that is kept.
func (s *Store) KeepIssued(ctx context.Context, store, id, number string) (string, error) {
	item := Item{Key: enrolmentKey(store, id), Attrs: Attrs{aliasCard: number}, Expires: s.expiry(enrolmentLife)}
	_, err := s.items.Put(ctx, item, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Stored != nil {
		return refused.Stored.Attrs.text(aliasCard), nil
	}
	if err != nil {
		return "", fmt.Errorf("keep the number of an enrolment: %w", err)
	}
	return number, nil
}
