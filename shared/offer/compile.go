package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Compiled is the offers of a programme, checked and ready. It is immutable and may be used by many goroutines.
type Compiled struct {
	currency money.Currency
	policy   Policy
	never    *Selection // nil where every good may be discounted
	floors   []floor
	offers   []*compiled // by priority, then id
}

type floor struct {
	Floor
	chosen Selection
}

type compiled struct {
	Offer
	when   *rule.Compiled
	chosen Selection
	set    []part
	gets   bool // some part of the set is Get
}

type part struct {
	Part
	chosen Selection
}

// Compile checks offers and what holds for all of them against the schema of their conditions, whose currency is theirs. All problems
// are found at once, with a pointer in the words of a programme's document: "/offers/3/percent", "/pricing/cap". With any of them there
// is no Compiled.
func Compile(offers []Offer, p Policy, schema *rule.Schema) (*Compiled, []rule.Problem) {
	c := &Compiled{currency: schema.Currency(), policy: p}
	found := problems{}
	if len(offers) > MaxOffers {
		found.refuse(true, "/offers", "there are %d offers, at most %d are allowed", len(offers), MaxOffers)
		return nil, found
	}
	found.policy(p)
	taken := map[string]bool{}
	for i := range offers {
		o, at := &offers[i], "/offers/"+strconv.Itoa(i)
		found.offer(o, at)
		found.refuse(taken[o.ID], at+"/id", "offer %s is there twice", o.ID)
		taken[o.ID] = true
		when, wrong := rule.Compile(o.When, schema)
		for _, p := range wrong {
			found.refuse(true, at+"/when"+p.Path, "%s", p.Message)
		}
		c.offers = append(c.offers, o.compile(when))
	}
	if len(found) > 0 {
		return nil, found
	}
	if !p.Never.IsZero() {
		never := p.Never.Compile()
		c.never = &never
	}
	for _, f := range p.Floors {
		c.floors = append(c.floors, floor{f, f.Select.Compile()})
	}
	slices.SortFunc(c.offers, func(a, b *compiled) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), strings.Compare(a.ID, b.ID))
	})
	return c, nil
}

func (o *Offer) compile(when *rule.Compiled) *compiled {
	c := &compiled{Offer: *o, when: when, chosen: o.Select.Compile()}
	for _, p := range o.Set {
		c.set = append(c.set, part{p, p.Select.Compile()})
		c.gets = c.gets || p.Get
	}
	if c.Pieces == 0 {
		c.Pieces = 1
	}
	if c.Counts == "" {
		c.Counts = CountGoods
		if c.Target == OnBasket && (len(o.Select.Kinds) == 0 || slices.Contains(o.Select.Kinds, GoodsKind)) {
			c.Counts = CountChosen
		}
	}
	return c
}

// problems gathers what is wrong.
type problems []rule.Problem

func (p *problems) refuse(bad bool, at, format string, args ...any) {
	if bad {
		*p = append(*p, rule.Problem{Path: at, Message: fmt.Sprintf(format, args...)})
	}
}

func (p *problems) policy(policy Policy) {
	p.refuse(policy.Combine != "" && policy.Combine != Best && policy.Combine != ByPriority, "/pricing/combine", "offers are combined best or by priority")
	p.refuse(policy.CapMinor < 0 || policy.CapMinor > money.MaxMinor, "/pricing/cap", "a cap is an amount above 0, or left out")
	p.refuse(policy.CapBasisPoints < 0 || policy.CapBasisPoints > money.WholeInBasisPoints, "/pricing/cap", "a cap is above 0 and at most 100 per cent")
	p.refuse(policy.CapMinor > 0 && policy.CapBasisPoints > 0, "/pricing/cap", "a cap is an amount or a percentage, not both")
	p.selector(policy.Never, "/pricing/never")
	p.refuse(len(policy.Floors) > MaxFloors, "/pricing/minimum", "there are %d least prices, at most %d are allowed", len(policy.Floors), MaxFloors)
	for i, f := range policy.Floors[:min(len(policy.Floors), MaxFloors)] {
		at := "/pricing/minimum/" + strconv.Itoa(i)
		p.refuse((f.AmountMinor > 0) == (f.BasisPoints > 0), at, "a least price is an amount or a percentage; give one of the two")
		p.refuse(f.AmountMinor < 0 || f.AmountMinor > money.MaxMinor, at+"/price", "a least price is an amount above 0")
		p.refuse(f.BasisPoints < 0 || f.BasisPoints > money.WholeInBasisPoints, at+"/percent", "a least price is above 0 and at most 100 per cent")
		p.selector(f.Select, at+"/lines")
	}
}

// selector refuses lists that are too long, empty entries, and choices that no line can meet.
func (p *problems) selector(s Selector, at string) {
	for _, l := range []struct {
		name string
		list []string
	}{
		{"skus", s.SKUs}, {"categories", s.Categories}, {"kinds", s.Kinds}, {"brands", s.Brands}, {"tags", s.Tags}, {"not_skus", s.ExcludeSKUs},
		{"not_categories", s.ExcludeCategories}, {"not_brands", s.ExcludeBrands}, {"not_tags", s.ExcludeTags},
	} {
		p.refuse(len(l.list) > MaxSelected, at+"/"+l.name, "a list holds at most %d entries", MaxSelected)
		p.refuse(slices.Contains(l.list, ""), at+"/"+l.name, "an entry is empty")
	}
	p.refuse(len(s.Attributes) > MaxTags, at+"/attributes", "at most %d attributes are asked for", MaxTags)
	for name, values := range s.Attributes {
		p.refuse(name == "" || len(values) == 0 || len(values) > MaxSelected || slices.Contains(values, ""), at+"/attributes",
			"attribute %q needs one to %d values, none of them empty", name, MaxSelected)
	}
	p.refuse(s.PriceFrom < 0 || s.PriceFrom > money.MaxMinor, at+"/price_from", "a price is an amount above 0, or left out")
	p.refuse(s.PriceTo < 0 || s.PriceTo > money.MaxMinor, at+"/price_to", "a price is an amount above 0, or left out")
	p.refuse(s.PriceTo > 0 && s.PriceTo < s.PriceFrom, at+"/price_to", "no price lies between these two")

	named := len(s.SKUs)+len(s.Categories) > 0
	left := slices.ContainsFunc(s.SKUs, func(sku string) bool { return !slices.Contains(s.ExcludeSKUs, sku) }) ||
		slices.ContainsFunc(s.Categories, func(c string) bool { return !inCategory(s.ExcludeCategories, c) })
	p.refuse(named && !left, at, "everything that it names is excluded again, so no line can be meant")
	all := func(list, without []string) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(e string) bool { return !slices.Contains(without, e) })
	}
	p.refuse(all(s.Brands, s.ExcludeBrands), at+"/not_brands", "every brand that it names is excluded again, so no line can be meant")
	p.refuse(all(s.Tags, s.ExcludeTags), at+"/not_tags", "every tag that it names is excluded again, so no line can be meant")
}
