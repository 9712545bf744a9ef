package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

const cards = 1_000

// full opens a store with so many cards of about 1 KB.
func full(b *testing.B) *bolt.DB {
	b.Helper()
	db := open(b, filepath.Join(b.TempDir(), "regulars.db"), bolt.Feed())
	for first := 0; first < cards; first += store.MaxTransact {
		var writes []store.Write
		for n := first; n < first+store.MaxTransact; n++ {
			writes = append(writes, store.Write{Item: head(n)})
		}
		if err := db.Transact(b.Context(), writes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	return db
}

func head(n int) store.Item {
	return store.Item{Key: card(n), Attrs: store.Attrs{"p": int64(n), "t": "gold", "lots": make([]byte, 200), "tail": make([]byte, 600)}}
}

func BenchmarkPut(b *testing.B) {
	db := full(b)
	for n := 0; b.Loop(); n++ {
		if _, err := db.Put(b.Context(), head(n%cards), store.Always()); err != nil {
			b.Fatal(err)
		}
	}
}

// The same from 64 writers at once, who share commits.
func BenchmarkPutCrowd(b *testing.B) {
	db := full(b)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for n := 0; pb.Next(); n += 7 {
			if _, err := db.Put(b.Context(), head(n%cards), store.Always()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkGet(b *testing.B) {
	db := full(b)
	for n := 0; b.Loop(); n++ {
		if _, err := db.Get(b.Context(), card(n%cards), store.Strong); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQuery(b *testing.B) {
	db := full(b)
	for n := 0; b.Loop(); n++ {
		page, err := db.Query(b.Context(), store.QueryInput{Table: store.Cards, Partition: card(n % cards).Partition})
		if err != nil || len(page.Items) != 1 {
			b.Fatal(len(page.Items), err)
		}
	}
}
