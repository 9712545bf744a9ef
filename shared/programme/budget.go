package programme

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/limit"
)

// Budget is the most that a campaign hands out in coupons, over all its versions and for ever. Coupons and money are hard: however many tills
// and senders ask at once, they are not passed by one. A campaign that has used up its budget is paused; with a larger one it may be resumed.
type Budget struct {
	Coupons  int64   `json:"coupons,omitempty"`  // at most so many coupons
	Money    Decimal `json:"money,omitempty"`    // the most that all of them together could take off; for coupons whose offer bounds what each takes off
	Redeemed Decimal `json:"redeemed,omitempty"` // how much they take off receipts before the campaign is paused, for coupons of any offer; counted each minute, so what is sold meanwhile comes on top
}

// StopsAt is how much, in minor units, the coupons of a campaign take off receipts before it is paused; 0 for no end.
func (p *Programme) StopsAt(campaign string) int64 { return p.campaigns[campaign].stopsAt }

// CouponBudgetSpent is why a card got no coupon of a campaign: its budget has no room for one.
const CouponBudgetSpent = string(limit.Spent)

// budgetWarnPercent is how much of a budget is used up when people should hear of it.
const budgetWarnPercent = 80

// Budgeted is the budget of a campaign as it is counted.
type Budgeted struct {
	Tally string // the name of its tally
	Limit limit.Limit
}

// Budget is that of a campaign; false where it has none.
func (p *Programme) Budget(campaign string) (Budgeted, bool) {
	k := p.campaigns[campaign]
	return Budgeted{Tally: "campaign/" + campaign, Limit: k.budget}, !k.budget.IsZero()
}

// BudgetTake is what one coupon to an offer takes out of the budget of its campaign: itself, and the most that it can take off.
func (p *Programme) BudgetTake(offer string) limit.Take {
	most, _ := p.MostOff(offer)
	return limit.Take{Uses: 1, Money: most}
}

// CheapestTake is the least that a coupon of a campaign takes out of its budget.
func (p *Programme) CheapestTake(k Campaign) limit.Take {
	least := limit.Take{Uses: 1, Money: -1}
	for _, g := range k.grants() {
		if take := p.BudgetTake(g.Offer); g.Offer != "" && (least.Money < 0 || take.Money < least.Money) {
			least = take
		}
	}
	return limit.Take{Uses: 1, Money: max(0, least.Money)}
}

// Low reports whether so much of the budget is used up that people should hear of it.
func (b Budgeted) Low(t limit.Tally) bool {
	near := func(used, most int64) bool { return most > 0 && used >= most-most/100*(100-budgetWarnPercent) }
	return near(t.Used.Uses, b.Limit.Uses) || near(t.Used.Money, b.Limit.Money)
}

// WithoutCoupon is a head that was decided on, without a coupon that its campaign has no budget for. The entry that granted it says so.
func WithoutCoupon(h card.Head, cause string, c card.Coupon) card.Head {
	h = h.Take(c.ID)
	h.Book.Tail = slices.Clone(h.Book.Tail)
	for i, e := range h.Book.Tail {
		if e.Cause != cause {
			continue
		}
		granted := c.Mark(card.MarkGranted)
		e.Marks = slices.Clone(e.Marks)
		for n := range e.Marks {
			if e.Marks[n] == granted {
				e.Marks[n] = card.NotTaken(c.Campaign, CouponBudgetSpent)
			}
		}
		h.Book.Tail[i] = e
	}
	return h
}

// stopsAt reads how much the coupons of a campaign take off before it is paused.
func (c *compiler) stopsAt(at string, k Campaign) int64 {
	if k.Budget == nil {
		return 0
	}
	return c.amount(at+"/budget/redeemed", k.Budget.Redeemed)
}

// budget reads what a campaign may hand out.
func (c *compiler) budget(at string, k Campaign) limit.Limit {
	b := k.Budget
	if b == nil {
		return limit.Limit{}
	}
	at += "/budget"
	made := limit.Limit{Uses: c.uses(at+"/coupons", b.Coupons), Money: c.amount(at+"/money", b.Money)}
	var offers []string
	for _, g := range k.grants() {
		if g.Offer != "" {
			offers = append(offers, g.Offer)
		}
	}
	switch {
	case b.Coupons == 0 && b.Money == "" && b.Redeemed == "":
		c.fault(at, "say how many coupons, how much money they may take off, or how much redeemed they take off before the campaign is paused")
	case len(offers) == 0:
		c.fault(at, "a budget is for coupons, and this campaign grants none; points have bounds of their own in points.caps")
	}
	for _, id := range offers {
		if _, bounded := c.p.MostOff(id); b.Money != "" && !bounded {
			c.fault(at+"/money", "nothing bounds what a coupon to offer %q takes off; give the offer a cap, or bound the budget by coupons alone", id)
		}
	}
	return made
}

// eachStep calls each for all steps, those below others too.
func eachStep(steps []JourneyStep, each func(JourneyStep)) {
	for _, s := range steps {
		each(s)
		eachStep(s.Then, each)
		eachStep(s.Else, each)
		for _, w := range s.Split {
			eachStep(w.Steps, each)
		}
	}
}
