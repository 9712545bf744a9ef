package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// Limits of a document at the door.
const (
	MaxBytes = 256 << 10 // bytes of one event; 500 lines with every field filled need about half
	maxDepth = 12        // levels of nesting; our deepest event has 5 in its envelope
)

func tooLong(n int) string {
	return fmt.Sprintf("is %d bytes long; at most %d are accepted", n, MaxBytes)
}

// Decode reads an event as EventBridge delivers it, or bare as {"type", "metadata", "data"}.
//
// It is strict, because a field misspelt by a till would otherwise be points silently lost: a field that the contract does not name,
// one given twice, null, a number with a decimal point or of another kind are problems like a missing field is. Data holds a value
// (never a pointer) of the registered type.
//
// It returns ErrUnknown for a type that is not published and otherwise ErrInvalid, as an *Invalid with all problems at once, their
// pointers relative to {"metadata", "data"}. Neither goes away by trying again.
func Decode(raw []byte) (Event, error) {
	c := &checks{}
	tree := read(raw, c)
	top, ok := tree.(map[string]any)
	if !ok {
		if len(c.found) == 0 {
			c.add("", "must be a JSON object")
		}
		return Event{}, &Invalid{Problems: c.found}
	}
	name, parts := unwrap(top, c)
	if name == "" {
		return Event{}, &Invalid{Problems: c.found}
	}
	s, err := Lookup(name)
	if err != nil {
		return Event{}, err
	}
	e := Event{Type: name}
	if node, ok := parts["metadata"]; !ok {
		c.add("/metadata", "is missing")
	} else if fill(reflect.ValueOf(&e.Metadata).Elem(), node, "/metadata", c) {
		c.found = append(c.found, within("/metadata", e.Metadata.Validate())...)
	}
	if node, ok := parts["data"]; !ok {
		c.add("/data", "is missing")
	} else {
		e.Data = s.body(node, "/data", c)
	}
	if len(c.found) > 0 {
		return Event{}, &Invalid{Type: name, Problems: c.found[:min(len(c.found), MaxProblems)]}
	}
	return e, nil
}

// DecodeData reads the data of one event alone, such as the body of a request to a till; pointers are relative to it.
// It fails as Decode does.
func DecodeData(name string, raw []byte) (Body, error) {
	s, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	c := &checks{}
	tree := read(raw, c)
	var body Body
	if len(c.found) == 0 {
		body = s.body(tree, "", c)
	}
	if len(c.found) > 0 {
		return nil, &Invalid{Type: name, Problems: c.found[:min(len(c.found), MaxProblems)]}
	}
	return body, nil
}

// unwrap finds the type and the two parts of an event in either of its wrappings.
func unwrap(top map[string]any, c *checks) (name string, parts map[string]any) {
	field, bare := "detail-type", false
	parts, isEnvelope := top["detail"].(map[string]any)
	if _, ok := top["detail-type"]; !ok {
		field, bare, parts = "type", true, top
	}
	name, ok := top[field].(string)
	if !ok || name == "" {
		c.add(pointer("", field), "must be the name of an event, such as %q", NameCheckoutCompleted)
		return "", nil
	}
	if !bare && !isEnvelope {
		c.add("/detail", "must be an object with metadata and data")
		return "", nil
	}
	for _, key := range sortedKeys(parts) {
		if key != "metadata" && key != "data" && !(bare && key == "type") {
			c.add(pointer("", key), "is not a field of an event")
		}
	}
	return name, parts
}

// body makes the Go value of node and checks it. Meaning is judged only where the shape is right, so that one slip is told once.
func (s Spec) body(node any, at string, c *checks) Body {
	v := reflect.New(s.Go).Elem()
	if !fill(v, node, at, c) {
		return nil
	}
	body := v.Interface().(Body)
	c.found = append(c.found, within(at, body.Validate())...)
	return body
}

// read turns JSON into a tree of map, slice, string, json.Number, bool and nil. What json.Unmarshal lets pass is told to c:
// a key twice in one object, text that is not UTF-8, anything after the end.
func read(raw []byte, c *checks) any {
	switch {
	case len(raw) > MaxBytes:
		c.add("", "%s", tooLong(len(raw)))
		return nil
	case !utf8.Valid(raw):
		c.add("", "is not UTF-8")
		return nil
	case !json.Valid(raw):
		c.add("", "is not JSON")
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return readValue(dec, "", 0, c)
}

func readValue(dec *json.Decoder, at string, depth int, c *checks) any {
	token, err := dec.Token()
	if err != nil {
		c.add(at, "is not JSON")
		return nil
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token
	}
	if depth >= maxDepth {
		c.add(at, "is nested more than %d levels deep", maxDepth)
		return nil
	}
	var node any
	if open == '[' {
		list := []any{}
		for len(c.found) < MaxProblems && dec.More() {
			list = append(list, readValue(dec, pointer(at, fmt.Sprint(len(list))), depth+1, c))
		}
		node = list
	} else {
		object := map[string]any{}
		for len(c.found) < MaxProblems && dec.More() {
			key, _ := dec.Token()
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				c.add(pointer(at, name), "is given twice")
			}
			object[name] = readValue(dec, pointer(at, name), depth+1, c)
		}
		node = object
	}
	dec.Token() // the closing bracket, which json.Valid has seen
	return node
}
