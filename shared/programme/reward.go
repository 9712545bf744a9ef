package programme

import (
	"slices"
	"strconv"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// handOut hands out the rewards that a counter has brought, and takes back those that it has lost and that are still there: points, and
// coupons that lie in the wallet. What a full wallet has no room for waits for the next time.
func (p *Programme) handOut(h card.Head, e ledger.Entry, s *stamping, first, today day.Day) (card.Head, ledger.Entry) {
	c := h.CounterOf(s.ID, first)
	due := s.due(c)
	if points := s.Grant.Points * (due - c.Given); s.Grant.Offer == "" {
		if points != 0 && points <= max(0, room(h.Book)-e.Points) {
			e, c.Given = s.bonus(e, points), due
		}
		return h.Count(c), e
	}
	for ; c.Given < due; c.Given++ {
		coupon := s.reward(h, first, c.Given+1, today)
		next, ok := h.Put(coupon)
		if _, taken := h.Find(coupon.ID); taken || !ok {
			if next, ok = h.Sweep(today).Put(coupon); taken || !ok {
				e.Marks = append(e.Marks, card.NotTaken(s.ID, CouponNoRoom))
				break
			}
		}
		h, e.Marks = next, append(e.Marks, coupon.Mark(card.MarkGranted))
		if s.Grant.Points > 0 {
			e = s.bonus(e, s.Grant.Points)
		}
	}
	for ; c.Given > due; c.Given-- {
		i := slices.IndexFunc(h.Wallet, func(k card.Coupon) bool { return k.ID == s.reward(h, first, c.Given, today).ID })
		if i < 0 {
			i = slices.IndexFunc(h.Wallet, func(k card.Coupon) bool { return k.Campaign == s.ID })
		}
		if i < 0 {
			break // it was used
		}
		gone := h.Wallet[i]
		h, e.Marks = h.Take(gone.ID), append(e.Marks, gone.Mark(card.MarkVoided))
		if s.Grant.Points > 0 {
			e = s.bonus(e, -s.Grant.Points)
		}
	}
	return h.Count(c), e
}

// bonus posts points that stamps have brought, or have lost.
func (s *stamping) bonus(e ledger.Entry, points int64) ledger.Entry {
	e.Points += points
	e.Marks = append(e.Marks, card.Bonus{By: s.ID, Points: points}.Mark())
	return e
}

// reward is the n-th coupon that a window of these stamps brings a card. Its id does not depend on which receipt brings it.
func (s *stamping) reward(h card.Head, first day.Day, n int64, today day.Day) card.Coupon {
	return card.Coupon{
		ID:    ids.Derive(couponLength, h.ID, "stamps", s.ID, first.String(), strconv.FormatInt(n, 10)),
		Offer: s.Grant.Offer, Campaign: s.ID, ExpiresOn: today + day.Day(s.Grant.Days),
	}
}

// advance puts into the wallet the rewards that a receipt has redeemed at once, and names them all: a quote offers the tenth coffee of a
// basket for nothing when the nine beside it fill the card, and one coupon stands for all that it offers. It is believed, for the till
// has let the goods go; receipts that arrive late fill the card.
func (p *Programme) advance(h card.Head, marks []ledger.Mark, r receipt.Receipt, on, today day.Day) (_ card.Head, _ []ledger.Mark, named []string) {
	named = r.Coupons
	for i := range p.stamps {
		s := &p.stamps[i]
		first, open := s.open(on, today)
		if !open || !s.inBasket() || len(r.Coupons) == 0 {
			continue
		}
		c := h.CounterOf(s.ID, first)
		most := int64(0)
		for n := int64(1); n <= maxAtOnce; n++ {
			if id := s.reward(h, first, c.Given+n, on).ID; slices.Contains(r.Coupons, id) {
				most = n
			}
		}
		for range most {
			c.Given++
			coupon := s.reward(h, first, c.Given, max(on, today))
			h.Wallet = append(slices.Clone(h.Wallet), coupon) // it leaves with this receipt, so a full wallet is no hindrance
			marks, named = append(marks, coupon.Mark(card.MarkGranted)), append(slices.Clone(named), coupon.ID)
		}
		h = h.Count(c)
	}
	return h, marks, named
}

// maxAtOnce is how many rewards one basket brings at once. More are granted as coupons.
const maxAtOnce = 10

// inBasket reports that a reward can be had in the basket that fills the card.
func (s *stamping) inBasket() bool { return s.Buy > 0 && s.again() && s.Grant.Offer != "" }

// inReach lists the rewards that a basket itself would bring, if the pieces beside the free ones are paid for: of twelve coffees on an
// empty card of nine one is free, of twenty two are.
func (p *Programme) inReach(h card.Head, r receipt.Receipt, on day.Day) []offer.Held {
	kept, err := r.After(nil)
	if err != nil || h.ID == "" {
		return nil
	}
	var list []offer.Held
	for i := range p.stamps {
		s := &p.stamps[i]
		first, open := s.open(on, on)
		if !open || !s.inBasket() {
			continue
		}
		pieces, _ := p.stampsFor(s, r, kept, p.shows(h, r))
		c, free, most := h.CounterOf(s.ID, first), int64(0), int64(1)
		if o := p.offers[s.Grant.Offer].On; o == string(offer.OnCheapest) || o == string(offer.OnDearest) {
			most = maxAtOnce
		}
		for free < min(pieces, most) && max(0, c.Sum+pieces-free-1)/s.Buy > c.Given+free {
			free++
		}
		if free > 0 {
			list = append(list, offer.Held{ID: s.reward(h, first, c.Given+free, on).ID, Offer: s.Grant.Offer, Until: on, Times: free})
		}
	}
	return list
}
