// Package yamldoc reads a programme from YAML and tells every fault with the line and column where it stands.
package yamldoc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/regulars-dev/regulars/shared/programme"
)

// Fault is a problem of a programme and where it stands in the file. Line and Column count from 1; both are 0 for a problem of
// the whole.
type Fault struct {
	programme.Problem
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (f Fault) String() string {
	return fmt.Sprintf("%d:%d %s: %s", f.Line, f.Column, f.Pointer, f.Message)
}

const (
	maxNodes = 100_000 // YAML nodes, aliases counted as often as they are used
	maxDepth = 40
)

// Read reads a programme. With faults there is no programme; an error means that the text is no YAML. The JSON that it returns
// is the document as it is published.
func Read(r io.Reader) (*programme.Programme, []byte, []Fault, error) {
	text, err := io.ReadAll(io.LimitReader(r, programme.MaxDocument+1))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read the programme: %w", err)
	}
	if len(text) > programme.MaxDocument {
		return nil, nil, nil, fmt.Errorf("the programme is larger than %d bytes", programme.MaxDocument)
	}
	var root, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, nil, fmt.Errorf("read the programme: %w", err)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, nil, nil, fmt.Errorf("line %d: a second document begins; a file holds one programme", more.Line)
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		return nil, nil, nil, errors.New("the programme is empty")
	}
	w := walker{nodes: map[string]*yaml.Node{}}
	tree, err := w.value(root.Content[0], "", 0)
	if err != nil {
		return nil, nil, nil, err
	}
	body, err := json.Marshal(tree)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("write the programme as JSON: %w", err)
	}
	p, problems, err := programme.Parse(body)
	if err != nil {
		return nil, nil, nil, err
	}
	return p, body, w.faults(problems), nil
}

// walker turns YAML into what JSON can hold and remembers where everything stood.
type walker struct {
	nodes map[string]*yaml.Node
	count int
}

// value turns a node into maps, lists, texts, whole numbers and booleans. A number with a decimal point stays the text it was
// written as, so that "12.50" never passes through a float.
func (w *walker) value(n *yaml.Node, pointer string, depth int) (any, error) {
	if w.count++; w.count > maxNodes || depth > maxDepth {
		return nil, fmt.Errorf("line %d: the programme has more than %d entries or nests deeper than %d", n.Line, maxNodes, maxDepth)
	}
	w.nodes[pointer] = n
	switch n.Kind {
	case yaml.AliasNode:
		return w.value(n.Alias, pointer, depth+1)
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range n.Content {
			v, err := w.value(item, pointer+"/"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return w.mapping(n, pointer, depth)
	}
	return scalar(n)
}

func (w *walker) mapping(n *yaml.Node, pointer string, depth int) (any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if _, twice := m[key]; twice {
			return nil, fmt.Errorf("line %d: %q stands twice", n.Content[i].Line, key)
		}
		at := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		v, err := w.value(n.Content[i+1], at, depth+1)
		if err != nil {
			return nil, err
		}
		m[key] = v
	}
	return m, nil
}

func scalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE", nil
	case "!!int":
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || strconv.FormatInt(i, 10) != n.Value {
			return n.Value, nil // 0042, 0x1F: an id, not a number
		}
		return i, nil
	case "!!str", "!!float", "!!timestamp":
		return n.Value, nil
	}
	return nil, fmt.Errorf("line %d: %s is nothing that a programme holds", n.Line, n.Tag)
}

// faults finds where each problem stands: at its own node, or at the nearest one above that is in the file.
func (w *walker) faults(problems []programme.Problem) []Fault {
	var list []Fault
	for _, p := range problems {
		f := Fault{Problem: p}
		for at := p.Pointer; ; at = at[:strings.LastIndexByte(at, '/')] {
			if n, ok := w.nodes[at]; ok {
				f.Line, f.Column = n.Line, n.Column
				break
			}
			if !strings.Contains(at, "/") {
				break
			}
		}
		list = append(list, f)
	}
	return list
}
