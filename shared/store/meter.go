package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
)

// What one request unit of DynamoDB covers.
const (
	readUnitBytes  = 4_096 // a strong read; half a unit if it may be stale
	writeUnitBytes = 1_024 // twice in a transaction
)

// Units are request units of DynamoDB.
type Units struct {
	ReadHalves  int64 // of items and the due index, in halves of a unit
	Writes      int64 // of items
	IndexWrites int64 // of the due index
}

// Add returns the sum.
func (u Units) Add(other Units) Units {
	return Units{u.ReadHalves + other.ReadHalves, u.Writes + other.Writes, u.IndexWrites + other.IndexWrites}
}

func (u Units) String() string {
	return fmt.Sprintf("%d.%d RRU, %d WRU, %d WRU of the index", u.ReadHalves/2, u.ReadHalves%2*5, u.Writes, u.IndexWrites)
}

// Meter is a store that adds up what its calls would cost on DynamoDB, by the public rules of sizes and units.
//
// It lies directly over an adapter: to know how large the old item is, it reads before each write, and that read is not counted. A call
// that fails with anything but *Refused or ErrNotFound is not counted, since nobody knows how far it came. Names hidden by a put under
// Always (store/dynamo) and storage are not in the sums. Where writers race for one item, old sizes may be those of a moment before.
type Meter struct {
	inner Items

	mu      sync.Mutex
	byTable map[Table]Units
}

var _ Items = (*Meter)(nil)

// NewMeter returns a meter at zero.
func NewMeter(inner Items) *Meter {
	return &Meter{inner: inner, byTable: map[Table]Units{}}
}

// Total is the sum since the last Reset.
func (m *Meter) Total() Units {
	var total Units
	for _, u := range m.ByTable() {
		total = total.Add(u)
	}
	return total
}

// ByTable are the sums since the last Reset. Those of the due index are in the Cards table.
func (m *Meter) ByTable() map[Table]Units {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.byTable)
}

// Reset begins at zero again.
func (m *Meter) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.byTable)
}

func (m *Meter) count(t Table, u Units) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byTable[t] = m.byTable[t].Add(u)
}

// Get implements Items.
func (m *Meter) Get(ctx context.Context, key Key, read Read) (Item, error) {
	item, err := m.inner.Get(ctx, key, read)
	switch {
	case err == nil:
		m.count(key.Table, readUnits(Size(item), read))
	case errors.Is(err, ErrNotFound):
		m.count(key.Table, readUnits(0, read))
	}
	return item, err
}

// Query implements Items.
func (m *Meter) Query(ctx context.Context, in QueryInput) (Page, error) {
	page, err := m.inner.Query(ctx, in)
	if err == nil {
		m.count(in.Table, readUnits(sizes(page.Items, Size), in.Read))
	}
	return page, err
}

// Due implements Items.
func (m *Meter) Due(ctx context.Context, in DueInput) (Page, error) {
	page, err := m.inner.Due(ctx, in)
	if err == nil {
		m.count(Cards, readUnits(sizes(page.Items, indexSize), Stale))
	}
	return page, err
}

// Scan implements Items.
func (m *Meter) Scan(ctx context.Context, in ScanInput) (Page, error) {
	page, err := m.inner.Scan(ctx, in)
	if err == nil {
		m.count(in.Table, readUnits(sizes(page.Items, Size), in.Read))
	}
	return page, err
}

// Put implements Items. A refused put costs what it would have cost.
func (m *Meter) Put(ctx context.Context, item Item, cond Condition) (Item, error) {
	var old *Item
	if cond != IfAbsent() { // under which either nothing is there, or the refusal brings it
		var err error
		if old, err = m.old(ctx, item.Key); err != nil {
			return Item{}, err
		}
	}
	stored, err := m.inner.Put(ctx, item, cond)
	var refused *Refused
	switch {
	case err == nil:
		m.count(item.Key.Table, writeUnits(old, &stored))
	case errors.As(err, &refused):
		u := writeUnits(refused.Stored, &item)
		u.IndexWrites = 0
		m.count(item.Key.Table, u)
	}
	return stored, err
}

// Transact implements Items. A refused transaction costs what it would have cost.
func (m *Meter) Transact(ctx context.Context, writes []Write) error {
	if err := CheckTransact(writes); err != nil {
		return err
	}
	olds := make([]*Item, len(writes))
	for n, w := range writes {
		var err error
		if olds[n], err = m.old(ctx, w.Item.Key); err != nil {
			return err
		}
	}
	err := m.inner.Transact(ctx, writes)
	var refused *Refused
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	for n, w := range writes {
		item := w.Item
		item.Version = 1
		if olds[n] != nil {
			item.Version = olds[n].Version + 1
		}
		u := writeUnits(olds[n], &item)
		if w.Check {
			u = writeUnits(olds[n], olds[n])
		}
		u.Writes *= 2
		if refused != nil {
			u.IndexWrites = 0
		}
		m.count(w.Item.Key.Table, u)
	}
	return err
}

// old reads what a write will find. A bad key is left for the write itself to refuse.
func (m *Meter) old(ctx context.Context, key Key) (*Item, error) {
	if CheckKey(key) != nil {
		return nil, nil
	}
	old, err := m.inner.Get(ctx, key, Strong)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what lies under %s, for the meter: %w", key, err)
	}
	return &old, nil
}

// units is how many of so many bytes each are used; nothing costs as much as one.
func units(bytes, unit int) int64 {
	return int64(max(1, (bytes+unit-1)/unit))
}

func readUnits(bytes int, read Read) Units {
	n := units(bytes, readUnitBytes)
	if read == Strong {
		n *= 2
	}
	return Units{ReadHalves: n}
}

// writeUnits is what laying is over was costs. Either may be nil.
func writeUnits(was, is *Item) Units {
	var u Units
	bytes, entryWas, entryIs := 0, int64(0), int64(0)
	if was != nil {
		bytes = Size(*was)
		if was.Due != (Due{}) {
			entryWas = units(indexSize(*was), writeUnitBytes)
		}
	}
	if is != nil {
		bytes = max(bytes, Size(*is))
		if is.Due != (Due{}) {
			entryIs = units(indexSize(*is), writeUnitBytes)
		}
	}
	u.Writes = units(bytes, writeUnitBytes)
	if was == nil || is == nil || was.Due != is.Due {
		u.IndexWrites = entryWas + entryIs
	}
	return u
}

// indexSize is the size of an item in the due index, which holds keys alone.
func indexSize(i Item) int { return keySize(i.Key) + dueSize(i) }

func sizes(items []Item, size func(Item) int) int {
	sum := 0
	for _, i := range items {
		sum += size(i)
	}
	return sum
}
