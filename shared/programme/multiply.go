package programme

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rule"
)

// multiplier is an offer that takes nothing off: its lines earn more. It may be open to everybody, or had for a coupon or a code. That it
// was had is told by the receipt, as with any offer; what depends on the goods is asked again of those that are kept.
type multiplier struct {
	earning
	offer   Offer
	written offer.Offer     // for the engine: it makes its lines free
	priced  *offer.Compiled // it alone: whether it would make lines free is whether it applies
	again   *offer.Compiled // the same without what held when the till applied it: hours, coupon, who the shopper is
}

// multiplierOffer reads an offer of points. What says how much money comes off has no place in it.
func (c *compiler) multiplierOffer(at string, o Offer) {
	stray := o.Percent != "" || o.Amount != "" || o.Price != "" || o.Free != nil || o.Every != "" || o.Cap != "" || o.CapPiece != "" ||
		o.On != "" || o.Each != "" || o.Spread != "" || o.Group != "" || o.Stack != ""
	if stray || o.After || len(o.Steps)+len(o.Set) > 0 || o.Pieces != 0 || o.Times != 0 || o.Priority != 0 {
		c.fault(at, "an offer of points_times takes nothing off; beside it stand lines, min_basket, min_pieces, when, windows, days, coupon and codes alone")
	}
	if l := o.Limits; l != nil && (l.Money != "" || !o.Coupon && o.Code == "" && !o.Codes) {
		c.fault(at+"/limits", "an offer of points costs no money and is limited by its coupons or codes; use points.caps to bound what a card earns")
	}
	made := multiplier{offer: o, earning: earning{EarnRule: EarnRule{ID: o.ID, Times: o.PointsTimes}, chosen: c.earningLines(at+"/lines", o.Lines).Compile()}}
	c.factor(at+"/points_times", &made.earning)
	plain := o
	plain.PointsTimes, plain.Percent = "", "100"
	made.written = c.offer(at, plain)
	made.written.Target = offer.OnLines
	policy := offer.Policy{PricesWithout: c.p.Pricing.Prices == "without_tax"}
	var problems []rule.Problem
	if made.priced, problems = offer.Compile([]offer.Offer{made.written}, policy, c.p.cards); len(problems) == 0 {
		made.again, problems = offer.Compile([]offer.Offer{heldAlready(made.written)}, policy, c.p.cards)
	}
	for _, p := range problems {
		c.unreadable(at+p.Path[len("/offers/0"):], "%s", p.Message)
	}
	if made.priced != nil && made.again != nil && !c.isUnread(at) {
		c.p.multipliers[o.ID] = made
	}
}

// heldAlready is an offer that the till has applied, without what is not asked again.
func heldAlready(o offer.Offer) offer.Offer {
	o.Coupon, o.From, o.Until, o.Windows, o.When = false, 0, 0, nil, o.When.Given(changesWithGoods)
	return o
}

// factor reads a multiplier of points.
func (c *compiler) factor(at string, r *earning) {
	r.basis = times
	n, err := strconv.ParseInt(hundredths(r.Times), 10, 64)
	if err != nil || n <= 100 || n > maxTimes*100 {
		c.unreadable(at, "%q is no multiplier above 1 and up to %d with at most two decimals", string(r.Times), maxTimes)
	}
	r.factor = big.NewRat(n, 100)
}

// IsMultiplier reports whether an offer multiplies points and takes nothing off.
func (p *Programme) IsMultiplier(offer string) bool {
	_, is := p.multipliers[offer]
	return is
}

// multiplied is the multipliers as the engine sees them.
func (p *Programme) multiplied() (list []offer.Offer) {
	for _, m := range p.multipliers {
		list = append(list, m.written)
	}
	return list
}

// had lists the multipliers that a receipt has had: for a coupon that was redeemed, for a code, or because the till told of it.
func (p *Programme) had(r receipt.Receipt, redeemed []string) []string {
	if len(p.multipliers) == 0 {
		return nil
	}
	var list []string
	add := func(id string, is bool) {
		if is && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	for _, id := range redeemed {
		add(id, p.IsMultiplier(id))
	}
	for _, u := range r.Uses {
		add(u.Offer, p.IsMultiplier(u.Offer) && u.Code != "" && u.Given())
	}
	for _, u := range r.Offers {
		m, is := p.multipliers[u.Offer]
		add(u.Offer, is && !m.offer.Coupon && m.offer.Code == "" && !m.offer.Codes)
	}
	slices.Sort(list)
	return list
}

// multiplying is those of the multipliers that a receipt has had which hold for the goods that are kept, as rules of points.
func (p *Programme) multiplying(r receipt.Receipt, lines []receipt.Line, had []string) []earning {
	var list []earning
	r.Goods = r.WithoutMinimums()
	for _, id := range had {
		m, is := p.multipliers[id]
		if !is {
			continue
		}
		again, err := p.priceAgain(r, m.again, lines)
		if err == nil && slices.ContainsFunc(again, func(l receipt.Line) bool { return l.Amount > 0 && l.Discount > 0 }) {
			list = append(list, m.earning)
		}
	}
	return list
}

// considerTimes answers for each multiplier of points as the engine answers for other offers, behind them and in order of their ids.
func (p *Programme) considerTimes(priced *offer.Priced, b offer.Basket, facts *rule.Facts, held []offer.Held, at offer.Moment) error {
	var told []offer.Considered
	b.Lines = slices.Clone(b.Lines)
	for i := range b.Lines {
		b.Lines[i].FloorMinor = 0 // nothing comes off, so no least price stands against it
	}
	for _, m := range p.multipliers {
		alone, err := offer.Price(b, m.priced, facts, of(m.offer.ID, held), at)
		if err != nil {
			return err
		}
		for _, c := range alone.Considered {
			if c.Amount = 0; c.Applied {
				c.Reason, c.Detail = offer.Applied, "its lines earn "+string(m.offer.PointsTimes)+" times"
			}
			told = append(told, c)
		}
	}
	slices.SortStableFunc(told, func(a, b offer.Considered) int { return strings.Compare(a.Offer, b.Offer) })
	priced.Considered = append(priced.Considered, told...)
	return nil
}

// of is what is held of one offer.
func of(id string, held []offer.Held) []offer.Held {
	return slices.DeleteFunc(slices.Clone(held), func(h offer.Held) bool { return h.Offer != id })
}

// appliedTimes lists the multipliers that apply to a basket.
func (p *Programme) appliedTimes(priced offer.Priced) (list []string) {
	for _, c := range priced.Considered {
		if c.Applied && p.IsMultiplier(c.Offer) {
			list = append(list, c.Offer)
		}
	}
	return list
}
