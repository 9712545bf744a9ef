package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/store/storetest"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

func open(t testing.TB, path string, options ...bolt.Option) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, atNoon, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func fresh(t testing.TB) *bolt.DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "regulars.db"))
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Items { return fresh(t) })
}

// One file for all cases at once: nothing of one may show in another.
func TestContractInOneFile(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	storetest.Run(t, func(*testing.T) store.Items { return db })
}

func TestFeed(t *testing.T) {
	t.Parallel()
	storetest.RunFeed(t, func(t *testing.T) storetest.Feed {
		return open(t, filepath.Join(t.TempDir(), "regulars.db"), bolt.Feed(store.Cards))
	})
}

func TestFeedIsAnOption(t *testing.T) {
	t.Parallel()
	key := store.Key{Table: store.Records, Partition: "receipt", Sort: "1"}
	for want, options := range [][]bolt.Option{{bolt.Feed(store.Cards)}, {}, {bolt.Feed()}} {
		db := open(t, filepath.Join(t.TempDir(), "regulars.db"), options...)
		if _, err := db.Put(t.Context(), store.Item{Key: key}, store.IfAbsent()); err != nil {
			t.Fatal(err)
		}
		changes, err := db.Changes(t.Context(), store.Records, 0, 0)
		if err != nil || (len(changes) == 1) != (want == 1) {
			t.Errorf("options %d: %v, %v", want, changes, err)
		}
	}
}

func card(n int) store.Key {
	return store.Key{Table: store.Cards, Partition: fmt.Sprintf("card/%d", n), Sort: "HEAD"}
}

func put(t testing.TB, db *bolt.DB, item store.Item) store.Item {
	t.Helper()
	stored, err := db.Put(t.Context(), item, store.Always())
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestSweep(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	due := store.Due{Kind: "cart", At: "2026"}
	for n, expires := range []time.Time{{}, noon.Add(-time.Hour), noon, noon.Add(time.Second)} {
		put(t, db, store.Item{Key: card(n), Expires: expires, Due: due, Attrs: store.Attrs{"n": int64(n)}})
	}
	put(t, db, store.Item{Key: card(4), Expires: noon.Add(-time.Hour)})
	put(t, db, store.Item{Key: card(4)}) // lives on without an end
	before, err := db.Changes(t.Context(), store.Cards, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{2, 0} {
		if got, err := db.Sweep(t.Context()); err != nil || got != want {
			t.Fatalf("swept %d, %v; want %d", got, err, want)
		}
	}
	for n, stays := range []bool{true, false, false, true, true} {
		if _, err := db.Get(t.Context(), card(n), store.Strong); (err == nil) != stays {
			t.Errorf("card %d: %v; want it to stay: %v", n, err, stays)
		}
	}
	told, err := db.Changes(t.Context(), store.Cards, before[len(before)-1].Seq, 0)
	if err != nil || len(told) != 2 || told[0].New != nil || told[1].New != nil || told[0].Old.Key != card(1) || told[1].Old.Key != card(2) {
		t.Errorf("the feed told %v, %v", told, err)
	}
	left := 0
	for shard := range store.DueShards {
		page, err := db.Due(t.Context(), store.DueInput{Kind: "cart", Shard: shard, To: "~"})
		if err != nil {
			t.Fatal(err)
		}
		left += len(page.Items)
	}
	if left != 2 {
		t.Errorf("%d items are left in the due index; want 2", left)
	}
	again, err := db.Put(t.Context(), store.Item{Key: card(1)}, store.IfAbsent())
	if err != nil || again.Version != 1 {
		t.Errorf("put again where an item was swept: %v, %v", again, err)
	}
}

// More than one commit's worth, so that the rounds join without a gap.
func TestSweepAndTrimInRounds(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	const count = 1_100
	for first := 0; first < count; first += store.MaxTransact {
		var writes []store.Write
		for n := first; n < first+store.MaxTransact; n++ {
			writes = append(writes, store.Write{Item: store.Item{Key: card(n), Expires: noon}})
		}
		if err := db.Transact(t.Context(), writes); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Sweep(t.Context()); got != count || err != nil {
		t.Errorf("swept %d, %v; want %d", got, err, count)
	}
	if err := db.Trim(store.Cards, 2*count-1); err != nil {
		t.Fatal(err)
	}
	if left, err := db.Changes(t.Context(), store.Cards, 0, 0); err != nil || len(left) != 1 || left[0].Seq != 2*count {
		t.Errorf("left are %d changes, %v; want the last alone", len(left), err)
	}
}

func TestReopen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "regulars.db")
	db := open(t, path)
	want := put(t, db, store.Item{Key: card(1), Attrs: store.Attrs{"n": int64(1)}})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	if got, err := db.Get(t.Context(), card(1), store.Strong); err != nil || got.Version != want.Version || got.Attrs["n"] != int64(1) {
		t.Errorf("after reopening: %v, %v", got, err)
	}
	if changes, err := db.Changes(t.Context(), store.Cards, 0, 0); err != nil || len(changes) != 1 {
		t.Errorf("after reopening the feed is %v, %v", changes, err)
	}
}

func TestBackup(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	put(t, db, store.Item{Key: card(1), Attrs: store.Attrs{"n": int64(1)}})
	var copied bytes.Buffer
	if err := db.Backup(&copied); err != nil {
		t.Fatal(err)
	}
	put(t, db, store.Item{Key: card(1), Attrs: store.Attrs{"n": int64(2)}})
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, path).Get(t.Context(), card(1), store.Strong); err != nil || got.Attrs["n"] != int64(1) {
		t.Errorf("the backup holds %v, %v; want the item as it was then", got, err)
	}
	if err := db.Backup(broken{}); err == nil || !strings.Contains(err.Error(), errBroken.Error()) {
		t.Errorf("a backup that cannot be written: %v", err)
	}
}

