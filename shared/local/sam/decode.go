package sam

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder turns YAML into nodes, replacing intrinsic functions by what they mean. It goes on after a problem, so that a person
// sees all of them at once.
type decoder struct {
	defaults   map[string]string // parameter: default
	conditions map[string]bool
	problems   []string
}

// long maps the written-out names of intrinsic functions to their tags.
var long = map[string]string{
	"Ref": "!Ref", "Condition": "!Condition", "Fn::GetAtt": "!GetAtt", "Fn::Sub": "!Sub", "Fn::Join": "!Join", "Fn::If": "!If",
	"Fn::Equals": "!Equals", "Fn::Not": "!Not", "Fn::And": "!And", "Fn::Or": "!Or",
}

// intrinsic splits a node into its intrinsic function and the argument. The tag is "" for a node that is none.
// {Condition: X} is left alone, because a resource may have that one key too.
func intrinsic(y *yaml.Node) (tag string, argument *yaml.Node) {
	if strings.HasPrefix(y.Tag, "!") && !strings.HasPrefix(y.Tag, "!!") {
		return y.Tag, y
	}
	if y.Kind == yaml.MappingNode && len(y.Content) == 2 {
		name := y.Content[0].Value
		if name == "Ref" || strings.HasPrefix(name, "Fn::") {
			if tag, ok := long[name]; ok {
				return tag, y.Content[1]
			}
			return name, y.Content[1]
		}
	}
	return "", y
}

// node decodes one place. nil gives the zero Node.
func (d *decoder) node(y *yaml.Node) Node {
	if y == nil {
		return Node{}
	}
	if y.Kind == yaml.AliasNode {
		d.refuse(y, "YAML aliases are not understood; CloudFormation's other tools stumble over them too")
		return Node{}
	}
	if tag, argument := intrinsic(y); tag != "" {
		return d.call(tag, argument)
	}
	n := Node{Line: y.Line}
	switch y.Kind {
	case yaml.MappingNode:
		n.Fields = []Field{}
		for i := 0; i+1 < len(y.Content); i += 2 {
			if value := d.node(y.Content[i+1]); value.Exists() {
				n.Fields = append(n.Fields, Field{Name: y.Content[i].Value, Node: value})
			}
		}
	case yaml.SequenceNode:
		n.Items = []Node{}
		for _, item := range y.Content {
			if value := d.node(item); value.Exists() {
				n.Items = append(n.Items, value)
			}
		}
	default:
		n.Value = Value{Text: y.Value, Line: y.Line}
		n.quoted = y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	}
	return n
}

// call decodes an intrinsic function. !Ref AWS::NoValue is the zero Node, as if nothing stood there.
func (d *decoder) call(tag string, y *yaml.Node) Node {
	value := Value{Line: y.Line}
	switch tag {
	case "!Ref":
		if y.Value == "AWS::NoValue" {
			return Node{}
		}
		value.Ref = y.Value
	case "!GetAtt":
		value.Ref, value.Attr, _ = strings.Cut(y.Value, ".")
		if len(y.Content) == 2 {
			value.Ref, value.Attr = y.Content[0].Value, y.Content[1].Value
		}
	case "!Sub":
		if y.Kind != yaml.ScalarNode {
			d.refuse(y, "!Sub with a map of its own names is not understood; use !Join or a plain !Sub")
		}
		value.Sub = y.Value
	case "!Join":
		value.Sub = d.join(y)
	case "!If":
		if len(y.Content) != 3 {
			d.refuse(y, "!If wants [condition, then, else]")
			return Node{}
		}
		if d.named(y.Content[0]) {
			return d.node(y.Content[1])
		}
		return d.node(y.Content[2])
	default:
		d.refuse(y, tag+" is not understood; the template gets by with !Ref, !GetAtt, !Sub, !Join and !If")
	}
	return Node{Value: value, Line: y.Line, quoted: true}
}

// join writes !Join as the text that !Sub would have.
func (d *decoder) join(y *yaml.Node) string {
	if len(y.Content) != 2 || y.Content[1].Kind != yaml.SequenceNode {
		d.refuse(y, "!Join wants [separator, [part, ...]]")
		return ""
	}
	var parts []string
	for _, part := range y.Content[1].Content {
		parts = append(parts, d.node(part).Text())
	}
	return strings.Join(parts, y.Content[0].Value)
}

// holds decides a condition with the parameters' defaults.
func (d *decoder) holds(y *yaml.Node) bool {
	tag, argument := intrinsic(y)
	if tag == "" && y.Kind == yaml.MappingNode && len(y.Content) == 2 {
		tag, argument = long[y.Content[0].Value], y.Content[1]
	}
	switch tag {
	case "!Condition":
		return d.named(argument)
	case "!Equals":
		if len(argument.Content) == 2 {
			return d.operand(argument.Content[0]) == d.operand(argument.Content[1])
		}
	case "!Not":
		if len(argument.Content) == 1 {
			return !d.holds(argument.Content[0])
		}
	case "!And", "!Or":
		// And is decided by the first that fails, Or by the first that holds.
		for _, part := range argument.Content {
			if d.holds(part) == (tag == "!Or") {
				return tag == "!Or"
			}
		}
		return tag == "!And"
	}
	d.refuse(y, "this condition is not understood; use !Equals, !Not, !And, !Or and !Condition")
	return false
}

// named is the outcome of a condition that stands above this place in the file.
func (d *decoder) named(y *yaml.Node) bool {
	outcome, ok := d.conditions[y.Value]
	if !ok {
		d.refuse(y, fmt.Sprintf("condition %q is not declared above", y.Value))
	}
	return outcome
}

// operand is one side of !Equals: a text or a parameter's default.
func (d *decoder) operand(y *yaml.Node) string {
	value := d.node(y).Value
	if value.Ref != "" {
		return d.defaults[value.Ref]
	}
	return value.Text
}

func (d *decoder) refuse(y *yaml.Node, why string) {
	d.problems = append(d.problems, fmt.Sprintf("line %d: %s", y.Line, why))
}
