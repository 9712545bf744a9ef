package store_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/store"
)

var dated = store.Item{
	Key: store.Key{Table: store.Cards, Partition: "card/7001", Sort: "HEAD"}, Version: 3,
	Due: store.Due{Kind: "birthday", At: "12-24"}, Expires: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC),
	Attrs: store.Attrs{"t": "gold", "e": "", "p": int64(math.MinInt64), "b": []byte{0, 1}, "eb": []byte{}},
}

// An image is what streams carry; its JSON is DynamoDB's and stays.
func TestImageJSON(t *testing.T) {
	t.Parallel()
	const golden = `{"b":{"B":"AAE="},"da":{"S":"12-24"},"dk":{"S":"birthday#2"},"e":{"S":""},"eb":{"B":""},` +
		`"p":{"N":"-9223372036854775808"},"pk":{"S":"card/7001"},"sk":{"S":"HEAD"},"t":{"S":"gold"},"ttl":{"N":"1924992000"},"v":{"N":"3"}}`
	text, err := json.Marshal(store.ImageOf(dated))
	if err != nil || string(text) != golden {
		t.Errorf("written as %s, %v", text, err)
	}
	var m store.Image
	if err := json.Unmarshal([]byte(golden), &m); err != nil {
		t.Fatal(err)
	}
	got, err := store.ItemOf(store.Cards, m)
	if diff := cmp.Diff(dated, got); diff != "" || err != nil {
		t.Errorf("%v (- want, + got):\n%s", err, diff)
	}
}

// Attributes that an earlier put left behind stay unseen.
func TestImageHides(t *testing.T) {
	t.Parallel()
	m := store.ImageOf(store.Item{Key: dated.Key, Version: 1, Attrs: store.Attrs{"a": "1", "ab": "2", "b": "3"}})
	for _, want := range []store.Attrs{{}, {"a": "1"}, {"ab": "2"}, {"a": "1", "b": "3"}} {
		m[store.NameVisible] = store.Visible(want)
		got, err := store.ItemOf(store.Cards, m)
		if diff := cmp.Diff(want, got.Attrs); diff != "" || err != nil {
			t.Errorf("%v (- want, + got):\n%s", err, diff)
		}
	}
}

func FuzzImage(f *testing.F) {
	text, err := json.Marshal(store.ImageOf(dated))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"pk":{"S":"a"},"sk":{"S":"b"},"v":{"N":"1"},"n":{"N":"1.5"}}`))
	f.Add([]byte(`{"pk":{"S":"a"},"sk":{"S":"b"},"v":{"N":"1"},"l":{"L":[]},"_names":{"S":"x,"}}`))
	f.Add([]byte(`{"pk":null,"sk":{},"dk":{"S":"#"},"da":{"S":"x"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m store.Image
		if json.Unmarshal(text, &m) != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		var same store.Image
		if err := json.Unmarshal(again, &same); err != nil || !cmp.Equal(m, same) {
			t.Fatalf("read, written and read: %v, %v", err, cmp.Diff(m, same))
		}
		if item, err := store.ItemOf(store.Cards, m); err == nil && (item.Key.Partition == "" || item.Key.Sort == "" || item.Version < 1) {
			t.Fatalf("an item without a key or a version: %v", item)
		}
	})
}
