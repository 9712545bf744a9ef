package bolt

import (
	"context"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

// feeds says of each table with a feed which of its changes the feed keeps.
type feeds map[store.Table]func(store.Change) bool

// Keep leaves out of a table's feed what wanted refuses, from now on: a change that no reader will look at is not worth its place in the file.
// wanted is asked inside the write, of a change that has no Seq yet, and keeps nothing of it. Keep is called before the first write; a table without a
// feed has none after it either.
func (d *DB) Keep(table store.Table, wanted func(store.Change) bool) {
	if d.feed[table] != nil {
		d.feed[table] = wanted
	}
}

// Changes returns the changes of a table with a Seq above after, in the order in which they were made, at most limit of them (0:
// store.MaxPage). Fewer than limit says nothing about the end; none does. A table without a feed has no changes.
//
// It returns store.ErrLimit for a limit out of range.
func (d *DB) Changes(ctx context.Context, table store.Table, after uint64, limit int) ([]store.Change, error) {
	in, err := store.CheckScan(store.ScanInput{Table: table, Segments: 1, Limit: limit})
	if err != nil {
		return nil, err
	}
	var changes []store.Change
	err = d.view(ctx, func() string { return "changes of " + string(table) }, func(tx *bbolt.Tx) error {
		if after+1 == 0 {
			return nil
		}
		c, size := tx.Bucket(feedBucket(table)).Cursor(), 0
		for k, v := c.Seek(sequenceKey(after + 1)); k != nil && len(changes) < in.Limit; k, v = c.Next() {
			if size += len(v); len(changes) > 0 && size > maxPageBytes {
				return nil
			}
			change, err := decodeChange(binary.BigEndian.Uint64(k), v)
			if err != nil {
				return err
			}
			changes = append(changes, change)
		}
		return nil
	})
	return changes, err
}

// Trim forgets the changes of a table with a Seq up to upTo. It may be repeated; numbers are never given twice.
func (d *DB) Trim(table store.Table, upTo uint64) error {
	if _, err := store.CheckScan(store.ScanInput{Table: table, Segments: 1}); err != nil {
		return err
	}
	for more := true; more; {
		err := d.write(context.Background(), func(tx *txn) error {
			more = false
			c := tx.Bucket(feedBucket(table)).Cursor()
			for n := 0; ; n++ {
				k, _ := c.First()
				if k == nil || binary.BigEndian.Uint64(k) > upTo {
					return nil
				}
				if more = n == maxSweep; more {
					return nil
				}
				tx.dirty = true
				if err := c.Delete(); err != nil {
					return err
				}
			}
		})
		if err != nil {
			return fmt.Errorf("trim changes of %s up to %d: %w", table, upTo, err)
		}
	}
	return nil
}

// Watch returns a channel that is closed when any feed grows after this call. Whoever takes the channel first, then reads Changes to
// the end, then waits, misses nothing:
//
//	for {
//		grown := db.Watch()
//		... read Changes until there are none ...
//		<-grown
//	}
func (d *DB) Watch() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

// signal wakes all who watch.
func (d *DB) signal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
}

// Sweep removes the items that have expired by the clock, at the very second or before, and returns how many. The feed tells each as
// a change without New. When it fails, those counted are gone; the next Sweep removes the rest.
func (d *DB) Sweep(ctx context.Context) (int, error) {
	now := d.clock()
	removed := 0
	for more := true; more; {
		n := 0
		err := d.write(ctx, func(tx *txn) (err error) {
			n, more, err = tx.sweep(d.feed, now.Unix())
			return err
		})
		if err != nil {
			return removed, fmt.Errorf("sweep expired items: %w", err)
		}
		removed += n
	}
	return removed, nil
}

// sweep looks at up to maxSweep entries of the index whose moment has come, removes the items that expire at now or before, and tells how many
// and whether there may be more.
//
// An entry is never later than its item expires, and may be earlier: an item that is put again and again, and lives longer each time, is entered
// once and moved here. One whose item is gone, or lives on without an end, falls.
func (tx *txn) sweep(feed feeds, now int64) (removed int, more bool, err error) {
	b := tx.Bucket(expiresBucket)
	c := b.Cursor()
	for range maxSweep {
		k, _ := c.First() // the one before it is gone
		if k == nil {
			return removed, false, nil
		}
		expires, key, err := parseExpiresKey(k)
		if err != nil || expires > now {
			return removed, false, err
		}
		item, err := lookUp(tx.Tx, key)
		if err != nil {
			return removed, false, err
		}
		tx.dirty = true
		if err := b.Delete(k); err != nil {
			return removed, false, err
		}
		switch {
		case item == nil || item.Expires.IsZero():
		case item.Expires.Unix() > expires:
			err = b.Put(expiresKey(item), nil)
		default:
			removed++
			err = tx.remove(feed, item)
		}
		if err != nil {
			return removed, false, err
		}
	}
	return removed, true, nil
}
