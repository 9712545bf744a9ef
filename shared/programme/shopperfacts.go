package programme

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// asking is what the offers of a basket may ask for: the basket, and the shopper as the card knows her. Without a card nothing is known
// of her; then no comparison holds, and the answer says that the fact is unknown. The basket counts as a visit, as its receipt will.
func (p *Programme) asking(h card.Head, shopper card.Profile, r receipt.Receipt, zone *time.Location) known {
	facts := knowing(p.cards)
	facts.receipt(r, r.Lines, zone)
	facts.tier(h.Tier)
	if h.ID != "" && p.asksShopper {
		h.Habits.Visits++
		facts.card(p, h, shopper, day.Of(r.At, zone))
	}
	return facts
}

// askShopper reports whether some offer asks who the shopper is, beyond her tier: most programmes need not look.
func (p *Programme) askShopper(list []offer.Offer) bool {
	beyond := func(field string) bool {
		_, onReceipt := p.receipts.Slot(field)
		return !onReceipt
	}
	return slices.ContainsFunc(list, func(o offer.Offer) bool { return o.When.Asks(beyond) })
}
