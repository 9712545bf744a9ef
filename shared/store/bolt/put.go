package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

func itemKey(k store.Key) []byte {
	return []byte(k.Partition + "\x00" + k.Sort)
}

func dueKey(i *store.Item) []byte {
	return []byte(store.DueKey(i.Due.Kind, store.DueShard(i.Key)) + "\x00" + i.Due.At + "\x00" + i.Key.Partition + "\x00" + i.Key.Sort)
}

func expiresKey(i *store.Item) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(i.Expires.Unix()))
	return append(b, string(i.Key.Table)+"\x00"+i.Key.Partition+"\x00"+i.Key.Sort...)
}

func parseExpiresKey(k []byte) (int64, store.Key, error) {
	if len(k) < 8 {
		return 0, store.Key{}, fmt.Errorf("%w: expiry key %q", errDamaged, k)
	}
	parts := strings.Split(string(k[8:]), "\x00")
	if len(parts) != 3 {
		return 0, store.Key{}, fmt.Errorf("%w: expiry key %q", errDamaged, k)
	}
	key := store.Key{Table: store.Table(parts[0]), Partition: parts[1], Sort: parts[2]}
	return int64(binary.BigEndian.Uint64(k)), key, nil
}

// lookUp returns what lies under key, nil if nothing does.
func lookUp(tx *bbolt.Tx, key store.Key) (*store.Item, error) {
	v := tx.Bucket(itemsBucket(key.Table)).Get(itemKey(key))
	if v == nil {
		return nil, nil
	}
	item, err := decodeItem(key, v)
	if err != nil {
		return nil, err
	}
	return &item, nil
}

func holds(c store.Condition, old *store.Item) bool {
	switch c.Kind() {
	case 'a':
		return old == nil
	case 'v':
		return old != nil && old.Version == c.Version()
	}
	return true
}

// putIf puts item if the condition holds. index is the place of the write among its call's.
func (tx *txn) putIf(feed feeds, item store.Item, cond store.Condition, index int) (store.Item, error) {
	old, err := lookUp(tx.Tx, item.Key)
	if err != nil {
		return store.Item{}, err
	}
	if !holds(cond, old) {
		return store.Item{}, &store.Refused{Key: item.Key, Index: index, Stored: old}
	}
	return tx.put(feed, item, old)
}

// put lays item over old with its indexes and its change, and returns it with its version.
func (tx *txn) put(feed feeds, item store.Item, old *store.Item) (store.Item, error) {
	item.Version = 1
	if old != nil {
		item.Version = old.Version + 1
	}
	if !item.Expires.IsZero() {
		item.Expires = item.Expires.UTC()
	}
	tx.dirty = true
	text := writeItem(&item)
	if err := tx.Bucket(itemsBucket(item.Key.Table)).Put(itemKey(item.Key), text); err != nil {
		return item, err
	}
	if err := tx.index(old, &item); err != nil {
		return item, err
	}
	return item, tx.tell(feed, old, &item, text)
}

// remove takes an item away with its place in the due index, and tells the feed.
func (tx *txn) remove(feed feeds, old *store.Item) error {
	tx.dirty = true
	if err := tx.Bucket(itemsBucket(old.Key.Table)).Delete(itemKey(old.Key)); err != nil {
		return err
	}
	if err := tx.index(old, nil); err != nil {
		return err
	}
	return tx.tell(feed, old, nil, nil)
}

// index moves the entries of both indexes from the item that was to the one that is. Either may be nil.
func (tx *txn) index(was, is *store.Item) error {
	if err := tx.due(was, is); err != nil {
		return err
	}
	if is == nil || is.Expires.IsZero() || was != nil && !was.Expires.IsZero() && !is.Expires.Before(was.Expires) {
		return nil
	}
	return tx.Bucket(expiresBucket).Put(expiresKey(is), nil)
}

// due replaces the entry of was in the due index by that of is, where they have any and they differ.
func (tx *txn) due(was, is *store.Item) error {
	var from, to []byte
	if was != nil && was.Due != (store.Due{}) {
		from = dueKey(was)
	}
	if is != nil && is.Due != (store.Due{}) {
		to = dueKey(is)
	}
	if bytes.Equal(from, to) {
		return nil
	}
	b := tx.Bucket(dueBucket)
	if from != nil {
		if err := b.Delete(from); err != nil {
			return err
		}
	}
	if to != nil {
		return b.Put(to, nil)
	}
	return nil
}

// tell appends a change to the feed of its table, if that keeps it. isText is the new item as it was written.
func (tx *txn) tell(feed feeds, was, is *store.Item, isText []byte) error {
	key := is
	if key == nil {
		key = was
	}
	if keeps := feed[key.Key.Table]; keeps == nil || !keeps(store.Change{Old: was, New: is}) {
		return nil
	}
	b := tx.Bucket(feedBucket(key.Key.Table))
	seq, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("number a change: %w", err)
	}
	var wasText []byte
	if was != nil {
		wasText = writeItem(was)
	}
	b.FillPercent = 1 // numbers only grow, so pages are filled to the end
	tx.fed = true
	return b.Put(sequenceKey(seq), appendChange(nil, was, is, wasText, isText))
}

func sequenceKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, seq)
}
