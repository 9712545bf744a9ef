package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/mapped"
	"github.com/regulars-dev/regulars/shared/store"
)

// Forget takes out of the feed of a table the changes of keys that gone names, whether anybody has read them or not. What lies in the table
// stays. It can be done again.
func (d *DB) Forget(ctx context.Context, table store.Table, gone func(store.Key) bool) error {
	if _, err := store.CheckScan(store.ScanInput{Table: table, Segments: 1}); err != nil {
		return err
	}
	var found [][]byte
	err := d.view(ctx, func() string { return "look for changes of " + string(table) }, func(tx *bbolt.Tx) error {
		return tx.Bucket(feedBucket(table)).ForEach(func(k, v []byte) error {
			b := &decoder{rest: v}
			b.bad = b.byte() != layout
			if key := (store.Key{Table: store.Table(b.text()), Partition: string(b.text()), Sort: string(b.text())}); !b.bad && gone(key) {
				found = append(found, append([]byte{}, k...))
			}
			return nil
		})
	})
	if err != nil || len(found) == 0 {
		return err
	}
	err = d.write(ctx, func(tx *txn) error {
		tx.dirty = true
		for _, k := range found {
			if err := tx.Bucket(feedBucket(table)).Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget %d changes of %s: %w", len(found), table, err)
	}
	return nil
}

// Wipe sees to it that what was removed or changed before can no longer be read in the file. Calls go on meanwhile.
func (d *DB) Wipe() error { return mapped.Wipe(d.file) }
