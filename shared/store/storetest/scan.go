package storetest

import (
	"fmt"
	"strings"

	"github.com/regulars-dev/regulars/shared/store"
)

var scanCases = map[string]func(k *kit){
	"segments together hold each item once": scanOnce,
	"items come whole":                      scanWhole,
	"a table is scanned alone":              scanAlone,
}

// scan follows the pages of all segments and returns how often each item of this case came.
func (k *kit) scan(table store.Table, segments, limit int) map[string]int {
	k.Helper()
	seen := map[string]int{}
	for segment := range segments {
		in := store.ScanInput{Table: table, Segment: segment, Segments: segments, Limit: limit, Read: store.Strong}
		for n := 0; ; n++ {
			page, err := k.items.Scan(k.ctx, in)
			if err != nil {
				k.Fatalf("scan %+v: %v", in, err)
			}
			if limit > 0 && len(page.Items) > limit || n > 10*patience {
				k.Fatalf("scan %+v: page %d of %d items", in, n, len(page.Items))
			}
			for _, item := range page.Items {
				if strings.HasPrefix(item.Key.Partition, k.name) {
					seen[item.Key.Partition+"/"+item.Key.Sort]++
				}
			}
			if in.After = page.Next; in.After == "" {
				break
			}
		}
	}
	return seen
}

func scanOnce(k *kit) {
	want := map[string]int{}
	for n := range 40 {
		key := store.Key{Table: store.Programme, Partition: fmt.Sprintf("%s/%d", k.name, min(n, 25)), Sort: fmt.Sprint(n)}
		k.put(store.Item{Key: key, Attrs: store.Attrs{"n": int64(n)}}, store.IfAbsent())
		want[key.Partition+"/"+key.Sort] = 1
	}
	for _, in := range [][2]int{{1, 0}, {1, 7}, {2, 0}, {3, 5}, {7, 1}, {16, 3}, {store.MaxSegments, 0}} {
		k.same(fmt.Sprintf("%d segments, pages of %d", in[0], in[1]), k.scan(store.Programme, in[0], in[1]), want)
	}
}

func scanWhole(k *kit) {
	stored := k.rich("whole")
	stored.Key.Table, stored.Due = store.Programme, store.Due{}
	stored = k.put(stored, store.Always())
	in := store.ScanInput{Table: store.Programme, Segments: 1, Read: store.Strong}
	for range patience {
		page, err := k.items.Scan(k.ctx, in)
		if err != nil {
			k.Fatal(err)
		}
		for _, item := range page.Items {
			if item.Key == stored.Key {
				k.same("scan returned", item, stored)
				return
			}
		}
		if in.After = page.Next; in.After == "" {
			break
		}
	}
	k.Error("the item did not come")
}

func scanAlone(k *kit) {
	for _, table := range []store.Table{store.Records, store.Programme} {
		k.put(store.Item{Key: store.Key{Table: table, Partition: k.name, Sort: string(table)}}, store.IfAbsent())
	}
	k.same("scan returned", k.scan(store.Programme, 2, 0), map[string]int{k.name + "/programme": 1})
}
