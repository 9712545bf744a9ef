package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func TestAFeedLeavesOutWhatIsNotWanted(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "regulars.db"), bolt.Feed(store.Cards))
	for _, table := range []store.Table{store.Cards, store.Records} {
		db.Keep(table, func(c store.Change) bool { return c.Old != nil })
	}
	for n := range 3 {
		put(t, db, store.Item{Key: card(n)})
	}
	put(t, db, store.Item{Key: card(1)})
	put(t, db, store.Item{Key: store.Key{Table: store.Records, Partition: "receipt", Sort: "1"}})
	put(t, db, store.Item{Key: store.Key{Table: store.Records, Partition: "receipt", Sort: "1"}})
	kept, err := db.Changes(t.Context(), store.Cards, 0, 0)
	if err != nil || len(kept) != 1 || kept[0].New.Key != card(1) || kept[0].New.Version != 2 || kept[0].Seq == 0 {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if none, err := db.Changes(t.Context(), store.Records, 0, 0); err != nil || len(none) != 0 {
		t.Errorf("a table without a feed has got one: %+v, %v", none, err)
	}
}
