package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/store"
)

var dueCases = map[string]func(k *kit){
	"only keys and dates come":                                      dueKeysOnly,
	"from is in, to is out":                                         dueBounds,
	"kinds are kept apart":                                          dueKinds,
	"dates come in order":                                           dueOrder,
	"an item moves with its date":                                   dueMoves,
	"a put that keeps the date changes it not":                      dueStays,
	"pages over tied dates hold each once":                          dueTied,
	"items that leave the index between pages take no others along": dueLeaving,
}

// dues follows the pages of all shards to the end. The order is that of the shards, then of the dates.
func (k *kit) dues(from, to string, limit int) []store.Item {
	k.Helper()
	var items []store.Item
	for shard := range store.DueShards {
		in := store.DueInput{Kind: k.name, Shard: shard, From: from, To: to, Limit: limit}
		for n := 0; ; n++ {
			page, err := k.items.Due(k.ctx, in)
			if err != nil {
				k.Fatalf("due %+v: %v", in, err)
			}
			if limit > 0 && len(page.Items) > limit || n > patience {
				k.Fatalf("due %+v: page %d of %d items", in, n, len(page.Items))
			}
			items = append(items, page.Items...)
			if in.After = page.Next; in.After == "" {
				break
			}
		}
	}
	return items
}

// dueSorts demands the sorts, in order of sort, of the items due from from to to.
func (k *kit) dueSorts(from, to, want string) {
	k.Helper()
	k.eventually(fmt.Sprintf("due from %q to %q", from, to), func() (any, any) {
		items := k.dues(from, to, 0)
		slices.SortFunc(items, func(a, b store.Item) int { return strings.Compare(a.Key.Sort, b.Key.Sort) })
		return sorts(items), want
	})
}

// dated puts an item that is due.
func (k *kit) dated(sort, at string) store.Item {
	k.Helper()
	item := k.item(sort, 1)
	item.Due = store.Due{Kind: k.name, At: at}
	return k.put(item, store.Always())
}

func dueKeysOnly(k *kit) {
	stored := k.put(k.rich("dated"), store.IfAbsent())
	k.eventually("due", func() (any, any) {
		return k.dues("2026", "2027", 0), []store.Item{{Key: stored.Key, Due: stored.Due}}
	})
	for shard := range store.DueShards {
		page, err := k.items.Due(k.ctx, store.DueInput{Kind: k.name, Shard: shard, To: "~"})
		if err != nil || len(page.Items) > 0 && shard != store.DueShard(stored.Key) {
			k.Errorf("shard %d holds %v, %v; the item belongs into %d", shard, page.Items, err, store.DueShard(stored.Key))
		}
	}
}

func dueBounds(k *kit) {
	for _, day := range []string{"12-23", "12-24", "12-25", "12-26"} {
		k.dated("on "+day[3:], day)
	}
	k.dueSorts("12-24", "12-26", "on 24 on 25")
	k.dueSorts("12-24", "12-25", "on 24")
	k.dueSorts("12-24", "12-24", "")
	k.dueSorts("12-24x", "12-25x", "on 25")
	k.dueSorts("", "12-24", "on 23")
	k.dueSorts("", "~", "on 23 on 24 on 25 on 26")
	k.dueSorts("12-26", "~", "on 26")
	k.dueSorts("12-27", "~", "")
}

func dueKinds(k *kit) {
	for _, kind := range []string{"", "0", " ", "a"} {
		item := k.item("of <"+kind+">", 1)
		item.Due = store.Due{Kind: k.name + kind, At: "2026"}
		k.put(item, store.IfAbsent())
	}
	k.dueSorts("", "~", "of <>")
}

func dueOrder(k *kit) {
	for n := range 24 {
		k.dated(fmt.Sprint(n), fmt.Sprintf("2026-12-%02dT07:00:00Z", 1+n*7%24))
	}
	k.dueSorts("2026-12-30", "2026-12-31", "")
	k.eventually("all", func() (any, any) { return len(k.dues("2026", "2027", 0)), 24 })
	for _, limit := range []int{0, 1, 3, 24} {
		items := k.dues("2026", "2027", limit)
		ordered := slices.IsSortedFunc(items, func(a, b store.Item) int {
			if a, b := store.DueShard(a.Key), store.DueShard(b.Key); a != b {
				return a - b
			}
			return strings.Compare(a.Due.At, b.Due.At)
		})
		if !ordered || len(items) != 24 {
			k.Errorf("pages of %d: out of order or not 24: %v", limit, items)
		}
	}
}

func dueMoves(k *kit) {
	k.dated("moves", "2026-01-01")
	k.dueSorts("", "~", "moves")
	k.dated("moves", "2027-01-01")
	k.dueSorts("2026", "2027", "")
	k.dueSorts("2027", "2028", "moves")
	k.put(k.item("moves", 1), store.IfVersion(2))
	k.dueSorts("", "~", "")
	k.dated("moves", "2028-01-01")
	k.dueSorts("", "~", "moves")
	k.put(k.item("moves", 1), store.Always())
	k.dueSorts("", "~", "")
	other := k.item("moves", 1)
	other.Due = store.Due{Kind: k.name + " other", At: "2028-01-01"}
	k.dated("moves", "2028-01-01")
	k.put(other, store.Always())
	k.dueSorts("", "~", "")
}

func dueStays(k *kit) {
	item := k.dated("stays", "2026-01-01")
	for range 3 {
		item = k.put(item, store.IfVersion(item.Version))
	}
	k.dueSorts("", "~", "stays")
	k.put(item, store.Always())
	k.dueSorts("", "~", "stays")
	if _, err := k.items.Put(k.ctx, k.item("stays", 2), store.IfAbsent()); err == nil {
		k.Error("the item is gone")
	}
	k.dueSorts("", "~", "stays")
}

// tie puts so many items of one shard under one date.
func (k *kit) tie(count int) []string {
	k.Helper()
	var all []string
	for n := 0; len(all) < count; n++ {
		sort := fmt.Sprintf("tied %03d", n)
		if store.DueShard(k.key(sort)) == 1 {
			k.dated(sort, "2026-12-24")
			all = append(all, sort)
		}
	}
	k.eventually("all that are tied", func() (any, any) { return len(k.dues("2026", "2027", 0)), count })
	return all
}

func dueTied(k *kit) {
	want := k.tie(17)
	k.dated("before", "2026-12-23")
	k.dated("behind", "2026-12-25")
	for _, limit := range []int{1, 2, 5, 16, 17, 18} {
		var got []string
		for _, item := range k.dues("2026-12-24", "2026-12-25", limit) {
			got = append(got, item.Key.Sort)
		}
		slices.Sort(got)
		k.same(fmt.Sprintf("pages of %d", limit), got, want)
	}
}

func dueLeaving(k *kit) {
	want := k.tie(12)
	in := store.DueInput{Kind: k.name, Shard: 1, From: "2026", To: "2027", Limit: 3}
	var got []string
	for n := 0; n < patience; n++ {
		page, err := k.items.Due(k.ctx, in)
		if err != nil {
			k.Fatal(err)
		}
		for _, item := range page.Items {
			got = append(got, item.Key.Sort)
			k.put(k.item(item.Key.Sort, 2), store.Always()) // its work is done: out of the index
		}
		if in.After = page.Next; in.After == "" {
			break
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		k.Errorf("the work done (- want, + got):\n%s", diff)
	}
	k.dueSorts("", "~", "")
}
