package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
)

var putCases = map[string]func(k *kit){
	"an absent item is ErrNotFound":                 absentItem,
	"an item comes back whole":                      wholeItem,
	"a put replaces the whole item":                 replaceWhole,
	"always grows the version":                      alwaysGrows,
	"always hides what it does not name":            alwaysHides,
	"item.Version is ignored":                       versionIgnored,
	"if absent is refused with what is stored":      refusedAbsent,
	"if version is refused with what is stored":     refusedVersion,
	"if version over nothing is refused with nil":   refusedNothing,
	"a refused put changes nothing":                 refusedUnchanged,
	"an item without attributes is an item":         noAttributes,
	"integers are exact":                            exactIntegers,
	"keys of any characters are kept apart":         keysApart,
	"tables are kept apart":                         tablesApart,
	"what is returned is the caller's":              callersOwn,
	"a call whose context has ended is not done":    endedContext,
	"an item at the limit of its size comes back":   largestItem,
	"names that a database may reserve are allowed": reservedNames,
}

func absentItem(k *kit) {
	for _, read := range []store.Read{store.Stale, store.Strong} {
		item, err := k.items.Get(k.ctx, k.key("none"), read)
		if !errors.Is(err, store.ErrNotFound) {
			k.Errorf("got %v, %v; want ErrNotFound", item, err)
		}
	}
}

// rich has every kind of value, and the empty ones that engines forget.
func (k *kit) rich(sort string) store.Item {
	return store.Item{
		Key:     k.key(sort),
		Due:     store.Due{Kind: k.name, At: "2026-12-24T07:00:00Z"},
		Expires: time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC),
		Attrs: store.Attrs{
			"text": "Grüße, 你好 👋 \"quoted\" \\ \u0000 \u2028 end", "empty": "", "space": " ", "digits": "007", "long": strings.Repeat("x", 5000),
			"max": int64(math.MaxInt64), "min": int64(math.MinInt64), "zero": int64(0), "neg": int64(-1),
			"bytes": []byte{0, 1, 0x7f, 0x80, 0xff, 0xfe}, "none": []byte{}, "notUTF8": []byte("\xc3\x28"),
		},
	}
}

func wholeItem(k *kit) {
	for _, cond := range []store.Condition{store.IfAbsent(), store.Always(), store.IfVersion(2)} {
		want := k.rich("whole")
		stored := k.put(want, cond)
		want.Version = stored.Version
		k.same("put returned", stored, want)
		k.same("get returned", k.get(want.Key), want)
	}
	k.eventually("a stale get in the end", func() (any, any) {
		item, _ := k.items.Get(k.ctx, k.key("whole"), store.Stale)
		return item.Version, int64(3)
	})
	local := k.rich("zone")
	local.Expires = local.Expires.In(time.FixedZone("elsewhere", 3600))
	local.Attrs["none"] = []byte(nil)
	stored, want := k.put(local, store.Always()), k.rich("zone")
	want.Version = 1
	k.same("of another zone, put returned", stored.Expires, want.Expires)
	k.same("of another zone, get returned", k.get(want.Key), want)
}

func replaceWhole(k *kit) {
	for _, cond := range []store.Condition{store.IfVersion(1), store.Always()} {
		key := k.key(fmt.Sprintf("replaced under %d", cond.Kind()))
		first := k.rich(key.Sort)
		first.Key = key
		k.put(first, store.IfAbsent())
		want := store.Item{Key: key, Version: 2, Attrs: store.Attrs{"text": "only this", "new": int64(1)}}
		k.same("put returned", k.put(want, cond), want)
		k.same("get returned", k.get(key), want)
	}
}

func alwaysGrows(k *kit) {
	for want := int64(1); want <= 4; want++ {
		if got := k.put(k.item("grows", want), store.Always()).Version; got != want {
			k.Errorf("put %d returned version %d", want, got)
		}
		if got := k.get(k.key("grows")).Version; got != want {
			k.Errorf("after put %d the stored version is %d", want, got)
		}
	}
}

