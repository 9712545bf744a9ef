package store

import (
	"context"
	"time"
)

// missLife is how long a minute's misses lie after they were counted. Nobody reads them; the next minute has an item of its own.
const missLife = time.Hour

// Missed counts a miss. The version that a put without condition comes back with is the count: one write, no read and no clash.
func (s *Store) Missed(ctx context.Context, hash string, minute time.Time) (int64, error) {
	item, err := s.items.Put(ctx, Item{
		Key:   Key{Table: Records, Partition: "misses/" + hash, Sort: minute.UTC().Format("2006-01-02T15:04")},
		Attrs: Attrs{}, Expires: s.expiry(missLife),
	}, Always())
	return item.Version, err
}
