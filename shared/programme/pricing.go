package programme

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Catalogue is what a till tells of the goods on the lines of a basket, by the id of the line. Of receipts see GoodsToKeep.
type Catalogue map[string]offer.Goods

// Quote is Price, and what the basket would earn if it were paid for now.
func (p *Programme) Quote(h card.Head, r receipt.Receipt, goods Catalogue, now time.Time) (offer.Priced, int64, error) {
	return p.QuoteWithout(nil, h, card.Profile{}, r, goods, now)
}

// Spent says of which offers nothing is left for a basket, by id, and why.
type Spent map[string]offer.Reason

// QuoteWithout is Quote for a shopper who is known, where some offers are used up.
func (p *Programme) QuoteWithout(spent Spent, h card.Head, shopper card.Profile, r receipt.Receipt, goods Catalogue, now time.Time) (offer.Priced, int64, error) {
	h = p.AsOf(h, now)
	priced, err := p.price(spent, h, shopper, r, goods)
	if err != nil {
		return offer.Priced{}, 0, err
	}
	return priced, p.pointsFor(r, priced, h), nil
}

// Price takes the offers off a basket for a card as it is now, with the coupons that are shown and the codes among its uses. A zero
// Head is a shopper without a card. Nothing is changed and nothing is reserved.
func (p *Programme) Price(h card.Head, r receipt.Receipt, goods Catalogue) (offer.Priced, error) {
	return p.price(nil, h, card.Profile{}, r, goods)
}

func (p *Programme) price(spent Spent, h card.Head, shopper card.Profile, r receipt.Receipt, goods Catalogue) (offer.Priced, error) {
	zone := p.Zone(r.Key.Store)
	facts := p.asking(h, shopper, r, zone)
	basket := offer.Basket{Currency: r.Total.Currency, Lines: make([]offer.Line, len(r.Lines)), Spent: spent}
	for i, l := range r.Lines {
		basket.Lines[i] = asOffered(l)
		basket.Lines[i].Goods = goods[l.ID]
	}
	var held []offer.Held
	for _, id := range r.Coupons {
		if c, ok := h.Find(id); ok {
			held = append(held, offer.Held{ID: c.ID, Offer: c.Offer, Until: c.ExpiresOn})
		}
	}
	for _, u := range r.Uses {
		if u.Code != "" && u.Given() {
			held = append(held, offer.Held{ID: u.Code, Offer: u.Offer})
		}
	}
	held = append(held, p.inReach(h, r, day.Of(r.At, zone))...)
	moment := offer.At(r.At, zone)
	if len(p.multipliers) == 0 {
		return offer.Price(basket, p.priced, facts.facts, held, moment)
	}
	ofPrices := slices.DeleteFunc(slices.Clone(held), func(h offer.Held) bool { return p.IsMultiplier(h.Offer) })
	priced, err := offer.Price(basket, p.priced, facts.facts, ofPrices, moment)
	if err == nil {
		err = p.considerTimes(&priced, basket, facts.facts, held, moment)
	}
	return priced, err
}

// pointsFor is what the priced basket would earn if it were paid for now. Prices stay as the till told them, with its own cuts and
// those of the offers beside them, for a programme may count what stood there before all discounts.
func (p *Programme) pointsFor(r receipt.Receipt, priced offer.Priced, h card.Head) int64 {
	r = Discounted(r, priced)
	kept, err := r.After(nil)
	if err != nil {
		return 0
	}
	return p.promised(h, r, kept, p.appliedTimes(priced))
}

// Discounted is the receipt that a basket would become at the prices of its quote.
func Discounted(r receipt.Receipt, priced offer.Priced) receipt.Receipt {
	off := make(map[string]int64, len(priced.Lines))
	for i := range priced.Lines {
		off[priced.Lines[i].ID] = priced.Lines[i].Discount
	}
	r.Lines = slices.Clone(r.Lines)
	for i := range r.Lines {
		r.Lines[i].Discount += off[r.Lines[i].ID]
	}
	return r
}