func alwaysHides(k *kit) {
	key := k.key("hides")
	steps := []struct {
		attrs store.Attrs
		cond  store.Condition
	}{
		{store.Attrs{"a": "1", "b": "1"}, store.Always()},
		{store.Attrs{"b": "2", "c": "2"}, store.Always()},
		{store.Attrs{"a": "3"}, store.Always()},
		{store.Attrs{"c": "4"}, store.IfVersion(3)},
		{store.Attrs{"a": "5", "b": "5"}, store.Always()},
		{store.Attrs{}, store.Always()},
		{store.Attrs{"a": "7"}, store.Always()},
	}
	for n, step := range steps {
		want := store.Item{Key: key, Version: int64(n + 1), Attrs: step.attrs}
		k.put(store.Item{Key: key, Attrs: step.attrs}, step.cond)
		k.same("get returned", k.get(key), want)
		_, err := k.items.Put(k.ctx, k.item("hides", 0), store.IfAbsent())
		k.same("a refusal brought", k.refused(err).Stored, &want)
		page, err := k.items.Query(k.ctx, store.QueryInput{Table: key.Table, Partition: key.Partition, Prefix: key.Sort, Read: store.Strong})
		if err != nil {
			k.Fatal(err)
		}
		k.same("a query returned", page.Items, []store.Item{want})
	}
}

func versionIgnored(k *kit) {
	item := k.item("claims 9", 1)
	item.Version = 9
	if got := k.put(item, store.IfAbsent()).Version; got != 1 {
		k.Errorf("first put returned version %d", got)
	}
	if got := k.put(item, store.IfVersion(1)).Version; got != 2 {
		k.Errorf("second put returned version %d", got)
	}
}

func refusedAbsent(k *kit) {
	stored := k.put(k.rich("there"), store.IfAbsent())
	got, err := k.items.Put(k.ctx, k.item("there", 2), store.IfAbsent())
	refused := k.refused(err)
	k.same("the refusal", *refused, store.Refused{Key: stored.Key, Stored: &stored})
	k.same("beside the refusal came", got, store.Item{})
}

func refusedVersion(k *kit) {
	k.put(k.item("moved on", 1), store.IfAbsent())
	stored := k.put(k.rich("moved on"), store.IfVersion(1))
	for _, version := range []int64{1, 3, math.MaxInt64 - 1} {
		_, err := k.items.Put(k.ctx, k.item("moved on", 2), store.IfVersion(version))
		k.same("the refusal", *k.refused(err), store.Refused{Key: stored.Key, Stored: &stored})
	}
}

func refusedNothing(k *kit) {
	_, err := k.items.Put(k.ctx, k.item("nothing", 1), store.IfVersion(1))
	k.same("the refusal", *k.refused(err), store.Refused{Key: k.key("nothing")})
	k.absent(k.key("nothing"))
}

func refusedUnchanged(k *kit) {
	stored := k.put(k.rich("stays"), store.IfAbsent())
	other := k.item("stays", 2)
	other.Due = store.Due{Kind: k.name + " other", At: "x"}
	for _, cond := range []store.Condition{store.IfAbsent(), store.IfVersion(2)} {
		_, err := k.items.Put(k.ctx, other, cond)
		k.refused(err)
		k.same("afterwards get returned", k.get(stored.Key), stored)
	}
	page, err := k.items.Due(k.ctx, store.DueInput{Kind: other.Due.Kind, Shard: store.DueShard(stored.Key), To: "~"})
	if err != nil || len(page.Items) > 0 {
		k.Errorf("the due index holds %v, %v of the refused put", page.Items, err)
	}
}

func noAttributes(k *kit) {
	for _, cond := range []store.Condition{store.IfAbsent(), store.IfVersion(1), store.Always()} {
		k.put(store.Item{Key: k.key("bare")}, cond)
		if got := k.get(k.key("bare")); len(got.Attrs) > 0 || got.Attrs == nil {
			k.Errorf("got attributes %#v; want none in a map that can be written to", got.Attrs)
		}
	}
}

func exactIntegers(k *kit) {
	attrs := store.Attrs{}
	for n, v := range []int64{1<<53 + 1, -(1<<53 + 1), math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 100, 1e18, 1e18 + 1, -120_000} {
		attrs[string(rune('a'+n))] = v
	}
	k.put(store.Item{Key: k.key("exact"), Attrs: attrs}, store.Always())
	k.same("get returned", k.get(k.key("exact")).Attrs, attrs)
}

