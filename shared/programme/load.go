package programme

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Load reads a document that was published, perhaps years ago, by a check that let through what today's refuses. Receipts were decided by
// it, and a shop must not stand still because a program has learnt to be stricter: so Load forgives where Parse does not.
//
// What can still be reckoned with, such as a list that is too long by now, is reckoned with. An earning rule or a campaign of which a
// part cannot be read never holds, and an offer that the discount engine does not take prices nothing: a discount too few, never a wrong
// one. Receipts that such a rule has decided keep what their entries say, and their returns take it back in proportion. What is dear to
// check and is not needed by most functions, the templates, is not looked at until it is used.
//
// It fails on what leaves nothing to decide by: no JSON, or a currency, time zone or set of names that cannot be read.
func Load(text []byte) (*Programme, error) {
	var doc Document
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read the programme: %w", err)
	}
	p, problems := compile(doc, false)
	if p == nil {
		return nil, fmt.Errorf("the programme cannot be read any more: %v", problems)
	}
	return p, nil
}

// Forgiven is what today's check would refuse of a version that was loaded; none of one that was parsed.
func (p *Programme) Forgiven() []Problem { return slices.Clone(p.forgiven) }

// basicsOf are the pointers of what nothing can be decided without.
var basicsOf = []string{"", "/currency", "/time_zone"}

// unreadable is a fault after which a value is missing, where other faults leave one that could be reckoned with.
func (c *compiler) unreadable(pointer, format string, args ...any) {
	c.fault(pointer, format, args...)
	c.unread = append(c.unread, pointer)
}

// isUnread reports that some part of what stands at a pointer could not be read.
func (c *compiler) isUnread(at string) bool {
	return slices.ContainsFunc(c.unread, func(p string) bool { return p == at || strings.HasPrefix(p, at+"/") })
}

// judged is the programme where there is one: without any fault when it is published, and with all that can be forgiven when it is loaded.
func (c *compiler) judged() (*Programme, []Problem) {
	fatal := slices.ContainsFunc(c.list, func(p Problem) bool { return slices.Contains(basicsOf, p.Pointer) })
	if fatal || c.whole && len(c.list) > 0 {
		return nil, c.list
	}
	c.p.forgiven = c.list
	return c.p, nil
}

// standing cuts lists that have become too long for the tables of fixed size behind them.
func (c *compiler) standing() {
	if most := offer.MaxOffers; len(c.p.Offers) > most {
		c.fault("/offers", "%d offers; the first %d count", len(c.p.Offers), most)
		c.p.Offers = c.p.Offers[:most]
	}
}

// keepOut closes an earning rule that cannot be reckoned with.
func (c *compiler) keepOut(at string, r *earning) {
	if c.isUnread(at) || r.basis == perMoney && r.per <= 0 {
		r.when = &rule.Compiled{}
	}
}

// standingOffers is the offers that the engine takes as they are. What holds for all of them together is all or nothing: without a cap
// or a least price that cannot be read, no offer could be trusted.
func (c *compiler) standingOffers(list []offer.Offer, places []int, policy offer.Policy, problems []rule.Problem) *offer.Compiled {
	bad := func(at string) bool {
		return c.isUnread(at) || slices.ContainsFunc(problems, func(p rule.Problem) bool { return p.Path == at || strings.HasPrefix(p.Path, at+"/") })
	}
	var left []offer.Offer
	for i, o := range list {
		if !bad("/offers/"+strconv.Itoa(places[i])) && !bad("/pricing") {
			left = append(left, o)
		}
	}
	if bad("/pricing") {
		policy = offer.Policy{}
	}
	compiled, _ := offer.Compile(left, policy, c.p.cards)
	if compiled == nil { // offers that are sound one by one and not together
		compiled, _ = offer.Compile(nil, offer.Policy{}, c.p.cards)
	}
	return compiled
}
