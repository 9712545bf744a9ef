// Package quick reads JSON whose shape is known from its front to its end, without reflection: what our own programs write by the hundred
// thousand. It knows less than encoding/json, and says so: a text with anything else in it, were it only a space, is for encoding/json to read.
package quick

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Reader takes a text apart. After the first thing that it does not know every further part is empty, and Whole reports false.
type Reader struct {
	rest []byte
	bad  bool
}

// Read begins at the front of a text, which must stay as it is meanwhile. What is read keeps none of it.
func Read(text []byte) *Reader { return &Reader{rest: text} }

// Whole reports that the text was known from its front to its end. Only then is anything good that was read.
func (r *Reader) Whole() bool { return !r.bad && len(r.rest) == 0 }

// Fail says that what was read is not what the caller knows.
func (r *Reader) Fail() { r.bad = true }

func (r *Reader) next(c byte) bool { return !r.bad && len(r.rest) > 0 && r.rest[0] == c }

func (r *Reader) take(c byte) {
	if !r.next(c) {
		r.bad = true
		return
	}
	r.rest = r.rest[1:]
}

// Object calls field with each name; it must read the value. name is good until it returns.
func (r *Reader) Object(field func(name []byte)) {
	r.list('{', '}', func() {
		name := r.bytes()
		r.take(':')
		if !r.bad {
			field(name)
		}
	})
}

// Array calls each for every element, which it must read.
func (r *Reader) Array(each func()) { r.list('[', ']', each) }

func (r *Reader) list(open, shut byte, each func()) {
	if r.take(open); r.next(shut) {
		r.take(shut)
		return
	}
	for each(); r.next(','); each() {
		r.take(',')
	}
	r.take(shut)
}

// plain are the letters after a backslash that stand for one byte.
var plain = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// Text reads a string whose escapes are of one byte each.
func (r *Reader) Text() string { return string(r.bytes()) }

func (r *Reader) bytes() []byte {
	if r.take('"'); r.bad {
		return nil
	}
	var parts []byte // what comes before from, where there are escapes
	from := 0
	for i := 0; i < len(r.rest); i++ {
		switch c := r.rest[i]; {
		case c == '"':
			whole := r.rest[from:i:i]
			if from > 0 {
				whole = append(parts, whole...)
			}
			r.rest, r.bad = r.rest[i+1:], !utf8.Valid(whole)
			return whole
		case c < ' ':
			r.bad = true
			return nil
		case c == '\\':
			if i+1 == len(r.rest) || plain[r.rest[i+1]] == 0 {
				r.bad = true
				return nil
			}
			if parts == nil {
				parts = make([]byte, 0, i+256)
			}
			parts = append(append(parts, r.rest[from:i]...), plain[r.rest[i+1]])
			i++
			from = i + 1
		}
	}
	r.bad = true
	return nil
}

// Digits reads a whole number as it is written.
func (r *Reader) Digits() string {
	n := 0
	for n < len(r.rest) && (r.rest[n] >= '0' && r.rest[n] <= '9' || n == 0 && r.rest[n] == '-') {
		n++
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	if i, err := strconv.ParseInt(text, 10, 64); err != nil || strconv.FormatInt(i, 10) != text { // neither 007 nor -0
		r.bad = true
	}
	return text
}

// Int reads a whole number.
func (r *Reader) Int() int64 {
	n, err := strconv.ParseInt(r.Digits(), 10, 64)
	r.bad = r.bad || err != nil
	return n
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	for _, word := range []string{"true", "false"} {
		if len(r.rest) >= len(word) && string(r.rest[:len(word)]) == word {
			r.rest = r.rest[len(word):]
			return word == "true"
		}
	}
	r.bad = true
	return false
}

// Time reads a moment as encoding/json writes one.
func (r *Reader) Time() time.Time {
	var t time.Time
	if r.bad = r.bad || t.UnmarshalText(r.bytes()) != nil; r.bad {
		return time.Time{}
	}
	return t
}

// AppendText appends a name, a colon and a string, and reports whether the string is one that needs no escape; otherwise b is for nothing.
func AppendText(b []byte, name, value string) ([]byte, bool) {
	for i := range len(value) {
		switch c := value[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return b, false
		}
	}
	return append(append(append(appendName(b, name), '"'), value...), '"'), true
}

// AppendInt appends a name, a colon and a number.
func AppendInt(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendName(b, name), n, 10)
}

// AppendTrue appends a name, a colon and true.
func AppendTrue(b []byte, name string) []byte { return append(appendName(b, name), "true"...) }

// AppendTime appends a name, a colon and a moment, and reports whether it is one that JSON can have.
func AppendTime(b []byte, name string, t time.Time) ([]byte, bool) {
	b, err := t.AppendText(append(appendName(b, name), '"'))
	return append(b, '"'), err == nil
}

// appendName puts a comma before the name, unless it is the first of its object.
func appendName(b []byte, name string) []byte {
	if n := len(b); n > 0 && b[n-1] != '{' {
		b = append(b, ',')
	}
	return append(append(append(b, '"'), name...), '"', ':')
}
