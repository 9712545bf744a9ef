package storefault_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/store/storefault"
	"github.com/regulars-dev/regulars/shared/store/storetest"
)

func inner(t *testing.T) store.Items {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return time.Time{} }, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var key = store.Key{Table: store.Cards, Partition: "card/7001", Sort: "HEAD"}

func head(n int64) store.Item {
	return store.Item{Key: key, Attrs: store.Attrs{"n": n}}
}

// Without a plan, and even with strong reads alone under a stale one, it is a store like any other.
func TestHarmlessPlanKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Items { return storefault.Wrap(inner(t), storefault.Plan{}) })
}

func TestEachCallFailsBothWays(t *testing.T) {
	t.Parallel()
	story := func(items store.Items) []error {
		_, putErr := items.Put(t.Context(), head(1), store.IfAbsent())
		_, getErr := items.Get(t.Context(), key, store.Strong)
		_, queryErr := items.Query(t.Context(), store.QueryInput{Table: store.Cards, Partition: key.Partition})
		transactErr := items.Transact(t.Context(), []store.Write{{Item: head(2)}})
		_, dueErr := items.Due(t.Context(), store.DueInput{Kind: "cart", To: "~"})
		_, scanErr := items.Scan(t.Context(), store.ScanInput{Table: store.Cards, Segments: 1})
		return []error{putErr, getErr, queryErr, transactErr, dueErr, scanErr}
	}
	calm := storefault.Wrap(inner(t), storefault.Plan{})
	if err := errors.Join(story(calm)...); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1: put cards/card/7001/HEAD", "2: get cards/card/7001/HEAD", "3: query cards/card/7001/", "4: transact cards/card/7001/HEAD",
		"5: due cart#0", "6: scan cards 0/1",
	}
	if got := calm.Calls(); !slices.Equal(got, want) {
		t.Errorf("calls were %q; want %q", got, want)
	}
	for n := 1; n <= len(want); n++ {
		for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
			t.Run(fmt.Sprintf("call %d %s", n, fault), func(t *testing.T) {
				t.Parallel()
				db := inner(t)
				errs := story(storefault.Wrap(db, storefault.Plan{Fail: map[int]storefault.Fault{n: fault}}))
				if !errors.Is(errs[n-1], storefault.ErrFault) {
					t.Errorf("the call returned %v", errs[n-1])
				}
				stored, err := db.Get(t.Context(), key, store.Strong)
				puts := int64(2)
				if fault == storefault.NotDone && (n == 1 || n == 4) {
					puts = 1
				}
				if err != nil || stored.Version != puts {
					t.Errorf("version %d, %v; want %d", stored.Version, err, puts)
				}
			})
		}
	}
}

func TestDown(t *testing.T) {
	t.Parallel()
	items := storefault.Wrap(inner(t), storefault.Plan{DownFrom: 2})
	for n := range int64(4) {
		if _, err := items.Put(t.Context(), head(n), store.Always()); errors.Is(err, storefault.ErrFault) != (n > 0) {
			t.Errorf("put %d: %v", n+1, err)
		}
	}
}

// A stale read brings states that were, never one that was not; a strong read and a refusal bring what is.
func TestStaleReads(t *testing.T) {
	t.Parallel()
	items := storefault.Wrap(inner(t), storefault.Plan{StaleOne: 2, Seed: 7})
	ages := map[int64]int{}
	for n := int64(1); n <= 40; n++ {
		cond := store.IfVersion(n - 1)
		if n == 1 {
			cond = store.IfAbsent()
		}
		if _, err := items.Put(t.Context(), head(n), cond); err != nil {
			t.Fatal(err)
		}
		if now, err := items.Get(t.Context(), key, store.Strong); err != nil || now.Version != n {
			t.Fatalf("a strong read after put %d: %v, %v", n, now, err)
		}
		page, err := items.Query(t.Context(), store.QueryInput{Table: store.Cards, Partition: key.Partition})
		if err != nil {
			t.Fatal(err)
		}
		version := int64(0)
		for _, item := range page.Items {
			if version = item.Version; item.Attrs["n"] != version {
				t.Errorf("version %d came with the contents of %v", version, item.Attrs["n"])
			}
		}
		if n-version > 3 {
			t.Errorf("after put %d came version %d", n, version)
		}
		ages[n-version]++
	}
	if ages[0] == 0 || ages[1] == 0 || ages[2] == 0 || ages[3] == 0 {
		t.Errorf("states came by age: %v; want some of each up to 3", ages)
	}
	var refused *store.Refused
	if _, err := items.Put(t.Context(), head(0), store.IfVersion(3)); !errors.As(err, &refused) || refused.Stored.Version != 40 {
		t.Errorf("a refusal brought %v", err)
	}
}

// The first put may not have arrived yet where the read goes.
func TestStaleAbsence(t *testing.T) {
	t.Parallel()
	items := storefault.Wrap(inner(t), storefault.Plan{StaleOne: 1})
	if err := items.Transact(t.Context(), []store.Write{{Item: head(1), If: store.IfAbsent()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := items.Get(t.Context(), key, store.Stale); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v; want ErrNotFound", err)
	}
	page, err := items.Query(t.Context(), store.QueryInput{Table: store.Cards, Partition: key.Partition})
	if err != nil || len(page.Items) > 0 {
		t.Errorf("got %v, %v; want an empty page", page, err)
	}
}
