package kit

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store"
)

// lagTime is how far a read may lag behind. DynamoDB promises no bound and keeps within a second.
const lagTime = 2 * time.Second

// past is what an item was until a moment ago; nil is absence.
type past struct {
	key   store.Key
	item  *store.Item
	until time.Time
}

// lagging is a store whose reads lag behind while its world says so. What it remembers outlives the process, as a replica does.
type lagging struct {
	local.Store
	w *World
}

// remember keeps what lay under the keys before a write that worked.
func (l lagging) remember(olds []past) {
	now, from := l.w.Now(), 0
	for from < len(l.w.pasts) && now.Sub(l.w.pasts[from].until) > lagTime {
		from++
	}
	l.w.pasts = append(l.w.pasts[from:], olds...)
}

// before reads what lies under a key ahead of a write on it.
func (l lagging) before(ctx context.Context, olds []past, key store.Key) ([]past, error) {
	item, err := l.Store.Get(ctx, key, store.Strong)
	old := past{key: key, until: l.w.Now()}
	switch {
	case err == nil:
		old.item = &item
	case !missing(err):
		return nil, fmt.Errorf("what was before: %w", err)
	}
	return append(olds, old), nil
}

// aged is the oldest state of an item that a read may still bring; known is false where it has only one.
func (l lagging) aged(key store.Key) (item *store.Item, known bool) {
	now := l.w.Now()
	for _, p := range l.w.pasts {
		if p.key == key && now.Sub(p.until) <= lagTime {
			l.w.lagged = true
			return p.item, true
		}
	}
	return nil, false
}

// page brings a page as it was a moment before, but for items that are gone by now.
func (l lagging) page(page store.Page, read store.Read) store.Page {
	if read == store.Strong || !l.w.lag {
		return page
	}
	aged := store.Page{Next: page.Next}
	for _, item := range page.Items {
		if old, known := l.aged(item.Key); !known {
			aged.Items = append(aged.Items, item)
		} else if old != nil {
			aged.Items = append(aged.Items, *old)
		}
	}
	return aged
}

// Get implements store.Items.
func (l lagging) Get(ctx context.Context, key store.Key, read store.Read) (store.Item, error) {
	if read == store.Stale && l.w.lag {
		if old, known := l.aged(key); known && old == nil {
			return store.Item{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
		} else if known {
			return *old, nil
		}
	}
	return l.Store.Get(ctx, key, read)
}

// Query implements store.Items.
func (l lagging) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	page, err := l.Store.Query(ctx, in)
	return l.page(page, in.Read), err
}

// Scan implements store.Items.
func (l lagging) Scan(ctx context.Context, in store.ScanInput) (store.Page, error) {
	page, err := l.Store.Scan(ctx, in)
	return l.page(page, in.Read), err
}

// Due implements store.Items. What was put a moment ago is not in the index yet.
func (l lagging) Due(ctx context.Context, in store.DueInput) (store.Page, error) {
	page, err := l.Store.Due(ctx, in)
	if !l.w.lag {
		return page, err
	}
	aged := store.Page{Next: page.Next}
	for _, item := range page.Items {
		if old, known := l.aged(item.Key); !known || old != nil && old.Due == item.Due {
			aged.Items = append(aged.Items, item)
		}
	}
	return aged, err
}

// Put implements store.Items.
func (l lagging) Put(ctx context.Context, item store.Item, cond store.Condition) (store.Item, error) {
	olds, err := l.before(ctx, nil, item.Key)
	if err != nil {
		return store.Item{}, err
	}
	stored, err := l.Store.Put(ctx, item, cond)
	if err == nil {
		l.remember(olds)
	}
	return stored, err
}

// Transact implements store.Items.
func (l lagging) Transact(ctx context.Context, writes []store.Write) (err error) {
	var olds []past
	for _, w := range writes {
		if w.Check {
			continue
		}
		if olds, err = l.before(ctx, olds, w.Item.Key); err != nil {
			return err
		}
	}
	if err = l.Store.Transact(ctx, writes); err == nil {
		l.remember(olds)
	}
	return err
}
