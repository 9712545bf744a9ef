package storetest

import (
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/store"
)

var crowdCases = map[string]func(k *kit){
	"32 writers lose no increment":                      increments,
	"one of 32 puts if absent wins":                     oneWinner,
	"32 puts always give 32 versions":                   alwaysCrowd,
	"transfers between two items neither make nor lose": transfers,
	"a transaction is seen by every later strong read":  transactSeen,
}

const writers = 32

func increments(k *kit) {
	const each = 2
	k.put(k.item("counter", 0), store.IfAbsent())
	crowd(writers, func(worker int) {
		item, err := k.items.Get(k.ctx, k.key("counter"), store.Stale)
		for done := 0; done < each && err == nil; {
			next := k.item("counter", item.Attrs["n"].(int64)+1)
			var stored store.Item
			stored, err = k.items.Put(k.ctx, next, store.IfVersion(item.Version))
			var refused *store.Refused
			if errors.As(err, &refused) {
				item, err = *refused.Stored, nil // the cure comes with the refusal
				continue
			}
			item = stored
			done++
		}
		if err != nil {
			k.Errorf("writer %d: %v", worker, err)
		}
	})
	want := k.item("counter", writers*each)
	want.Version = writers*each + 1
	k.same("the counter", k.get(want.Key), want)
}

func oneWinner(k *kit) {
	won := make([]bool, writers)
	stored := make([]*store.Item, writers)
	crowd(writers, func(worker int) {
		item, err := k.items.Put(k.ctx, k.item("prize", int64(worker)), store.IfAbsent())
		var refused *store.Refused
		switch {
		case err == nil:
			won[worker], stored[worker] = true, &item
		case errors.As(err, &refused):
			stored[worker] = refused.Stored
		default:
			k.Errorf("writer %d: %v", worker, err)
		}
	})
	if k.Failed() {
		return
	}
	winner := k.get(k.key("prize"))
	for worker := range writers {
		if won[worker] != (winner.Attrs["n"] == int64(worker)) {
			k.Errorf("writer %d was told %v, but %v won", worker, won[worker], winner.Attrs["n"])
		}
		k.same(fmt.Sprintf("what writer %d saw", worker), *stored[worker], winner)
	}
}

func alwaysCrowd(k *kit) {
	versions := make([]int64, writers)
	crowd(writers, func(worker int) {
		item, err := k.items.Put(k.ctx, k.item("busy", int64(worker)), store.Always())
		if err != nil {
			k.Errorf("writer %d: %v", worker, err)
		}
		versions[worker] = item.Version
	})
	last := k.get(k.key("busy"))
	if last.Version != writers {
		k.Errorf("version %d after %d puts", last.Version, writers)
	}
	seen := map[int64]bool{}
	for worker, version := range versions {
		if seen[version] || version < 1 || version > writers {
			k.Errorf("version %d was given twice or out of range", version)
		}
		seen[version] = true
		if (version == writers) != (last.Attrs["n"] == int64(worker)) {
			k.Errorf("writer %d got version %d, but the last is of %v", worker, version, last.Attrs["n"])
		}
	}
}

// transfers moves single points between two items by transactions that clash as often as they can.
func transfers(k *kit) {
	const workers, each, start = 8, 3, 100
	k.put(k.item("left", start), store.IfAbsent())
	k.put(k.item("right", start), store.IfAbsent())
	crowd(workers, func(worker int) {
		from, to := "left", "right"
		if worker%4 == 0 {
			from, to = to, from
		}
		for done, tries := 0, 0; done < each; tries++ {
			giver, errGiver := k.items.Get(k.ctx, k.key(from), store.Strong)
			taker, errTaker := k.items.Get(k.ctx, k.key(to), store.Strong)
			if errGiver != nil || errTaker != nil || tries > 20*patience {
				k.Errorf("worker %d after %d tries: %v, %v", worker, tries, errGiver, errTaker)
				return
			}
			err := k.items.Transact(k.ctx, []store.Write{
				{Item: k.item(from, giver.Attrs["n"].(int64)-1), If: store.IfVersion(giver.Version)},
				{Item: k.item(to, taker.Attrs["n"].(int64)+1), If: store.IfVersion(taker.Version)},
			})
			var refused *store.Refused
			switch {
			case err == nil:
				done++
			case !errors.As(err, &refused) && !errors.Is(err, store.ErrBusy):
				k.Errorf("worker %d: %v", worker, err)
				return
			}
		}
	})
	const moved = (workers - workers/4 - workers/4) * each
	left, right := k.get(k.key("left")), k.get(k.key("right"))
	k.same("left", left, store.Item{Key: left.Key, Version: 1 + workers*each, Attrs: store.Attrs{"n": int64(start - moved)}})
	k.same("right", right, store.Item{Key: right.Key, Version: 1 + workers*each, Attrs: store.Attrs{"n": int64(start + moved)}})
}

func transactSeen(k *kit) {
	crowd(4, func(worker int) {
		partition := fmt.Sprintf("%s/%d", k.name, worker)
		for n := range int64(5) {
			var writes []store.Write
			for part := range 3 {
				key := store.Key{Table: store.Cards, Partition: partition, Sort: fmt.Sprint(part)}
				writes = append(writes, store.Write{Item: store.Item{Key: key, Attrs: store.Attrs{"n": n}}})
			}
			if err := k.items.Transact(k.ctx, writes); err != nil {
				k.Errorf("worker %d: %v", worker, err)
				return
			}
			page, err := k.items.Query(k.ctx, store.QueryInput{Table: store.Cards, Partition: partition, Read: store.Strong})
			if err != nil || len(page.Items) != 3 {
				k.Errorf("worker %d: %v, %v", worker, page, err)
				return
			}
			for _, item := range page.Items {
				if item.Attrs["n"] != n || item.Version != n+1 {
					k.Errorf("worker %d: a strong read after transaction %d saw %v", worker, n, item)
				}
			}
		}
	})
}
