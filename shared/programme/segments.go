package programme

import "strconv"

// Segment is shoppers with something in common, by a name: Who holds for each of them, now. Nobody is written into a segment and nobody
// has to be taken out. Conditions may name other segments, `{segment: sleepers}`, and lists that are kept by hand, `{list: friends}`, wherever
// a test may stand.
type Segment struct {
	ID   string    `json:"id"`
	Name string    `json:"name,omitempty"`
	Who  Condition `json:"who"` // of the card and its shopper
}

// MaxSegments is how many segments a programme has.
const MaxSegments = 100

// segment is one made ready.
type segment struct {
	Segment
	who Who
}

// segmentTrees keeps what segments say, so that any condition may name them.
func (c *compiler) segmentTrees() {
	c.trees = make(map[string]any, len(c.p.Segments))
	for _, s := range c.p.Segments {
		c.trees[s.ID] = s.Who.Tree
	}
}

// segments compiles the segments.
func (c *compiler) segments() {
	c.count("/segments", len(c.p.Segments), MaxSegments)
	seen := map[string]bool{}
	for i, s := range c.p.Segments {
		at := "/segments/" + strconv.Itoa(i)
		c.id(at+"/id", s.ID, seen)
		if s.Who.IsZero() {
			c.fault(at+"/who", "it is not said who is in the segment; everybody needs no segment")
		}
		c.p.segments[s.ID] = segment{Segment: s, who: c.who(at+"/who", s.Who, c.p.shoppers)}
	}
}

// maxMentions is how many segments one condition may name, with those that they name: a chain in which each names the one before twice
// doubles with every link.
const maxMentions = 100

// withSegments is a tree with the segments that it names put in.
func (c *compiler) withSegments(pointer string, tree any) any {
	c.mentions = 0
	if named := c.named(pointer, tree, nil); c.mentions <= maxMentions {
		return named
	}
	return nobody // it is told once
}

// named puts segments into a tree where it names them. within are those whose own tree this is in, so that none holds itself.
func (c *compiler) named(pointer string, tree any, within []string) any {
	switch node := tree.(type) {
	case []any:
		list := make([]any, len(node))
		for i, inner := range node {
			list[i] = c.named(pointer+"/"+strconv.Itoa(i), inner, within)
		}
		return list
	case map[string]any:
		if id, ok := node["segment"].(string); ok && len(node) == 1 {
			return c.inSegment(pointer, id, within)
		}
		if id, ok := node["list"].(string); ok && len(node) == 1 {
			return c.onList(pointer, id)
		}
		group := make(map[string]any, len(node))
		for key, inner := range node {
			if key == "all" || key == "any" || key == "not" {
				inner = c.named(pointer+"/"+key, inner, within)
			}
			group[key] = inner
		}
		return group
	}
	return tree
}

// inSegment is the tree of a segment, with those that it names.
func (c *compiler) inSegment(pointer, id string, within []string) any {
	if c.mentions++; c.mentions > maxMentions {
		if c.mentions == maxMentions+1 {
			c.fault(pointer, "more than %d segments are named here, with those that they name themselves", maxMentions)
		}
		return nobody
	}
	tree, ok := c.trees[id]
	if !ok {
		c.fault(pointer, "there is no segment %q", id)
		return nobody
	}
	for _, outer := range within {
		if outer == id {
			c.fault(pointer, "segment %q would hold itself", id)
			return nobody
		}
	}
	return c.named(pointer, tree, append(within[:len(within):len(within)], id))
}

// nobody stands where a segment is missing; no programme comes of it.
var nobody = map[string]any{"field": factTier, "op": "unknown"}

// audience is whom a campaign is for: its condition, its segment, and none of the segments that it leaves out.
func (c *compiler) audience(at string, k Campaign) Condition {
	if k.Who == "" && len(k.Not) == 0 {
		return k.When
	}
	if k.On == OnCart {
		c.fault(at, "who and not are not for the campaign of abandoned carts")
		return k.When
	}
	var all []any
	if !k.When.IsZero() {
		all = append(all, k.When.Tree)
	}
	if k.Who != "" {
		all = append(all, groupOf(k.Who))
	}
	for _, id := range k.Not {
		all = append(all, map[string]any{"not": groupOf(id)})
	}
	return Condition{Tree: map[string]any{"all": all}}
}

// Segment finds a segment.
func (p *Programme) Segment(id string) (Segment, bool) {
	s, ok := p.segments[id]
	return s.Segment, ok
}
