package storetest

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
)

var limitCases = map[string]func(k *kit){
	"a bad item is refused, alone and in a transaction": badItems,
	"a bad condition is refused":                        badConditions,
	"a bad key is refused":                              badKeys,
	"a bad transaction is refused":                      badTransactions,
	"a bad query is refused":                            badQueries,
	"a bad question to the due index is refused":        badDues,
	"a bad scan is refused":                             badScans,
	"the limits themselves are allowed":                 atLimits,
}

func badItems(k *kit) {
	many := store.Attrs{}
	for n := range store.MaxAttributes + 1 {
		many[fmt.Sprintf("a%d", n)] = ""
	}
	long := strings.Repeat("x", store.MaxDueBytes+1)
	bad := map[string]store.Item{
		"too large":           k.fill("bad", store.MaxItemBytes+1),
		"too many attributes": {Attrs: many},
		"due in no order":     {Due: store.Due{Kind: k.name}},
		"due of no kind":      {Due: store.Due{At: "2026"}},
		"due kind with #":     {Due: store.Due{Kind: "a#1", At: "2026"}},
		"due kind too long":   {Due: store.Due{Kind: long, At: "2026"}},
		"due at too long":     {Due: store.Due{Kind: k.name, At: long}},
		"due with NUL":        {Due: store.Due{Kind: k.name, At: "a\x00"}},
		"part of a second":    {Expires: time.Date(2031, 1, 1, 0, 0, 0, 1, time.UTC)},
		"before 1970":         {Expires: time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)},
		"after 9999":          {Expires: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"not UTF-8":           {Attrs: store.Attrs{"a": "\xff"}},
	}
	for n, value := range []any{1, int32(1), uint64(1), 1.5, true, nil, []string{"a"}, map[string]any{}, time.Time{}, store.Attrs{}, [1]byte{1}} {
		bad[fmt.Sprintf("%d: a %T", n, value)] = store.Item{Attrs: store.Attrs{"a": value}}
	}
	for _, name := range []string{"", "_", "_a", "pk", "sk", "v", "dk", "da", "ttl", "a,b", "a b", "ä", "a#", strings.Repeat("a", store.MaxNameBytes+1)} {
		bad["named "+name] = store.Item{Attrs: store.Attrs{name: "a"}}
	}
	for what, item := range bad {
		item.Key = k.key("bad")
		_, err := k.items.Put(k.ctx, item, store.Always())
		k.limit(what, err)
		k.limit(what+", in a transaction", k.items.Transact(k.ctx, []store.Write{{Item: k.item("good", 1)}, {Item: item}}))
	}
	for _, table := range []store.Table{store.Records, store.Programme} {
		key := store.Key{Table: table, Partition: k.name, Sort: "bad"}
		_, err := k.items.Put(k.ctx, store.Item{Key: key, Due: store.Due{Kind: k.name, At: "2026"}}, store.Always())
		k.limit("due in "+string(table), err)
		k.absent(key)
	}
	k.absent(k.key("bad"))
	k.absent(k.key("good"))
}

func badConditions(k *kit) {
	for _, version := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
		_, err := k.items.Put(k.ctx, k.item("a", 1), store.IfVersion(version))
		k.limit(fmt.Sprintf("if version %d", version), err)
	}
}

func badKeys(k *kit) {
	long := strings.Repeat("k", store.MaxKeyBytes+1)
	for _, key := range []store.Key{
		{}, {Table: store.Cards}, {Table: store.Cards, Partition: "p"}, {Table: store.Cards, Sort: "s"}, {Partition: "p", Sort: "s"},
		{Table: "nowhere", Partition: "p", Sort: "s"},
		{Table: store.Cards, Partition: long, Sort: "s"}, {Table: store.Cards, Partition: "p", Sort: long},
		{Table: store.Cards, Partition: "a\x00b", Sort: "s"}, {Table: store.Cards, Partition: "p", Sort: "\x00"},
		{Table: store.Cards, Partition: "\xff", Sort: "s"}, {Table: store.Cards, Partition: "p", Sort: "\xc3("},
	} {
		_, err := k.items.Get(k.ctx, key, store.Stale)
		k.limit(fmt.Sprintf("get %q", key), err)
		_, err = k.items.Put(k.ctx, store.Item{Key: key}, store.Always())
		k.limit(fmt.Sprintf("put %q", key), err)
		k.limit(fmt.Sprintf("transact %q", key), k.items.Transact(k.ctx, []store.Write{{Item: store.Item{Key: key}}}))
		k.limit(fmt.Sprintf("check %q", key), k.items.Transact(k.ctx, []store.Write{{Item: store.Item{Key: key}, If: store.IfAbsent(), Check: true}}))
	}
}

func badTransactions(k *kit) {
	var many, heavy []store.Write
	for n := range store.MaxTransact + 1 {
		many = append(many, store.Write{Item: k.item(fmt.Sprint(n), 1)})
	}
	for n := range store.MaxTransactBytes/store.MaxItemBytes + 1 {
		heavy = append(heavy, store.Write{Item: k.fill(fmt.Sprint(n), store.MaxItemBytes)})
	}
	one := store.Write{Item: k.item("0", 1)}
	for what, writes := range map[string][]store.Write{
		"no writes":             nil,
		"too many writes":       many,
		"too many bytes":        heavy,
		"the same key twice":    {one, {Item: k.item("1", 1)}, one},
		"a put and a check":     {one, {Item: one.Item, If: store.IfAbsent(), Check: true}},
		"a check of nothing":    {one, {Item: k.item("1", 1), Check: true}},
		"a condition of zero":   {one, {Item: k.item("1", 1), If: store.IfVersion(0)}},
		"a check of version -1": {one, {Item: k.item("1", 1), If: store.IfVersion(-1), Check: true}},
	} {
		k.limit(what, k.items.Transact(k.ctx, writes))
	}
	k.absent(one.Item.Key)
}

