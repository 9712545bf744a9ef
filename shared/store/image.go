package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names under which the parts of an item lie in DynamoDB, beside its attributes.
const (
	NamePartition = "pk"
	NameSort      = "sk"
	NameVersion   = "v"
	NameDueKey    = "dk" // DueKey
	NameDueAt     = "da"
	NameExpires   = "ttl"    // seconds since 1970
	NameVisible   = "_names" // after a put under Always: the names of the attributes that count, each with a comma behind it
)

// errImage is told of an image that no version of this package made.
var errImage = errors.New("not an item of ours")

// Image is an item as it lies in DynamoDB and travels in its streams: a value is a string (S), an int64 (N) or a []byte (B). Its JSON is
// that of DynamoDB: {"pk": {"S": "card/1"}, "v": {"N": "7"}, "lots": {"B": "AAE="}}.
type Image map[string]any

// ImageOf lays a whole item out.
func ImageOf(i Item) Image {
	m := Image{NamePartition: i.Key.Partition, NameSort: i.Key.Sort, NameVersion: i.Version}
	if i.Due != (Due{}) {
		m[NameDueKey] = DueKey(i.Due.Kind, DueShard(i.Key))
		m[NameDueAt] = i.Due.At
	}
	if !i.Expires.IsZero() {
		m[NameExpires] = i.Expires.Unix()
	}
	for name, value := range i.Attrs {
		m[name] = value
	}
	return m
}

// Visible is the value of NameVisible for the attributes of an item.
func Visible(a Attrs) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a)) {
		b.WriteString(name + ",")
	}
	return b.String()
}

// ItemOf takes an image of table apart. It fails on one without a key or a version, and on parts of a type that they never have.
func ItemOf(t Table, m Image) (Item, error) {
	i := Item{Key: Key{Table: t}, Attrs: make(Attrs, len(m))}
	hidden := func(string) bool { return false }
	if names, ok := m[NameVisible].(string); ok {
		names = "," + names
		hidden = func(name string) bool { return !strings.Contains(names, ","+name+",") }
	}
	ok, expires, shard := true, int64(0), ""
	for name, value := range m {
		fits := true
		switch name {
		case NamePartition:
			i.Key.Partition, fits = value.(string)
		case NameSort:
			i.Key.Sort, fits = value.(string)
		case NameVersion:
			i.Version, fits = value.(int64)
		case NameDueKey:
			shard, fits = value.(string)
		case NameDueAt:
			i.Due.At, fits = value.(string)
		case NameExpires:
			expires, fits = value.(int64)
		default:
			if !strings.HasPrefix(name, "_") && !hidden(name) {
				i.Attrs[name] = value
			}
		}
		ok = ok && fits
	}
	i.Due.Kind, _, _ = strings.Cut(shard, "#")
	if expires != 0 {
		i.Expires = time.Unix(expires, 0).UTC()
	}
	if !ok || i.Key.Partition == "" || i.Key.Sort == "" || i.Version < 1 || (i.Due.Kind == "") != (i.Due.At == "") {
		return Item{}, fmt.Errorf("%w: %s", errImage, i.Key)
	}
	return i, nil
}

// cell is one value in DynamoDB's JSON.
type cell struct {
	S *string `json:"S,omitempty"`
	N *string `json:"N,omitempty"`
	B *[]byte `json:"B,omitempty"`
}

// MarshalJSON writes DynamoDB's JSON.
func (m Image) MarshalJSON() ([]byte, error) {
	cells := make(map[string]cell, len(m))
	for name, value := range m {
		switch v := value.(type) {
		case string:
			cells[name] = cell{S: &v}
		case int64:
			n := strconv.FormatInt(v, 10)
			cells[name] = cell{N: &n}
		case []byte:
			v = append([]byte{}, v...) // nil would be null
			cells[name] = cell{B: &v}
		default:
			return nil, fmt.Errorf("%w: %q is a %T", errImage, name, value)
		}
	}
	return json.Marshal(cells)
}

// UnmarshalJSON reads DynamoDB's JSON. It fails on a value of any other type than S, N and B, and on a number that is no int64.
func (m *Image) UnmarshalJSON(text []byte) error {
	var cells map[string]cell
	if err := json.Unmarshal(text, &cells); err != nil {
		return fmt.Errorf("%w: %w", errImage, err)
	}
	*m = make(Image, len(cells))
	for name, c := range cells {
		switch {
		case c.S != nil && c.N == nil && c.B == nil:
			(*m)[name] = *c.S
		case c.N != nil && c.S == nil && c.B == nil:
			n, err := strconv.ParseInt(*c.N, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: %q is the number %s", errImage, name, *c.N)
			}
			(*m)[name] = n
		case c.B != nil && c.S == nil && c.N == nil:
			(*m)[name] = *c.B
		default:
			return fmt.Errorf("%w: %q is of a type that we never write", errImage, name)
		}
	}
	return nil
}
