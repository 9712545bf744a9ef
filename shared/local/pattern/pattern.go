// Package pattern matches JSON events against EventBridge event patterns, which event sources use as filters too.
//
// It knows exact values, prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists and $or. Anything else is refused
// when the pattern is read, never silently unmatched.
package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MaxBytes is the longest pattern, as on AWS.
const MaxBytes = 4096

// Pattern is one parsed pattern. The zero Pattern matches everything.
type Pattern struct {
	near, deep []field     // in the order of their names; the near are leaves
	either     [][]Pattern // each $or: one of its patterns must match
}

// field is either a leaf with the tests of which one must hold, or a pattern one level down.
type field struct {
	name  string
	tests []test
	below *Pattern
}

// test judges one scalar of an event: nil, bool, string or json.Number. present is false where the event has nothing.
type test func(v any, present bool) bool

// Parse reads a pattern. The error names the path at fault.
func Parse(raw []byte) (Pattern, error) {
	if len(raw) > MaxBytes {
		return Pattern{}, fmt.Errorf("read event pattern: longer than %d bytes", MaxBytes)
	}
	v, err := decode(raw)
	if err != nil {
		return Pattern{}, fmt.Errorf("read event pattern: %w", err)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return Pattern{}, errors.New("read event pattern: it is no JSON object")
	}
	p, err := parseObject(object, "")
	if err != nil {
		return Pattern{}, fmt.Errorf("read event pattern: %w", err)
	}
	return p, nil
}

// Event is an event that has been read once, for many patterns.
type Event struct{ value any }

// Fields is an event, or an object within one, whose parts are made only when a pattern asks for them: objects are Fields again, lists
// are []any, and the rest is as JSON has it, with json.Number for numbers. It says false for what the event does not have.
type Fields func(name string) (value any, present bool)

// Made is the event whose fields are made as they are asked for.
func Made(fields Fields) Event { return Event{fields} }

// Read takes an event apart. One that is no JSON is an error.
func Read(event []byte) (Event, error) {
	v, err := decode(event)
	if err != nil {
		return Event{}, fmt.Errorf("read event: %w", err)
	}
	return Event{v}, nil
}

// Matches reports whether the event, a JSON object, has all that the pattern asks for.
func (p Pattern) Matches(e Event) bool { return p.match(e.value) }

// Match is Matches for an event that is not read yet.
func (p Pattern) Match(event []byte) (bool, error) {
	e, err := Read(event)
	return err == nil && p.Matches(e), err
}

// Field is the value at a path of names, and whether the event has one. Lists have no names.
func (e Event) Field(path ...string) (v any, present bool) {
	v, present = e.value, true
	for _, name := range path {
		switch object := v.(type) {
		case map[string]any:
			v, present = object[name]
		case Fields:
			v, present = object(name)
		default:
			return nil, false
		}
	}
	return v, present
}

func decode(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON document")
	}
	return v, nil
}

func parseObject(object map[string]any, path string) (Pattern, error) {
	var p Pattern
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at := path + "/" + name
		switch v := object[name].(type) {
		case []any:
			if name == "$or" {
				alternatives, err := parseOr(v, at)
				if err != nil {
					return Pattern{}, err
				}
				p.either = append(p.either, alternatives)
				continue
			}
			tests, err := parseTests(v, at)
			if err != nil {
				return Pattern{}, err
			}
			p.near = append(p.near, field{name: name, tests: tests})
		case map[string]any:
			below, err := parseObject(v, at)
			if err != nil {
				return Pattern{}, err
			}
			p.deep = append(p.deep, field{name: name, below: &below})
		default:
			return Pattern{}, fmt.Errorf("%s: values stand in a list, even a single one", at)
		}
	}
	if len(object) == 0 {
		return Pattern{}, fmt.Errorf("%s/: an empty object matches nothing", path)
	}
	return p, nil
}

func parseOr(list []any, at string) ([]Pattern, error) {
	var alternatives []Pattern
	for _, v := range list {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: $or takes a list of objects", at)
		}
		p, err := parseObject(object, at)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, p)
	}
	if len(alternatives) < 2 {
		return nil, fmt.Errorf("%s: $or needs at least two alternatives", at)
	}
	return alternatives, nil
}

func parseTests(list []any, at string) ([]test, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: an empty list matches nothing", at)
	}
	var tests []test
	for _, v := range list {
		t, err := parseTest(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		tests = append(tests, t)
	}
	return tests, nil
}

// match takes an event's list as matched when one of its elements is, as EventBridge does.
func (p Pattern) match(v any) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, p.match)
	}
	object, _ := v.(map[string]any)
	made, _ := v.(Fields)
	value := func(name string) (any, bool) {
		if made != nil {
			return made(name)
		}
		found, present := object[name]
		return found, present
	}
	for _, f := range p.near { // what is near first: an event that fails there is not looked into
		if !f.match(value(f.name)) {
			return false
		}
	}
	for _, f := range p.deep {
		if below, _ := value(f.name); !f.below.match(below) {
			return false
		}
	}
	for _, alternatives := range p.either {
		if !slices.ContainsFunc(alternatives, func(a Pattern) bool { return a.match(v) }) {
			return false
		}
	}
	return true
}

func (f field) match(value any, present bool) bool {
	switch v := value.(type) {
	case []any:
		if len(v) == 0 {
			return f.holds(nil, false)
		}
		return slices.ContainsFunc(v, func(each any) bool { return f.holds(each, true) })
	case map[string]any, Fields:
		present = false // only leaves are tested
	}
	return f.holds(value, present)
}

func (f field) holds(v any, present bool) bool {
	return slices.ContainsFunc(f.tests, func(t test) bool { return t(v, present) })
}

// equal compares scalars; numbers by their value.
func equal(a, b any) bool {
	x, isNumber := a.(json.Number)
	y, too := b.(json.Number)
	if !isNumber || !too {
		return a == b
	}
	m, errM := strconv.ParseFloat(x.String(), 64)
	n, errN := strconv.ParseFloat(y.String(), 64)
	return errM == nil && errN == nil && m == n || x == y
}

func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, len(out) > 0
}

// wildcard matches s against a text in which * stands for any characters.
func wildcard(text, s string) bool {
	parts := strings.Split(text, "*")
	if len(parts) == 1 {
		return text == s
	}
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
