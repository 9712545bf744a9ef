package sam

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Node is one place of the template: a scalar, a mapping or a list. The zero Node is a place where nothing stands, and asking
// it for anything gives nothing, so a path can be walked without looking at each step.
type Node struct {
	Value  Value   // what stands here if it is a scalar
	Fields []Field // what stands here if it is a mapping, in the order of the file
	Items  []Node  // what stands here if it is a list
	Line   int     // line of the template, from 1; 0 where nothing stands
	quoted bool    // a scalar in quotes is text even if it looks like a number
}

// Field is one entry of a mapping.
type Field struct {
	Name string
	Node Node
}

// Exists reports that something stands here.
func (n Node) Exists() bool { return n.Line != 0 }

// At walks down mappings by name and returns what stands there, or the zero Node.
func (n Node) At(path ...string) Node {
	for _, name := range path {
		n = n.field(name)
	}
	return n
}

func (n Node) field(name string) Node {
	for _, f := range n.Fields {
		if f.Name == name {
			return f.Node
		}
	}
	return Node{}
}

// Text is the scalar here as !Sub would write it, or "".
func (n Node) Text() string { return n.Value.String() }

// Texts is the list here as texts; a single scalar counts as a list of one.
func (n Node) Texts() []string {
	var texts []string
	for _, v := range n.Values() {
		texts = append(texts, v.String())
	}
	return texts
}

// Values is the list here; a single scalar counts as a list of one.
func (n Node) Values() []Value {
	if !n.Exists() {
		return nil
	}
	if n.Items == nil && n.Fields == nil {
		return []Value{n.Value}
	}
	var values []Value
	for _, item := range n.Items {
		values = append(values, item.Value)
	}
	return values
}

// Int is the whole number here, or missing where there is none.
func (n Node) Int(missing int) int {
	number, err := strconv.Atoi(n.Value.Text)
	if err != nil {
		return missing
	}
	return number
}

// Bool reports that "true" stands here.
func (n Node) Bool() bool { return n.Value.Text == "true" }

// JSON is the node as a JSON document: what CloudFormation would hand to the service. A string of JSON (as filter patterns are)
// comes back as it is written; nothing comes back as nil.
func (n Node) JSON() json.RawMessage {
	if !n.Exists() {
		return nil
	}
	if n.Fields == nil && n.Items == nil && strings.HasPrefix(strings.TrimSpace(n.Value.Text), "{") {
		return json.RawMessage(n.Value.Text)
	}
	document, err := json.Marshal(n.plain())
	if err != nil { // texts, booleans and numbers always marshal
		return nil
	}
	return document
}

// plain is the node in the types that encoding/json writes.
func (n Node) plain() any {
	switch {
	case n.Fields != nil:
		object := map[string]any{}
		for _, f := range n.Fields {
			object[f.Name] = f.Node.plain()
		}
		return object
	case n.Items != nil:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, item.plain())
		}
		return list
	case n.quoted:
		return n.Text()
	}
	if text := n.Text(); json.Valid([]byte(text)) { // numbers, true, false and null are written alike in YAML and JSON
		return json.RawMessage(text)
	}
	return n.Text()
}
