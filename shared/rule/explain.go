package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Failure is one condition that keeps a rule from holding.
type Failure struct {
	Path  string `json:"path"` // JSON pointer of the condition in the rule
	Field string `json:"field"`
	Op    Op     `json:"op"`
	Want  string `json:"want"`          // what the condition asks for, in words
	Got   string `json:"got"`           // the fact as it is; "unknown" if it is not known
	Not   bool   `json:"not,omitempty"` // the condition holds, and under a not it should not
}

// String is the failure in a sentence: "tier is silver, wanted gold".
func (f Failure) String() string {
	if f.Not {
		return f.Field + " is " + f.Got + ", wanted anything but " + f.Want
	}
	return f.Field + " is " + f.Got + ", wanted " + f.Want
}

// Explain lists the conditions because of which the rule does not hold, in the order of the rule: of an all those that fail, of an any
// every one, for each would have sufficed. It is empty if the rule holds, and for facts of another schema.
func (c *Compiled) Explain(f *Facts) []Failure {
	if f == nil {
		f = c.schema.none
	}
	if f.schema != c.schema || c.holds(f) {
		return nil
	}
	return c.explain(nil, c.root, f, true)
}

// explain adds the conditions that make n what it is and not what it should be.
func (c *Compiled) explain(found []Failure, n *node, f *Facts, should bool) []Failure {
	if len(n.children) == 0 {
		field := c.schema.fields[n.slot]
		return append(found, Failure{
			Path: n.path, Field: field.Name, Op: n.rule.Op, Not: !should,
			Want: c.wanted(n, field.Kind), Got: c.actual(f.facts[n.slot], field.Kind),
		})
	}
	if n.negates {
		should = !should
	}
	for _, child := range n.children {
		if child.test(f) != should {
			found = c.explain(found, child, f, should)
		}
	}
	return found
}

// wanted says what a condition asks for.
func (c *Compiled) wanted(n *node, kind Kind) string {
	words := slices.Clone(n.want.texts)
	for _, number := range n.want.numbers {
		words = append(words, c.number(number, kind))
	}
	list := strings.Join(words, ", ")
	switch n.rule.Op {
	case Ne:
		return "other than " + list
	case Lt:
		return "less than " + list
	case Lte:
		return "at most " + list
	case Gt:
		return "more than " + list
	case Gte:
		return "at least " + list
	case In:
		return "one of " + list
	case NotIn:
		return "none of " + list
	case Between:
		return "from " + words[0] + " to " + words[1]
	case Contains:
		return list + " in it"
	case Starts:
		return "it to begin with " + list
	case Exists:
		return "it to be known"
	case Unknown:
		return "unknown"
	}
	return list
}

// actual says what is known of a fact.
func (c *Compiled) actual(v fact, kind Kind) string {
	switch {
	case !v.known:
		return "unknown"
	case kind == Set && len(v.texts) == 0, kind == Text && v.text == "":
		return "empty"
	case kind == Set:
		return strings.Join(v.texts, ", ")
	case kind == Text:
		return v.text
	}
	return c.number(v.number, kind)
}

func (c *Compiled) number(n int64, kind Kind) string {
	switch kind {
	case Money:
		return money.Amount{Minor: n, Currency: c.schema.currency}.String()
	case Day:
		return day.Day(n).String()
	case Bool:
		return strconv.FormatBool(n != 0)
	}
	return strconv.FormatInt(n, 10)
}
