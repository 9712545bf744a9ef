package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A return that waits for its receipt is noted beside nothing else, for the due index alone: "return/0042/03/000173", "WAIT/r-1". The
// return itself lies where its receipt will lie.
const (
	dueReturn       = "return"
	returnPartition = "return/"
	sortReturnWait  = "WAIT/"
)

func awaitedKey(key receipt.Key, id string) Key {
	return Key{Table: Cards, Partition: returnPartition + key.String(), Sort: sortReturnWait + id}
}

// awaitedItem lives as long as the return, so that whoever tells of it again finds that it was noted.
func (s *Store) awaitedItem(a loyalty.Awaited) Item {
	item := Item{Key: awaitedKey(a.Receipt, a.Return), Attrs: Attrs{}, Expires: s.expiry(receiptLife)}
	if !a.DueAt.IsZero() {
		item.Due = Due{Kind: dueReturn, At: a.DueAt.UTC().Format(dueMoments)}
	}
	return item
}

// PutAwaited implements loyalty.Overdue.
func (s *Store) PutAwaited(ctx context.Context, a loyalty.Awaited) error {
	_, err := s.items.Put(ctx, s.awaitedItem(a), IfAbsent())
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return nil
	}
	return err
}

// DueReturns implements loyalty.Overdue.
func (s *Store) DueReturns(ctx context.Context, t time.Time, limit int) ([]string, error) {
	due, err := s.due(ctx, dueReturn, t.UTC().Add(time.Second).Format(dueMoments), limit)
	names := make([]string, 0, len(due))
	for _, item := range due {
		names = append(names, strings.TrimPrefix(item.Key.Partition, returnPartition)+"\t"+strings.TrimPrefix(item.Key.Sort, sortReturnWait))
	}
	return names, err
}

// Awaited implements loyalty.Overdue. A name is the receipt's key, a tab, and the return's id.
func (s *Store) Awaited(ctx context.Context, name string) (loyalty.Awaited, error) {
	where, id, _ := strings.Cut(name, "\t")
	key, err := receipt.ParseKey(where)
	if err != nil {
		return loyalty.Awaited{}, err
	}
	item, err := s.items.Get(ctx, awaitedKey(key, id), Strong)
	if err != nil {
		return loyalty.Awaited{}, known(err)
	}
	a := loyalty.Awaited{Receipt: key, Return: id, Version: loyalty.Version(item.Version)}
	if item.Due.At != "" {
		if a.DueAt, err = time.Parse(dueMoments, item.Due.At); err != nil {
			return a, fmt.Errorf("%s: %w", item.Key, err)
		}
	}
	return a, nil
}

// SeenTo implements loyalty.Overdue.
func (s *Store) SeenTo(ctx context.Context, a loyalty.Awaited) error {
	a.DueAt = time.Time{}
	_, err := s.items.Put(ctx, s.awaitedItem(a), over(a.Version))
	return known(err)
}
