package mapped_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
)

// What was removed, or changed a hundred times, can be read in the file until it is wiped; what is there stays, and the file hardly grows.
func TestWhatWasRemovedCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := mapped.Open(path, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do := func(work func(b *bbolt.Bucket) error) {
		t.Helper()
		err := db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("items"))
			if err != nil {
				return err
			}
			return work(b)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	name := func(n int) []byte { return fmt.Appendf(nil, "card/%06d", n) }
	const cards = 9_000 // more pages than one commit of a wipe
	do(func(b *bbolt.Bucket) error {
		for n := range cards {
			if err := b.Put(name(n), append(bytes.Repeat([]byte("x"), 900), "Planted Person"...)); err != nil {
				return err
			}
		}
		return b.Put([]byte("large"), bytes.Repeat([]byte("Planted Person "), 5_000))
	})
	do(func(b *bbolt.Bucket) error {
		for n := range cards {
			if n%3 == 0 {
				continue
			}
			if err := b.Put(name(n), []byte("kept")); err != nil {
				return err
			}
		}
		return b.Delete([]byte("large"))
	})
	for n := 0; n < cards; n += 3 {
		do(func(b *bbolt.Bucket) error {
			for n := n; n < min(n+600, cards); n += 3 {
				if err := b.Put(name(n), []byte("kept")); err != nil {
					return err
				}
			}
			return nil
		})
		n += 597
	}
	read := func() (found int, size int64) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(raw, []byte("Planted Person")), int64(len(raw))
	}
	before, size := read()
	for range 2 {
		if err := mapped.Wipe(db); err != nil {
			t.Fatal(err)
		}
	}
	after, grown := read()
	if before < 100 || after != 0 || grown > size+1<<20 {
		t.Errorf("read %d times before the wipe and %d times after it; the file had %d bytes and has %d", before, after, size, grown)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		if n := tx.Bucket([]byte("items")).Stats().KeyN; n != cards || string(tx.Bucket([]byte("items")).Get(name(cards-1))) != "kept" {
			t.Errorf("%d cards are left", n)
		}
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A backup reads for minutes, and sees pages that were freed since it began: a wipe neither waits for it nor makes the file grow for them.
func TestAWipeDoesNotWaitForAReader(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := mapped.Open(path, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoSync: true, InitialMmapSize: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do := func(work func(tx *bbolt.Tx) error) {
		t.Helper()
		if err := db.Update(work); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("items"))
		for n := 0; n < 12_000 && err == nil; n++ {
			err = b.Put(fmt.Appendf(nil, "card/%06d", n), bytes.Repeat([]byte("x"), 900))
		}
		return err
	})
	backup, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	do(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("items")) })
	do(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("items")); return err })
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	err = mapped.Wipe(db)
	after, failed := os.Stat(path)
	if err != nil || failed != nil || after.Size() > before.Size()+1<<20 {
		t.Errorf("the wipe ends with %v; the file had %d bytes and has %d", err, before.Size(), after.Size())
	}
	if err := backup.Rollback(); err != nil {
		t.Error(err)
	}
}
