package rule

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a rule from decoded JSON or YAML: map[string]any, []any, string, bool, whole numbers of any Go type, json.Number, and
// the time.Time that YAML makes of a bare date. No document, or an empty one, is the rule that always holds.
//
// All problems are found at once; with any of them the rule is not to be used.
func Parse(doc any) (Rule, []Problem) {
	var p problems
	r := p.read(doc, "")
	if len(p.list) == 0 {
		p.check(r, "", 1)
	}
	if len(p.list) > 0 {
		return Rule{}, p.list
	}
	return r, nil
}

func (p *problems) read(doc any, path string) Rule {
	if doc == nil && path == "" {
		return Rule{}
	}
	node, ok := doc.(map[string]any)
	if !ok {
		p.add(path, "a rule is written as all, any, not, or field, op and value")
		return Rule{}
	}
	var r Rule
	for _, key := range slices.Sorted(maps.Keys(node)) {
		value, at := node[key], path+"/"+escape(key)
		switch key {
		case "all":
			r.All = p.readGroup(value, at)
		case "any":
			r.Any = p.readGroup(value, at)
		case "not":
			inner := p.read(value, at)
			r.Not = &inner
		case "field":
			r.Field = p.readText(value, at)
		case "op":
			r.Op = Op(p.readText(value, at))
		case "value":
			r.Value = p.readValue(value, at, true)
		default:
			p.add(at, "%q is not part of a rule; there are all, any, not, field, op and value", key)
		}
	}
	return r
}

func (p *problems) readGroup(doc any, path string) []Rule {
	list, ok := doc.([]any)
	if !ok {
		p.add(path, "a group is a list of conditions")
		return nil
	}
	group := make([]Rule, 0, min(len(list), MaxNodes))
	for i, member := range list {
		if i >= MaxNodes {
			p.add(path, "a rule has at most %d conditions and groups", MaxNodes)
			break
		}
		group = append(group, p.read(member, path+"/"+strconv.Itoa(i)))
	}
	return group
}

func (p *problems) readText(doc any, path string) string {
	text, ok := doc.(string)
	if !ok {
		p.add(path, "this is a text")
	}
	return text
}

// readValue keeps a value in one of the types of Rule.Value.
func (p *problems) readValue(doc any, path string, mayBeList bool) any {
	switch v := doc.(type) {
	case nil:
		return nil
	case string, bool, int64:
		return v
	case int:
		return int64(v)
	case uint64:
		if int64(v) >= 0 {
			return int64(v)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		if mayBeList {
			list := make([]any, 0, min(len(v), MaxList))
			for i, member := range v {
				if i > MaxList { // one too many is kept, so that check refuses the list
					break
				}
				list = append(list, p.readValue(member, path+"/"+strconv.Itoa(i), false))
			}
			return list
		}
	}
	p.add(path, "a value is a text, a whole number, true or false, or a list of these; write an amount with decimals in quotes, as \"20.00\"")
	return nil
}

// escape writes a key as one step of a JSON pointer (RFC 6901).
func escape(key string) string {
	if len(key) > MaxText {
		key = key[:MaxText]
	}
	return pointerStep.Replace(key)
}

var pointerStep = strings.NewReplacer("~", "~0", "/", "~1")
