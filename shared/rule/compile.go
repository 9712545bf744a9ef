package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Compiled is a rule made ready for one schema. It is immutable and may be used by many goroutines.
type Compiled struct {
	schema *Schema
	root   *node
	holds  test // of the root
}

// test answers one node for facts of the schema it was compiled for.
type test func(f *Facts) bool

// node is a rule with its closure; Explain walks nodes, Match only calls the closure at the root.
type node struct {
	rule     Rule
	path     string
	negates  bool
	children []*node
	test     test
	slot     int     // of a condition
	want     operand // of a condition
}

// operand is the values of a condition in the type of its field.
type operand struct {
	numbers []int64
	texts   []string
}

// Compile makes a rule ready for facts of a schema. All problems are found at once: those of shape, fields that are not in the
// schema, comparisons that a field's kind does not take, and values that are not of that kind. With any of them there is no Compiled.
func Compile(r Rule, schema *Schema) (*Compiled, []Problem) {
	c := compiler{schema: schema}
	if c.check(r, "", 1); len(c.list) > 0 {
		return nil, c.list
	}
	root := c.node(r, "")
	if len(c.list) > 0 {
		return nil, c.list
	}
	return &Compiled{schema: schema, root: root, holds: root.test}, nil
}

// Match reports whether the rule holds. Nil facts are facts of which nothing is known. No rule holds for facts of another schema: that
// is a fault of the program, and a coupon too few is the smaller harm. The zero Compiled is a rule that never holds.
func (c *Compiled) Match(f *Facts) bool {
	if f == nil {
		return c.matchNothing()
	}
	return f.schema == c.schema && c.holds(f)
}

// matchNothing stands apart so that Match itself is small enough to be put where it is called.
func (c *Compiled) matchNothing() bool {
	return c.schema != nil && c.holds(c.schema.none)
}

type compiler struct {
	problems
	schema *Schema
}

func (c *compiler) node(r Rule, path string) *node {
	n := &node{rule: r, path: path}
	switch {
	case r.All != nil:
		n.children = c.nodes(r.All, path+"/all")
		n.test = allOf(tests(n.children))
	case r.Any != nil:
		n.children = c.nodes(r.Any, path+"/any")
		n.test = anyOf(tests(n.children))
	case r.Not != nil:
		inner := c.node(*r.Not, path+"/not")
		n.children, n.negates = []*node{inner}, true
		n.test = func(f *Facts) bool { return !inner.test(f) }
	case r.isCondition():
		c.condition(n)
	default:
		n.test = func(*Facts) bool { return true }
	}
	return n
}

func (c *compiler) nodes(rules []Rule, path string) []*node {
	nodes := make([]*node, len(rules))
	for i, r := range rules {
		nodes[i] = c.node(r, path+"/"+strconv.Itoa(i))
	}
	return nodes
}

// condition finds the slot, reads the value and picks the closure of a condition.
func (c *compiler) condition(n *node) {
	slot, ok := c.schema.Slot(n.rule.Field)
	if !ok {
		c.unknownField(n)
		return
	}
	n.slot = slot
	field, op := c.schema.fields[slot], n.rule.Op
	if !takes(field.Kind, op) {
		c.add(n.path+"/op", "%s is %s and cannot be compared with %s", field.Name, kindNames[field.Kind], op)
		return
	}
	c.read(n, field)
	if field.never(op, n.want.numbers) {
		c.add(n.path+"/value", "%s is from 0 to %d, so this never holds", field.Name, field.Most)
	}
	if len(c.list) > 0 {
		return
	}
	switch {
	case op == Exists:
		n.test = func(f *Facts) bool { return f.facts[slot].known }
	case op == Unknown:
		n.test = func(f *Facts) bool { return !f.facts[slot].known }
	case field.Kind == Text:
		n.test = textTest(op, slot, n.want.texts)
	case field.Kind == Set:
		n.test = setTest(op, slot, n.want.texts)
	default:
		n.test = numberTest(op, slot, n.want.numbers)
	}
}

