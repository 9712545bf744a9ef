package bolt

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
)

// One call of a group goes wrong after it has written; the others are done, it is not, and nobody waits for ever.
func TestGroupMembersDoNotSufferForOne(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	for name, last := range map[string]func() error{
		"an error": func() error { return wrong },
		"a panic":  func() error { panic("page 7 already freed") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return time.Time{} })
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			key := func(sort string) store.Key {
				return store.Key{Table: store.Cards, Partition: "card/1", Sort: sort}
			}
			var group []*call
			for _, sort := range []string{"a", "wrong", "b"} {
				group = append(group, &call{ctx: t.Context(), done: make(chan error, 1), do: func(tx *txn) error {
					if _, err := tx.put(d.feed, store.Item{Key: key(sort)}, nil); err != nil || sort != "wrong" {
						return err
					}
					return last()
				}})
			}
			d.commit(group)
			for n, sort := range []string{"a", "wrong", "b"} {
				answer := <-group[n].done
				_, err := d.Get(t.Context(), key(sort), store.Strong)
				if fails := sort == "wrong"; (answer != nil) != fails || errors.Is(err, store.ErrNotFound) != fails {
					t.Errorf("%s: answered %v; reading says %v", sort, answer, err)
				}
			}
			changes, err := d.Changes(t.Context(), store.Cards, 0, 0)
			if err != nil || len(changes) != 2 {
				t.Errorf("the feed tells %v, %v; want the two that were done", changes, err)
			}
		})
	}
}
