package rule

import (
	"slices"
	"strings"
)

// longList is where looking up in a map becomes faster than comparing one by one.
const longList = 16 // values

func tests(nodes []*node) []test {
	list := make([]test, len(nodes))
	for i, n := range nodes {
		list[i] = n.test
	}
	return list
}

// allOf has a closure of its own for two and three members, the commonest groups: no loop, half the time.
func allOf(list []test) test {
	switch len(list) {
	case 1:
		return list[0]
	case 2:
		a, b := list[0], list[1]
		return func(f *Facts) bool { return a(f) && b(f) }
	case 3:
		a, b, c := list[0], list[1], list[2]
		return func(f *Facts) bool { return a(f) && b(f) && c(f) }
	}
	return func(f *Facts) bool {
		for _, t := range list {
			if !t(f) {
				return false
			}
		}
		return true
	}
}

func anyOf(list []test) test {
	if len(list) == 1 {
		return list[0]
	}
	return func(f *Facts) bool {
		for _, t := range list {
			if t(f) {
				return true
			}
		}
		return false
	}
}

// numberTest compares an Int, Money, Day or Bool fact. Every closure asks first whether the fact is known.
func numberTest(op Op, slot int, want []int64) test {
	a, b := want[0], want[len(want)-1]
	switch op {
	case Eq:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number == a }
	case Ne:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number != a }
	case Lt:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number < a }
	case Lte:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number <= a }
	case Gt:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number > a }
	case Gte:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.number >= a }
	case Between:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && a <= v.number && v.number <= b }
	}
	has := membership(want)
	if op == NotIn {
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && !has(v.number) }
	}
	return func(f *Facts) bool { v := &f.facts[slot]; return v.known && has(v.number) }
}

func textTest(op Op, slot int, want []string) test {
	a := want[0]
	switch op {
	case Eq:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.text == a }
	case Ne:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && v.text != a }
	case Contains:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && strings.Contains(v.text, a) }
	case Starts:
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && strings.HasPrefix(v.text, a) }
	}
	has := membership(want)
	if op == NotIn {
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && !has(v.text) }
	}
	return func(f *Facts) bool { v := &f.facts[slot]; return v.known && has(v.text) }
}

// setTest compares a Set fact: contains and in ask for any of the wanted, not_in for none.
func setTest(op Op, slot int, want []string) test {
	has := membership(want)
	if op == NotIn {
		return func(f *Facts) bool { v := &f.facts[slot]; return v.known && !slices.ContainsFunc(v.texts, has) }
	}
	return func(f *Facts) bool { v := &f.facts[slot]; return v.known && slices.ContainsFunc(v.texts, has) }
}

// membership answers whether a value is one of a list.
func membership[T comparable](list []T) func(T) bool {
	if len(list) <= longList {
		return func(v T) bool { return slices.Contains(list, v) }
	}
	set := make(map[T]struct{}, len(list))
	for _, v := range list {
		set[v] = struct{}{}
	}
	return func(v T) bool { _, ok := set[v]; return ok }
}