var errBroken = errors.New("no room")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// What a person reads who starts the program wrongly: what is wrong, where, what to do.
func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inUse := filepath.Join(dir, "in use.db")
	open(t, inUse)
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is a letter and no store\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged.db")
	open(t, damaged).Close()
	pages, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	for at := 2 * os.Getpagesize(); at < len(pages); at++ { // behind the two heads of the file
		pages[at] = 0x5a
	}
	if err := os.WriteFile(damaged, pages, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ path, advice string }{
		"damaged":    {damaged, "restore a backup"},
		"in use":     {inUse, "another process has it open"},
		"a folder":   {dir, "name a file in it"},
		"no folder":  {filepath.Join(dir, "none", "regulars.db"), "make it first"},
		"not ours":   {text, "this is no store of Regulars"},
		"no file in": {filepath.Join(text, "regulars.db"), "see whether the disk is well"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := bolt.Open(c.path, atNoon)
			if err == nil {
				db.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.path) || !strings.Contains(err.Error(), c.advice) {
				t.Errorf("%q names not %q or says not %q", err, c.path, c.advice)
			}
		})
	}
}

// A crowd of writers shares commits; each still gets its own answer.
func TestGroups(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	const crowd = 200
	gone, end := context.WithCancel(t.Context())
	end()
	var all sync.WaitGroup
	for n := range crowd {
		all.Go(func() {
			ctx := t.Context()
			if n%10 == 9 {
				ctx = gone
			}
			stored, err := db.Put(ctx, store.Item{Key: card(n / 2 * 2)}, store.IfAbsent())
			var refused *store.Refused
			switch {
			case n%10 == 9:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("call %d gave up and got %v, %v", n, stored, err)
				}
			case errors.As(err, &refused):
				if refused.Stored == nil || refused.Stored.Key != card(n/2*2) {
					t.Errorf("call %d was refused with %v", n, refused.Stored)
				}
			case err != nil || stored.Key != card(n/2*2) || stored.Version != 1:
				t.Errorf("call %d: %v, %v", n, stored, err)
			}
		})
	}
	all.Wait()
	changes, err := db.Changes(t.Context(), store.Cards, 0, 0)
	if err != nil || len(changes) != crowd/2 {
		t.Errorf("%d changes, %v; want one of each pair", len(changes), err)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	db := fresh(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Put(t.Context(), store.Item{Key: card(1)}, store.Always()); err == nil {
		t.Error("a put worked after close")
	}
	if _, err := db.Get(t.Context(), card(1), store.Strong); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a get after close: %v", err)
	}
}
