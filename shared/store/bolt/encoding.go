package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/store"
)

// How an item lies in the file. Its key is the bucket's key and not repeated. Texts are a length and their bytes, lengths and counts
// are uvarints, numbers are zigzag varints:
//
//	1 | version | due kind | due at | expires in seconds, 0 for never | count of attributes |
//	for each attribute in order of name: name | 's', 'n' or 'b' | text, number or text
//
// and a change in the feed is
//
//	1 | table | partition | sort | 'o' if there is an old item, else '-' | 'n' or '-' for the new one | each of them as text
//
// The leading 1 is the layout; a later one gets another number, and this one stays readable.
const layout = 1

// errDamaged is told of bytes that no version of this package wrote.
var errDamaged = errors.New("the store's file is damaged; restore a backup")

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendItem(b []byte, i *store.Item) []byte {
	b = append(b, layout)
	b = binary.AppendVarint(b, i.Version)
	b = appendText(b, i.Due.Kind)
	b = appendText(b, i.Due.At)
	expires := int64(0)
	if !i.Expires.IsZero() {
		expires = i.Expires.Unix()
	}
	b = binary.AppendVarint(b, expires)
	b = binary.AppendUvarint(b, uint64(len(i.Attrs)))
	for _, name := range slices.Sorted(maps.Keys(i.Attrs)) {
		b = appendText(b, name)
		switch v := i.Attrs[name].(type) {
		case string:
			b = appendText(append(b, 's'), v)
		case int64:
			b = binary.AppendVarint(append(b, 'n'), v)
		case []byte:
			b = appendText(append(b, 'b'), v)
		}
	}
	return b
}

// spare is about what an item takes in the file beyond its size in DynamoDB.
const spare = 64

// writeItem is appendItem into memory of its own.
func writeItem(i *store.Item) []byte {
	return appendItem(make([]byte, 0, store.Size(*i)+spare), i)
}

// appendChange takes the items as they lie in the file beside the items themselves, for whoever changes one has just written it.
func appendChange(b []byte, was, is *store.Item, wasText, isText []byte) []byte {
	key, flags := store.Key{}, []byte("--")
	if was != nil {
		key, flags[0] = was.Key, 'o'
	}
	if is != nil {
		key, flags[1] = is.Key, 'n'
	}
	b = slices.Grow(b, len(key.Table)+len(key.Partition)+len(key.Sort)+len(wasText)+len(isText)+spare)
	b = append(b, layout)
	b = appendText(b, string(key.Table))
	b = appendText(b, key.Partition)
	b = appendText(b, key.Sort)
	b = append(b, flags...)
	if was != nil {
		b = appendText(b, wasText)
	}
	if is != nil {
		b = appendText(b, isText)
	}
	return b
}

// decoder takes bytes apart. After the first fault every further part is empty and bad stays set.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.bad = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) number() int64 {
	v, n := binary.Varint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) count() uint64 {
	v, n := binary.Uvarint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		d.bad, d.rest = true, nil
		return
	}
	d.rest = d.rest[n:]
}

// text returns a part of the bytes themselves; whoever keeps it copies it, for they are the mapped file.
func (d *decoder) text() []byte {
	n := d.count()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return nil
	}
	t := d.rest[:n]
	d.rest = d.rest[n:]
	return t
}

// end reports a fault, or bytes left over, of what is decoded.
func (d *decoder) end(what fmt.Stringer) error {
	if d.bad || len(d.rest) > 0 {
		return fmt.Errorf("%w: %s", errDamaged, what)
	}
	return nil
}

// change is the number of one, for a person.
type change uint64

func (c change) String() string { return fmt.Sprintf("change %d", uint64(c)) }

func decodeItem(key store.Key, b []byte) (store.Item, error) {
	d := &decoder{rest: b}
	d.bad = d.byte() != layout
	i := store.Item{Key: key, Version: d.number(), Due: store.Due{Kind: string(d.text()), At: string(d.text())}}
	if expires := d.number(); expires != 0 {
		i.Expires = time.Unix(expires, 0).UTC()
	}
	n := d.count()
	if n > store.MaxAttributes {
		d.bad, n = true, 0
	}
	i.Attrs = make(store.Attrs, n)
	for range n {
		name := string(d.text())
		switch d.byte() {
		case 's':
			i.Attrs[name] = string(d.text())
		case 'n':
			i.Attrs[name] = d.number()
		case 'b':
			i.Attrs[name] = append([]byte{}, d.text()...)
		default:
			d.bad = true
		}
	}
	return i, d.end(key)
}

func decodeChange(seq uint64, b []byte) (store.Change, error) {
	d := &decoder{rest: b}
	d.bad = d.byte() != layout
	key := store.Key{Table: store.Table(d.text()), Partition: string(d.text()), Sort: string(d.text())}
	c := store.Change{Seq: seq}
	flags := []byte{d.byte(), d.byte()}
	for n, into := range []**store.Item{&c.Old, &c.New} {
		if flags[n] != "on"[n] {
			d.bad = d.bad || flags[n] != '-'
			continue
		}
		item, err := decodeItem(key, d.text())
		if err != nil {
			return c, err
		}
		*into = &item
	}
	return c, d.end(change(seq))
}
