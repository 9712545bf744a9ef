package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/rfm"
)

// scoresPartition holds a report an item, by its moment, so that what a segment was asked by can be looked up later.
const (
	scoresPartition = "scores"
	scoresTable     = "table" // JSON of rfm.Table
)

// PutScores stores a report.
func (s *Store) PutScores(ctx context.Context, t rfm.Table) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = s.items.Put(ctx, Item{
		Key: Key{Table: Programme, Partition: scoresPartition, Sort: t.At.UTC().Format(time.RFC3339)}, Attrs: Attrs{scoresTable: string(body)},
	}, Always())
	return known(err)
}

// NewestScores returns the report of the latest moment.
func (s *Store) NewestScores(ctx context.Context) (rfm.Table, error) {
	page, err := s.items.Query(ctx, QueryInput{Table: Programme, Partition: scoresPartition, Backward: true, Limit: 1})
	if err != nil {
		return rfm.Table{}, err
	}
	if len(page.Items) == 0 {
		return rfm.Table{}, loyalty.ErrNotFound
	}
	var t rfm.Table
	if err := json.Unmarshal([]byte(page.Items[0].Attrs.text(scoresTable)), &t); err != nil {
		return t, fmt.Errorf("%s: %w", page.Items[0].Key, err)
	}
	return t, nil
}
