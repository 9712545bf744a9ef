package offer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Price takes the offers off a basket at a moment. Facts are those of the shopper and basket under the schema of the offers, nil where
// nothing is known; held are the coupons shown. Nothing is changed and nothing is reserved.
//
// It returns ErrInvalid for a basket in another currency, beyond the limits, or with lines that no offer could be reckoned for; a
// coupon that does not apply is no error but an answer.
func Price(b Basket, offers *Compiled, facts *rule.Facts, held []Held, at Moment) (Priced, error) {
	if err := b.check(offers.currency, held); err != nil {
		return Priced{}, err
	}
	p := pricing{offers: offers, lines: slices.Clone(b.Lines), facts: facts, at: at, spent: b.Spent}
	slices.SortFunc(p.lines, func(a, b Line) int { return strings.Compare(a.ID, b.ID) })
	p.considered = make([]entry, 0, len(offers.offers)+len(held))
	p.start = p.open()
	candidates := p.candidates(held)
	best := p.combine(candidates)
	return p.answer(candidates, best), nil
}

// pricing is one call of Price. Lines are in order of their ids.
type pricing struct {
	offers     *Compiled
	lines      []Line
	facts      *rule.Facts
	at         Moment
	spent      map[string]Reason
	goods      lineSet // that count
	start      []stack // the basket as it came
	considered []entry

	// Desk space of apply.
	hits     []int
	takes    []take
	free     []int64
	shares   []money.Share
	parts    []int64
	prorater money.Prorater

	// Baskets half way.
	spare, now, before []stack
}

// entry is an answer with its place in the order of application.
type entry struct {
	place int
	Considered
}

// candidate is an offer that the basket and shopper qualify for: the lines it touches, by index, and the coupon it would use.
type candidate struct {
	*compiled
	place     int
	coupon    string
	lines     lineSet // of sets: of any part
	partLines []lineSet
	sees      lineSet // all that its answer depends on

	chosenPieces int64
	benefit      benefit
	worth        int64 // what it saves by itself
	most         int64 // what it saves at the very most, after whatever others
}

func (p *pricing) consider(place int, c Considered) {
	p.considered = append(p.considered, entry{place, c})
}

func (p *pricing) text(minor int64) string {
	return money.Amount{Minor: minor, Currency: p.offers.currency}.String()
}

// open is the basket as it came, a stack for each line, with the least prices that hold.
func (p *pricing) open() []stack {
	stacks := make([]stack, len(p.lines), 2*len(p.lines)+8)
	for i := range p.lines {
		l := &p.lines[i]
		s := stack{line: i, pieces: l.Quantity, left: l.Amount, floor: min(l.FloorMinor, l.Amount)}
		for n := range p.offers.floors {
			if f := &p.offers.floors[n]; f.chosen.Takes(l) {
				least := f.AmountMinor * l.Quantity
				if f.BasisPoints > 0 {
					least = money.Percent(l.Amount, f.BasisPoints)
				}
				s.floor = min(max(s.floor, least), l.Amount)
			}
		}
		stacks[i] = s
		if l.kind() == GoodsKind && !p.forbidden(l) {
			p.goods.add(i)
		}
	}
	return stacks
}

// forbidden reports whether no offer touches a line.
func (p *pricing) forbidden(l *Line) bool { return p.offers.never != nil && p.offers.never.Takes(l) }

// candidates asks the gates of every offer and answers for those that stay outside, and for coupons that are of no use.
func (p *pricing) candidates(held []Held) (through []candidate) {
	wallet := make(map[string][]Held, len(held))
	for _, h := range held {
		wallet[h.Offer] = append(wallet[h.Offer], h)
	}
	through = make([]candidate, 0, len(p.offers.offers))
	for place, o := range p.offers.offers {
		coupon, ok := p.coupon(o, place, wallet[o.ID])
		o = o.times(wallet[o.ID], coupon)
		delete(wallet, o.ID)
		if !ok {
			continue
		}
		refusal := Considered{Offer: o.ID, Coupon: coupon}
		if refusal.Reason = p.spent[o.ID]; refusal.Reason != "" {
			p.consider(place, refusal)
			continue
		}
		through = append(through, candidate{compiled: o, place: place, coupon: coupon})
		if !p.qualifies(&through[len(through)-1], &refusal) {
			through = through[:len(through)-1]
			p.consider(place, refusal)
		}
	}
	for _, orphans := range wallet {
		for _, h := range orphans {
			p.consider(len(p.offers.offers), Considered{Offer: h.Offer, Coupon: h.ID, Reason: CouponUnknown})
		}
	}
	return through
}

// times is the offer with as many times its pieces as the coupon is rights.
func (o *compiled) times(held []Held, coupon string) *compiled {
	i := slices.IndexFunc(held, func(h Held) bool { return h.ID == coupon })
	if i < 0 || held[i].Times <= 1 || o.Target != OnCheapest && o.Target != OnDearest {
		return o
	}
	many := *o
	many.Pieces *= held[i].Times
	return &many
}