func badQueries(k *kit) {
	good := store.QueryInput{Table: store.Cards, Partition: k.name}
	for what, spoil := range map[string]func(*store.QueryInput){
		"no table":                 func(in *store.QueryInput) { in.Table = "" },
		"no partition":             func(in *store.QueryInput) { in.Partition = "" },
		"limit below zero":         func(in *store.QueryInput) { in.Limit = -1 },
		"limit too large":          func(in *store.QueryInput) { in.Limit = store.MaxPage + 1 },
		"prefix too long":          func(in *store.QueryInput) { in.Prefix = strings.Repeat("p", store.MaxKeyBytes+1) },
		"prefix not UTF-8":         func(in *store.QueryInput) { in.Prefix = "\xff" },
		"after too long":           func(in *store.QueryInput) { in.After = strings.Repeat("p", store.MaxKeyBytes+1) },
		"after outside the prefix": func(in *store.QueryInput) { in.Prefix, in.After = "b", "a" },
	} {
		in := good
		spoil(&in)
		_, err := k.items.Query(k.ctx, in)
		k.limit(what, err)
	}
}

func badDues(k *kit) {
	k.tie(2)
	good := store.DueInput{Kind: k.name, Shard: 1, From: "2026", To: "2027", Limit: 1}
	page, err := k.items.Due(k.ctx, good)
	if err != nil || page.Next == "" {
		k.Fatalf("the first page: %v, %v", page, err)
	}
	for what, spoil := range map[string]func(*store.DueInput){
		"no kind":             func(in *store.DueInput) { in.Kind = "" },
		"kind with #":         func(in *store.DueInput) { in.Kind = "a#" },
		"no end":              func(in *store.DueInput) { in.To = "" },
		"backward":            func(in *store.DueInput) { in.From = "2028" },
		"end too long":        func(in *store.DueInput) { in.To = strings.Repeat("9", store.MaxDueBytes+1) },
		"begin too long":      func(in *store.DueInput) { in.From = strings.Repeat("1", store.MaxDueBytes+1) },
		"shard below zero":    func(in *store.DueInput) { in.Shard = -1 },
		"shard too large":     func(in *store.DueInput) { in.Shard = store.DueShards },
		"limit too large":     func(in *store.DueInput) { in.Limit = store.MaxPage + 1 },
		"no cursor":           func(in *store.DueInput) { in.After = "not a cursor" },
		"a cursor of another": func(in *store.DueInput) { in.Shard, in.After = 2, page.Next },
	} {
		in := good
		spoil(&in)
		_, err := k.items.Due(k.ctx, in)
		k.limit(what, err)
	}
}

func badScans(k *kit) {
	k.put(store.Item{Key: store.Key{Table: store.Programme, Partition: k.name, Sort: "1"}}, store.IfAbsent())
	k.put(store.Item{Key: store.Key{Table: store.Programme, Partition: k.name, Sort: "2"}}, store.IfAbsent())
	good := store.ScanInput{Table: store.Programme, Segments: 1, Limit: 1}
	page, err := k.items.Scan(k.ctx, good)
	if err != nil || page.Next == "" {
		k.Fatalf("the first page: %v, %v", page, err)
	}
	for what, spoil := range map[string]func(*store.ScanInput){
		"no table":                    func(in *store.ScanInput) { in.Table = "" },
		"no segments":                 func(in *store.ScanInput) { in.Segments = 0 },
		"too many segments":           func(in *store.ScanInput) { in.Segments = store.MaxSegments + 1 },
		"segment below zero":          func(in *store.ScanInput) { in.Segment = -1 },
		"segment too large":           func(in *store.ScanInput) { in.Segment = 1 },
		"limit below zero":            func(in *store.ScanInput) { in.Limit = -1 },
		"no cursor":                   func(in *store.ScanInput) { in.After = "not a cursor" },
		"a cursor of another segment": func(in *store.ScanInput) { in.Segments, in.After = 2, page.Next },
		"a cursor of another table":   func(in *store.ScanInput) { in.Table, in.After = store.Records, page.Next },
	} {
		in := good
		spoil(&in)
		_, err := k.items.Scan(k.ctx, in)
		k.limit(what, err)
	}
}

func atLimits(k *kit) {
	pad := func(s string, n int) string { return s + strings.Repeat("k", n-len(s)) }
	item := store.Item{
		Key:     store.Key{Table: store.Cards, Partition: pad(k.name, store.MaxKeyBytes), Sort: pad("s", store.MaxKeyBytes)},
		Due:     store.Due{Kind: pad(k.name, store.MaxDueBytes), At: pad("2026", store.MaxDueBytes)},
		Expires: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		Attrs:   store.Attrs{},
	}
	for n := range store.MaxAttributes {
		item.Attrs[pad(fmt.Sprintf("a%02d", n), store.MaxNameBytes)] = int64(n)
	}
	for _, cond := range []store.Condition{store.IfAbsent(), store.IfVersion(1), store.Always()} {
		item.Version++
		k.same("put returned", k.put(item, cond), item)
		k.same("get returned", k.get(item.Key), item)
	}
	key := item.Key
	k.same("query", k.all(store.QueryInput{Table: key.Table, Partition: key.Partition, Prefix: key.Sort}), []store.Item{item})
	in := store.DueInput{Kind: item.Due.Kind, Shard: store.DueShard(key), To: "~", Limit: 1}
	k.eventually("due", func() (any, any) {
		page, _ := k.items.Due(k.ctx, in)
		return page.Items, []store.Item{{Key: key, Due: item.Due}}
	})
}
