package message

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// The language of texts is a small part of text/template's: a field, and a choice by a field. There is no loop and no function
// that could run long, a name is checked in branches that a sample never takes, and a text becomes a list of closures that
// append, which is some thirty times cheaper than running a template by reflection.

// fields is every name that a text may use.
var fields = map[string]func(*Data) string{
	".Shop.Name":        func(d *Data) string { return d.Shop.Name },
	".Shop.Address":     func(d *Data) string { return d.Shop.Address },
	".Shop.URL":         func(d *Data) string { return d.Shop.URL },
	".Shopper.Given":    func(d *Data) string { return d.Shopper.Given },
	".Card.Number":      func(d *Data) string { return d.Card.Number },
	".Card.Points":      func(d *Data) string { return digits(d.Card.Points) },
	".Granted.Points":   func(d *Data) string { return digits(d.Granted) },
	".Card.Tier":        func(d *Data) string { return d.Card.Tier },
	".Coupon.ID":        func(d *Data) string { return d.Coupon.ID },
	".Coupon.Code":      func(d *Data) string { return d.Coupon.code() },
	".Coupon.Title":     func(d *Data) string { return d.Coupon.Title },
	".Coupon.Detail":    func(d *Data) string { return d.Coupon.Detail },
	".Coupon.ExpiresOn": func(d *Data) string { return d.Coupon.ExpiresOn },
	".Cart.URL":         func(d *Data) string { return d.Cart.URL },
	".Cart.Total":       func(d *Data) string { return d.Cart.Total },
	".ConfirmURL":       func(d *Data) string { return d.ConfirmURL },
	".UnsubscribeURL":   func(d *Data) string { return d.UnsubscribeURL },
}

// counts are the fields that are shown as the language writes numbers. In an address and in a comparison they stand as plain digits.
var counts = map[string]func(*Data) string{
	".Card.Points":    cardPoints,
	".Granted.Points": func(d *Data) string { return d.number(d.Granted) },
}

// shown is how a field is read by people.
func shown(field string) func(*Data) string {
	if get, ok := counts[field]; ok {
		return get
	}
	return fields[field]
}

// Fields lists every name that a template's texts may use.
func Fields() []string {
	return slices.Sorted(maps.Keys(fields))
}

// maxDepth is how deep choices may stand in one another.
const maxDepth = 8

// node is one piece of a parsed text: words, a field, or a choice.
type node struct {
	at     int // bytes of the source before it
	words  string
	field  string
	test   func(*Data) bool
	then   []node
	orElse []node
}

// parseText reads a text. Its errors name what is wrong and what there is instead.
func parseText(text string) ([]node, error) {
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck
	defined := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", defined); err != nil {
		return nil, fmt.Errorf("the part in {{ }} cannot be read: %s", strings.TrimPrefix(err.Error(), "template: text:"))
	}
	for name := range defined {
		if name != "text" {
			return nil, fmt.Errorf("{{define %q}} is more than a text can do", name)
		}
	}
	if tree.Root == nil {
		return nil, nil
	}
	return readList(tree.Root, 0)
}

func readList(list *parse.ListNode, depth int) ([]node, error) {
	if list == nil {
		return nil, nil
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("choices stand more than %d deep in one another", maxDepth)
	}
	var out []node
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			out = append(out, node{at: int(n.Pos), words: string(n.Text)})
		case *parse.ActionNode:
			args, err := single(n.Pipe)
			if err != nil {
				return nil, err
			}
			if len(args) != 1 {
				return nil, unreadable(n)
			}
			name, err := fieldName(args[0])
			if err != nil {
				return nil, err
			}
			out = append(out, node{at: int(n.Pos), field: name})
		case *parse.IfNode:
			choice, err := readChoice(n, depth)
			if err != nil {
				return nil, err
			}
			out = append(out, choice)
		default:
			return nil, unreadable(n)
		}
	}
	return out, nil
}

func unreadable(n parse.Node) error {
	shown := n.String()
	if len(shown) > 40 {
		shown = strings.ToValidUTF8(shown[:40], "") + "..."
	}
	return fmt.Errorf("%s is more than a text can do: use {{.Name}}, or {{if .Name}} with {{else}} and {{end}}", shown)
}

// single is the one command of a pipeline without variables and bars.
func single(p *parse.PipeNode) ([]parse.Node, error) {
	if len(p.Decl) != 0 || len(p.Cmds) != 1 {
		return nil, unreadable(p)
	}
	return p.Cmds[0].Args, nil
}

func fieldName(n parse.Node) (string, error) {
	f, ok := n.(*parse.FieldNode)
	if !ok {
		return "", unreadable(n)
	}
	if _, ok := fields[f.String()]; !ok {
		return "", fmt.Errorf("{{%s}} is unknown; there are %s", f, strings.Join(Fields(), ", "))
	}
	return f.String(), nil
}

func readChoice(n *parse.IfNode, depth int) (node, error) {
	test, err := readTest(n.Pipe)
	if err != nil {
		return node{}, err
	}
	then, err := readList(n.List, depth+1)
	if err != nil {
		return node{}, err
	}
	orElse, err := readList(n.ElseList, depth+1)
	return node{at: int(n.Pos), test: test, then: then, orElse: orElse}, err
}

// readTest reads ".Name" (true unless empty or 0), "not .Name", and "eq .Name "text"" or its opposite ne.
func readTest(p *parse.PipeNode) (func(*Data) bool, error) {
	args, err := single(p)
	if err != nil {
		return nil, err
	}
	verb := ""
	if f, ok := args[0].(*parse.IdentifierNode); ok {
		verb, args = f.Ident, args[1:]
	}
	if len(args) == 0 {
		return nil, unreadable(p)
	}
	name, err := fieldName(args[0])
	if err != nil {
		return nil, err
	}
	get := fields[name]
	given := func(d *Data) bool { v := get(d); return v != "" && v != "0" }
	switch {
	case verb == "" && len(args) == 1:
		return given, nil
	case verb == "not" && len(args) == 1:
		return func(d *Data) bool { return !given(d) }, nil
	case (verb == "eq" || verb == "ne") && len(args) == 2:
		if want, ok := args[1].(*parse.StringNode); ok {
			same := verb == "eq"
			return func(d *Data) bool { return (get(d) == want.Text) == same }, nil
		}
	}
	return nil, unreadable(p)
}
