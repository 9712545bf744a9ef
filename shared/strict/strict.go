// Package strict reads a JSON document into a Go value and tells everything that is wrong with it at once: unknown and repeated
// names, wrong types, null where a value belongs, each with its JSON pointer.
package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits of one document.
const (
	maxDepth  = 32 // levels of nesting
	maxFaults = 50 // faults told of at once
)

// Fault is one fault of a document. Pointer is a JSON pointer (RFC 6901); "" is the whole document. Code is stable; Detail is a
// sentence that never repeats the value, which may be personal.
type Fault struct {
	Pointer string
	Code    string
	Detail  string
}

// Decode reads body into what dst points at. Names match in their exact letters. It returns an error if body is not one JSON
// document, and the faults of a document that does not fit dst; in both cases dst is not to be used.
func Decode(body []byte, dst any) ([]Fault, error) {
	return decode(body, dst, checker{})
}

// DecodeWhole is Decode for documents of a published form: a field whose tag has neither omitempty nor omitzero must be there, and
// null stands nowhere. Pointers begin with at, the place of body in a larger document.
func DecodeWhole(body []byte, dst any, at string) ([]Fault, error) {
	return decode(body, dst, checker{whole: true, at: at})
}

func decode(body []byte, dst any, c checker) ([]Fault, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the document is not UTF-8")
	}
	c.dec = json.NewDecoder(bytes.NewReader(body))
	c.dec.UseNumber()
	err := c.value(reflect.TypeOf(dst).Elem(), c.at, 0)
	if err == nil {
		if _, extra := c.dec.Token(); !errors.Is(extra, io.EOF) {
			err = errors.New("something follows the document")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the document ends too early")
	}
	if err != nil {
		return nil, fmt.Errorf("%w (near byte %d)", err, c.dec.InputOffset())
	}
	if len(c.faults) == 0 {
		if err := json.Unmarshal(body, dst); err != nil {
			c.fault(c.at, "wrong_type", err.Error())
		}
	}
	return c.faults, nil
}

// checker walks the tokens of a document beside the Go type it is meant for.
type checker struct {
	dec    *json.Decoder
	whole  bool
	at     string
	faults []Fault
}

func (c *checker) fault(pointer, code, detail string) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, Fault{Pointer: pointer, Code: code, Detail: detail})
	}
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value checks the next value against t; t is nil where anything goes. An error means the document is no JSON.
func (c *checker) value(t reflect.Type, pointer string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it nests deeper than %d levels", maxDepth)
	}
	optional := false
	for t != nil && t.Kind() == reflect.Pointer {
		t, optional = t.Elem(), true
	}
	if t != nil && (reflect.PointerTo(t).Implements(jsonUnmarshaler) || reflect.PointerTo(t).Implements(textUnmarshaler)) {
		return c.custom(t, pointer, optional)
	}
	if t != nil && t.Kind() == reflect.Interface {
		t = nil
	}
	token, err := c.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return c.object(t, pointer, depth)
	case json.Delim('['):
		return c.array(t, pointer, depth)
	}
	if t != nil {
		c.scalar(t, token, pointer, optional)
	}
	return nil
}

// custom lets a type with its own reader judge its value.
func (c *checker) custom(t reflect.Type, pointer string, optional bool) error {
	var raw json.RawMessage
	if err := c.dec.Decode(&raw); err != nil {
		return err
	}
	isNull := string(raw) == "null"
	switch {
	case isNull && !c.whole && (optional || t.Kind() == reflect.Slice):
	case isNull:
		c.fault(pointer, "wrong_type", "must not be null; leave the field out or give one")
	default:
		if err := json.Unmarshal(raw, reflect.New(t).Interface()); err != nil {
			c.fault(pointer, "invalid", "must be "+wanted(t)+because(t, err))
		}
	}
	return nil
}

