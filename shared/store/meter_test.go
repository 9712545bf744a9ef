package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
	"github.com/regulars-dev/regulars/shared/store/storetest"
)

func openBolt(t *testing.T) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return time.Time{} }, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// A meter changes nothing of what it measures.
func TestMeterKeepsTheContract(t *testing.T) {
	t.Parallel()
	meter := store.NewMeter(openBolt(t))
	storetest.Run(t, func(*testing.T) store.Items { return meter })
}

func sized(table store.Table, sort string, bytes int) store.Item {
	i := store.Item{Key: store.Key{Table: table, Partition: "card/7001", Sort: sort}, Version: 1, Attrs: store.Attrs{"fill": ""}}
	i.Attrs["fill"] = strings.Repeat("x", bytes-store.Size(i))
	return i
}

// The bill of a small day, added up by hand. What the single prices are is held against an engine in the tests of store/dynamo.
func TestMeterBill(t *testing.T) {
	t.Parallel()
	ctx, meter := t.Context(), store.NewMeter(openBolt(t))
	head := sized(store.Cards, "HEAD", 1000)
	head.Due = store.Due{Kind: "birthday", At: "12-24"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := meter.Put(ctx, head, store.IfAbsent()) // 1 write, 1 of the index
	must(err)
	_, err = meter.Put(ctx, sized(store.Records, "RECEIPT", 1025), store.IfAbsent()) // 2 writes
	must(err)
	_, err = meter.Get(ctx, head.Key, store.Stale) // half a read
	must(err)
	want := map[store.Table]store.Units{store.Cards: {ReadHalves: 1, Writes: 1, IndexWrites: 1}, store.Records: {Writes: 2}}
	if got := meter.ByTable(); got[store.Cards] != want[store.Cards] || got[store.Records] != want[store.Records] || len(got) != 2 {
		t.Errorf("by table: %v; want %v", got, want)
	}
	if got, want := meter.Total().String(), "0.5 RRU, 3 WRU, 1 WRU of the index"; got != want {
		t.Errorf("in total: %s; want %s", got, want)
	}
	meter.Reset()
	if meter.Total() != (store.Units{}) {
		t.Errorf("after a reset: %v", meter.Total())
	}
}

func TestMeterBillsRefusals(t *testing.T) {
	t.Parallel()
	ctx, meter := t.Context(), store.NewMeter(openBolt(t))
	large, small := sized(store.Cards, "HEAD", 2049), sized(store.Cards, "HEAD", 400)
	small.Due = store.Due{Kind: "birthday", At: "12-24"}
	if _, err := meter.Put(ctx, large, store.IfAbsent()); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		call func() error
		want store.Units
	}{
		"by the larger of both": {func() error {
			_, err := meter.Put(ctx, small, store.IfVersion(9))
			return err
		}, store.Units{Writes: 3}},
		"a transaction double, each write": {func() error {
			return meter.Transact(ctx, []store.Write{{Item: sized(store.Cards, "PROFILE", 400)}, {Item: small, If: store.IfAbsent()}})
		}, store.Units{Writes: 2 + 6}},
	} {
		meter.Reset()
		var refused *store.Refused
		if err := c.call(); !errors.As(err, &refused) {
			t.Fatalf("%s: %v", what, err)
		}
		if got := meter.Total(); got != c.want {
			t.Errorf("%s: %v; want %v", what, got, c.want)
		}
	}
}

// What was never sent, or has no answer, is not billed.
func TestMeterLeavesOutWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	meter := store.NewMeter(openBolt(t))
	ended, end := context.WithCancel(t.Context())
	end()
	item := sized(store.Cards, "HEAD", 400)
	_, putErr := meter.Put(ended, item, store.IfAbsent())
	_, getErr := meter.Get(ended, item.Key, store.Strong)
	_, limitErr := meter.Put(t.Context(), store.Item{}, store.Always())
	transactErr := meter.Transact(t.Context(), nil)
	for n, err := range []error{putErr, getErr, limitErr, transactErr} {
		if err == nil {
			t.Errorf("call %d worked", n)
		}
	}
	if got := meter.Total(); got != (store.Units{}) {
		t.Errorf("billed were %v", got)
	}
}
