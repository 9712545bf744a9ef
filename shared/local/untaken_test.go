package local_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func TestAnEventThatNoRuleTakesIsToldAndWritesNothing(t *testing.T) {
	t.Parallel()
	dir, told := t.TempDir(), []string{}
	items, err := bolt.Open(filepath.Join(dir, "items.db"), func() time.Time { return start }, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	run, err := local.Open(local.Options{Template: strings.NewReader(small), Dir: dir, Store: items, Clock: local.NewClock(start), NoSync: true,
		Functions: map[string]local.Builder{"WorkFunction": func(local.FunctionEnv) (edge.Handler, error) { return nothing, nil }},
		OnEvent:   func(bus string, event []byte) { told = append(told, bus+" "+string(event)) }})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	file := func() string {
		text, err := os.ReadFile(filepath.Join(dir, "queue.db"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before := file()
	heard := local.Entry{Source: "regulars", DetailType: "tier.changed.v1", Detail: []byte(`{"data":{}}`)}
	if err := run.Publish(context.Background(), "Bus", heard, heard); err != nil {
		t.Fatal(err)
	}
	if bad := (local.Entry{Source: "regulars", DetailType: "tier.changed.v1", Detail: []byte(`[]`)}); run.Publish(context.Background(), "Bus", heard, bad) == nil {
		t.Error("a detail that is no object was taken")
	}
	if file() != before {
		t.Error("the file of the queues was written")
	}
	ids := map[string]bool{}
	for i, event := range told {
		e, err := edge.ReadEnvelope([]byte(strings.TrimPrefix(event, "Bus ")))
		if err != nil || e.DetailType != heard.DetailType || !e.Time.Equal(start) || ids[e.ID] || len(e.ID) != 36 {
			t.Errorf("told %s: %v", event, err)
		}
		ids[e.ID] = true
		if i > 1 {
			t.Errorf("told of %s too", event)
		}
	}
	if len(told) != 2 {
		t.Errorf("told of %d events", len(told))
	}
}

// What the filters of all readers keep back takes no place in the feed.
func TestTheFeedKeepsWhatSomebodyReads(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, nothing)
	item := store.Item{Key: store.Key{Table: store.Cards, Partition: "A", Sort: "HEAD"}, Expires: start.Add(-time.Hour)}
	if _, err := b.store.Put(context.Background(), item, store.IfAbsent()); err != nil {
		t.Fatal(err)
	}
	if n, err := b.store.Sweep(context.Background()); n != 1 || err != nil {
		t.Fatalf("swept %d, %v", n, err)
	}
	kept, err := b.store.Changes(context.Background(), store.Cards, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var seen []bool
	for _, c := range kept {
		seen = append(seen, c.New != nil)
	}
	if d := cmp.Diff([]bool{true}, seen); d != "" { // its function reads what is put, and not what is removed
		t.Error(d)
	}
}
