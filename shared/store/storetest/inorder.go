package storetest

import (
	"errors"

	"github.com/regulars-dev/regulars/shared/store"
)

var orderCases = map[string]func(k *kit){
	"all lie there, each with its version":        orderedAll,
	"the first that is refused ends it":           orderedRefused,
	"a later write sees an earlier one":           orderedSees,
	"a write beyond a limit is refused before it": orderedLimit,
}

// inOrder makes writes of items that must be absent.
func (k *kit) inOrder(sorts ...string) (writes []store.Write) {
	for _, sort := range sorts {
		writes = append(writes, store.Write{Item: k.rich(sort), If: store.IfAbsent()})
	}
	return writes
}

func orderedAll(k *kit) {
	k.put(k.rich("old"), store.IfAbsent())
	writes := append(k.inOrder("a", "b"), store.Write{Item: k.rich("old"), If: store.IfVersion(1)})
	if done, err := store.PutInOrder(k.ctx, k.items, writes); done != len(writes) || err != nil {
		k.Fatalf("put in order: %d, %v", done, err)
	}
	for n, w := range writes {
		w.Item.Version = []int64{1, 1, 2}[n]
		k.same("item", k.get(w.Item.Key), w.Item)
	}
}

func orderedRefused(k *kit) {
	there := k.put(k.rich("there"), store.IfAbsent())
	writes := k.inOrder("before", "there", "after")
	done, err := store.PutInOrder(k.ctx, k.items, writes)
	k.same("the refusal", *k.refused(err), store.Refused{Key: there.Key, Index: 1, Stored: &there})
	if done != 1 {
		k.Errorf("%d are told as done; want 1", done)
	}
	before := writes[0].Item
	before.Version = 1
	k.same("the item before", k.get(before.Key), before)
	k.same("the item there", k.get(there.Key), there)
	k.absent(writes[2].Item.Key)
}

func orderedSees(k *kit) {
	writes := k.inOrder("a", "a")
	writes[1].If = store.IfVersion(1)
	if done, err := store.PutInOrder(k.ctx, k.items, writes); done != 2 || err != nil {
		k.Fatalf("put over an item that was put before: %d, %v", done, err)
	}
	if got := k.get(k.key("a")); got.Version != 2 {
		k.Errorf("the version is %d; want 2", got.Version)
	}
}

func orderedLimit(k *kit) {
	writes := k.inOrder("a", "b")
	writes[0].Item.Key.Sort = ""
	if done, err := store.PutInOrder(k.ctx, k.items, writes); done != 0 || !errors.Is(err, store.ErrLimit) {
		k.Errorf("a key without a sort: %d, %v; want store.ErrLimit", done, err)
	}
	k.absent(writes[1].Item.Key)
}
