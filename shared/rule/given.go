package rule

import "slices"

// Given is r where every comparison that asked does not name is taken to have turned out in favour of the rule: what is left asks for the
// named fields alone, and the zero Rule is left where none of them matters. A rule that held once for facts that nobody knows any more
// can so be asked again whether it holds for those that have changed.
//
// In favour means what would make the whole rule hold: a comparison counts as true, and one under a "not" as false.
func (r Rule) Given(asked func(field string) bool) Rule {
	left, settled := r.given(asked, true)
	if settled {
		return Rule{}
	}
	return left
}

// given returns the rule that is left, or settled where it does not depend on what is asked: then it is as favourable says.
func (r Rule) given(asked func(string) bool, favourable bool) (left Rule, settled bool) {
	switch {
	case r.All != nil:
		left.All, settled = members(r.All, asked, favourable, favourable)
		return left, settled
	case r.Any != nil:
		left.Any, settled = members(r.Any, asked, favourable, !favourable)
		return left, settled
	case r.Not != nil:
		inner, settled := r.Not.given(asked, !favourable)
		if settled {
			return Rule{}, true
		}
		return Rule{Not: &inner}, false
	case r.isCondition():
		return r, !asked(r.Field)
	}
	return r, true
}

// members are those of a group that are left. Settled ones fall out where they leave the group as it is (true in all, false in any) and
// else settle it.
func members(group []Rule, asked func(string) bool, favourable, fallsOut bool) (left []Rule, settled bool) {
	for _, member := range group {
		inner, done := member.given(asked, favourable)
		if done && !fallsOut {
			return nil, true
		}
		if !done {
			left = append(left, inner)
		}
	}
	return left, len(left) == 0
}

// Asks reports whether a rule compares some field of which about holds.
func (r Rule) Asks(about func(field string) bool) bool {
	inner := slices.ContainsFunc(slices.Concat(r.All, r.Any), func(member Rule) bool { return member.Asks(about) })
	return inner || r.Not != nil && r.Not.Asks(about) || r.isCondition() && about(r.Field)
}
