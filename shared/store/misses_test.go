package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Each miss costs one write and no read, and each minute of each key begins at one.
func TestAMissIsOneWrite(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 30, 0, time.UTC)
	clock := func() time.Time { return now }
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), clock, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	meter := store.NewMeter(db)
	s := store.New(meter, clock)
	minute := now.Truncate(time.Minute)
	for _, row := range []struct {
		key    string
		minute time.Time
		want   int64
	}{{"a", minute, 1}, {"a", minute, 2}, {"b", minute, 1}, {"a", minute.Add(time.Minute), 1}, {"a", minute, 3}} {
		if got, err := s.Missed(t.Context(), row.key, row.minute); err != nil || got != row.want {
			t.Errorf("%s at %s: %d, %v, want %d", row.key, row.minute, got, err, row.want)
		}
	}
	if got := meter.Total(); got != (store.Units{Writes: 5}) {
		t.Errorf("five misses cost %s", got)
	}
}
