package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// paceKey is the one item that all who send share. It is written about once a second, however fast they send.
var paceKey = Key{Table: Programme, Partition: "pace", Sort: "mail"}

// Pace reads how much of the sending rate is given away.
func (s *Store) Pace(ctx context.Context) (message.Pace, loyalty.Version, error) {
	var p message.Pace
	item, err := s.items.Get(ctx, paceKey, Strong)
	if errors.Is(err, ErrNotFound) {
		return p, 0, nil
	}
	if err != nil {
		return p, 0, err
	}
	if err := json.Unmarshal([]byte(item.Attrs.text("d")), &p); err != nil {
		return p, 0, fmt.Errorf("%s: %w", item.Key, err)
	}
	return p, loyalty.Version(item.Version), nil
}

// PutPace stores it over the version that was read.
func (s *Store) PutPace(ctx context.Context, p message.Pace, version loyalty.Version) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write how fast is sent: %w", err)
	}
	_, err = s.items.Put(ctx, Item{Key: paceKey, Attrs: Attrs{"d": string(body)}}, over(version))
	return known(err)
}
