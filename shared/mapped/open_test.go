package mapped_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
)

// A file may be cut short anywhere: that is always an error, and never the end of the process.
func TestAFileThatIsCutShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "whole.db")
	db, err := mapped.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(fill); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := whole[:len(whole)/2] // the file is longer than what was written
	if db, err = mapped.Open(path, nil); err != nil {
		t.Fatal(err)
	}
	_ = db.View(func(tx *bbolt.Tx) error {
		used = whole[:tx.Size()]
		return nil
	})
	db.Close()
	for _, size := range []int{len(used) - 1, len(used) - os.Getpagesize(), len(used) / 2, 4 * os.Getpagesize(), 3 * os.Getpagesize(), os.Getpagesize() + 7, 1} {
		torn := filepath.Join(t.TempDir(), "torn.db")
		if err := os.WriteFile(torn, used[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if db, err := mapped.Open(torn, nil); err == nil {
			db.Close()
			t.Errorf("%d of %d bytes were opened", size, len(used))
		} else if size >= 4*os.Getpagesize() && !errors.Is(err, mapped.ErrDamaged) {
			t.Errorf("%d of %d bytes give %v", size, len(used), err)
		}
	}
	copied := filepath.Join(t.TempDir(), "copied.db")
	if err := os.WriteFile(copied, used, 0o600); err != nil {
		t.Fatal(err)
	}
	if db, err = mapped.Open(copied, nil); err != nil {
		t.Errorf("a copy of all that was written: %v", err)
	} else {
		db.Close()
	}
}

// fill writes enough for a tree of several pages.
func fill(tx *bbolt.Tx) error {
	b, err := tx.CreateBucket([]byte("b"))
	for n := 0; n < 100 && err == nil; n++ {
		err = b.Put([]byte{byte(n)}, make([]byte, 1000))
	}
	return err
}