func keysApart(k *kit) {
	parts := []string{
		"a", "a/b", "b", "b/c", "a#b", "a b", " a", "a ", "A", "%61", "a%00", "\\x00", "a\x01", "\x01a", "\x7f", "\"a\"", "'a'", "a\nb", "{a}", ":a",
		"ä", "a\u0308", "\U0010ffff", "👋", "é", "..", ".", "*", "a*", "?a", "<a>", "&", "+", "=", "0", "00", "null",
	}
	for n, part := range parts {
		at := store.Key{Table: store.Records, Partition: k.name + part, Sort: parts[(n*7+3)%len(parts)]}
		k.put(store.Item{Key: at, Attrs: store.Attrs{"n": int64(n)}}, store.IfAbsent())
	}
	for n, part := range parts {
		at := store.Key{Table: store.Records, Partition: k.name + part, Sort: parts[(n*7+3)%len(parts)]}
		item := k.get(at)
		k.same("the key that came back", item.Key, at)
		k.same("get "+at.String(), item.Attrs, store.Attrs{"n": int64(n)})
	}
	k.put(store.Item{Key: store.Key{Table: store.Records, Partition: k.name + "x", Sort: "y/z"}}, store.IfAbsent())
	k.put(store.Item{Key: store.Key{Table: store.Records, Partition: k.name + "x/y", Sort: "z"}}, store.IfAbsent())
}

func tablesApart(k *kit) {
	for n, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		key := store.Key{Table: table, Partition: k.name, Sort: "same"}
		k.absent(key)
		k.put(store.Item{Key: key, Attrs: store.Attrs{"n": int64(n)}}, store.IfAbsent())
		k.same("get "+key.String(), k.get(key), store.Item{Key: key, Version: 1, Attrs: store.Attrs{"n": int64(n)}})
	}
}

func callersOwn(k *kit) {
	want := k.rich("own")
	given := k.rich("own")
	returned := k.put(given, store.IfAbsent())
	want.Version = 1
	spoil := func(i store.Item) {
		i.Attrs["bytes"].([]byte)[0] = 99
		i.Attrs["text"] = "spoilt"
	}
	spoil(given)
	k.same("after the given item was spoilt", k.get(want.Key), want)
	if returned.Attrs["text"] != "spoilt" { // an adapter may return the given map; else spoil what it made
		spoil(returned)
	}
	spoil(k.get(want.Key))
	k.same("after the returned items were spoilt", k.get(want.Key), want)
}

func endedContext(k *kit) {
	ended, end := context.WithCancel(k.ctx)
	end()
	item := k.item("late", 1)
	_, putErr := k.items.Put(ended, item, store.Always())
	_, getErr := k.items.Get(ended, item.Key, store.Strong)
	_, queryErr := k.items.Query(ended, store.QueryInput{Table: store.Cards, Partition: k.name})
	_, dueErr := k.items.Due(ended, store.DueInput{Kind: k.name, To: "~"})
	_, scanErr := k.items.Scan(ended, store.ScanInput{Table: store.Cards, Segments: 1})
	transactErr := k.items.Transact(ended, []store.Write{{Item: item}})
	for n, err := range []error{putErr, getErr, queryErr, dueErr, scanErr, transactErr} {
		if !errors.Is(err, context.Canceled) {
			k.Errorf("call %d: got %v; want context.Canceled", n, err)
		}
	}
	k.absent(item.Key)
}

// fill makes an item of exactly so many bytes.
func (k *kit) fill(sort string, bytes int) store.Item {
	item := store.Item{Key: k.key(sort), Version: 1, Attrs: store.Attrs{"fill": []byte{}}}
	item.Attrs["fill"] = make([]byte, bytes-store.Size(item))
	return item
}

func largestItem(k *kit) {
	item := k.fill("largest", store.MaxItemBytes)
	k.same("put returned", k.put(item, store.IfAbsent()), item)
	k.same("get returned", k.get(item.Key), item)
	item.Version = 2
	k.put(item, store.Always())
	k.same("after always, get returned", k.get(item.Key), item)
}

func reservedNames(k *kit) {
	attrs := store.Attrs{}
	for _, name := range []string{"name", "values", "size", "status", "date", "Count", "n", "N", "a.b", "a-b", "9", "v1", "set"} {
		attrs[name] = name
	}
	for _, cond := range []store.Condition{store.IfAbsent(), store.Always()} {
		k.put(store.Item{Key: k.key("reserved"), Attrs: attrs}, cond)
		k.same("get returned", k.get(k.key("reserved")).Attrs, attrs)
	}
}
