package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// catchupKey is where it stands how far cards have been looked through for campaigns of time: one item, as JSON.
var catchupKey = Key{Table: Programme, Partition: "progress", Sort: "catchup"}

const catchupSays = "d"

// Catchup reads it.
func (s *Store) Catchup(ctx context.Context) (c loyalty.Catchup, over loyalty.Version, err error) {
	item, err := s.items.Get(ctx, catchupKey, Strong)
	if errors.Is(err, ErrNotFound) {
		return c, 0, nil
	}
	if err != nil {
		return c, 0, err
	}
	if err := json.Unmarshal([]byte(item.Attrs.text(catchupSays)), &c); err != nil {
		return c, 0, fmt.Errorf("%s: %w", item.Key, err)
	}
	return c, loyalty.Version(item.Version), nil
}

// PutCatchup stores it over the version that was read.
func (s *Store) PutCatchup(ctx context.Context, c loyalty.Catchup, version loyalty.Version) (loyalty.Version, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	stored, err := s.items.Put(ctx, Item{Key: catchupKey, Attrs: Attrs{catchupSays: string(text)}}, over(version))
	return loyalty.Version(stored.Version), known(err)
}
