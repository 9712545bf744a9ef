package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

var _ store.Items = (*DB)(nil)

// Get implements store.Items. Both kinds of read see every earlier put.
func (d *DB) Get(ctx context.Context, key store.Key, _ store.Read) (store.Item, error) {
	if err := store.CheckKey(key); err != nil {
		return store.Item{}, err
	}
	var found *store.Item
	err := d.view(ctx, "get "+key.String(), func(tx *bbolt.Tx) (err error) {
		found, err = lookUp(tx, key)
		return err
	})
	if err != nil {
		return store.Item{}, err
	}
	if found == nil {
		return store.Item{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
	}
	return *found, nil
}

// Put implements store.Items.
func (d *DB) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	if err := store.CheckPut(item, cond); err != nil {
		return store.Item{}, err
	}
	var stored store.Item
	err := d.write(ctx, func(tx *txn) error {
		old, err := lookUp(tx.Tx, item.Key)
		if err != nil {
			return err
		}
		if !holds(cond, old) {
			return &store.Refused{Key: item.Key, Stored: old}
		}
		stored, err = tx.put(d.feed, item, old)
		return err
	})
	if err != nil {
		return store.Item{}, fmt.Errorf("put %s: %w", item.Key, err)
	}
	return stored, nil
}

// Transact implements store.Items. It never returns ErrBusy: transactions stand in line.
func (d *DB) Transact(ctx context.Context, writes []store.Write) error {
	if err := store.CheckTransact(writes); err != nil {
		return err
	}
	err := d.write(ctx, func(tx *txn) error {
		olds := make([]*store.Item, len(writes))
		for n, w := range writes {
			old, err := lookUp(tx.Tx, w.Item.Key)
			if err != nil {
				return err
			}
			if !holds(w.If, old) {
				return &store.Refused{Key: w.Item.Key, Index: n, Stored: old}
			}
			olds[n] = old
		}
		for n, w := range writes {
			if w.Check {
				continue
			}
			if _, err := tx.put(d.feed, w.Item, olds[n]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("transact %d writes: %w", len(writes), err)
	}
	return nil
}
