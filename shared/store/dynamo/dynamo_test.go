package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/dynamo"
	"github.com/regulars-dev/regulars/shared/store/dynamotest"
	"github.com/regulars-dev/regulars/shared/store/storetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if !ok {
		return
	}
	db := dynamo.New(client, tables)
	storetest.Run(t, func(*testing.T) store.Items { return db })
}

func TestTableWithoutName(t *testing.T) {
	t.Parallel()
	db := dynamo.New(dynamotest.Client("http://127.0.0.1:1"), map[store.Table]string{store.Cards: "cards"})
	key := store.Key{Table: store.Records, Partition: "receipt", Sort: "1"}
	_, err := db.Get(t.Context(), key, store.Stale)
	if err == nil || !strings.Contains(err.Error(), "table for records has no name") {
		t.Errorf("got %v", err)
	}
	if err := db.Transact(t.Context(), []store.Write{{Item: store.Item{Key: key}}}); err == nil {
		t.Error("a transaction on it worked")
	}
}

// engine sums what the engine says that calls consumed.
type engine struct {
	mu    sync.Mutex
	total store.Units
}

func (e *engine) tell(_ store.Table, u store.Units) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.total = e.total.Add(u)
}

// sized is an item of exactly so many bytes.
func sized(sort string, bytes int) store.Item {
	i := store.Item{Key: store.Key{Table: store.Cards, Partition: "card/7001", Sort: sort}, Version: 1, Attrs: store.Attrs{"fill": ""}}
	i.Attrs["fill"] = strings.Repeat("x", bytes-store.Size(i))
	return i
}

func due(i store.Item, at string) store.Item {
	i.Due = store.Due{Kind: "birthday", At: at}
	return i
}

// step is one call whose price the meter and the engine have to agree on.
type step struct {
	name  string
	write bool // the meter's own read of the old item is no part of the price
	call  func(ctx context.Context, items store.Items) error
}

// The meter's rules are DynamoDB's public ones; here an engine that is not ours applies them too. Refused calls bring no figure.
func TestMeterAgreesWithTheEngine(t *testing.T) {
	t.Parallel()
	client, tables, ok := dynamotest.Start(t)
	if !ok {
		return
	}
	var engine engine
	meter := store.NewMeter(dynamo.New(client, tables, dynamo.CountUnits(engine.tell)))
	for _, s := range append(append(prices(), transactPrices()...), numberPrices()...) {
		meter.Reset()
		engine.total = store.Units{}
		if err := s.call(t.Context(), meter); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if s.write {
			engine.total.ReadHalves = 0
		}
		if meter.Total() != engine.total || engine.total == (store.Units{}) {
			t.Errorf("%s: the meter says %v, the engine %v", s.name, meter.Total(), engine.total)
		}
	}
}

func put(name string, item store.Item, cond store.Condition) step {
	return step{name, true, func(ctx context.Context, items store.Items) error {
		_, err := items.Put(ctx, item, cond)
		return err
	}}
}

func get(name, sort string, read store.Read) step {
	return step{name, false, func(ctx context.Context, items store.Items) error {
		_, err := items.Get(ctx, sized(sort, 500).Key, read)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}}
}

func query(name, prefix string, read store.Read) step {
	return step{name, false, func(ctx context.Context, items store.Items) error {
		_, err := items.Query(ctx, store.QueryInput{Table: store.Cards, Partition: "card/7001", Prefix: prefix, Read: read})
		return err
	}}
}

func transact(name string, writes ...store.Write) step {
	return step{name, true, func(ctx context.Context, items store.Items) error { return items.Transact(ctx, writes) }}
}

func scan(name string, read store.Read) step {
	return step{name, false, func(ctx context.Context, items store.Items) error {
		_, err := items.Scan(ctx, store.ScanInput{Table: store.Cards, Segments: 1, Read: read})
		return err
	}}
}

func dueOn(name, day string) step {
	return step{name, false, func(ctx context.Context, items store.Items) error {
		shard := store.DueShard(sized("d", 500).Key)
		_, err := items.Due(ctx, store.DueInput{Kind: "birthday", Shard: shard, From: day, To: day + "~"})
		return err
	}}
}

