// Package compare says how two versions of a programme differ in meaning: which offers, rules, tiers and other members were added, removed
// or changed, field by field, in words that whoever wrote them reads.
//
// Two ways to write the same are no difference: "12.50" and 12.5, a default that is written out and one that is left out, a choice of
// articles in another order.
package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/programme"
)

// What may have become of a member.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is what became of one member of a programme. Section is the document's own word, such as "offers"; of settings that stand by
// themselves, such as the currency, ID is empty.
type Change struct {
	Section string  `json:"section"`
	ID      string  `json:"id,omitempty"`
	Name    string  `json:"name,omitempty"`
	What    string  `json:"what"`
	Fields  []Field `json:"fields"` // those that differ; of a member that came or went all it has
}

// Field is one setting before and after. Path is its place below the member, "lines/categories"; Label the same in words. From is empty
// where it was not set, To where it is not any more.
type Field struct {
	Path  string `json:"path"`
	Label string `json:"label"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// sections are the lists whose members have ids, in the order in which a marketer thinks of them.
var sections = []string{"offers", "earn", "tiers", "campaigns", "templates", "topics", "stores"}

// secret are the fields whose values are told to nobody.
var secret = []string{"cards/secret"}

// Documents lists what differs between two documents, in the order of sections; what else there is follows as settings.
func Documents(from, to programme.Document) ([]Change, error) {
	a, err := treeOf(from)
	if err != nil {
		return nil, err
	}
	b, err := treeOf(to)
	if err != nil {
		return nil, err
	}
	list := []Change{}
	keyed := slices.Clone(sections)
	for _, name := range slices.Sorted(maps.Keys(both(a, b))) { // lists with ids that this page does not know by name
		if !slices.Contains(keyed, name) && (hasIDs(a[name]) || hasIDs(b[name])) {
			keyed = append(keyed, name)
		}
	}
	for _, name := range keyed {
		list = append(list, members(name, a[name], b[name])...)
		delete(a, name)
		delete(b, name)
	}
	delete(a, "from") // the moment is what makes a version another one; whoever shows the changes names it
	delete(b, "from")
	for _, name := range slices.Sorted(maps.Keys(both(a, b))) {
		if fields := differing(flat(name, a[name]), flat(name, b[name])); len(fields) > 0 {
			list = append(list, Change{Section: name, What: Changed, Fields: fields})
		}
	}
	return list, nil
}

// treeOf is a document as maps and lists, with its numbers as they were written.
func treeOf(d programme.Document) (map[string]any, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write the programme as JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	tree := map[string]any{}
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	return tree, nil
}

func both(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// hasIDs reports whether v is a list of members with ids.
func hasIDs(v any) bool {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return false
	}
	member, ok := list[0].(map[string]any)
	_, id := member["id"].(string)
	return ok && id
}

// member is an entry of a list, with its name and its fields by path.
type member struct {
	id, name string
	fields   map[string]string
}

// members compares two lists by the ids of their entries, those of the later list first.
func members(section string, from, to any) []Change {
	before, after := byID(section, from), byID(section, to)
	var list []Change
	for _, m := range after {
		was, there := find(before, m.id)
		switch fields := differing(was.fields, m.fields); {
		case !there:
			list = append(list, Change{Section: section, ID: m.id, Name: m.name, What: Added, Fields: fields})
		case len(fields) > 0:
			list = append(list, Change{Section: section, ID: m.id, Name: m.name, What: Changed, Fields: fields})
		}
	}
	for _, m := range before {
		if _, stays := find(after, m.id); !stays {
			list = append(list, Change{Section: section, ID: m.id, Name: m.name, What: Removed, Fields: differing(m.fields, nil)})
		}
	}
	return list
}

func find(list []member, id string) (member, bool) {
	for _, m := range list {
		if m.id == id {
			return m, true
		}
	}
	return member{}, false
}

// byID reads the members of a list. A template is one in its language.
func byID(section string, v any) []member {
	entries, _ := v.([]any)
	var list []member
	for _, e := range entries {
		tree, _ := e.(map[string]any)
		m := member{fields: flat(section, tree)}
		m.id, _ = tree["id"].(string)
		m.name, _ = tree["name"].(string)
		delete(m.fields, "id")
		if language, ok := tree["language"].(string); ok && section == "templates" {
			m.id += " " + language
			delete(m.fields, "language")
		}
		list = append(list, m)
	}
	return list
}

// differing lists the fields that are not the same, by path.
func differing(from, to map[string]string) []Field {
	all := maps.Clone(from)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, to)
	list := []Field{}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if from[path] == to[path] {
			continue
		}
		f := Field{Path: path, Label: label(path), From: from[path], To: to[path]}
		if slices.Contains(secret, path) {
			f.From, f.To = "the old one", "another one, so that no card in a purse is known any more"
		}
		list = append(list, f)
	}
	return list
}

// label is a path in words.
func label(path string) string {
	if said, ok := labels[path]; ok {
		return said
	}
	return strings.NewReplacer("/", ", ", "_", " ").Replace(path)
}
