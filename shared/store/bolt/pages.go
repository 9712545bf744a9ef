package bolt

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/regulars-dev/regulars/shared/store"
)

// Query implements store.Items.
func (d *DB) Query(ctx context.Context, in store.QueryInput) (store.Page, error) {
	in, err := store.CheckQuery(in)
	if err != nil {
		return store.Page{}, err
	}
	var page store.Page
	all := itemKey(store.Key{Partition: in.Partition, Sort: in.Prefix}) // what the keys of the answer begin with
	err = d.view(ctx, func() string { return fmt.Sprintf("query %s/%s", in.Table, in.Partition) }, func(tx *bbolt.Tx) error {
		c := tx.Bucket(itemsBucket(in.Table)).Cursor()
		k, v := firstOfQuery(c, in, all)
		for size := 0; bytes.HasPrefix(k, all); {
			if size += len(k) + len(v); full(&page, in.Limit, size) {
				page.Next = page.Items[len(page.Items)-1].Key.Sort
				return nil
			}
			if err := add(&page, in.Table, k, v); err != nil {
				return err
			}
			if in.Backward {
				k, v = c.Prev()
			} else {
				k, v = c.Next()
			}
		}
		return nil
	})
	return page, err
}

// firstOfQuery puts the cursor on the first item to be looked at.
func firstOfQuery(c *bbolt.Cursor, in store.QueryInput, all []byte) (k, v []byte) {
	after := itemKey(store.Key{Partition: in.Partition, Sort: in.After})
	switch {
	case in.Backward && in.After == "":
		return seekBefore(c, append(bytes.Clone(all), 0xff)) // no UTF-8 text holds this byte
	case in.Backward:
		return seekBefore(c, after)
	case in.After == "":
		return c.Seek(all)
	default:
		return c.Seek(append(after, 0))
	}
}

// seekBefore puts the cursor on the last key below bound.
func seekBefore(c *bbolt.Cursor, bound []byte) (k, v []byte) {
	if k, _ := c.Seek(bound); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// Due implements store.Items. It sees every earlier put.
func (d *DB) Due(ctx context.Context, in store.DueInput) (store.Page, error) {
	in, err := store.CheckDue(in)
	if err != nil {
		return store.Page{}, err
	}
	shard := store.DueKey(in.Kind, in.Shard)
	all, start := []byte(shard+"\x00"), []byte(shard+"\x00"+in.From)
	if in.After != "" {
		parts, err := store.ParseCursor(in.After, shard, 4)
		if err != nil {
			return store.Page{}, err
		}
		start = []byte(strings.Join(parts, "\x00") + "\x00") // the first key behind it
	}
	var page store.Page
	err = d.view(ctx, func() string { return "due " + shard }, func(tx *bbolt.Tx) error {
		c := tx.Bucket(dueBucket).Cursor()
		for k, _ := c.Seek(start); bytes.HasPrefix(k, all); k, _ = c.Next() {
			parts := strings.Split(string(k), "\x00")
			if len(parts) != 4 {
				return fmt.Errorf("%w: due key %q", errDamaged, k)
			}
			if parts[1] >= in.To {
				return nil
			}
			if full(&page, in.Limit, 0) {
				last := page.Items[in.Limit-1]
				page.Next = store.Cursor(shard, last.Due.At, last.Key.Partition, last.Key.Sort)
				return nil
			}
			page.Items = append(page.Items, store.Item{
				Key: store.Key{Table: store.Cards, Partition: parts[2], Sort: parts[3]},
				Due: store.Due{Kind: in.Kind, At: parts[1]},
			})
		}
		return nil
	})
	return page, err
}

// Scan implements store.Items. A partition lies whole in the segment that its hash names. It sees every earlier put.
func (d *DB) Scan(ctx context.Context, in store.ScanInput) (store.Page, error) {
	in, err := store.CheckScan(in)
	if err != nil {
		return store.Page{}, err
	}
	scope := fmt.Sprintf("%s %d/%d", in.Table, in.Segment, in.Segments)
	var start []byte
	if in.After != "" {
		parts, err := store.ParseCursor(in.After, scope, 3)
		if err != nil {
			return store.Page{}, err
		}
		start = append(itemKey(store.Key{Partition: parts[1], Sort: parts[2]}), 0) // the first key behind it
	}
	var page store.Page
	err = d.view(ctx, func() string { return "scan " + scope }, func(tx *bbolt.Tx) error {
		c := tx.Bucket(itemsBucket(in.Table)).Cursor()
		var last []byte
		steps, size := 0, 0
		for k, v := c.Seek(start); k != nil; steps++ {
			partition, _, _ := bytes.Cut(k, []byte{0})
			mine := segment(partition, in.Segments) == in.Segment
			if mine {
				size += len(k) + len(v)
			}
			if full(&page, in.Limit, size) || steps == maxSteps {
				partition, sort, _ := bytes.Cut(last, []byte{0})
				page.Next = store.Cursor(scope, string(partition), string(sort))
				return nil
			}
			last = k
			if !mine {
				k, v = c.Seek(append(bytes.Clone(partition), 1)) // over the rest of it
				continue
			}
			if err := add(&page, in.Table, k, v); err != nil {
				return err
			}
			k, v = c.Next()
		}
		return nil
	})
	return page, err
}

// segment is the one of so many in which a partition lies.
func segment(partition []byte, segments int) int {
	h := fnv.New32a()
	h.Write(partition)
	return int(h.Sum32() % uint32(segments))
}

// full says that the next item, with which the page would have size bytes, belongs to the next page. A page takes one item of any size.
func full(page *store.Page, limit, size int) bool {
	return len(page.Items) == limit || len(page.Items) > 0 && size > maxPageBytes
}

func add(page *store.Page, t store.Table, k, v []byte) error {
	partition, sort, _ := bytes.Cut(k, []byte{0})
	item, err := decodeItem(store.Key{Table: t, Partition: string(partition), Sort: string(sort)}, v)
	if err != nil {
		return err
	}
	page.Items = append(page.Items, item)
	return nil
}
