package programme

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const (
	// lateCoupon is how long an expired coupon stays in the wallet, for receipts that were made in time and arrive late.
	lateCoupon = 14 // days

	// reinstatedFor is how long a coupon that a return gives back is good at least.
	reinstatedFor = 14 // days

	// couponLength is the characters of a coupon's id: 30 bits, and a coupon is only good on its own card.
	couponLength = 6
)

// Why a coupon named on a receipt was not redeemed, or one was not granted or given back.
const (
	CouponUnknown = "unknown" // not in the card's wallet, or used already
	CouponExpired = "expired" // its last day lay before the receipt's
	CouponNoRoom  = "wallet_full"
	CouponIDTaken = "id_taken" // another live coupon of the card was given the same id meanwhile
	CouponSpent   = "spent"    // its offer does not give it back with the goods
)

// Checkout is what a receipt does to its card, by the rules of this version: coupons redeemed, points earned, the tier, and what
// campaigns grant. A head without EnrolledOn is a card that this swipe enrols.
func (p *Programme) Checkout(h card.Head, shopper card.Profile, r receipt.Receipt, now time.Time) card.Head {
	zone := p.Zone(r.Key.Store)
	on := day.Of(r.At, zone)
	e := ledger.Entry{Cause: r.Key.String(), Kind: ledger.Earn, At: r.At.UTC().Truncate(time.Second)}
	if h.EnrolledOn == 0 {
		h.EnrolledOn = on
		h = p.welcome(h, shopper, r.Key.Store, r.At)
		e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkEnrolled, Text: r.Key.Store})
	}
	h = p.AsOf(h, now)
	before := h.Tier
	e.From = p.ladder.held(h, on)
	h, marks, named := p.advance(h, e.Marks, r, on, day.Of(now, zone))
	h, e.Marks = redeem(h, marks, named, on)
	h, e.Marks = p.countUses(h, e.Marks, r, on)
	e.Marks = p.saved(e.Marks, r)

	h, e = p.spend(h, e, r, now)
	at := p.findsOn(h, e.From)
	at.used = redeemedOffers(e.Marks)
	at.times = p.had(r, at.used)
	h, e = p.credit(h, e, r, at, now)
	kept, _ := r.After(nil) // without returns nothing can be too much
	h, e.To = p.qualify(h, e, r, kept, now)
	habits := h.Habits
	h.Habits = visited(h.Habits, on, kept.Net)
	h = p.attribute(h, on, kept.Net, e)
	h, changed := p.takes(h, habits, e, on, day.Of(now, zone), kept.Net)
	h, e = p.said(h, e, shopper, r, kept, changed, on, day.Of(now, zone))
	h, e = p.stamp(h, e, r, at, now)
	h = p.postEarned(h, e, h.OriginOf(r.Card), on, now)
	if tier := h.Tier; tier != before && e.To == e.From { // it comes late, and takes back what a review has told since
		h.Tier = before
		h = p.move(h, tier, p.today(now))
	}
	return h
}

// room is the points that a card may still earn. The contract ends a balance at events.MaxPoints: one beyond it could be told to nobody,
// and its change would hold up those behind it.
func room(b ledger.Book) int64 { return max(0, events.MaxPoints-b.Balance) }

// qualify counts a receipt towards the tier, and tells the tier after the entry: the one that the card has now if the receipt has moved
// it, else the one that the receipt was decided under. So one that arrives late tells of a rise that it still brings, and never of a
// fall that is none.
func (p *Programme) qualify(h card.Head, e ledger.Entry, r receipt.Receipt, kept receipt.Kept, now time.Time) (card.Head, string) {
	l, today, before := p.now(), p.today(now), h.Tier
	on := day.Of(r.At, p.Zone(r.Key.Store))
	h, n := p.capCount(h, on, today, p.counted(r, kept, p.foundBy(r, e), e.Points))
	h = l.add(h, on, today, n)
	h.Tier = l.held(h, today)
	if h.Tier == before {
		return h, e.From
	}
	return h, h.Tier
}

// Begin is the head of a card that is enrolled without a receipt, with what its enrolment brings.
func (p *Programme) Begin(id, store string, shopper card.Profile, at time.Time) card.Head {
	return p.welcome(card.Head{ID: id, EnrolledOn: day.Of(at, p.Zone(store))}, shopper, store, at)
}

// Shown is AsOf for a person's eyes: without the coupons that are kept only for receipts that arrive late.
func (p *Programme) Shown(h card.Head, now time.Time) card.Head {
	return p.AsOf(h, now).Sweep(day.Of(now, p.zone))
}

// AsOf is the head at a moment: points whose day has come can be spent, those whose last day has passed are posted as expired, coupons
// long past theirs are gone, and the tier is that of the day.
func (p *Programme) AsOf(h card.Head, now time.Time) card.Head {
	today := day.Of(now, p.zone)
	h = p.expire(h, today)
	h = h.Sweep(today - lateCoupon)
	if len(h.Holds) > 0 {
		h = h.Release("", now)
	}
	return p.review(p.closeWindows(h, today), today)
}

