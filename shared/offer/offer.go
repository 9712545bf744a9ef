// Package offer is the discount engine: a basket and the shop's offers go in, priced lines and a reason for every offer come out.
//
// It is exact and it is a function: the discounts of the lines add up to the discount of the basket, no line falls below zero, and the
// same basket, offers and coupons in any order have the same answer. Each offer goes through the same three steps: the lines it may
// touch, the amount it takes off them together, and the spread of that amount over them. A new kind of offer is a new way to do one
// of the three.
package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Limits of the offers of one programme.
const (
	MaxOffers   = 200   // offers
	MaxSelected = 1_000 // entries in one list of a selector
	MaxName     = 200   // bytes
)

// Kind is how the amount of an offer is reckoned.
type Kind string

// The kinds.
const (
	Percent Kind = "percent" // BasisPoints of what the lines cost
	Fixed   Kind = "fixed"   // AmountMinor
)

// Target is what an offer takes its amount off.
type Target string

// The targets. A percentage comes to the same on both; what differs is also named at Offer.MinBasket.
const (
	OnLines  Target = "lines"  // a fixed amount comes off each piece
	OnBasket Target = "basket" // a fixed amount comes off once, from all lines together
)

// Spread is how the amount of an offer is laid on its lines.
type Spread string

// The spreads.
const (
	ByAmount   Spread = "amount"   // in proportion to what the lines cost now; also the meaning of ""
	ByQuantity Spread = "quantity" // in proportion to their pieces; a line that is free takes none
)

// Offer is a rule of price. All amounts are minor units of the programme's currency.
//
// Offers apply one after the other, larger Priority first and then by ID, each to what the earlier ones left; conditions and MinBasket
// are asked of the basket as it came, so the order never decides who qualifies.
type Offer struct {
	ID          string
	Name        string
	Kind        Kind
	Target      Target
	Spread      Spread
	BasisPoints int64 // of Percent, 1 to 10,000
	AmountMinor int64 // of Fixed
	Cap         int64 // the most it takes off; 0 for no bound

	// MinBasket is what the basket must come to. It counts the lines that the offer may touch where Target is OnBasket, and all goods
	// where Target is OnLines: "2.00 off each mug from 50.00" means 50.00 of anything.
	MinBasket int64

	Select Selector
	When   rule.Rule
	Coupon bool    // only for a coupon to it that is held and shown
	From   day.Day // first day; none for always
	Until  day.Day // last day, included; none for ever

	Priority int

	// Group: of several offers with the same Group, the first in order that takes anything off applies, the others are blocked.
	Group string

	// Exclusive: the offer applies alone or not at all. Of all exclusive offers, each alone, and the others together, the shopper gets
	// what saves most.
	Exclusive bool
}

// Compiled is the offers of a programme, checked and ready. It is immutable and may be used by many goroutines.
type Compiled struct {
	currency money.Currency
	offers   []*compiled // in order of application
}

type compiled struct {
	Offer
	when   *rule.Compiled
	chosen Selection
}

// Compile checks offers against the schema of their conditions, whose currency is theirs. All problems are found at once, with a
// pointer whose first step is the place of the offer; with any of them there is no Compiled.
func Compile(offers []Offer, schema *rule.Schema) (*Compiled, []rule.Problem) {
	c := &Compiled{currency: schema.Currency()}
	var problems []rule.Problem
	if len(offers) > MaxOffers {
		return nil, []rule.Problem{{Message: fmt.Sprintf("there are %d offers, at most %d are allowed", len(offers), MaxOffers)}}
	}
	taken := map[string]bool{}
	for i, o := range offers {
		path := "/" + strconv.Itoa(i)
		problems = append(problems, o.problems(path)...)
		if taken[o.ID] {
			problems = append(problems, rule.Problem{Path: path + "/id", Message: fmt.Sprintf("offer %s is there twice", o.ID)})
		}
		taken[o.ID] = true
		when, found := rule.Compile(o.When, schema)
		for _, p := range found {
			problems = append(problems, rule.Problem{Path: path + "/when" + p.Path, Message: p.Message})
		}
		c.offers = append(c.offers, &compiled{Offer: o, when: when, chosen: o.Select.Compile()})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	slices.SortFunc(c.offers, func(a, b *compiled) int {
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), strings.Compare(a.ID, b.ID))
	})
	return c, nil
}

// problems finds what is wrong with an offer by itself.
func (o Offer) problems(path string) (found []rule.Problem) {
	refuse := func(bad bool, field, format string, args ...any) {
		if bad {
			found = append(found, rule.Problem{Path: path + field, Message: fmt.Sprintf(format, args...)})
		}
	}
	refuse(!ids.ValidPart(o.ID), "/id", "an offer needs an id of letters, digits and . _ - #, at most %d", ids.MaxPart)
	refuse(len(o.Name) > MaxName, "/name", "a name is longer than %d bytes", MaxName)
	refuse(o.Target != OnLines && o.Target != OnBasket, "/target", "the target is lines or basket")
	refuse(o.Spread != "" && o.Spread != ByAmount && o.Spread != ByQuantity, "/spread", "the spread is amount or quantity")
	switch o.Kind {
	case Percent:
		refuse(o.BasisPoints < 1 || o.BasisPoints > money.WholeInBasisPoints, "/basis_points", "a percentage is above 0 and at most 100")
		refuse(o.AmountMinor != 0, "/amount_minor", "an offer takes off a percentage or an amount, not both")
	case Fixed:
		refuse(o.AmountMinor < 1 || o.AmountMinor > money.MaxMinor, "/amount_minor", "a fixed amount is above 0")
		refuse(o.BasisPoints != 0, "/basis_points", "an offer takes off a percentage or an amount, not both")
	default:
		refuse(true, "/kind", "the kind is percent or fixed")
	}
	refuse(o.Cap < 0 || o.Cap > money.MaxMinor, "/cap", "a cap is an amount above 0, or left out")
	refuse(o.MinBasket < 0 || o.MinBasket > money.MaxMinor, "/min_basket", "the least basket is an amount above 0, or left out")
	refuse(o.From != 0 && o.Until != 0 && o.Until < o.From, "/until", "the last day %s lies before the first, %s", o.Until, o.From)
	for field, list := range map[string][]string{
		"/skus": o.Select.SKUs, "/categories": o.Select.Categories, "/kinds": o.Select.Kinds,
		"/exclude_skus": o.Select.ExcludeSKUs, "/exclude_categories": o.Select.ExcludeCategories,
	} {
		refuse(len(list) > MaxSelected, "/select"+field, "a list holds at most %d entries", MaxSelected)
		refuse(slices.Contains(list, ""), "/select"+field, "an entry is empty")
	}
	slices.SortStableFunc(found, func(a, b rule.Problem) int { return strings.Compare(a.Path, b.Path) })
	return found
}
