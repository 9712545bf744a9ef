package storefault

import (
	"github.com/regulars-dev/regulars/shared/store"
)

// remember notes that an item lies there now, and what lay there before if that is known.
func (i *Items) remember(item store.Item) {
	if i.plan.StaleOne == 0 {
		return
	}
	item = clone(item)
	i.mu.Lock()
	defer i.mu.Unlock()
	was, known := i.now[item.Key]
	if known && was.Version >= item.Version {
		return // the answer of an earlier put came late
	}
	switch {
	case item.Version == 1:
		i.older[item.Key] = append(i.older[item.Key], nil)
	case known && was.Version == item.Version-1:
		i.older[item.Key] = append(i.older[item.Key], &was)
	default:
		i.older[item.Key] = nil // somebody else wrote in between
	}
	if n := len(i.older[item.Key]); n > maxHistory {
		i.older[item.Key] = i.older[item.Key][n-maxHistory:]
	}
	i.now[item.Key] = item
}

// aged returns the item or, now and then, an older state of it: nil if that is absence.
func (i *Items) aged(item store.Item) *store.Item {
	i.mu.Lock()
	defer i.mu.Unlock()
	older := i.older[item.Key]
	if i.plan.StaleOne == 0 || len(older) == 0 || i.random.IntN(i.plan.StaleOne) != 0 {
		return &item
	}
	old := older[i.random.IntN(len(older))]
	if old == nil {
		return nil
	}
	copied := clone(*old)
	return &copied
}

func (i *Items) agedPage(page store.Page, read store.Read, err error) (store.Page, error) {
	if err != nil {
		return store.Page{}, err
	}
	if read == store.Strong {
		return page, nil
	}
	aged := store.Page{Next: page.Next}
	for _, item := range page.Items {
		if old := i.aged(item); old != nil {
			aged.Items = append(aged.Items, *old)
		}
	}
	return aged, nil
}

// clone makes an item that shares nothing with the other.
func clone(item store.Item) store.Item {
	attrs := make(store.Attrs, len(item.Attrs))
	for name, value := range item.Attrs {
		if b, ok := value.([]byte); ok {
			value = append([]byte{}, b...)
		}
		attrs[name] = value
	}
	item.Attrs = attrs
	return item
}
