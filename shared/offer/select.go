package offer

import (
	"maps"
	"slices"
	"strings"
)

// Selector says which lines are meant. Empty, it means all goods. SKUs and Categories each widen the choice; Brands, Tags, Attributes
// and the range of prices each narrow it, and take a line that has one of the values they list. What is excluded is never meant.
// Gift cards, shipping, tips and fees are meant only where Kinds names them, which replaces "goods".
type Selector struct {
	SKUs       []string
	Categories []string // "drinks" is also "drinks/coffee", and not "drinkware"
	Kinds      []string

	Brands     []string
	Tags       []string
	Attributes map[string][]string // each of the names, with one of its values
	PriceFrom  int64               // of a piece as it came, in minor units; 0 for no bound
	PriceTo    int64               // included; 0 for no bound

	ExcludeSKUs       []string
	ExcludeCategories []string
	ExcludeBrands     []string
	ExcludeTags       []string
}

// IsZero reports whether nothing is chosen or excluded by name.
func (s Selector) IsZero() bool {
	return len(s.SKUs)+len(s.Categories)+len(s.Kinds)+len(s.Brands)+len(s.Tags)+len(s.Attributes)+len(s.ExcludeSKUs)+
		len(s.ExcludeCategories)+len(s.ExcludeBrands)+len(s.ExcludeTags) == 0 && s.PriceFrom == 0 && s.PriceTo == 0
}

// Selection is a Selector made ready. It is immutable.
type Selection struct {
	kinds                 []string
	skus, withoutSKUs     map[string]bool
	categories            []string
	withoutCategories     []string
	brands, withoutBrands []string
	tags, withoutTags     []string
	attributes            []attribute
	from, to              int64
}

type attribute struct {
	name   string
	values []string
}

// Compile makes the selector ready to choose lines.
func (s Selector) Compile() Selection {
	c := Selection{
		kinds: slices.Clone(s.Kinds), skus: asSet(s.SKUs), withoutSKUs: asSet(s.ExcludeSKUs), categories: slices.Clone(s.Categories),
		withoutCategories: slices.Clone(s.ExcludeCategories), brands: slices.Clone(s.Brands), withoutBrands: slices.Clone(s.ExcludeBrands),
		tags: slices.Clone(s.Tags), withoutTags: slices.Clone(s.ExcludeTags), from: s.PriceFrom, to: s.PriceTo,
	}
	if len(c.kinds) == 0 {
		c.kinds = []string{GoodsKind}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		c.attributes = append(c.attributes, attribute{name, slices.Clone(s.Attributes[name])})
	}
	return c
}

func asSet(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	set := make(map[string]bool, len(list))
	for _, entry := range list {
		set[entry] = true
	}
	return set
}

// Takes reports whether a line is chosen. The same question is asked for discounts and for points.
func (s *Selection) Takes(l *Line) bool {
	return slices.Contains(s.kinds, l.kind()) && s.named(l) && s.narrowed(l) && !s.excluded(l)
}

func (s *Selection) named(l *Line) bool {
	if s.skus == nil && len(s.categories) == 0 {
		return true
	}
	return s.skus[l.SKU] || inCategory(s.categories, l.Category)
}

func (s *Selection) narrowed(l *Line) bool {
	switch {
	case len(s.brands) > 0 && !slices.Contains(s.brands, l.Brand):
		return false
	case len(s.tags) > 0 && !meets(s.tags, l.Tags):
		return false
	case s.from > 0 && l.Amount < s.from*l.Quantity, s.to > 0 && l.Amount > s.to*l.Quantity:
		return false
	}
	for _, a := range s.attributes {
		if value, known := l.Attributes[a.name]; !known || !slices.Contains(a.values, value) {
			return false
		}
	}
	return true
}

func (s *Selection) excluded(l *Line) bool {
	return s.withoutSKUs[l.SKU] || inCategory(s.withoutCategories, l.Category) ||
		len(s.withoutBrands) > 0 && slices.Contains(s.withoutBrands, l.Brand) || len(s.withoutTags) > 0 && meets(s.withoutTags, l.Tags)
}

func inCategory(list []string, category string) bool {
	for _, c := range list {
		if rest, below := strings.CutPrefix(category, c); below && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

func meets(list, other []string) bool {
	return slices.ContainsFunc(other, func(s string) bool { return slices.Contains(list, s) })
}
