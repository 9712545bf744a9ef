package offer

import (
	"slices"
	"strings"
)

// Within reports whether every line that s means is meant by other too, as far as their names tell: false where it takes a catalogue to know,
// such as of an article that stands in a category.
func (s Selector) Within(other Selector) bool {
	kinds := func(list []string) []string {
		if len(list) == 0 {
			return []string{GoodsKind}
		}
		return list
	}
	if !among(kinds(s.Kinds), kinds(other.Kinds)) || !s.namesWithin(other) {
		return false
	}
	narrows := func(mine, theirs []string) bool { return len(theirs) == 0 || len(mine) > 0 && among(mine, theirs) }
	if !narrows(s.Brands, other.Brands) || !narrows(s.Tags, other.Tags) {
		return false
	}
	for name, values := range other.Attributes {
		if !narrows(s.Attributes[name], values) {
			return false
		}
	}
	if s.PriceFrom < other.PriceFrom || other.PriceTo > 0 && (s.PriceTo == 0 || s.PriceTo > other.PriceTo) {
		return false
	}
	return among(other.ExcludeSKUs, s.ExcludeSKUs) && among(other.ExcludeCategories, s.ExcludeCategories) &&
		among(other.ExcludeBrands, s.ExcludeBrands) && among(other.ExcludeTags, s.ExcludeTags)
}

// namesWithin compares what articles and categories choose, where other names any.
func (s Selector) namesWithin(other Selector) bool {
	if len(other.SKUs)+len(other.Categories) == 0 {
		return true
	}
	if len(s.SKUs)+len(s.Categories) == 0 || !among(s.SKUs, other.SKUs) {
		return false
	}
	return !slices.ContainsFunc(s.Categories, func(mine string) bool {
		return !slices.ContainsFunc(other.Categories, func(c string) bool { return mine == c || strings.HasPrefix(mine, c+"/") })
	})
}

func among(list, of []string) bool {
	return !slices.ContainsFunc(list, func(one string) bool { return !slices.Contains(of, one) })
}
