package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

var _ store.Ordered = (*DB)(nil)

// Get implements store.Items. Both kinds of read see every earlier put.
func (d *DB) Get(ctx context.Context, key store.Key, _ store.Read) (store.Item, error) {
	if err := store.CheckKey(key); err != nil {
		return store.Item{}, err
	}
	var found *store.Item
	err := d.view(ctx, func() string { return "get " + key.String() }, func(tx *bbolt.Tx) (err error) {
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
	err := d.write(ctx, func(tx *txn) (err error) {
		stored, err = tx.putIf(d.feed, item, cond, 0)
		return err
	})
	if err != nil {
		return store.Item{}, fmt.Errorf("put %s: %w", item.Key, err)
	}
	return stored, nil
}

// PutInOrder implements store.Ordered.
func (d *DB) PutInOrder(ctx context.Context, writes []store.Write) (done int, err error) {
	for n, w := range writes {
		if err := store.CheckPut(w.Item, w.If); err != nil {
			return 0, fmt.Errorf("write %d: %w", n, err)
		}
	}
	err = d.write(ctx, func(tx *txn) error {
		for n, w := range writes {
			done = n
			if _, err := tx.putIf(d.feed, w.Item, w.If, n); err != nil {
				return err
			}
		}
		done = len(writes)
		return nil
	})
	if refused := (*store.Refused)(nil); err != nil && !errors.As(err, &refused) {
		done = 0 // the transaction was undone
	}
	if err != nil {
		return done, fmt.Errorf("put %d in order: %w", len(writes), err)
	}
	return done, nil
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