func (c *checker) object(t reflect.Type, pointer string, depth int) error {
	var fields map[string]field
	var every reflect.Type
	switch {
	case t == nil:
	case t.Kind() == reflect.Struct:
		fields = fieldsOf(t)
	case t.Kind() == reflect.Map:
		every = t.Elem()
	default:
		c.fault(pointer, "wrong_type", "must be "+wanted(t)+", not an object")
		t = nil
	}
	seen := map[string]bool{}
	for c.dec.More() {
		token, err := c.dec.Token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return errors.New("an object has a name that is no string")
		}
		at := pointer + "/" + escape(name)
		if seen[name] {
			c.fault(at, "duplicate", "stands twice in its object")
		}
		seen[name] = true
		next := every
		if fields != nil {
			if _, ok = fields[name]; !ok {
				c.fault(at, "unknown_field", "is no field here; the fields are "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			}
			next = fields[name].Type
		}
		if err := c.value(next, at, depth+1); err != nil {
			return err
		}
	}
	for _, name := range c.demanded(fields) {
		if !fields[name].optional && !seen[name] {
			c.fault(pointer+"/"+escape(name), "missing", "is missing")
		}
	}
	_, err := c.dec.Token()
	return err
}

func (c *checker) array(t reflect.Type, pointer string, depth int) error {
	var elem reflect.Type
	if t != nil {
		if k := t.Kind(); k == reflect.Slice && t.Elem().Kind() != reflect.Uint8 || k == reflect.Array {
			elem = t.Elem()
		} else {
			c.fault(pointer, "wrong_type", "must be "+wanted(t)+", not a list")
		}
	}
	for i := 0; c.dec.More(); i++ {
		if err := c.value(elem, pointer+"/"+strconv.Itoa(i), depth+1); err != nil {
			return err
		}
	}
	_, err := c.dec.Token()
	return err
}

func (c *checker) scalar(t reflect.Type, token json.Token, pointer string, optional bool) {
	ok := false
	switch v := token.(type) {
	case nil:
		ok = !c.whole && (optional || t.Kind() == reflect.Slice || t.Kind() == reflect.Map)
	case bool:
		ok = t.Kind() == reflect.Bool
	case string:
		ok = t.Kind() == reflect.String && t != reflect.TypeFor[json.Number]() ||
			t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	case json.Number:
		ok = json.Unmarshal([]byte(v), reflect.New(t).Interface()) == nil
	}
	if !ok {
		c.fault(pointer, "wrong_type", fmt.Sprintf("must be %s, not %s", wanted(t), said(token)))
	}
}

// field is what a struct says of one name.
type field struct {
	reflect.Type
	optional bool
}

// known keeps the fields of each type: a type has them for ever, and a document of many lines asks for the same ones again and again.
var known sync.Map // reflect.Type to map[string]field, which nobody changes

func fieldsOf(t reflect.Type) map[string]field {
	if found, ok := known.Load(t); ok {
		return found.(map[string]field)
	}
	fields := map[string]field{}
	collect(t, fields)
	known.Store(t, fields)
	return fields
}

// demanded lists the fields that a whole document may have to have, in order.
func (c *checker) demanded(fields map[string]field) []string {
	if !c.whole {
		return nil
	}
	return slices.Sorted(maps.Keys(fields))
}

// collect gathers the JSON names of a struct, with those of embedded structs.
func collect(t reflect.Type, fields map[string]field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		switch {
		case f.Anonymous && f.Tag.Get("json") == "" && f.Type.Kind() == reflect.Struct:
			collect(f.Type, fields)
		case f.IsExported() && f.Tag.Get("json") != "-":
			fields[name] = field{f.Type, strings.Contains(options, "omit")}
		}
	}
}

// wanted says in words what JSON a type takes.
func wanted(t reflect.Type) string {
	if t.PkgPath() == "time" && t.Name() == "Time" {
		return "a time such as 2026-11-21T10:00:00+01:00"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number of zero or more"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "a base64 string"
		}
		return "a list"
	default:
		return "something else"
	}
}

// because adds what a type of our own says; the standard library's texts repeat the value.
func because(t reflect.Type, err error) string {
	if !strings.Contains(t.PkgPath(), ".") {
		return ""
	}
	return ": " + err.Error()
}

// said names the kind of a token without repeating it: it may be personal.
func said(token json.Token) string {
	switch token.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case string:
		return "a string"
	default:
		return "this number"
	}
}

// escape writes a name as a part of a pointer.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
