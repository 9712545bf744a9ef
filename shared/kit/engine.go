package kit

import (
	"context"
	"errors"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// engine is a store without a feed of its own, such as DynamoDB behind an endpoint, with a feed beside it. Nobody else writes to it, so what
// lay there before is read ahead of each write. It outlives the process. Nothing of it expires.
type engine struct {
	store.Items
	feeds   map[store.Table]*feed
	changed chan struct{}
}

// feed is the changes of one table from first on.
type feed struct {
	wanted  func(store.Change) bool
	last    uint64
	changes []store.Change
}

var _ local.Store = (*engine)(nil)

func newEngine(items store.Items) *engine {
	return &engine{items, map[store.Table]*feed{store.Cards: {}, store.Records: {}}, make(chan struct{})}
}

// missing reports that there is no such item.
func missing(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, loyalty.ErrNotFound)
}

func (e *engine) old(ctx context.Context, key store.Key) (*store.Item, error) {
	if e.feeds[key.Table] == nil {
		return nil, nil
	}
	item, err := e.Get(ctx, key, store.Strong)
	if missing(err) {
		return nil, nil
	}
	return &item, err
}

func (e *engine) tell(old *store.Item, item store.Item) {
	f := e.feeds[item.Key.Table]
	if f == nil {
		return
	}
	change := store.Change{Old: old, New: &item}
	if f.wanted != nil && !f.wanted(change) {
		return
	}
	f.last++
	change.Seq = f.last
	f.changes = append(f.changes, change)
	close(e.changed)
	e.changed = make(chan struct{})
}

// Put implements store.Items.
func (e *engine) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	old, err := e.old(ctx, item.Key)
	if err != nil {
		return store.Item{}, err
	}
	stored, err := e.Items.Put(ctx, item, cond)
	if err == nil {
		e.tell(old, stored)
	}
	return stored, err
}

// Transact implements store.Items.
func (e *engine) Transact(ctx context.Context, writes []store.Write) error {
	olds := make([]*store.Item, len(writes))
	for n, w := range writes {
		var err error
		if olds[n], err = e.old(ctx, w.Item.Key); err != nil {
			return err
		}
	}
	if err := e.Items.Transact(ctx, writes); err != nil {
		return err
	}
	for n, w := range writes {
		if w.Check {
			continue
		}
		item := w.Item
		if item.Version = 1; olds[n] != nil {
			item.Version = olds[n].Version + 1
		}
		e.tell(olds[n], item)
	}
	return nil
}

// Changes implements local.Store.
func (e *engine) Changes(_ context.Context, table store.Table, after uint64, limit int) ([]store.Change, error) {
	f := e.feeds[table]
	for n, c := range f.changes {
		if c.Seq > after {
			return f.changes[n:min(n+limit, len(f.changes))], nil
		}
	}
	return nil, nil
}

// Keep implements local.Store.
func (e *engine) Keep(table store.Table, wanted func(store.Change) bool) {
	e.feeds[table].wanted = wanted
}

// Trim implements local.Store.
func (e *engine) Trim(table store.Table, upTo uint64) error {
	f := e.feeds[table]
	for len(f.changes) > 0 && f.changes[0].Seq <= upTo {
		f.changes = f.changes[1:]
	}
	return nil
}

// Watch implements local.Store.
func (e *engine) Watch() <-chan struct{} { return e.changed }

// Sweep implements local.Store.
func (e *engine) Sweep(context.Context) (int, error) { return 0, nil }
