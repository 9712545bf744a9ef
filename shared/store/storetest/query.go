package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/store"
)

var queryCases = map[string]func(k *kit){
	"no item is an empty page":                       emptyQuery,
	"items come in order of the bytes of their sort": sortOrder,
	"a prefix takes all that begins with it alone":   prefixEdges,
	"neighbouring partitions stay out":               neighbours,
	"pages hold each item once, both ways":           pagesBothWays,
	"after need not exist":                           afterGap,
	"items come whole":                               wholeQuery,
	"a strong query sees every earlier put":          strongQuery,
	"what does not fit into one page comes in more":  heavyPages,
}

func emptyQuery(k *kit) {
	k.put(k.item("a", 1), store.IfAbsent())
	for _, in := range []store.QueryInput{
		{Table: store.Cards, Partition: k.name + "none"},
		{Table: store.Records, Partition: k.name},
		{Table: store.Cards, Partition: k.name, Prefix: "b"},
		{Table: store.Cards, Partition: k.name, Prefix: "aa"},
		{Table: store.Cards, Partition: k.name, Prefix: "b", Backward: true},
		{Table: store.Cards, Partition: k.name, After: "a"},
		{Table: store.Cards, Partition: k.name, After: "a", Backward: true},
		{Table: store.Cards, Partition: k.name, Prefix: "a", After: "ab"},
	} {
		page, err := k.items.Query(k.ctx, in)
		if err != nil || len(page.Items) > 0 || page.Next != "" {
			k.Errorf("query %+v: %v, %v; want an empty last page", in, page, err)
		}
	}
}

// all follows the pages of a query to the end.
func (k *kit) all(in store.QueryInput) []store.Item {
	k.Helper()
	in.Read = store.Strong
	var items []store.Item
	for range patience {
		page, err := k.items.Query(k.ctx, in)
		if err != nil {
			k.Fatalf("query %+v: %v", in, err)
		}
		if in.Limit > 0 && len(page.Items) > in.Limit {
			k.Fatalf("query %+v: a page of %d items", in, len(page.Items))
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items
		}
		if len(page.Items) > 0 && page.Next != page.Items[len(page.Items)-1].Key.Sort {
			k.Fatalf("query %+v: the cursor %q is not the last sort", in, page.Next)
		}
		in.After = page.Next
	}
	k.Fatalf("query %+v does not end", in)
	return nil
}

func sortOrder(k *kit) {
	want := []string{
		"\x01", " ", "#", "-", "/", "0", "1", "10", "2", "A", "B", "PAGE#1", "_", "a", "aa", "b", "~", "\x7f", "Ä", "é", "ÿ", "你", "\uffff", "👋", "\U0010ffff",
	}
	if !slices.IsSorted(want) {
		k.Fatal("the case itself is out of order")
	}
	for n := range want {
		k.put(k.item(want[n*7%len(want)], 0), store.Always())
	}
	in := store.QueryInput{Table: store.Cards, Partition: k.name}
	k.same("forward", sorts(k.all(in)), strings.Join(want, " "))
	in.Backward = true
	slices.Reverse(want)
	k.same("backward", sorts(k.all(in)), strings.Join(want, " "))
}

func prefixEdges(k *kit) {
	for _, sort := range []string{"A", "AB", "AB#1", "AB#2", "AB\x01", "ABC", "AB\U0010ffff", "AC", "B", "é", "éa", "ê"} {
		k.put(k.item(sort, 0), store.IfAbsent())
	}
	for prefix, want := range map[string]string{
		"AB#": "AB#1 AB#2", "AB": "AB AB\x01 AB#1 AB#2 ABC AB\U0010ffff", "A": "A AB AB\x01 AB#1 AB#2 ABC AB\U0010ffff AC",
		"AB#1": "AB#1", "AB#11": "", "é": "é éa", "B": "B", "C": "", "@": "",
	} {
		in := store.QueryInput{Table: store.Cards, Partition: k.name, Prefix: prefix}
		for _, in.Limit = range []int{0, 1, 2} {
			k.same("prefix "+prefix, sorts(k.all(in)), want)
		}
		in.Backward = true
		back := strings.Split(want, " ")
		slices.Reverse(back)
		for _, in.Limit = range []int{0, 1, 2} {
			k.same("backward, prefix "+prefix, sorts(k.all(in)), strings.Join(back, " "))
		}
	}
}

func neighbours(k *kit) {
	for _, tail := range []string{"", "\x01", " ", "#", "0", "a", "\U0010ffff"} {
		k.put(store.Item{Key: store.Key{Table: store.Cards, Partition: k.name + tail, Sort: "of <" + tail + ">"}}, store.IfAbsent())
	}
	for _, tail := range []string{"", "\x01", "0", "\U0010ffff"} {
		for _, backward := range []bool{false, true} {
			in := store.QueryInput{Table: store.Cards, Partition: k.name + tail, Backward: backward}
			k.same("partition "+tail, sorts(k.all(in)), "of <"+tail+">")
		}
	}
}

func pagesBothWays(k *kit) {
	const count = 11
	var want []string
	for n := range count {
		sort := fmt.Sprintf("E#%02d", n)
		want = append(want, sort)
		k.put(k.item(sort, 0), store.IfAbsent())
	}
	k.put(k.item("D", 0), store.IfAbsent())
	k.put(k.item("F", 0), store.IfAbsent())
	for _, backward := range []bool{false, true} {
		for _, limit := range []int{1, 2, 3, count - 1, count, count + 1, store.MaxPage} {
			in := store.QueryInput{Table: store.Cards, Partition: k.name, Prefix: "E#", Backward: backward, Limit: limit}
			k.same(fmt.Sprintf("pages of %d, backward %v", limit, backward), sorts(k.all(in)), strings.Join(want, " "))
		}
		slices.Reverse(want)
	}
}

func afterGap(k *kit) {
	for _, sort := range []string{"a1", "a3", "a5", "b1"} {
		k.put(k.item(sort, 0), store.IfAbsent())
	}
	in := store.QueryInput{Table: store.Cards, Partition: k.name, Prefix: "a"}
	for after, want := range map[string][2]string{"a0": {"a1 a3 a5", ""}, "a2": {"a3 a5", "a1"}, "a3": {"a5", "a1"}, "a6": {"", "a5 a3 a1"}, "a": {"a1 a3 a5", ""}} {
		in.After, in.Backward = after, false
		k.same("after "+after, sorts(k.all(in)), want[0])
		in.Backward = true
		k.same("backward after "+after, sorts(k.all(in)), want[1])
	}
}

func wholeQuery(k *kit) {
	one, two := k.put(k.rich("one"), store.IfAbsent()), k.put(k.rich("two"), store.Always())
	k.same("query returned", k.all(store.QueryInput{Table: store.Cards, Partition: k.name}), []store.Item{one, two})
}

func strongQuery(k *kit) {
	for n := range int64(10) {
		k.put(k.item("moves", n), store.Always())
		items := k.all(store.QueryInput{Table: store.Cards, Partition: k.name})
		if len(items) != 1 || items[0].Attrs["n"] != n || items[0].Version != n+1 {
			k.Errorf("after put %d: %v", n, items)
		}
	}
}

func heavyPages(k *kit) {
	const count = 6
	for n := range count {
		k.put(k.fill(fmt.Sprintf("heavy %d", n), store.MaxItemBytes), store.IfAbsent())
	}
	for _, backward := range []bool{false, true} {
		if got := k.all(store.QueryInput{Table: store.Cards, Partition: k.name, Backward: backward}); len(got) != count {
			k.Errorf("%s; want %d items", sorts(got), count)
		}
	}
}
