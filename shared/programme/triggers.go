package programme

import (
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// What a receipt or its return may set off beside OnCheckout. It is decided with them and stands in their entry, so it is said once.
const (
	OnFirst    = "first_purchase" // the first receipt that is kept; once in a card's life, whatever comes back
	OnPurchase = "purchase"       // the nth purchase, likewise once
	OnSpend    = "spend_crossed"  // what the card has spent has come to an amount: once, or once in each window
	OnTier     = "tier_changed"   // to another tier, up or down
	OnReturned = "returned"       // the first time that something of a receipt comes back
)

// TierMove says which change of the tier a campaign is about; what is left out is any.
type TierMove struct {
	From string `json:"from,omitempty"` // the tier before; "base" for none
	To   string `json:"to,omitempty"`   // the tier after; "base" for none
	Move string `json:"move,omitempty"` // "up" or "down"
}

// What TierMove says.
const (
	moveUp   = "up"
	moveDown = "down"
	tierBase = "base"
)

// maxNth is the latest purchase that a campaign waits for.
const maxNth = 10_000

// onReceipt are the campaigns that a receipt sets off, and its return.
var onReceipt = []string{OnCheckout, OnFirst, OnPurchase, OnSpend, OnTier, OnReturned}

// triggers lists all that a campaign may speak on.
var triggers = append(slices.Clone(onReceipt), OnEnrolled, OnAnniversary, OnPointsExpiring, OnCouponUnused, OnIdle, OnTouch, OnAPI, OnCart, OnSchedule)

// Decides reports whether a campaign of this kind decides with an entry of its own card whether it speaks, and whether it is held out: all do
// but those whose e-mails are ordered from without.
func (c Campaign) Decides() bool { return c.On != OnCart && c.On != OnSchedule }

// turn is what a receipt has changed, as far as campaigns ask for it.
type turn struct {
	before, after card.Habits
	from, to      string   // tier
	crossed       []string // campaigns whose amount was reached within its window
}

// takes notes what a card has spent in the windows of its campaigns.
func (p *Programme) takes(h card.Head, before card.Habits, e ledger.Entry, on, today day.Day, paid int64) (card.Head, turn) {
	if p.asksReached {
		h.Habits = h.Habits.Remember(before)
	}
	h, crossed := p.cross(h, on, today, paid)
	return h, turn{before: before, after: h.Habits, from: e.From, to: e.To, crossed: crossed}
}

// occurs reports whether what a receipt has changed is what a campaign waits for.
func (p *Programme) occurs(c campaign, t turn) bool {
	visits, spent := t.before.Reached()
	switch c.On {
	case OnCheckout:
		return true
	case OnFirst:
		return visits == 0 && t.after.Visits == 1
	case OnPurchase:
		return visits < c.Nth && t.after.Visits == c.Nth
	case OnSpend:
		if c.Within != "" {
			return slices.Contains(t.crossed, c.ID)
		}
		return spent < c.amount && t.after.Spent >= c.amount
	case OnTier:
		return p.tierMoves(c.Campaign, t.from, t.to)
	}
	return false
}

// tierMoves reports whether a campaign is about a change of the tier.
func (p *Programme) tierMoves(c Campaign, from, to string) bool {
	if from == to {
		return false
	}
	m, up := TierMove{}, p.now().levelOf(to) > p.now().levelOf(from)
	if c.Tier != nil {
		m = *c.Tier
	}
	is := func(asked, tier string) bool {
		return asked == "" || asked == tier || asked == tierBase && tier == ""
	}
	return is(m.From, from) && is(m.To, to) && (m.Move == "" || (m.Move == moveUp) == up)
}

// said lets the campaigns speak that a receipt has set off, in its own entry.
func (p *Programme) said(h card.Head, e ledger.Entry, shopper card.Profile, r receipt.Receipt, kept receipt.Kept, t turn, on, today day.Day) (card.Head, ledger.Entry) {
	facts := knowing(p.cards)
	facts.receipt(r, linesOf(r, kept), p.Zone(r.Key.Store))
	facts.card(p, h, shopper, on)
	for _, c := range p.Campaigns {
		if c := p.campaigns[c.ID]; p.occurs(c, t) && c.when.Match(facts.facts) {
			h, e = p.allowed(h, e, c.Campaign, max(on, today))
		}
	}
	return h, e
}

// saidBack lets the campaigns speak that the first return of a receipt has set off, and those that a tier has to do with that it costs.
func (p *Programme) saidBack(h card.Head, e ledger.Entry, shopper card.Profile, r receipt.Receipt, n int, today day.Day) (card.Head, ledger.Entry) {
	kept, _ := r.After(nil)
	facts := knowing(p.cards)
	facts.receipt(r, linesOf(r, kept), p.Zone(r.Key.Store))
	facts.card(p, h, shopper, today)
	for _, c := range p.Campaigns {
		occurs := c.On == OnReturned && n == 1 || c.On == OnTier && p.tierMoves(c, e.From, e.To)
		grant := c.In(p.ArmOf(c.ID, h)).Grant
		if occurs && (grant == nil || grant.Points == 0) && p.campaigns[c.ID].when.Match(facts.facts) {
			h, e = p.allowed(h, e, c, today)
		}
	}
	return h, e
}

// reachedWithin begins the counter of what a card has spent in a window of a campaign: no stamps have such an id.
const reachedWithin = "$"

// cross counts what was paid on a day in the windows of the campaigns that wait for an amount, and tells those that have reached it for
// the first time in their window. What a return pays back is below 0.
func (p *Programme) cross(h card.Head, on, today day.Day, paid int64) (card.Head, []string) {
	var crossed []string
	for _, c := range p.Campaigns {
		if c.On != OnSpend || c.Within == "" {
			continue
		}
		h = sweepWindows(h, c, today)
		first, last := calendar(c.Within, on)
		if today > last+lateStamps || paid == 0 {
			continue
		}
		counter := h.CounterOf(reachedWithin+c.ID, first)
		counter.Sum += paid
		if counter.Given == 0 && counter.Sum >= p.campaigns[c.ID].amount {
			counter.Given, crossed = 1, append(crossed, c.ID)
		}
		h = h.Count(counter)
	}
	return h, crossed
}

// sweepWindows drops what a campaign has counted in windows that are long over.
func sweepWindows(h card.Head, c Campaign, today day.Day) card.Head {
	for _, old := range h.Counters {
		if old.ID != reachedWithin+c.ID {
			continue
		}
		if _, last := calendar(c.Within, old.Since); today > last+lateStamps {
			h = h.Count(card.Counter{ID: old.ID, Since: old.Since})
		}
	}
	return h
}

// trigger checks what a campaign says of its occasion: each word belongs to some of them.
func (c *compiler) trigger(at string, k Campaign) {
	for _, f := range []struct {
		name  string
		given bool
		on    []string
	}{
		{"nth", k.Nth != 0, []string{OnPurchase}},
		{"amount", k.Amount != "", []string{OnSpend}},
		{"within", k.Within != "", []string{OnSpend}},
		{"tier", k.Tier != nil, []string{OnTier}},
		{"offer", k.Offer != "", []string{OnCouponUnused}},
		{"idle", k.Idle != nil, []string{OnIdle}},
		{"touch", k.Touch != "", []string{OnTouch}},
		{"days_before", k.DaysBefore != 0, []string{OnAnniversary, OnPointsExpiring, OnCouponUnused}},
		{"days_after", k.DaysAfter != 0, []string{OnAnniversary}},
		{"once", k.Once, []string{OnAnniversary}},
		{"at", k.At != "", byClock},
		{"late_days", k.LateDays != 0, append(slices.Clone(byClock), OnSchedule)},
	} {
		if f.given && !slices.Contains(f.on, k.On) {
			c.fault(at+"/"+f.name, "%s is for campaigns on: %s", f.name, strings.Join(f.on, ", "))
		}
	}
	switch k.On {
	case OnPurchase:
		if k.Nth < 1 || k.Nth > maxNth {
			c.fault(at+"/nth", "say which purchase, 1 to %d", maxNth)
		}
	case OnSpend:
		if k.Amount == "" {
			c.fault(at+"/amount", "say how much a card has spent by then, such as \"500.00\"")
		}
		if k.Within != "" && !slices.Contains([]string{EachMonth, EachQuarter, EachYear}, k.Within) {
			c.fault(at+"/within", "%q is not one of %s, %s, %s; leave it out for all time", k.Within, EachMonth, EachQuarter, EachYear)
		}
	case OnTier:
		c.tierMove(at+"/tier", k)
	}
	c.grantFits(at, k)
	c.again(at+"/again", k)
	reached := k.On == OnFirst || k.On == OnPurchase || k.On == OnSpend && k.Within == ""
	c.p.asksReached = c.p.asksReached || reached
}

func (c *compiler) tierMove(at string, k Campaign) {
	if len(c.p.Tiers) == 0 {
		c.fault(at, "the programme has no tiers")
	}
	if k.Tier == nil {
		return
	}
	for _, f := range []struct{ name, tier string }{{"/from", k.Tier.From}, {"/to", k.Tier.To}} {
		known := slices.ContainsFunc(c.p.Tiers, func(t Tier) bool { return t.ID == f.tier })
		if f.tier != "" && f.tier != tierBase && !known {
			c.fault(at+f.name, "there is no tier %q", f.tier)
		}
	}
	if m := k.Tier.Move; m != "" && m != moveUp && m != moveDown {
		c.fault(at+"/move", "%q is not one of %s, %s", m, moveUp, moveDown)
	}
}
