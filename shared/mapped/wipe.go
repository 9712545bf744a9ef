package mapped

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// What a wipe writes: values of which four fill a page to within a few bytes, in commits that a small machine has memory for.
const (
	wipePages  = 2_000 // of one commit
	wipeSpare  = 8     // pages more than are free, for those that a commit frees itself
	pageHead   = 16    // bytes
	valueHead  = 16 + 8
	wipeValues = 4 // in a page
)

var wipeBucket = []byte("wiped")

// Wipe writes zeros over what the free pages of the file still hold: bbolt keeps a page as it was until it needs it again, so what was
// removed or changed can be read in the file for months. Others go on writing meanwhile.
//
// It takes all free pages for values of zeros and gives them back. What is freed while it works is not wiped, nor are pages that a reader
// who began earlier still sees, such as a backup; the next wipe has them, and this one does not wait. One wipe of a file at a time: whoever calls
// sees to that. After an error some pages are wiped; the next wipe begins anew.
func Wipe(file *bbolt.DB) error {
	err := file.Update(func(tx *bbolt.Tx) error { // also gives back to the free pages what was freed before
		if err := tx.DeleteBucket(wipeBucket); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
			return err // else what a wipe that was cut off has left
		}
		_, err := tx.CreateBucket(wipeBucket)
		return err
	})
	stats := file.Stats()
	left := stats.FreePageN + stats.PendingPageN + wipeSpare // counted once: what others free meanwhile must not keep this from ending
	var next uint64
	for began := false; err == nil && left > 0; began = true {
		free := file.Stats().FreePageN
		if began && free <= wipeSpare {
			break // what is left is held by readers, and filling more would only make the file grow
		}
		pages := min(free+wipeSpare, wipePages, left)
		left -= pages
		err = file.Update(func(tx *bbolt.Tx) error { return fillPages(tx.Bucket(wipeBucket), &next, pages) })
	}
	if err == nil {
		err = file.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(wipeBucket) })
	}
	if err != nil {
		return fmt.Errorf("wipe the free pages of %s: %w", file.Path(), err)
	}
	return nil
}

// fillPages puts values of zeros that take so many pages, each of them one, so that whatever page is free is good enough.
func fillPages(b *bbolt.Bucket, next *uint64, pages int) error {
	b.FillPercent = 1
	value := make([]byte, (os.Getpagesize()-pageHead)/wipeValues-valueHead)
	for range pages * wipeValues {
		*next++
		if err := b.Put(binary.BigEndian.AppendUint64(nil, *next), value); err != nil {
			return err
		}
	}
	return nil
}
