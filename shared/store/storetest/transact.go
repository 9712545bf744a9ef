package storetest

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/store"
)

var transactCases = map[string]func(k *kit){
	"all writes are done":                             allDone,
	"none is done where a condition fails":            noneDone,
	"a refusal names the first write that fails":      firstFailure,
	"a check holds or refuses, and writes nothing":    checks,
	"a transaction spans tables":                      spanTables,
	"always grows the version and replaces the whole": transactAlways,
	"due and expiry go with a transaction":            transactDue,
	"a repeat under conditions is refused":            transactRepeat,
	"as many writes as the limit allows":              mostWrites,
}

// transact does writes and demands that it works.
func (k *kit) transact(writes ...store.Write) {
	k.Helper()
	if err := k.items.Transact(k.ctx, writes); err != nil {
		k.Fatalf("transact: %v", err)
	}
}

func allDone(k *kit) {
	k.put(k.rich("old"), store.IfAbsent())
	fresh, over := k.rich("fresh"), k.rich("old")
	over.Attrs = store.Attrs{"n": int64(2), "empty": ""}
	over.Version = 77 // to be ignored
	k.transact(store.Write{Item: fresh, If: store.IfAbsent()}, store.Write{Item: over, If: store.IfVersion(1)})
	fresh.Version, over.Version = 1, 2
	k.same("the new item", k.get(fresh.Key), fresh)
	k.same("the old item", k.get(over.Key), over)
}

func noneDone(k *kit) {
	stored := k.put(k.rich("there"), store.IfAbsent())
	for place := range 4 {
		var writes []store.Write
		for n := range 4 {
			writes = append(writes, store.Write{Item: k.rich(fmt.Sprintf("%d of %d", n, place)), If: store.IfAbsent()})
			writes[n].Item.Due.Kind = k.name + " none"
		}
		writes[place].Item.Key = stored.Key
		refused := k.refused(k.items.Transact(k.ctx, writes))
		k.same("the refusal", *refused, store.Refused{Key: stored.Key, Index: place, Stored: &stored})
		for n, w := range writes {
			if n != place {
				k.absent(w.Item.Key)
			}
		}
		k.same("the item there", k.get(stored.Key), stored)
	}
	for shard := range store.DueShards {
		page, err := k.items.Due(k.ctx, store.DueInput{Kind: k.name + " none", Shard: shard, To: "~"})
		if err != nil || len(page.Items) > 0 {
			k.Errorf("the due index holds %v, %v of refused transactions", page.Items, err)
		}
	}
}

func firstFailure(k *kit) {
	stored := k.put(k.rich("there"), store.IfAbsent())
	err := k.items.Transact(k.ctx, []store.Write{
		{Item: k.item("fine", 1), If: store.IfAbsent()},
		{Item: k.item("nothing there", 1), If: store.IfVersion(4)},
		{Item: k.item("there", 1), If: store.IfAbsent()},
	})
	k.same("the refusal", *k.refused(err), store.Refused{Key: k.key("nothing there"), Index: 1})
	err = k.items.Transact(k.ctx, []store.Write{
		{Item: k.item("fine", 1), If: store.IfAbsent()},
		{Item: k.item("there", 1), If: store.IfVersion(2)},
		{Item: k.item("nothing there", 1), If: store.IfVersion(4)},
	})
	k.same("the refusal", *k.refused(err), store.Refused{Key: stored.Key, Index: 1, Stored: &stored})
	k.absent(k.key("fine"))
}

func checks(k *kit) {
	cart := k.put(k.rich("cart"), store.IfAbsent())
	check := func(sort string, cond store.Condition) store.Write {
		return store.Write{Item: k.item(sort, 99), If: cond, Check: true}
	}
	k.transact(check("cart", store.IfVersion(1)), store.Write{Item: k.item("message 1", 1), If: store.IfAbsent()})
	k.transact(store.Write{Item: k.item("message 2", 1), If: store.IfAbsent()}, check("other cart", store.IfAbsent()))
	k.transact(check("cart", store.IfVersion(1)))
	k.same("the checked item", k.get(cart.Key), cart)
	k.absent(k.key("other cart"))
	k.get(k.key("message 1"))
	k.get(k.key("message 2"))

	message := store.Write{Item: k.item("message 3", 1), If: store.IfAbsent()}
	err := k.items.Transact(k.ctx, []store.Write{message, check("cart", store.IfVersion(2))})
	k.same("a check of another version", *k.refused(err), store.Refused{Key: cart.Key, Index: 1, Stored: &cart})
	err = k.items.Transact(k.ctx, []store.Write{check("cart", store.IfAbsent()), message})
	k.same("a check of absence", *k.refused(err), store.Refused{Key: cart.Key, Stored: &cart})
	k.absent(message.Item.Key)
}

func spanTables(k *kit) {
	var writes []store.Write
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		key := store.Key{Table: table, Partition: k.name, Sort: "span"}
		writes = append(writes, store.Write{Item: store.Item{Key: key, Attrs: store.Attrs{"of": string(table)}}, If: store.IfAbsent()})
	}
	k.transact(writes...)
	for _, w := range writes {
		w.Item.Version = 1
		k.same("get "+w.Item.Key.String(), k.get(w.Item.Key), w.Item)
	}
}

func transactAlways(k *kit) {
	for version := int64(1); version <= 3; version++ {
		one, two := k.rich("one"), k.item("two", version)
		if version == 2 {
			one = k.item("one", 2)
		}
		k.transact(store.Write{Item: one}, store.Write{Item: two})
		one.Version, two.Version = version, version
		k.same("the one", k.get(one.Key), one)
		k.same("the other", k.get(two.Key), two)
	}
}

func transactDue(k *kit) {
	item := k.rich("dated")
	k.transact(store.Write{Item: item, If: store.IfAbsent()})
	k.dueSorts("2026", "2027", "dated")
	item.Due.At = "2030-01-01"
	k.transact(store.Write{Item: item, If: store.IfVersion(1)})
	k.dueSorts("2026", "2027", "")
	k.dueSorts("2030", "2031", "dated")
	k.transact(store.Write{Item: k.item("dated", 1), If: store.IfVersion(2)})
	k.dueSorts("", "~", "")
	if got := k.get(item.Key); !got.Expires.IsZero() || got.Due != (store.Due{}) {
		k.Errorf("due and expiry outlived a put without them: %v", got)
	}
}

func transactRepeat(k *kit) {
	k.put(k.item("counter", 1), store.IfAbsent())
	writes := []store.Write{
		{Item: k.item("receipt", 1), If: store.IfAbsent()},
		{Item: k.item("counter", 2), If: store.IfVersion(1)},
	}
	k.transact(writes...)
	refused := k.refused(k.items.Transact(k.ctx, writes))
	k.same("stored", refused.Stored, &store.Item{Key: k.key("receipt"), Version: 1, Attrs: store.Attrs{"n": int64(1)}})
	if got := k.get(k.key("counter")); got.Version != 2 {
		k.Errorf("the repeat counted again: %v", got)
	}
}

func mostWrites(k *kit) {
	var writes []store.Write
	for n := range store.MaxTransact {
		writes = append(writes, store.Write{Item: k.item(fmt.Sprintf("%02d", n), int64(n)), If: store.IfAbsent()})
	}
	k.transact(writes...)
	if got := k.all(store.QueryInput{Table: store.Cards, Partition: k.name}); len(got) != store.MaxTransact {
		k.Errorf("stored were %s", sorts(got))
	}
}
