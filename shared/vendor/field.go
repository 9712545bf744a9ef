package vendor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// field is one place in a body. Reading it never panics: a value that is missing or odd becomes the parser's problem, with its place,
// and a zero value comes back. Numbers keep their digits, so that ids above 2^53 stay exact.
type field struct {
	p     *parser
	path  string
	value any
}

// open reads the body as one JSON object.
func (p *parser) open(body []byte) (field, bool) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		p.fail("", "is not JSON")
		return field{}, false
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		p.fail("", "goes on after its JSON")
		return field{}, false
	}
	if _, ok := value.(map[string]any); !ok {
		p.fail("", "must be a JSON object")
		return field{}, false
	}
	return field{p: p, value: value}, true
}

// at steps into an object. Into null or nothing it steps too: what is needed below will say so.
func (f field) at(names ...string) field {
	for _, name := range names {
		object, ok := f.value.(map[string]any)
		if !ok && f.value != nil {
			f.p.fail(f.path, "must be an object")
		}
		f = field{p: f.p, path: f.path + "/" + name, value: object[name]}
	}
	return f
}

// absent reports whether there is no value; null is none.
func (f field) absent() bool { return f.value == nil }

// list returns the entries; null or nothing has none.
func (f field) list() []field {
	if f.absent() {
		return nil
	}
	entries, ok := f.value.([]any)
	if !ok || len(entries) > maxItems {
		f.p.fail(f.path, "must be a list of at most %d entries", maxItems)
		return nil
	}
	out := make([]field, len(entries))
	for i, value := range entries {
		out[i] = field{p: f.p, path: fmt.Sprintf("%s/%d", f.path, i), value: value}
	}
	return out
}

// text returns a text that may be missing.
func (f field) text() string {
	text, ok := f.value.(string)
	if !ok && !f.absent() {
		f.p.fail(f.path, "must be a text")
	}
	return text
}

// yes returns a truth that may be missing and is false then.
func (f field) yes() bool {
	yes, ok := f.value.(bool)
	if !ok && !f.absent() {
		f.p.fail(f.path, "must be true or false")
	}
	return yes
}

// optionalID returns an id, number or text, as text; "" if there is none.
func (f field) optionalID() string {
	switch v := f.value.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		if _, err := strconv.ParseUint(v.String(), 10, 64); err == nil {
			return v.String()
		}
	}
	f.p.fail(f.path, "must be an id")
	return ""
}

// id returns an id that must be there.
func (f field) id() string {
	id := f.optionalID()
	if id == "" {
		f.p.fail(f.path, "is missing")
	}
	return id
}

// count returns a number of pieces that must be there.
func (f field) count() int64 {
	n, ok := f.value.(json.Number)
	if !ok {
		f.p.fail(f.path, "must be a number of pieces")
		return 0
	}
	pieces, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || pieces < 0 || pieces > events.MaxQuantity {
		f.p.fail(f.path, "must be a whole number of pieces from 0 to %d", events.MaxQuantity)
		return 0
	}
	return pieces
}

// currency returns the currency of the body.
func (f field) currency() money.Currency {
	c := money.Currency(strings.ToUpper(f.text()))
	if _, err := c.Exponent(); err != nil {
		f.p.fail(f.path, "must be an ISO 4217 currency")
	}
	return c
}

// price returns a decimal text or number as minor units; it must be there.
func (f field) price(c money.Currency) int64 {
	var text string
	switch v := f.value.(type) {
	case nil:
		f.p.fail(f.path, "is missing")
		return 0
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		f.p.fail(f.path, "must be an amount")
		return 0
	}
	a, err := money.Parse(text, c)
	if err != nil {
		f.p.fail(f.path, "must be an amount of %s with no more decimals than it has", c)
		return 0
	}
	return a.Minor
}

// optionalPrice is price, 0 where there is none.
func (f field) optionalPrice(c money.Currency) int64 {
	if f.absent() {
		return 0
	}
	return f.price(c)
}

// minor returns integer minor units.
func (f field) minor() int64 {
	n, ok := f.value.(json.Number)
	if !ok {
		f.p.fail(f.path, "is missing")
		return 0
	}
	minor, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || minor > money.MaxMinor || minor < -money.MaxMinor {
		f.p.fail(f.path, "must be whole minor units, at most %d", int64(money.MaxMinor))
		return 0
	}
	return minor
}

// optionalTime returns a moment, zero if there is none. Old bodies have a space in place of T.
func (f field) optionalTime() time.Time {
	text := f.text()
	if text == "" {
		return time.Time{}
	}
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		f.p.fail(f.path, "must be a time with its offset")
	}
	return t
}

// when returns the first moment among f and others that is there; one must be.
func (f field) when(others ...field) time.Time {
	for _, candidate := range append([]field{f}, others...) {
		if t := candidate.optionalTime(); !t.IsZero() {
			return t
		}
	}
	f.p.fail(f.path, "is missing")
	return time.Time{}
}
