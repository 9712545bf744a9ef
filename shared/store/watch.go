package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// What is kept so that campaigns speak that time alone brings about: an item of its own beside the card's, about 80 bytes, in the due
// index by the moment at which to look at the card. It is written when something comes that is earlier than the card would be looked
// at, and when its moment has come; no checkout writes it.
const (
	sortWatch      = "WATCH"
	watchPartition = "watch/"
	dueWatch       = "watch"

	watchPending = "pend" // "gold~K3M9Q2X7TP4A other~...": campaigns that wait to speak, and their occasions
)

func watchKey(id string) Key {
	return Key{Table: Cards, Partition: watchPartition + id, Sort: sortWatch}
}

// Watch reads when a card is looked at.
func (s *Store) Watch(ctx context.Context, id string) (loyalty.Watch, loyalty.Version, error) {
	item, err := s.items.Get(ctx, watchKey(id), Strong)
	if errors.Is(err, ErrNotFound) {
		return loyalty.Watch{Card: id}, 0, nil
	}
	if err != nil {
		return loyalty.Watch{}, 0, err
	}
	w := loyalty.Watch{Card: id}
	if item.Due != (Due{}) {
		if w.DueAt, err = time.Parse(time.RFC3339, item.Due.At); err != nil {
			return w, 0, fmt.Errorf("when card %s is looked at: %w", id, err)
		}
	}
	for _, text := range strings.Fields(item.Attrs.text(watchPending)) {
		campaign, occasion, _ := strings.Cut(text, "~")
		w.Pending = append(w.Pending, loyalty.Pending{Campaign: campaign, Occasion: occasion})
	}
	return w, loyalty.Version(item.Version), nil
}

// PutWatch stores it over the version that was read.
func (s *Store) PutWatch(ctx context.Context, w loyalty.Watch, version loyalty.Version) error {
	item := Item{Key: watchKey(w.Card), Attrs: Attrs{}}
	if !w.DueAt.IsZero() {
		item.Due = Due{Kind: dueWatch, At: w.DueAt.UTC().Format(time.RFC3339)}
	}
	var pending []string
	for _, p := range w.Pending {
		pending = append(pending, p.Campaign+"~"+p.Occasion)
	}
	item.Attrs.set(watchPending, strings.Join(pending, " "))
	_, err := s.items.Put(ctx, item, over(version))
	return known(err)
}

// DueWatches lists cards by the moment at which to look at them.
func (s *Store) DueWatches(ctx context.Context, until time.Time, limit int) ([]string, error) {
	due, err := s.due(ctx, dueWatch, until.UTC().Add(time.Second).Format(time.RFC3339), limit)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, item := range due {
		list = append(list, strings.TrimPrefix(item.Key.Partition, watchPartition))
	}
	return list, nil
}
