package programme

import (
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rule"
)

// offerRules turns the offers of the document into those of the discount engine.
func (c *compiler) offerRules() {
	c.count("/offers", len(c.p.Offers), MaxOffers)
	seen := map[string]bool{}
	var list []offer.Offer
	for i, o := range c.p.Offers {
		at := "/offers/" + strconv.Itoa(i)
		c.id(at+"/id", o.ID, seen)
		c.p.offers[o.ID] = o
		made := offer.Offer{
			ID: o.ID, Name: o.Name, Target: offer.Target(o.On), Cap: c.amount(at+"/cap", o.Cap), MinBasket: c.amount(at+"/min_basket", o.MinBasket),
			Coupon: o.Coupon, Priority: o.Priority, Group: o.Group, Select: o.Lines.selector(),
			From: c.day(at+"/from", o.From), Until: c.day(at+"/until", o.Until),
		}
		switch {
		case (o.Percent == "") == (o.Amount == ""):
			c.fault(at, "an offer takes off a percent or an amount; give one of the two")
		case o.Percent != "":
			made.Kind, made.BasisPoints = offer.Percent, c.percent(at+"/percent", o.Percent)
		default:
			made.Kind, made.AmountMinor = offer.Fixed, c.amount(at+"/amount", o.Amount)
		}
		if !o.When.IsZero() {
			parsed, problems := rule.Parse(o.When.Tree)
			for _, p := range problems {
				c.fault(at+"/when"+p.Path, "%s", p.Message)
			}
			made.When = parsed
		}
		list = append(list, made)
	}
	if len(c.list) > 0 {
		return // what is wrong with the document would be said again in the engine's words
	}
	compiled, problems := offer.Compile(list, c.p.receipts)
	for _, p := range problems {
		c.fault("/offers"+p.Path, "%s", p.Message)
	}
	c.p.priced = compiled
}

func (c *compiler) day(pointer, text string) day.Day {
	if text == "" {
		return 0
	}
	d, err := day.Parse(text)
	if err != nil {
		c.fault(pointer, "%v", err)
	}
	return d
}

const wholePercent = 10_000 // basis points

// percent reads "12.5" as basis points, exactly.
func (c *compiler) percent(pointer string, d Decimal) int64 {
	whole, fraction, _ := strings.Cut(string(d), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:max(2, len(fraction))], 10, 64)
	if err != nil || len(fraction) > 2 || n < 1 || n > wholePercent {
		c.fault(pointer, "%q is no percentage from 0.01 to 100 with at most two decimals", string(d))
	}
	return n
}

func (l *Lines) selector() offer.Selector {
	if l == nil {
		return offer.Selector{}
	}
	return offer.Selector{SKUs: l.SKUs, Categories: l.Categories, Kinds: l.Kinds, ExcludeCategories: l.NotCategories}
}

// Quote prices a basket for a card as of now, with the coupons that are shown, and reckons what it would earn. A zero Head is a
// shopper without a card. Nothing is changed and nothing is reserved.
func (p *Programme) Quote(h card.Head, r receipt.Receipt, now time.Time) (offer.Priced, int64, error) {
	zone := p.Zone(r.Key.Store)
	h = p.AsOf(h, now)
	facts := knowing(p.receipts)
	facts.receipt(r, r.Lines, zone)
	facts.tier(h.Tier)
	basket := offer.Basket{Currency: r.Total.Currency}
	for _, l := range r.Lines {
		basket.Lines = append(basket.Lines, asOffered(l))
	}
	var held []offer.Held
	for _, id := range r.Coupons {
		if c, ok := h.Find(id); ok {
			held = append(held, offer.Held{ID: c.ID, Offer: c.Offer, Until: c.ExpiresOn})
		}
	}
	priced, err := offer.Price(basket, p.priced, facts.facts, held, day.Of(r.At, zone))
	if err != nil {
		return offer.Priced{}, 0, err
	}
	return priced, p.pointsFor(r, priced, h.Tier), nil
}

// pointsFor is what the priced basket would earn if it were paid for now.
func (p *Programme) pointsFor(r receipt.Receipt, priced offer.Priced, tier string) int64 {
	r.Lines = nil
	for _, l := range priced.Lines {
		r.Lines = append(r.Lines, receipt.Line{
			ID: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Quantity: l.Quantity, Amount: l.Amount, Discount: l.Discount,
		})
	}
	kept, err := r.After(nil)
	if err != nil {
		return 0
	}
	return p.points(r, kept, tier)
}