func (c *compiler) unknownField(n *node) {
	names := make([]string, len(c.schema.fields))
	for i, f := range c.schema.fields {
		names[i] = f.Name
	}
	if like := closest(n.rule.Field, names); like != "" {
		c.add(n.path+"/field", "there is no field %q; did you mean %s?", n.rule.Field, like)
		return
	}
	c.add(n.path+"/field", "there is no field %q; there are %s", n.rule.Field, strings.Join(names, ", "))
}

var kindNames = map[Kind]string{Int: "a whole number", Money: "an amount", Day: "a day", Text: "a text", Bool: "true or false", Set: "a set of texts"}

// takes reports whether fields of a kind can be compared with op.
func takes(kind Kind, op Op) bool {
	switch op {
	case Exists, Unknown:
		return true
	case Eq, Ne:
		return kind != Set
	case In, NotIn:
		return kind != Bool
	case Lt, Lte, Gt, Gte, Between:
		return kind == Int || kind == Money || kind == Day
	case Contains:
		return kind == Text || kind == Set
	case Starts:
		return kind == Text
	}
	return false
}

// read fills n.want with the values of the condition.
func (c *compiler) read(n *node, field Field) {
	if n.rule.Value == nil {
		return
	}
	at := n.path + "/value"
	value := c.readValue(n.rule.Value, at, true) // a rule written in Go may hold a plain int
	values, isList := value.([]any)
	if !isList {
		values = []any{value}
	}
	for i, v := range values {
		path := at
		if isList {
			path += "/" + strconv.Itoa(i)
		}
		var problem string
		if field.Kind == Text || field.Kind == Set {
			problem = n.want.addText(v, field, n.rule.Op)
		} else {
			problem = n.want.addNumber(v, field, c.schema.currency)
		}
		if problem != "" {
			c.add(path, "%s", problem)
		}
	}
	if w := n.want.numbers; n.rule.Op == Between && len(w) == 2 && w[0] > w[1] {
		c.add(at, "between goes from the lower to the higher value")
	}
}

func (o *operand) addText(v any, field Field, op Op) (problem string) {
	text, ok := v.(string)
	if !ok {
		return fmt.Sprintf("%s is %s; give a text", field.Name, kindNames[field.Kind])
	}
	part := field.Kind == Text && (op == Contains || op == Starts)
	if len(field.Values) > 0 && !part && !slices.Contains(field.Values, text) {
		if like := closest(text, field.Values); like != "" {
			return fmt.Sprintf("%s is never %q; did you mean %s?", field.Name, text, like)
		}
		return fmt.Sprintf("%s is never %q; it can be %s", field.Name, text, strings.Join(field.Values, ", "))
	}
	o.texts = append(o.texts, text)
	return ""
}

func (o *operand) addNumber(v any, field Field, currency money.Currency) (problem string) {
	n, ok := v.(int64)
	switch field.Kind {
	case Int:
		problem = "give a whole number"
	case Bool:
		var is bool
		if is, ok = v.(bool); ok {
			n = boolNumber(is)
		}
		problem = "give true or false"
	case Day:
		text, isText := v.(string)
		d, err := day.Parse(text)
		n, ok, problem = int64(d), isText && err == nil, `give a day, such as "2027-01-31"`
	case Money:
		text, isText := v.(string)
		if ok { // a bare 20 is 20.00, as it would be on a price tag
			text = strconv.FormatInt(n, 10)
		}
		amount, err := money.Parse(text, currency)
		ok = (ok || isText) && err == nil
		n, problem = amount.Minor, fmt.Sprintf(`give an amount in %s, such as "20" or "19.99"`, currency)
	}
	if !ok {
		return fmt.Sprintf("%s is %s; %s", field.Name, kindNames[field.Kind], problem)
	}
	o.numbers = append(o.numbers, n)
	return ""
}