// prices are those of puts and reads, in an order in which each finds what the earlier ones left.
func prices() []step {
	return []step{
		put("a put of 1 KB", sized("a", 1024), store.IfAbsent()),
		put("a put of 1 KB and a byte", sized("b", 1025), store.IfAbsent()),
		put("a put over a larger item", sized("b", 300), store.IfVersion(1)),
		put("a put over a smaller item", sized("b", 2049), store.IfVersion(2)),
		put("a put of 4 KB", sized("q1", 4096), store.IfAbsent()),
		put("a put of 4 KB and a byte", sized("q2", 4097), store.IfAbsent()),
		get("a strong get of nothing", "none", store.Strong),
		get("a stale get of nothing", "none", store.Stale),
		get("a strong get of 4 KB", "q1", store.Strong),
		get("a stale get of 4 KB", "q1", store.Stale),
		get("a strong get of 4 KB and a byte", "q2", store.Strong),
		get("a stale get of 4 KB and a byte", "q2", store.Stale),
		query("a strong query adds sizes before it rounds", "q", store.Strong),
		query("a stale query adds sizes before it rounds", "q", store.Stale),
		query("a strong query of nothing", "none", store.Strong),
		query("a stale query of nothing", "none", store.Stale),
		scan("a strong scan adds sizes before it rounds", store.Strong),
		scan("a stale scan adds sizes before it rounds", store.Stale),
		put("a new item that is due", due(sized("d", 500), "12-24"), store.IfAbsent()),
		dueOn("a question to the due index", "12-24"),
		dueOn("a question to the due index that finds nothing", "12-25"),
		put("the same date again", due(sized("d", 501), "12-24"), store.IfVersion(1)),
		put("another date", due(sized("d", 501), "12-25"), store.IfVersion(2)),
		put("no date any more", sized("d", 501), store.IfVersion(3)),
		put("a date under always", due(sized("d", 501), "12-26"), store.Always()),
		put("another date under always", due(sized("d", 501), "12-27"), store.Always()),
		put("the same date under always", due(sized("d", 501), "12-27"), store.Always()),
		put("no date any more under always", sized("d", 501), store.Always()),
		put("an expiry counts by size", func() store.Item {
			i := sized("e", 1024)
			i.Expires = time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
			return i
		}(), store.IfAbsent()),
	}
}

func transactPrices() []step {
	return []step{
		transact("a transaction costs double", store.Write{Item: sized("t", 1024), If: store.IfAbsent()}),
		transact("a check costs double", store.Write{Item: sized("t", 1024), If: store.IfVersion(1), Check: true}),
		transact("a check of nothing", store.Write{Item: sized("none", 1024), If: store.IfAbsent(), Check: true}),
		transact("a transaction pays the index once", store.Write{Item: due(sized("t", 1025), "12-24"), If: store.IfVersion(1)}),
		transact("another date in a transaction", store.Write{Item: due(sized("t", 1025), "12-25"), If: store.IfVersion(2)}),
		transact("a put, a check and an always",
			store.Write{Item: due(sized("t", 1025), "12-25"), If: store.IfVersion(3)},
			store.Write{Item: sized("a", 1024), If: store.IfVersion(1), Check: true},
			store.Write{Item: sized("u", 400)}),
		transact("a smaller item in a transaction", store.Write{Item: due(sized("t", 200), "12-25"), If: store.IfVersion(4)}),
	}
}

// numberPrices fill items with a number to exactly 1 KB, and to a byte more, so that a byte counted wrongly costs a unit.
func numberPrices() []step {
	var all []step
	for n, v := range []int64{0, 1, 9, 10, 12, 99, 100, 101, 120, 123, 1_000_000, 1_000_001, 12_345, 123_456, math.MaxInt64, -1, -12, -123, -100, math.MinInt64} {
		for _, bytes := range []int{1024, 1025} {
			i := store.Item{Key: sized(fmt.Sprintf("n%d-%d", n, bytes), 500).Key, Version: 1, Attrs: store.Attrs{"n": v, "fill": []byte{}}}
			i.Attrs["fill"] = make([]byte, bytes-store.Size(i))
			all = append(all, put(fmt.Sprintf("the number %d in %d bytes", v, bytes), i, store.IfAbsent()))
		}
	}
	return all
}
