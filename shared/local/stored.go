package local

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// A message lies in the file as
//
//	1 | sent | first | visible | receives | from | count of attributes | for each in order of name: name, value | body
//
// where numbers are varints and texts have their length before them, all but the body, which is the rest. The leading 1 is the layout; a
// later one gets another number. What begins with { is the JSON of an earlier program, and read as that.
const storedLayout = 1

// errStored is told of a message that no version of this package wrote.
var errStored = errors.New("it is damaged")

func appendStored(b []byte, s stored) []byte {
	b = slices.Grow(b, 64+len(s.Body)+128*len(s.Attributes))
	b = append(b, storedLayout)
	for _, n := range []int64{s.Sent, s.First, s.Visible, int64(s.Receives)} {
		b = binary.AppendVarint(b, n)
	}
	text := func(t string) { b = append(binary.AppendUvarint(b, uint64(len(t))), t...) }
	text(s.From)
	b = binary.AppendUvarint(b, uint64(len(s.Attributes)))
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		text(name)
		text(s.Attributes[name])
	}
	return append(b, s.Body...)
}

func readStored(b []byte) (s stored, err error) {
	if len(b) > 0 && b[0] == '{' {
		return s, json.Unmarshal(b, &s)
	}
	if len(b) == 0 || b[0] != storedLayout {
		return s, errStored
	}
	rest, bad := b[1:], false
	skip := func(n int) {
		if n <= 0 || n > len(rest) {
			rest, bad = nil, true
			return
		}
		rest = rest[n:]
	}
	number := func() int64 {
		v, n := binary.Varint(rest)
		skip(n)
		return v
	}
	text := func() string {
		length, n := binary.Uvarint(rest)
		if skip(n); length > uint64(len(rest)) {
			rest, bad = nil, true
			return ""
		}
		t := string(rest[:length])
		rest = rest[length:]
		return t
	}
	s = stored{Sent: number(), First: number(), Visible: number(), Receives: int(number()), From: text()}
	count, n := binary.Uvarint(rest)
	skip(n)
	for i := uint64(0); i < count && !bad; i++ {
		if s.Attributes == nil {
			s.Attributes = map[string]string{}
		}
		name := text()
		s.Attributes[name] = text()
	}
	if bad {
		return stored{}, errStored
	}
	s.Body = string(rest)
	return s, nil
}
