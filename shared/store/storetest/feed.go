package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/store"
)

// Feed is a store that tells its own changes, in place of a stream beside it.
type Feed interface {
	store.Items
	Changes(ctx context.Context, table store.Table, after uint64, limit int) ([]store.Change, error)
	Trim(table store.Table, upTo uint64) error
	Watch() <-chan struct{}
}

// RunFeed holds the feed to its promises. Each case gets a store of its own, empty, with a feed of the cards table alone.
func RunFeed(t *testing.T, open func(t *testing.T) Feed) {
	for name, test := range map[string]func(k *kit, feed Feed){
		"each put is told once, with old and new":     feedTells,
		"what is refused is not told":                 feedRefused,
		"a transaction tells each of its puts":        feedTransact,
		"a table without a feed tells nothing":        feedOther,
		"pages go on where the last ended":            feedPages,
		"trimmed changes are gone, numbers go on":     feedTrim,
		"changes of one key come in order":            feedOrder,
		"whoever watches before reading misses none":  feedWatch,
		"a refused put and another table wake nobody": feedQuiet,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			feed := open(t)
			test(newKit(t, feed), feed)
		})
	}
}

// changes reads the feed of the cards table to the end, in pages of limit.
func (k *kit) changes(feed Feed, limit int) []store.Change {
	k.Helper()
	var all []store.Change
	for after := uint64(0); ; {
		page, err := feed.Changes(k.ctx, store.Cards, after, limit)
		if err != nil || limit > 0 && len(page) > limit {
			k.Fatalf("changes after %d: %d of them, %v", after, len(page), err)
		}
		if len(page) == 0 {
			return all
		}
		for _, c := range page {
			if c.Seq <= after {
				k.Fatalf("change %d came after %d", c.Seq, after)
			}
			after = c.Seq
		}
		all = append(all, page...)
	}
}

// told demands these changes, whatever their numbers.
func (k *kit) told(feed Feed, want ...store.Change) {
	k.Helper()
	got := k.changes(feed, 0)
	for n := range got {
		got[n].Seq = 0
	}
	k.same("the feed", got, want)
}

func feedTells(k *kit, feed Feed) {
	one := k.put(k.rich("told"), store.IfAbsent())
	two := k.put(k.item("told", 2), store.IfVersion(1))
	three := k.put(k.item("told", 2), store.Always()) // the same again is a new version
	k.told(feed, store.Change{New: &one}, store.Change{Old: &one, New: &two}, store.Change{Old: &two, New: &three})
}

func feedRefused(k *kit, feed Feed) {
	one := k.put(k.item("told", 1), store.IfAbsent())
	_, err := feed.Put(k.ctx, k.item("told", 2), store.IfAbsent())
	k.refused(err)
	k.refused(feed.Transact(k.ctx, []store.Write{{Item: k.item("fine", 2)}, {Item: k.item("told", 2), If: store.IfAbsent()}}))
	k.told(feed, store.Change{New: &one})
}

func feedTransact(k *kit, feed Feed) {
	one, two := k.item("one", 1), k.item("two", 2)
	receipt := store.Key{Table: store.Records, Partition: k.name, Sort: "receipt"}
	k.transact(
		store.Write{Item: one, If: store.IfAbsent()},
		store.Write{Item: store.Item{Key: receipt}},
		store.Write{Item: k.item("three", 3), If: store.IfAbsent(), Check: true},
		store.Write{Item: two},
	)
	one.Version, two.Version = 1, 1
	k.told(feed, store.Change{New: &one}, store.Change{New: &two})
}

func feedOther(k *kit, feed Feed) {
	k.put(store.Item{Key: store.Key{Table: store.Records, Partition: k.name, Sort: "receipt"}}, store.IfAbsent())
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		if changes, err := feed.Changes(k.ctx, table, 0, 0); err != nil || len(changes) > 0 {
			k.Errorf("%s tells %v, %v", table, changes, err)
		}
	}
	_, err := feed.Changes(k.ctx, "nowhere", 0, 0)
	k.limit("changes of no table", err)
	_, err = feed.Changes(k.ctx, store.Cards, 0, store.MaxPage+1)
	k.limit("too many changes", err)
	k.limit("trim of no table", feed.Trim("nowhere", 1))
}

func feedPages(k *kit, feed Feed) {
	const count = 10
	var want string
	for n := range count {
		k.put(k.item(fmt.Sprint(n), 0), store.IfAbsent())
		want += fmt.Sprint(n)
	}
	for _, limit := range []int{0, 1, 3, count} {
		var got string
		for _, c := range k.changes(feed, limit) {
			got += c.New.Key.Sort
		}
		k.same(fmt.Sprintf("pages of %d", limit), got, want)
	}
}

func feedTrim(k *kit, feed Feed) {
	for n := range 6 {
		k.put(k.item(fmt.Sprint(n), 0), store.IfAbsent())
	}
	all := k.changes(feed, 0)
	for range 2 {
		if err := feed.Trim(store.Cards, all[2].Seq); err != nil {
			k.Fatal(err)
		}
		k.same("what is left", k.changes(feed, 0), all[3:])
	}
	if err := feed.Trim(store.Cards, all[5].Seq+100); err != nil {
		k.Fatal(err)
	}
	k.put(k.item("next", 0), store.IfAbsent())
	if next := k.changes(feed, 0); len(next) != 1 || next[0].Seq <= all[5].Seq {
		k.Errorf("after all were trimmed came %v; the last was %d", next, all[5].Seq)
	}
}

func feedOrder(k *kit, feed Feed) {
	crowd(8, func(int) {
		for range 5 {
			if _, err := feed.Put(k.ctx, k.item("busy", 0), store.Always()); err != nil {
				k.Error(err)
			}
		}
	})
	changes := k.changes(feed, 7)
	for n, c := range changes {
		if c.New.Version != int64(n+1) || (c.Old == nil) != (n == 0) || n > 0 && c.Old.Version != int64(n) {
			k.Errorf("change %d is from %v to %v", n, c.Old, c.New)
		}
	}
	if len(changes) != 40 {
		k.Errorf("%d changes of 40 puts", len(changes))
	}
}

func feedWatch(k *kit, feed Feed) {
	const count = 20
	go crowd(4, func(worker int) {
		for n := range count / 4 {
			if _, err := feed.Put(k.ctx, k.item(fmt.Sprint(worker, n), 0), store.IfAbsent()); err != nil {
				k.Error(err)
			}
		}
	})
	for after, seen := uint64(0), 0; seen < count; {
		grown := feed.Watch()
		page, err := feed.Changes(k.ctx, store.Cards, after, 3)
		if err != nil {
			k.Fatal(err)
		}
		if len(page) == 0 {
			select {
			case <-grown:
			case <-k.ctx.Done():
				k.Fatal("nobody woke the watcher")
			}
			continue
		}
		seen += len(page)
		after = page[len(page)-1].Seq
	}
}

func feedQuiet(k *kit, feed Feed) {
	k.put(k.item("told", 1), store.IfAbsent())
	grown := feed.Watch()
	_, err := feed.Put(k.ctx, k.item("told", 2), store.IfAbsent())
	k.refused(err)
	k.put(store.Item{Key: store.Key{Table: store.Records, Partition: k.name, Sort: "receipt"}}, store.IfAbsent())
	select {
	case <-grown:
		k.Error("the watcher was woken")
	default:
	}
	k.put(k.item("told", 2), store.Always())
	select {
	case <-grown:
	default:
		k.Error("the watcher was not woken")
	}
}
