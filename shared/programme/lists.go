package programme

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// factLists asks who is on which list; rules say it as `{list: friends}`, and `who` and `not` of a campaign as "list:friends".
const factLists = "shopper.lists" // set: lists of `regulars list` that the shopper is on

// listPrefix stands before a list where a segment may stand as well.
const listPrefix = "list:"

// NamedList is a list that a programme asks for, and the JSON pointer of the first place that does.
type NamedList struct{ ID, Pointer string }

// Lists are the lists that the programme asks for, in the order of their ids. Whether there are such lists is for the caller to find out:
// a programme knows nothing of the shop that it is for.
func (p *Programme) Lists() []NamedList {
	var list []NamedList
	for _, id := range slices.Sorted(maps.Keys(p.lists)) {
		list = append(list, NamedList{ID: id, Pointer: p.lists[id]})
	}
	return list
}

// onList is the condition that a shopper is on a list.
func (c *compiler) onList(pointer, id string) any {
	if c.p.lists == nil {
		c.p.lists = map[string]string{}
	}
	c.p.lists[id] = cmp.Or(c.p.lists[id], pointer)
	return map[string]any{"field": factLists, "op": "contains", "value": id}
}

// groupOf is the condition that `who` and `not` of a campaign mean by a name.
func groupOf(name string) any {
	if list, ok := strings.CutPrefix(name, listPrefix); ok {
		return map[string]any{"list": list}
	}
	return map[string]any{"segment": name}
}
