package edge

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// image is one image of a stream's record. What we store ourselves is read at once, into quick; an image with anything else in it is read by the
// whole of DynamoDB's JSON, which takes nearly twice as long (BenchmarkImage).
type image struct {
	quick map[string]any
	cells map[string]cell
}

// UnmarshalJSON reads DynamoDB's JSON. A cell that makes no sense is told by values.
func (im *image) UnmarshalJSON(text []byte) error {
	*im = image{quick: quickly(text)}
	if im.quick != nil {
		return nil
	}
	return json.Unmarshal(text, &im.cells)
}

func (im image) values() (map[string]any, error) {
	if im.quick != nil || im.cells == nil {
		return im.quick, nil
	}
	out := make(map[string]any, len(im.cells))
	for name, c := range im.cells {
		v, n := c.value()
		if n != 1 {
			return nil, fmt.Errorf("attribute %s has %d types", name, n)
		}
		out[name] = v
	}
	return out, nil
}

// number is what N says: an int64 if it is one.
func number(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return json.Number(text)
}

// quickly reads an image of nothing but S, N and B, written without spaces. For any other it returns nil, never something else than the long way
// would.
func quickly(text []byte) map[string]any {
	out := map[string]any{}
	s := scan{rest: text}
	s.take('{')
	for more := len(s.rest) > 0 && s.rest[0] != '}'; more && !s.bad; {
		name := s.text()
		s.take(':')
		s.take('{')
		kind := s.text()
		s.take(':')
		value := s.text()
		s.take('}')
		switch kind {
		case "S":
			out[name] = value
		case "N":
			out[name] = number(value)
		case "B":
			raw, err := base64.StdEncoding.DecodeString(value)
			out[name], s.bad = raw, s.bad || err != nil
		default:
			s.bad = true
		}
		if more = len(s.rest) > 0 && s.rest[0] == ','; more {
			s.take(',')
		}
	}
	if s.take('}'); s.bad || len(s.rest) > 0 {
		return nil
	}
	return out
}

// scan takes JSON apart from its front. After the first thing that it does not know bad stays set.
type scan struct {
	rest []byte
	bad  bool
}

func (s *scan) take(c byte) {
	if s.bad || len(s.rest) == 0 || s.rest[0] != c {
		s.bad = true
		return
	}
	s.rest = s.rest[1:]
}

// plain are the letters after a backslash that stand for one byte.
var plain = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// text takes a string whose escapes are of one byte each.
func (s *scan) text() string {
	s.take('"')
	if s.bad {
		return ""
	}
	var parts []byte // what comes before from, where there are escapes
	from := 0
	for i := 0; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '"':
			whole := s.rest[from:i]
			if from > 0 {
				whole = append(parts, whole...)
			}
			s.rest, s.bad = s.rest[i+1:], !utf8.Valid(whole)
			return string(whole)
		case '\\':
			if i+1 == len(s.rest) || plain[s.rest[i+1]] == 0 {
				s.bad = true
				return ""
			}
			if parts == nil {
				parts = make([]byte, 0, len(s.rest))
			}
			parts = append(append(parts, s.rest[from:i]...), plain[s.rest[i+1]])
			i++
			from = i + 1
		}
	}
	s.bad = true
	return ""
}
