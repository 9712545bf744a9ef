package programme

import (
	"math/big"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rule"
)

// basis says what an earning rule counts.
type basis byte

const (
	perMoney basis = iota
	perItem
	perVisit
	perFirst
	times // it counts nothing and multiplies what the others bring
)

// earning is a rule of points, ready to be asked.
type earning struct {
	EarnRule
	basis       basis
	per         int64    // minor units, of a rule per money
	factor      *big.Rat // of a multiplier
	from, until day.Day
	chosen      offer.Selection
	when        *rule.Compiled
}

// found is what a receipt found on its card and what its points depend on beside the receipt. It stands in the receipt's entry, so
// that a return can reckon with it years later.
type found struct {
	tier  string
	first bool     // no receipt was counted before
	used  []string // offers of the coupons that it redeemed
	times []string // offers that multiply points which it has had
}

func (p *Programme) foundBy(r receipt.Receipt, sale ledger.Entry) found {
	used := redeemedOffers(sale.Marks)
	return found{tier: sale.From, first: card.First(sale), used: used, times: p.had(r, used)}
}

func redeemedOffers(marks []ledger.Mark) []string {
	var list []string
	for _, m := range marks {
		if m.Kind != card.MarkRedeemed {
			continue
		}
		if c, err := card.CouponOf(m); err == nil { // giveBack tells a mark that cannot be read
			list = append(list, c.Offer)
		}
	}
	return list
}

// uses counts the coupons to an offer.
func (f found) uses(offer string) (n int64) {
	for _, used := range f.used {
		if used == offer {
			n++
		}
	}
	return n
}

// shows is what a basket would find on a card with the coupons that are shown.
func (p *Programme) shows(h card.Head, r receipt.Receipt) found {
	at := p.findsOn(h, h.Tier)
	for i, id := range r.Coupons {
		if c, ok := h.Find(id); ok && !slices.Contains(r.Coupons[:i], id) {
			at.used = append(at.used, c.Offer)
		}
	}
	return at
}

// worth is what the kept part of a receipt is worth in points, and the whole points that the cap has cut off.
//
// Rates are fractions, so the sum over all lines is kept exact to the end. Then it is cut once: to whole points, or where a programme
// carries over, to grains, so that the rest waits for the next receipt.
func (p *Programme) worth(r receipt.Receipt, kept receipt.Kept, at found) (w ledger.Worth, capped int64) {
	lines := linesOf(r, kept)
	holding := p.holding(r, lines, at)
	sum, eligible := new(big.Rat), int64(0)
	for _, l := range lines {
		if brings := p.lineWorth(holding, l); brings != nil {
			sum.Add(sum, brings)
			eligible += l.Net()
		}
	}
	sum.Mul(sum, p.paidShare(kept, eligible))
	if len(r.Tenders) > 0 {
		sum.Mul(sum, p.inMoney(r, kept))
	}
	if !kept.Nothing() {
		for _, rule := range holding {
			if rule.basis == perVisit || rule.basis == perFirst && at.first {
				sum.Add(sum, new(big.Rat).SetInt64(rule.Points))
			}
		}
	}
	if sum.Sign() < 0 {
		return ledger.Worth{}, 0
	}
	if w = ledger.WorthOf(sum); !p.Points.CarryOver {
		w = w.Whole()
	}
	if most := p.Points.ReceiptCap; most > 0 && w.Points >= most {
		return ledger.Worth{Points: most}, w.Points - most
	}
	return w, 0
}

// holding lists the rules whose window and condition hold for the lines of a receipt.
func (p *Programme) holding(r receipt.Receipt, lines []receipt.Line, at found) []earning {
	zone := p.Zone(r.Key.Store)
	on := day.Of(r.At, zone)
	facts := knowing(p.receipts)
	facts.receipt(r, lines, zone)
	facts.tier(at.tier)
	var list []earning
	for _, rule := range p.earn {
		if rule.from <= on && (rule.until == 0 || on <= rule.until) && rule.when.Match(facts.facts) {
			list = append(list, rule)
		}
	}
	return append(list, p.multiplying(r, lines, at.times)...)
}

// paidShare is the share of its lines' points that a receipt earns. Money that was paid back without naming goods lessens every line
// alike, and so does a deduction that stands on a line of its own: no receipt earns for more than was paid. Where a programme counts
// prices before discounts, a deduction is one of them.
func (p *Programme) paidShare(kept receipt.Kept, eligible int64) *big.Rat {
	share := big.NewRat(1, 1)
	if kept.Money > 0 {
		share.Mul(share, big.NewRat(kept.Net-kept.Money, kept.Net))
	}
	if paid := max(kept.Net, 0); eligible > paid && p.Points.On != OnGross {
		share.Mul(share, big.NewRat(paid, eligible))
	}
	return share
}