// coupon picks the coupon that an offer would use: the one that expires first, then the smallest id. ok is false if the offer needs
// one and there is none; all other coupons are answered for.
func (p *pricing) coupon(o *compiled, place int, held []Held) (id string, ok bool) {
	slices.SortFunc(held, func(a, b Held) int {
		forEver := func(d day.Day) int { // no last day comes after every day
			if d == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(forEver(a.Until), forEver(b.Until)), cmp.Compare(a.Until, b.Until), strings.Compare(a.ID, b.ID))
	})
	for _, h := range held {
		answer := Considered{Offer: o.ID, Coupon: h.ID}
		switch {
		case !o.Coupon:
			answer.Reason = CouponNotNeeded
		case h.Until != 0 && h.Until < p.at.Day:
			answer.Reason, answer.Detail = CouponExpired, "its last day was "+h.Until.String()
		case id != "":
			answer.Reason, answer.By = LimitReached, o.ID
		default:
			id = h.ID
			continue
		}
		p.consider(place, answer)
	}
	if o.Coupon && len(held) == 0 {
		p.consider(place, Considered{Offer: o.ID, Reason: CouponMissing})
	}
	return id, !o.Coupon || id != ""
}

// qualifies asks the gates that do not depend on other offers, the cheap ones first, and notes the first that stays shut. The last is
// whether the offer would do anything if it were alone.
func (p *pricing) qualifies(c *candidate, refusal *Considered) bool {
	if open, detail := c.Offer.open(p.at); !open {
		refusal.Reason, refusal.Detail = OutsideWindow, detail
		return false
	}
	if !c.when.Match(p.facts) {
		refusal.Reason = ConditionNotMet
		var why []string
		for _, failure := range c.when.Explain(p.facts) {
			why = append(why, failure.String())
		}
		refusal.Detail = strings.Join(why, "; ")
		return false
	}
	p.choose(c)
	if c.lines.empty() {
		refusal.Reason = ExcludedLines
		if c.picks() && len(c.Select.SKUs) == 1 && len(c.Select.Categories) == 0 {
			p.refuse(refusal, outcome{reason: PiecesMissing, missingPieces: c.Pieces}, "needs %d of "+c.Select.SKUs[0])
		}
		return false
	}
	if !c.After {
		var refused outcome
		if c.benefit, refused = p.reach(c, p.counted(c, p.start)); refused.reason != "" {
			p.refuse(refusal, refused, "needs %d more")
			return false
		}
	}
	out := p.try(c, p.start)
	if c.worth = out.taken; out.taken == 0 {
		p.refuse(refusal, out, "needs %d more")
	}
	c.most = p.most(c, out.wanted)
	return out.taken > 0
}

// most is what an offer can save after others: what its lines may give at the very most, and no more than it claims by itself, for the
// less is left, the less it claims. What it saves by itself is no bound: behind another offer more of its amount may fall on lines
// that have room for it. Nor is its claim, where others may have used the pieces that it would have liked less, or where it may fall
// to another step.
func (p *pricing) most(c *candidate, wanted int64) int64 {
	var room int64
	for i := range p.start {
		if s := &p.start[i]; c.lines.has(s.line) {
			room += s.room()
		}
	}
	if c.Target == OnSets || c.picks() || c.After && len(c.Steps) > 0 {
		return room
	}
	return min(room, wanted)
}

// refuse puts what an outcome says into an answer.
func (p *pricing) refuse(answer *Considered, out outcome, pieces string) {
	answer.Reason, answer.Missing, answer.MissingPieces = out.reason, out.missing, out.missingPieces
	switch {
	case out.missing > 0:
		answer.Detail = "needs " + p.text(out.missing) + " more"
	case out.missingPieces > 0:
		answer.Detail = fmt.Sprintf(pieces, out.missingPieces)
	}
}

// choose finds the lines that an offer may touch, and those that its answer depends on.
func (p *pricing) choose(c *candidate) {
	if c.Target == OnSets {
		c.partLines = make([]lineSet, len(c.set))
	}
	for i := range p.lines {
		l := &p.lines[i]
		if p.forbidden(l) {
			continue
		}
		chosen := false
		if c.Target != OnSets {
			chosen = c.chosen.Takes(l)
		}
		for n := range c.set {
			if c.set[n].chosen.Takes(l) {
				c.partLines[n].add(i)
				chosen = true
			}
		}
		if chosen {
			c.lines.add(i)
			c.chosenPieces += l.Quantity
		}
	}
	c.sees = c.lines
	if c.After {
		c.sees.addAll(&p.goods)
	}
}

// try applies one offer to a copy.
func (p *pricing) try(c *candidate, stacks []stack) outcome {
	p.spare = append(p.spare[:0], stacks...)
	return p.apply(c, &p.spare)
}