// redeem takes the coupons that a receipt names out of the wallet.
func redeem(h card.Head, marks []ledger.Mark, named []string, on day.Day) (card.Head, []ledger.Mark) {
	for i, id := range named {
		if slices.Contains(named[:i], id) {
			continue
		}
		c, ok := h.Find(id)
		switch {
		case !ok:
			marks = append(marks, card.NotTaken(id, CouponUnknown))
		case c.ExpiresOn < on:
			marks = append(marks, card.NotTaken(id, CouponExpired))
		default:
			h = h.Take(id)
			marks = append(marks, c.Mark(card.MarkRedeemed))
		}
	}
	return h, marks
}

// asOffered is a line as the discount engine sees it.
func asOffered(l receipt.Line) offer.Line {
	return offer.Line{ID: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Quantity: l.Quantity, Amount: l.Net()}
}

// linesOf is what is kept of a receipt, line by line. One that names no lines is a single line of goods.
func linesOf(r receipt.Receipt, kept receipt.Kept) []receipt.Line {
	if len(r.Lines) == 0 && kept.Net > 0 {
		return []receipt.Line{{Quantity: 1, Amount: kept.Net}}
	}
	return kept.Lines
}

func visited(b card.Habits, on day.Day, net int64) card.Habits {
	b.Visits++
	b.Spent += net
	b.LastOn = max(b.LastOn, on)
	if b.FirstOn == 0 || on < b.FirstOn {
		b.FirstOn = on
	}
	return b
}

func held(h card.Head, marks []ledger.Mark, id string) bool {
	if _, live := h.Find(id); live {
		return true
	}
	for _, m := range marks {
		if c, err := card.CouponOf(m); err == nil && c.ID == id {
			return true
		}
	}
	return false
}

// Occasion is what a campaign of dates does to a card on the day on which it speaks; false if its rule does not hold or the card takes
// no part. What it grants is good from then on, and its days are counted from the day that is kept, if that lies ahead.
func (p *Programme) Occasion(h card.Head, shopper card.Profile, k Kept, now time.Time) (card.Head, bool) {
	c, today := k.Campaign, k.spokenOn
	if h.Status != card.Open {
		return h, false
	}
	h = p.AsOf(h, now)
	facts := knowing(p.cards)
	facts.card(p, h, shopper, today)
	if !p.campaigns[c.ID].when.Match(facts.facts) {
		return h, false
	}
	e := ledger.Entry{Cause: k.Cause(), Kind: ledger.Grant, At: today.Start(p.zone).UTC(), From: h.Tier, To: h.Tier}
	c = c.In(p.ArmOf(c.ID, h))
	c.Arms = nil // its grant is another from here on
	if ahead := int(k.Day - today); c.Grant != nil && ahead > 0 {
		later := *c.Grant
		later.Days += ahead
		c.Grant = &later
	}
	h, e = p.address(h, e, c, today)
	h.Book = h.Book.Post(e, p.expiresOn(today, h.Tier))
	return h, true
}

// Return is what the newest of a receipt's returns does to its card. sale is the receipt's own entry. It posts the difference between
// what the receipt is worth before and after, by the rules and the tier of the receipt's own day; when nothing is left, coupons that it
// used come back and coupons that it brought are void.
//
// Points are a function of what is kept, so the order and the split of returns do not matter. They never come to more than the receipt has
// earned; but a return may bring back a part of what one before it took, where less goods are worth more.
func (p *Programme) Return(h card.Head, shopper card.Profile, r receipt.Receipt, sale ledger.Entry, returns []receipt.Return, cause string, now time.Time) (card.Head, error) {
	was, left, before, after, err := p.change(r, sale, returns)
	if err != nil {
		return h, err
	}
	h = p.AsOf(h, now)
	newest := returns[len(returns)-1]
	sold := day.Of(r.At, p.Zone(r.Key.Store))
	e := ledger.Entry{Cause: cause, Kind: ledger.Reverse, At: newest.At.UTC().Truncate(time.Second), From: h.Tier}
	if h, e, err = p.unspend(h, e, r, sale, before.Kept, after.Kept, now); err != nil {
		return h, err
	}
	l, today := p.now(), p.today(now)
	h, change, err := p.uncap(h, sold, today, sale, was, left)
	if err != nil {
		return h, err
	}
	h.Book, e.Points = h.Book.Carry(lesser(change, ledger.Worth{Points: room(h.Book)}))
	h, counts := p.capCount(h, sold, today, -p.uncounted(r, sale, before, after, -e.Points))
	h = l.takeBack(h, sold, day.Of(newest.At, p.Zone(r.Key.Store)), today, -counts)
	h.Tier = l.held(h, today)
	e.To = h.Tier
	habits := h.Habits
	h.Habits.Spent += after.paid - before.paid
	h = p.attribute(h, sold, after.paid-before.paid, sale)
	if after.gone {
		h.Habits.Visits--
	}
	h, _ = p.takes(h, habits, e, sold, today, after.paid-before.paid)
	if after.gone {
		var marks []ledger.Mark
		if h, marks, err = p.giveBack(h, sale, newest, day.Of(newest.At, p.Zone(r.Key.Store))); err != nil {
			return h, err
		}
		e.Marks = append(e.Marks, marks...)
		if e, err = p.takeBonuses(e, sale); err != nil {
			return h, err
		}
	}
	if h, e, err = p.unstamp(h, e, r, sale, returns, now); err != nil {
		return h, err
	}
	h, e = p.saidBack(h, e, shopper, r, len(returns), today)
	return p.postReturned(h, e, h.OriginOf(r.Card), sold, sale.From, now), nil
}
