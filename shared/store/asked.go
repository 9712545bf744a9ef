package store

import (
	"context"
	"errors"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// NoteAsked keeps that something was asked for about a shopper. The same matter by the same name on one day is one record, so that asking
// again changes nothing of what is held.
func (s *Store) NoteAsked(ctx context.Context, a loyalty.AskedAbout) error {
	attrs := Attrs{"at": a.At.UTC().Format(time.RFC3339)}
	attrs.set("reason", a.Reason)
	key := Key{Table: Records, Partition: "asked/" + a.Card, Sort: a.At.UTC().Format(time.DateOnly) + "/" + a.Matter + "/" + a.By}
	_, err := s.items.Put(ctx, Item{Key: key, Attrs: attrs}, IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return nil
	}
	return err
}
