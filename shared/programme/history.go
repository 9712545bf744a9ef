package programme

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rfm"
	"github.com/regulars-dev/regulars/shared/rule"
)

// History is what a card did, read up for rules that look back further than its head does. Whoever makes one reads as far back as Reads
// says, or further.
type History struct {
	Bought []Purchase
	Used   []CouponAct // in the order in which they happened
	Mailed []time.Time // marketing e-mails

	Clicked []time.Time // first clicks on marketing e-mails, by people
	Scores  *rfm.Table  // of the newest report; nil before the first
}

// Purchase is a receipt, after its returns.
type Purchase struct {
	At    time.Time
	Store string
	Kept  receipt.Kept
}

// CouponAct is what happened to a coupon: one of card.MarkGranted, MarkRedeemed, MarkReinstated, MarkVoided.
type CouponAct struct {
	At     time.Time
	Mark   byte
	Coupon card.Coupon
}

// ActsOf lists what an entry did to coupons.
func ActsOf(e ledger.Entry) ([]CouponAct, error) {
	var list []CouponAct
	for _, m := range e.Marks {
		switch m.Kind {
		case card.MarkGranted, card.MarkRedeemed, card.MarkReinstated, card.MarkVoided:
			c, err := card.CouponOf(m)
			if err != nil {
				return nil, err
			}
			list = append(list, CouponAct{At: e.At, Mark: m.Kind, Coupon: c})
		}
	}
	return list, nil
}

// Reads is what a rule wants to be read beside a card's head and profile; the zero value is nothing.
type Reads struct {
	Since    time.Time // of all below; zero is all there is
	Receipts bool
	Entries  bool // and with them what they did to coupons
	Lapsed   bool // entries of as long before Since as a coupon lives
	Messages bool
	Scores   bool
}

// EntriesSince is from when on the ledger's entries are to be read.
func (r Reads) EntriesSince() time.Time {
	if !r.Lapsed || r.Since.IsZero() {
		return r.Since
	}
	return r.Since.AddDate(0, 0, -maxGrantDays-2) // two days stand for all that zones can move
}

// Nothing reports whether nothing need be read.
func (r Reads) Nothing() bool { return !r.Receipts && !r.Entries && !r.Messages && !r.Scores }

// Who is a condition of who, made ready: a segment's, or that of a campaign.
type Who struct {
	rules   *Programme
	schema  *rule.Schema
	when    *rule.Compiled
	first   *rule.Compiled // as far as head and profile tell; nil where they tell all
	windows []window
	scores  bool // it asks for them
}

// who makes a condition ready. It may ask for windows of time.
func (c *compiler) who(pointer string, when Condition, schema *rule.Schema) Who {
	faults := len(c.list)
	w := Who{rules: c.p, schema: schema, when: c.when(pointer, when, schema)}
	if len(c.list) > faults || when.IsZero() {
		return w
	}
	parsed, _ := rule.Parse(c.withSegments(pointer, when.Tree)) // it has been read without a fault
	for _, win := range c.p.windows {
		if parsed.Asks(func(field string) bool { return field == win.name }) {
			w.windows = append(w.windows, win)
		}
	}
	w.scores = parsed.Asks(isScore)
	if len(w.windows) > 0 || w.scores {
		w.first, _ = rule.Compile(parsed.Given(func(field string) bool { return !isBeyond(field) }), schema)
	}
	return w
}

// WhoIn is who is in a segment; false where the programme has none of that id.
func (p *Programme) WhoIn(segment string) (Who, bool) {
	s, ok := p.segments[segment]
	return s.who, ok
}

// WhoFor is whom a campaign is for.
func (p *Programme) WhoFor(campaign string) Who { return p.campaigns[campaign].who }

// Programme is the rules that the condition stands in.
func (w Who) Programme() *Programme { return w.rules }

// Looks reports whether more must be read of some cards than their heads and shoppers.
func (w Who) Looks() bool { return w.first != nil }

// Scores reports whether the condition asks where cards stand among all who buy.
func (w Who) Scores() bool { return w.scores }

// May reports whether a card may be meant, as far as its head and its shopper tell. Of those that may not, nothing need be read.
func (w Who) May(h card.Head, shopper card.Profile, now time.Time) bool {
	if w.rules == nil || h.Status != card.Open {
		return false
	}
	if w.first == nil {
		return w.when.Match(w.facts(h, shopper, nil, now))
	}
	return w.first.Match(w.facts(h, shopper, nil, now))
}

// Reads is what must be read of a card to know.
func (w Who) Reads(h card.Head, shopper card.Profile, now time.Time) Reads {
	r := Reads{Scores: w.scores}
	zone := w.zone(shopper)
	for i, win := range w.windows {
		since := win.since(now, zone)
		if i == 0 || since.Before(r.Since) {
			r.Since = since
		}
		switch win.family {
		case windowMailed, windowClicked:
			r.Messages = true
		case windowLapsed:
			r.Entries, r.Lapsed = true, true
		case windowRedeemed, windowGranted:
			r.Entries = true
		default:
			r.Receipts = true
		}
	}
	// Two days stand for all that zones and late receipts can move; a card that bought nothing since has no receipts to be read.
	if last := h.Habits.LastOn; r.Receipts && (last == 0 || !r.Since.IsZero() && last+2 < day.Of(r.Since, zone)) {
		r.Receipts = false
	}
	return r
}

