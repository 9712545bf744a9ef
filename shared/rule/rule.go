// Package rule is the conditions that marketers write: a typed tree over named facts, checked whole, compiled to closures, and able to
// say why it does not hold.
//
// A fact that is not known makes every comparison with it false, also "ne" and "not_in"; "unknown" asks for just that. So a shopper
// without a tier is neither gold nor "other than gold", but "not: tier is gold" holds for her.
package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of one rule.
const (
	MaxDepth = 10  // levels of all, any and not
	MaxNodes = 200 // conditions and groups
	MaxList  = 500 // values behind in and not_in
	MaxText  = 200 // bytes of a text value or field name
)

// Op is how a fact is compared with a value.
type Op string

// The comparisons. Which of them a field takes depends on its kind: see Kind.
const (
	Eq       Op = "eq"       // the same
	Ne       Op = "ne"       // another one
	Lt       Op = "lt"       // a number, an amount or a day: less, sooner
	Lte      Op = "lte"      // the same or less
	Gt       Op = "gt"       // a number, an amount or a day: more, later
	Gte      Op = "gte"      // the same or more
	In       Op = "in"       // value is a list: one of these; a set has one of them
	NotIn    Op = "not_in"   // value is a list: none of these
	Between  Op = "between"  // value is [from, to], both included
	Contains Op = "contains" // a set has this member; a text has this part
	Starts   Op = "starts"   // a text begins so
	Exists   Op = "exists"   // the fact is known; takes no value
	Unknown  Op = "unknown"  // the fact is not known; takes no value
)

// Rule is one node of the tree and has exactly one form: a group (All, Any), a Not, or a condition (Field, Op, Value). The zero Rule
// has no form and always holds; it may only stand alone.
//
// Value is an int64, a string, a bool, or a []any of these; nothing else is kept.
type Rule struct {
	All   []Rule `json:"all,omitempty"`
	Any   []Rule `json:"any,omitempty"`
	Not   *Rule  `json:"not,omitempty"`
	Field string `json:"field,omitempty"`
	Op    Op     `json:"op,omitempty"`
	Value any    `json:"value,omitempty"`
}

// IsZero reports whether r is the rule that always holds.
func (r Rule) IsZero() bool {
	return r.All == nil && r.Any == nil && r.Not == nil && !r.isCondition()
}

func (r Rule) isCondition() bool {
	return r.Field != "" || r.Op != "" || r.Value != nil
}

// Problem is one thing that is wrong with a rule: Path is a JSON pointer into it ("" is the rule itself), Message a sentence for the
// marketer.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// ErrInvalid is wrapped by the error of UnmarshalJSON.
var ErrInvalid = errors.New("invalid rule")

// UnmarshalJSON reads a rule exactly: numbers stay whole numbers, and whatever Parse objects to is ErrInvalid with every problem.
func (r *Rule) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var doc any
	if err := decoder.Decode(&doc); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	parsed, problems := Parse(doc)
	if len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		return fmt.Errorf("%w: %s", ErrInvalid, strings.Join(lines, "; "))
	}
	*r = parsed
	return nil
}

// problems collects what is wrong, in the order of the rule.
type problems struct {
	list  []Problem
	nodes int
}

func (p *problems) add(path, format string, args ...any) {
	p.list = append(p.list, Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// check finds what is wrong with the shape of a rule, whatever its fields mean.
func (p *problems) check(r Rule, path string, depth int) {
	if p.nodes++; p.nodes > MaxNodes {
		if p.nodes == MaxNodes+1 {
			p.add(path, "a rule has at most %d conditions and groups", MaxNodes)
		}
		return
	}
	if depth > MaxDepth {
		p.add(path, "groups are nested more than %d deep", MaxDepth)
		return
	}
	forms := 0
	for _, used := range []bool{r.All != nil, r.Any != nil, r.Not != nil, r.isCondition()} {
		if used {
			forms++
		}
	}
	switch {
	case forms > 1:
		p.add(path, "give one of all, any, not, or a condition with field, op and value; here are several")
		return
	case forms == 0:
		if depth > 1 {
			p.add(path, "a condition is missing: give all, any, not, or field, op and value")
		}
		return
	case r.isCondition():
		p.checkCondition(r, path)
		return
	case r.Not != nil:
		p.check(*r.Not, path+"/not", depth+1)
		return
	}
	name, members := "all", r.All
	if r.Any != nil {
		name, members = "any", r.Any
	}
	if len(members) == 0 {
		p.add(path+"/"+name, "a group holds at least one condition")
	}
	for i, member := range members {
		p.check(member, path+"/"+name+"/"+strconv.Itoa(i), depth+1)
	}
}

// checkCondition finds what is wrong with field, op and value by themselves.
func (p *problems) checkCondition(r Rule, path string) {
	switch {
	case r.Field == "":
		p.add(path, "a condition needs a field")
	case len(r.Field) > MaxText:
		p.add(path+"/field", "a field name is longer than %d bytes", MaxText)
	}
	list, isList := r.Value.([]any)
	at := path + "/value"
	switch r.Op {
	case "":
		p.add(path, "a condition needs an op, such as eq or gte")
	case Exists, Unknown:
		if r.Value != nil {
			p.add(at, "%s takes no value", r.Op)
		}
	case In, NotIn:
		if !isList || len(list) == 0 {
			p.add(at, "%s needs a list of values", r.Op)
		} else if len(list) > MaxList {
			p.add(at, "a list holds at most %d values", MaxList)
		}
	case Between:
		if len(list) != 2 {
			p.add(at, "between needs a list of two values, from and to")
		}
	case Eq, Ne, Lt, Lte, Gt, Gte, Contains, Starts:
		if r.Value == nil || isList {
			p.add(at, "%s needs one value", r.Op)
		}
	default:
		p.add(path+"/op", "%q is not a comparison; there are eq, ne, lt, lte, gt, gte, in, not_in, between, contains, starts, exists, unknown", r.Op)
	}
	p.checkTexts(r.Value, at)
}

func (p *problems) checkTexts(value any, path string) {
	switch v := value.(type) {
	case string:
		if len(v) > MaxText {
			p.add(path, "a text is longer than %d bytes", MaxText)
		}
	case []any:
		for i, member := range v[:min(len(v), MaxList)] {
			p.checkTexts(member, path+"/"+strconv.Itoa(i))
		}
	}
}
