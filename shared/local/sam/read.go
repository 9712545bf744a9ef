package sam

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxBytes bounds a template; CloudFormation itself takes 1 MB.
const MaxBytes = 1 << 20

// ErrInvalid is wrapped by every refusal of this package.
var ErrInvalid = errors.New("invalid template")

// Read reads a template. It returns ErrInvalid, naming each line that it cannot understand, for a document that is not YAML,
// is longer than MaxBytes, or uses an intrinsic function that is not listed at the package.
func Read(r io.Reader) (Template, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Template{}, fmt.Errorf("read template: %w", err)
	}
	if len(text) > MaxBytes {
		return Template{}, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, MaxBytes)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return Template{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return Template{}, fmt.Errorf("%w: not a mapping of Parameters, Resources and so on", ErrInvalid)
	}
	return readDocument(document.Content[0])
}

// readDocument reads parameters and conditions first, because every !If behind them depends on both.
func readDocument(root *yaml.Node) (Template, error) {
	d := &decoder{defaults: map[string]string{}, conditions: map[string]bool{}}
	var t Template
	for _, f := range d.node(child(root, "Parameters")).Fields {
		p := parameter(f)
		t.Parameters = append(t.Parameters, p)
		d.defaults[p.Name] = p.Default
	}
	if conditions := child(root, "Conditions"); conditions != nil {
		for i := 0; i+1 < len(conditions.Content); i += 2 {
			d.conditions[conditions.Content[i].Value] = d.holds(conditions.Content[i+1])
		}
	}
	globals := d.node(child(root, "Globals"))
	for _, f := range d.node(child(root, "Resources")).Fields {
		resource := Resource{
			LogicalID: f.Name, Line: f.Node.Line, Type: f.Node.At("Type").Text(), Condition: f.Node.At("Condition").Text(),
			Properties: f.Node.At("Properties"), Metadata: f.Node.At("Metadata"), Attributes: f.Node,
		}
		resource.Active = resource.Condition == "" || d.conditions[resource.Condition]
		t.Resources = append(t.Resources, resource)
		if resource.Active {
			t.add(resource, globals)
		}
	}
	if len(d.problems) > 0 {
		return Template{}, fmt.Errorf("%w: %s", ErrInvalid, strings.Join(d.problems, "; "))
	}
	return t, nil
}

// add puts a resource into its typed list, if it has one.
func (t *Template) add(r Resource, globals Node) {
	switch r.Type {
	case "AWS::Serverless::Function":
		f := function(r, globals.At("Function"))
		t.Functions = append(t.Functions, f)
		for _, e := range f.Events {
			if e.Rule != nil {
				t.Rules = append(t.Rules, *e.Rule)
			}
			if e.Schedule != nil {
				t.Schedules = append(t.Schedules, *e.Schedule)
			}
		}
	case "AWS::DynamoDB::Table":
		t.Tables = append(t.Tables, table(r))
	case "AWS::SQS::Queue":
		t.Queues = append(t.Queues, queue(r))
	case "AWS::Events::EventBus":
		t.Buses = append(t.Buses, Bus{LogicalID: r.LogicalID, Name: r.Properties.At("Name").Value, Line: r.Line})
	case "AWS::Events::Rule":
		t.Rules = append(t.Rules, rule(r.LogicalID, r.Properties, r.Line))
	}
}

func parameter(f Field) Parameter {
	n := f.Node
	return Parameter{
		Name: f.Name, Type: n.At("Type").Text(), Default: n.At("Default").Text(), HasDefault: n.At("Default").Exists(),
		Pattern: n.At("AllowedPattern").Text(), Allowed: n.At("AllowedValues").Texts(), NoEcho: n.At("NoEcho").Bool(), Line: n.Line,
		Bounded: n.At("MinValue").Exists() && n.At("MaxValue").Exists(),
	}
}

// child is the value under a name of a YAML mapping, or nil.
func child(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}
