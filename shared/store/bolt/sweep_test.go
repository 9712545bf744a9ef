package bolt_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// An item that is put again and lives longer is removed at its last moment, one whose life was cut short at that one, one put back to an endless
// life never, and one that was swept and put again at its new moment, whatever was entered for it before.
func TestSweepGoesByTheLastPut(t *testing.T) {
	t.Parallel()
	now := noon
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for n, hours := range [][]int{{1, 3}, {3, 1}, {1, 3, 2}, {1, 0}, {1, 0, 2}} {
		for _, h := range hours {
			item := store.Item{Key: card(n)}
			if h > 0 {
				item.Expires = noon.Add(time.Duration(h) * time.Hour)
			}
			put(t, db, item)
		}
	}
	var swept []int
	for range 4 {
		now = now.Add(time.Hour)
		n, err := db.Sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		swept = append(swept, n)
		put(t, db, store.Item{Key: card(1), Expires: noon.Add(5 * time.Hour)}) // over what may have been swept
	}
	if want := []int{1, 2, 1, 0}; !slices.Equal(swept, want) {
		t.Errorf("hour by hour %v are swept; want %v", swept, want)
	}
	now = noon.Add(5 * time.Hour)
	if n, err := db.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("at the moment of the item that was put again %d, %v are swept", n, err)
	}
	if _, err := db.Get(t.Context(), card(3), store.Strong); err != nil {
		t.Errorf("what lives on without an end: %v", err)
	}
}
