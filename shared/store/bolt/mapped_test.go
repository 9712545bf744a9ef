package bolt

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/mapped"
	"github.com/regulars-dev/regulars/shared/store"
)

// Pages that were given back are read again as they were, by readers at work too, and writes go on.
func TestWhatIsGivenBackIsReadAgain(t *testing.T) {
	t.Parallel()
	db, err := Open(filepath.Join(t.TempDir(), "regulars.db"), time.Now, Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const cards = 200
	item := func(n int) store.Item {
		key := store.Key{Table: store.Cards, Partition: fmt.Sprintf("card/%d", n), Sort: "HEAD"}
		return store.Item{Key: key, Attrs: store.Attrs{"s": strings.Repeat(fmt.Sprint(n), 1000)}}
	}
	put := func(n int) {
		if _, err := db.Put(t.Context(), item(n), store.Always()); err != nil {
			t.Error(err)
		}
	}
	for n := range cards {
		put(n)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for n := range cards {
				if n%20 == 0 {
					mapped.GiveBack(db.file)
					put(n)
				}
				if got, err := db.Get(t.Context(), item(n).Key, store.Strong); err != nil || got.Attrs["s"] != item(n).Attrs["s"] {
					t.Errorf("card %d: %v", n, err)
				}
			}
		})
	}
	readers.Wait()
}
