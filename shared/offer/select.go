package offer

import (
	"slices"
	"strings"
)

// Selector says which lines an offer may touch. Empty, it means all goods. SKUs and Categories each widen the choice, Kinds replaces
// "goods", and what is excluded is never touched. Gift cards, shipping, tips and fees are touched only where Kinds names them.
type Selector struct {
	SKUs              []string
	Categories        []string // "drinks" is also "drinks/coffee", and not "drinkware"
	Kinds             []string
	ExcludeSKUs       []string
	ExcludeCategories []string
}

// Selection is a Selector made ready. It is immutable.
type Selection struct {
	lines   lineSet
	without lineSet
	kinds   []string
}

// Compile makes the selector ready to choose lines.
func (s Selector) Compile() Selection {
	kinds := slices.Clone(s.Kinds)
	if len(kinds) == 0 {
		kinds = []string{Goods}
	}
	return Selection{kinds: kinds, lines: newLineSet(s.SKUs, s.Categories), without: newLineSet(s.ExcludeSKUs, s.ExcludeCategories)}
}

// Takes reports whether a line is chosen. The same question is asked for discounts and for points.
func (s Selection) Takes(l Line) bool {
	return slices.Contains(s.kinds, l.kind()) && (s.lines.empty() || s.lines.has(l)) && !s.without.has(l)
}

// lineSet is SKUs and categories to look a line up in.
type lineSet struct {
	skus       map[string]bool
	categories []string
}

func newLineSet(skus, categories []string) lineSet {
	set := lineSet{categories: slices.Clone(categories)}
	if len(skus) > 0 {
		set.skus = make(map[string]bool, len(skus))
		for _, sku := range skus {
			set.skus[sku] = true
		}
	}
	return set
}

func (s lineSet) empty() bool { return len(s.skus) == 0 && len(s.categories) == 0 }

func (s lineSet) has(l Line) bool {
	if s.skus[l.SKU] {
		return true
	}
	for _, c := range s.categories {
		if rest, below := strings.CutPrefix(l.Category, c); below && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}