// Holds reports whether a card is meant, by what was read of it.
func (w Who) Holds(h card.Head, shopper card.Profile, history History, now time.Time) bool {
	return w.rules != nil && h.Status == card.Open && w.when.Match(w.facts(h, shopper, &history, now))
}

// Why lists the conditions because of which a card is not meant; nothing for one that is.
func (w Who) Why(h card.Head, shopper card.Profile, history History, now time.Time) []rule.Failure {
	return w.when.Explain(w.facts(h, shopper, &history, now))
}

func (w Who) zone(shopper card.Profile) *time.Location { return w.rules.ShopperZone(shopper.TimeZone) }

// facts are what is known of a card. Without its history nothing is known of any window.
func (w Who) facts(h card.Head, shopper card.Profile, history *History, now time.Time) *rule.Facts {
	k := knowing(w.schema)
	k.card(w.rules, w.rules.AsOf(h, now), shopper, day.Of(now, w.zone(shopper)))
	if history != nil {
		w.told(k, h, *history, w.zone(shopper), now)
	}
	return k.facts
}

// told tells what was read up.
func (w Who) told(k known, h card.Head, history History, zone *time.Location, now time.Time) {
	if w.scores && history.Scores != nil {
		k.scores(*history.Scores, h, day.Of(now, zone))
	}
	for _, win := range w.windows {
		k.window(win, history, zone, now)
	}
}

// window tells what happened within it up to now, now not included.
func (k known) window(w window, history History, zone *time.Location, now time.Time) {
	since := w.since(now, zone)
	within := func(t time.Time) bool { return !t.Before(since) && t.Before(now) }
	switch w.family {
	case windowMailed:
		k.whole(w.name, countOf(history.Mailed, within))
	case windowClicked:
		k.whole(w.name, countOf(history.Clicked, within))
	case windowLapsed:
		k.texts(w.name, lapsed(history.Used, zone, func(t time.Time) bool { return !t.Before(since) && !t.After(now) }))
	case windowGranted, windowRedeemed:
		k.texts(w.name, couponsOf(w.family, history.Used, within))
	default:
		k.bought(w, history.Bought, within)
	}
}

func countOf(moments []time.Time, within func(time.Time) bool) (n int64) {
	for _, at := range moments {
		if within(at) {
			n++
		}
	}
	return n
}

// lapsed lists the offers of coupons whose last day has ended within the window, and that were neither redeemed nor taken back by then.
func lapsed(acts []CouponAct, zone *time.Location, within func(time.Time) bool) []string {
	unused := map[string]CouponAct{} // by the coupon's id
	for _, a := range acts {
		switch a.Mark {
		case card.MarkGranted, card.MarkReinstated:
			unused[a.Coupon.ID] = a
		case card.MarkRedeemed, card.MarkVoided:
			delete(unused, a.Coupon.ID)
		}
	}
	list := []string{}
	for _, a := range unused {
		if within((a.Coupon.ExpiresOn + 1).Start(zone)) && !slices.Contains(list, a.Coupon.Offer) {
			list = append(list, a.Coupon.Offer)
		}
	}
	slices.Sort(list)
	return list
}

// bought tells what was bought. A receipt that came back whole was none.
func (k known) bought(w window, bought []Purchase, within func(time.Time) bool) {
	visits, spent := int64(0), int64(0)
	set := []string{} // known to be empty
	for _, b := range bought {
		if !within(b.At) || b.Kept.Nothing() {
			continue
		}
		visits++
		spent += b.Kept.Net - b.Kept.Money
		if w.family == windowStores && !slices.Contains(set, b.Store) {
			set = append(set, b.Store)
		}
		for _, l := range b.Kept.Lines {
			switch {
			case !l.IsGoods():
			case w.family == windowBought:
				set = appendPath(set, l.Category)
			case w.family == windowArticles && l.SKU != "" && !slices.Contains(set, l.SKU):
				set = append(set, l.SKU)
			}
		}
	}
	switch w.family {
	case windowVisits:
		k.whole(w.name, visits)
	case windowSpent:
		k.whole(w.name, spent)
	default:
		k.texts(w.name, set)
	}
}

// couponsOf lists the offers of coupons that were granted or redeemed. One that a return has given back was not redeemed.
func couponsOf(family string, acts []CouponAct, within func(time.Time) bool) []string {
	mark := byte(card.MarkRedeemed)
	if family == windowGranted {
		mark = card.MarkGranted
	}
	offers := map[string]string{} // by the coupon's id
	for _, a := range acts {
		switch {
		case a.Mark == mark && within(a.At):
			offers[a.Coupon.ID] = a.Coupon.Offer
		case a.Mark == card.MarkReinstated && mark == card.MarkRedeemed:
			delete(offers, a.Coupon.ID)
		}
	}
	list := []string{}
	for _, offer := range offers {
		if !slices.Contains(list, offer) {
			list = append(list, offer)
		}
	}
	slices.Sort(list)
	return list
}
