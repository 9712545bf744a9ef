package programme

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// speak does what a campaign says, marked in the entry of its cause: points, a coupon into the wallet, or a message alone. A wallet that
// is full gets no coupon and no message about one.
func (p *Programme) speak(h card.Head, e ledger.Entry, c Campaign, today day.Day) (card.Head, ledger.Entry) {
	if c.Grant != nil && c.Grant.Points > 0 {
		e = p.grantPoints(h, e, c)
	}
	if c.Grant == nil || c.Grant.Offer == "" {
		if c.Message != nil || c.HasSteps() {
			e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkMessage, Text: c.ID})
		}
		return h, e
	}
	coupon := card.Coupon{Offer: c.Grant.Offer, Campaign: c.ID, ExpiresOn: today + day.Day(c.Grant.Days)}
	for n := 0; coupon.ID == "" || held(h, e.Marks, coupon.ID); n++ {
		coupon.ID = ids.Derive(couponLength, h.ID, e.Cause, c.ID, fmt.Sprint(n))
	}
	next, ok := h.Put(coupon)
	if !ok {
		next, ok = h.Sweep(today).Put(coupon) // expired ones that wait for late receipts give way
	}
	if !ok {
		e.Marks = append(e.Marks, card.NotTaken(c.ID, CouponNoRoom))
		return h, e
	}
	e.Marks = append(e.Marks, coupon.Mark(card.MarkGranted))
	return next, e
}

// grantPoints adds the points of a campaign to the entry, as far as the card has room. No tier is reached by them.
func (p *Programme) grantPoints(h card.Head, e ledger.Entry, c Campaign) ledger.Entry {
	points := min(c.Grant.Points, max(0, room(h.Book)-e.Points))
	if points == 0 {
		return e
	}
	e.Points += points
	e.Marks = append(e.Marks, card.Bonus{By: c.ID, Points: points}.Mark())
	return e
}

// takeBonuses takes back what campaigns granted for a receipt of which nothing is left. What stamps brought goes with the stamps.
func (p *Programme) takeBonuses(e, sale ledger.Entry) (ledger.Entry, error) {
	granted, err := card.Bonuses(sale)
	for _, b := range granted {
		if p.stampsOf(b.By) != nil {
			continue
		}
		b.Points = -b.Points
		e.Points += b.Points
		e.Marks = append(e.Marks, b.Mark())
	}
	return e, err
}
