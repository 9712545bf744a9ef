package events

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

var timeType = reflect.TypeFor[time.Time]()

// fill sets v, a field of a published type, from a tree of read, and reports whether its shape was right. The Go types are the
// one list of fields: a field without omitempty must be there, and none may be there that they do not name.
func fill(v reflect.Value, node any, at string, c *checks) bool {
	before := len(c.found)
	switch {
	case v.Type() == timeType:
		fillTime(v, node, at, c)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem(), node, at, c)
	case v.Kind() == reflect.Struct:
		fillStruct(v, node, at, c)
	case v.Kind() == reflect.Slice:
		fillSlice(v, node, at, c)
	case v.Kind() == reflect.Map:
		fillMap(v, node, at, c)
	case v.Kind() == reflect.Int64:
		fillInt(v, node, at, c)
	case v.Kind() == reflect.String:
		if text, ok := node.(string); ok {
			v.SetString(text)
		} else {
			c.add(at, "must be a text, is %s", kindOf(node))
		}
	case v.Kind() == reflect.Bool:
		if yes, ok := node.(bool); ok {
			v.SetBool(yes)
		} else {
			c.add(at, "must be true or false, is %s", kindOf(node))
		}
	default:
		c.add(at, "is of Go type %v, which no event may hold", v.Type())
	}
	return len(c.found) == before
}

func fillStruct(v reflect.Value, node any, at string, c *checks) {
	object, ok := node.(map[string]any)
	if !ok {
		c.add(at, "must be an object, is %s", kindOf(node))
		return
	}
	known := map[string]bool{}
	for i := range v.NumField() {
		name, optional := jsonName(v.Type().Field(i))
		known[name] = true
		if value, ok := object[name]; ok {
			fill(v.Field(i), value, pointer(at, name), c)
		} else if !optional {
			c.add(pointer(at, name), "is missing")
		}
	}
	for _, name := range sortedKeys(object) {
		if !known[name] {
			c.add(pointer(at, name), "is not a field of this event")
		}
	}
}

func fillSlice(v reflect.Value, node any, at string, c *checks) {
	list, ok := node.([]any)
	if !ok {
		c.add(at, "must be a list, is %s", kindOf(node))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, value := range list {
		fill(v.Index(i), value, pointer(at, strconv.Itoa(i)), c)
	}
}

func fillMap(v reflect.Value, node any, at string, c *checks) {
	object, ok := node.(map[string]any)
	if !ok {
		c.add(at, "must be an object, is %s", kindOf(node))
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(object)))
	for _, name := range sortedKeys(object) {
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, object[name], pointer(at, name), c)
		v.SetMapIndex(reflect.ValueOf(name), value)
	}
}

func fillInt(v reflect.Value, node any, at string, c *checks) {
	number, ok := node.(json.Number)
	if !ok {
		c.add(at, "must be a whole number, is %s", kindOf(node))
		return
	}
	n, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil {
		c.add(at, "must be a whole number of at most 18 digits, written without point or exponent")
		return
	}
	v.SetInt(n)
}

func fillTime(v reflect.Value, node any, at string, c *checks) {
	text, ok := node.(string)
	if !ok {
		c.add(at, "must be a time, is %s", kindOf(node))
		return
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(text)); err != nil { // stricter than time.Parse: RFC 3339 alone
		c.add(at, "must be a time with its offset, such as 2026-11-21T10:00:00+01:00")
		return
	}
	v.Set(reflect.ValueOf(t))
}

// jsonName reads the tag of a published field; without omitempty the field must be there.
func jsonName(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, options == "omitempty"
}

func kindOf(node any) string {
	switch node.(type) {
	case nil:
		return "null (leave the field out instead)"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%T", node)
}

func sortedKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