// lineWorth is what a line brings by the rules that hold for it, combined as the programme says; nil if no rule counts it.
//
// A line that costs nothing brings nothing by its pieces, and one below zero, such as a deposit, takes back by the best rate.
func (p *Programme) lineWorth(rules []earning, l receipt.Line) *big.Rat {
	price, offered := l.Net(), asOffered(l)
	if p.neverEarns(&offered) {
		return nil
	}
	if p.Points.On == OnGross {
		price = l.Amount
	}
	var rate, pieces, sum, factor *big.Rat
	for _, r := range rules {
		if !r.chosen.Takes(&offered) {
			continue
		}
		switch r.basis {
		case perMoney:
			rate = p.join(rate, big.NewRat(r.Points, r.per))
		case perItem:
			if price > 0 {
				pieces = p.join(pieces, new(big.Rat).Mul(big.NewRat(r.Points, 1), big.NewRat(l.Quantity, 1)))
			}
		case times:
			factor = p.multiply(factor, r.factor)
		}
	}
	if rate != nil {
		sum = rate.Mul(rate, big.NewRat(price, 1))
	}
	if pieces != nil {
		sum = p.join(sum, pieces)
	}
	if sum != nil && factor != nil {
		sum.Mul(sum, factor)
	}
	return sum
}

// join combines what two rules bring: their sum where the programme adds, else the better one.
func (p *Programme) join(a, b *big.Rat) *big.Rat {
	switch {
	case a == nil:
		return b
	case p.Points.Combine == CombineAdd:
		return a.Add(a, b)
	case b.Cmp(a) > 0:
		return b
	}
	return a
}

// multiply combines two multipliers: double and triple are triple, four times (once, once more and twice more) or six times.
func (p *Programme) multiply(a, b *big.Rat) *big.Rat {
	switch {
	case a == nil:
		return b
	case p.Points.Combine == CombineAdd:
		sum := new(big.Rat).Add(a, b)
		return sum.Sub(sum, big.NewRat(1, 1))
	case p.Points.Combine == CombineMultiply:
		return new(big.Rat).Mul(a, b)
	case b.Cmp(a) > 0:
		return b
	}
	return a
}

// earnable is the points that a purchase may still earn on a card: as far as the programme's cap, if it has one. The cap is asked of the
// card as a receipt finds it, so it depends on what was spent before; a return takes back what was earned, and frees the room.
func (p *Programme) earnable(b ledger.Book) int64 {
	if most := p.Points.BalanceCap; most > 0 {
		return min(room(b), max(0, most-b.Balance))
	}
	return room(b)
}

// credit posts what a receipt is worth into its entry: the points, and as marks what returns and tills have to know of it later.
func (p *Programme) credit(h card.Head, e ledger.Entry, r receipt.Receipt, at found, now time.Time) (card.Head, ledger.Entry) {
	kept, _ := r.After(nil) // without returns nothing can be too much
	full, capped := p.worth(r, kept, at)
	on := day.Of(r.At, p.Zone(r.Key.Store))
	h, w, brings := p.cap(h, on, p.today(now), full, ledger.Worth{Points: p.earnable(h.Book)})
	capped += full.Minus(brings).Points
	h.Book, e.Points = h.Book.Carry(brings)
	if at.first {
		e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkFirst})
	}
	if w != (ledger.Worth{Points: e.Points}) {
		e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkWorth, Text: w.String()})
	}
	if brings != w {
		e.Marks = append(e.Marks, card.Through(brings))
	}
	if capped > 0 {
		e.Marks = append(e.Marks, card.Capped(capped))
	}
	return h, e
}

// findsOn is what a receipt finds on a card. Whether it is the first is asked only where a rule wants to know: of receipts that come in
// another order than they were made, the one that comes first is the first, once in the life of a card.
func (p *Programme) findsOn(h card.Head, tier string) found {
	at := found{tier: tier}
	for _, rule := range p.earn {
		at.first = at.first || rule.basis == perFirst && h.Habits.FirstOn == 0
	}
	return at
}

// promised is what a receipt would earn on a card as it is now.
func (p *Programme) promised(h card.Head, r receipt.Receipt, kept receipt.Kept, times []string) int64 {
	at := p.shows(h, r)
	at.times = times
	w, _ := p.worth(r, kept, at)
	on := day.Of(r.At, p.Zone(r.Key.Store))
	if window, is := p.withinCap(h, on, on); is {
		w = window.lets(w)
	}
	_, points := h.Book.Carry(w)
	return min(points, p.earnable(h.Book))
}
