package whatif

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Report is what a run came to. Against is nil where the draft was played alone.
type Report struct {
	Played   Played  `json:"played"`
	Complete bool    `json:"complete"` // false: it was stopped, and the figures are of the cards played until then
	Draft    *Side   `json:"draft"`
	Against  *Side   `json:"against,omitempty"`
	Moves    []Moved `json:"tier_moves,omitempty"`
	Movers   []Mover `json:"-"` // every card, in no order that means anything
}

// Played is what the receipts that were counted are, whatever the rules.
type Played struct {
	Receipts int64     `json:"receipts"`
	Guests   int64     `json:"guests"` // of the receipts: without a card
	Lines    int64     `json:"lines"`
	Returns  int64     `json:"returns"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	Done     int64     `json:"-"` // receipts that were played, those before From among them
	Total    int64     `json:"-"`
}

// Side is what one programme comes to. Money is in minor units.
type Side struct {
	Programme    string           `json:"programme"`
	Gross        int64            `json:"gross"`            // prices before discounts
	Discount     int64            `json:"discount"`         // taken off by offers
	Touched      int64            `json:"receipts_touched"` // that offers took something off
	CardsTouched int64            `json:"cards_touched"`    // whose receipts those are, guests left out
	Refund       int64            `json:"refund"`           // paid back for returns
	GrossBack    int64            `json:"gross_back"`
	Issued       int64            `json:"points_issued"`
	Reversed     int64            `json:"points_reversed"`
	Expired      int64            `json:"points_expired"`
	Capped       int64            `json:"points_capped"`
	Outstanding  int64            `json:"points_outstanding"`
	Granted      int64            `json:"coupons_granted"`
	Redeemed     int64            `json:"coupons_redeemed"`
	Reinstated   int64            `json:"coupons_reinstated"`
	Voided       int64            `json:"coupons_voided"`
	Cards        int64            `json:"cards"`
	Tiers        map[string]int64 `json:"tiers"` // cards by tier at the end; "" is the base
	Offers       []OfferSum       `json:"offers"`
	Unpriced     int64            `json:"receipts_unpriced"`  // that no basket of a till could be
	NotPlayed    int64            `json:"returns_not_played"` // that take back more than was paid by these rules
	rules        *programme.Programme
	offers       map[string]*OfferSum
}

// OfferSum is what one offer has cost.
type OfferSum struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Receipts int64  `json:"receipts"`
	Coupons  int64  `json:"coupons"` // of the receipts: by a coupon
	Amount   int64  `json:"amount"`
}

// Move is a tier by the one programme and by the other.
type Move struct{ From, To string }

// Moved counts the cards of a move.
type Moved struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Cards int64  `json:"cards"`
}

// Mover is what a card has of the draft beyond the other programme; below zero it loses.
type Mover struct {
	Card     string
	Discount int64 // minor units
	Points   int64
}

func newSide(rules *programme.Programme) *Side {
	return &Side{Programme: rules.Programme, Tiers: map[string]int64{}, offers: map[string]*OfferSum{}, rules: rules}
}

func (p *Played) count(in Input, m moment) {
	if !in.counts(m.at) {
		return
	}
	if m.back > 0 {
		p.Returns++
		return
	}
	p.Receipts++
	p.Lines += int64(len(m.sale.Receipt.Lines))
	if m.sale.Receipt.Card == "" {
		p.Guests++
	}
	p.span(m.at, m.at)
}

func (p *Played) span(first, last time.Time) {
	if !first.IsZero() && (p.First.IsZero() || first.Before(p.First)) {
		p.First = first
	}
	if last.After(p.Last) {
		p.Last = last
	}
}

// sale counts a receipt and what offers took off it.
func (s *Side) sale(in Input, at time.Time, r receipt.Receipt, priced *offer.Priced) {
	if !in.counts(at) {
		return
	}
	for _, l := range r.Lines {
		s.Gross += l.Amount
	}
	if priced == nil {
		s.Unpriced++
		return
	}
	s.Discount += priced.Discount
	if priced.Discount > 0 {
		s.Touched++
	}
	for _, c := range priced.Considered {
		if !c.Applied {
			continue
		}
		sum := s.offers[c.Offer]
		if sum == nil {
			name, _ := s.rules.OfferText(c.Offer)
			sum = &OfferSum{ID: c.Offer, Name: name}
			s.offers[c.Offer] = sum
		}
		sum.Receipts++
		sum.Amount += c.Amount
		if c.Coupon != "" {
			sum.Coupons++
		}
	}
}

// refund counts what a return pays back; false if it cannot be played by these rules.
func (s *Side) refund(in Input, m moment, sold receipt.Receipt) bool {
	paid, goods, err := back(s.rules, sold, m.sale.Returns[:m.back])
	if err != nil {
		s.NotPlayed++
		return false
	}
	if in.counts(m.at) {
		s.Refund += paid.Minor
		s.GrossBack += goods
	}
	return true
}

// entry counts an entry of a card.
func (s *Side) entry(e ledger.Entry) {
	switch e.Kind {
	case ledger.Earn:
		s.Issued += e.Points
	case ledger.Reverse:
		s.Reversed -= e.Points
	case ledger.Expire:
		s.Expired -= e.Points
	}
	if capped, err := card.CappedOf(e); err == nil {
		s.Capped += capped
	}
	for _, m := range e.Marks {
		switch m.Kind {
		case card.MarkGranted:
			s.Granted++
		case card.MarkRedeemed:
			s.Redeemed++
		case card.MarkReinstated:
			s.Reinstated++
		case card.MarkVoided:
			s.Voided++
		}
	}
}

// add brings in what another worker has counted.
func (s *Side) add(o *Side) {
	for _, sum := range []struct {
		to   *int64
		from int64
	}{
		{&s.Gross, o.Gross}, {&s.Discount, o.Discount}, {&s.Touched, o.Touched}, {&s.CardsTouched, o.CardsTouched}, {&s.Refund, o.Refund}, {&s.GrossBack, o.GrossBack}, {&s.Issued, o.Issued}, {&s.Reversed, o.Reversed},
		{&s.Expired, o.Expired}, {&s.Capped, o.Capped}, {&s.Outstanding, o.Outstanding}, {&s.Granted, o.Granted}, {&s.Redeemed, o.Redeemed},
		{&s.Reinstated, o.Reinstated}, {&s.Voided, o.Voided}, {&s.Cards, o.Cards}, {&s.Unpriced, o.Unpriced}, {&s.NotPlayed, o.NotPlayed},
	} {
		*sum.to += sum.from
	}
	for tier, n := range o.Tiers {
		s.Tiers[tier] += n
	}
	for id, sum := range o.offers {
		if s.offers[id] == nil {
			s.offers[id] = &OfferSum{ID: id, Name: sum.Name}
		}
		s.offers[id].Receipts += sum.Receipts
		s.offers[id].Coupons += sum.Coupons
		s.offers[id].Amount += sum.Amount
	}
}

// listed puts the offers in order, the dearest first.
func (s *Side) listed() *Side {
	if s == nil {
		return nil
	}
	s.Offers = []OfferSum{}
	for _, sum := range s.offers {
		s.Offers = append(s.Offers, *sum)
	}
	slices.SortFunc(s.Offers, func(a, b OfferSum) int { return cmp.Or(cmp.Compare(b.Amount, a.Amount), strings.Compare(a.ID, b.ID)) })
	return s
}

// report adds the workers' results up.
func (in Input) report(results []result, done, total int64) Report {
	r := Report{Complete: done == total, Draft: newSide(in.Draft)}
	if in.Against != nil {
		r.Against = newSide(in.Against)
	}
	moves := map[Move]int64{}
	for _, from := range results {
		r.Draft.add(from.draft)
		if r.Against != nil {
			r.Against.add(from.against)
		}
		for move, n := range from.moves {
			moves[move] += n
		}
		p := &r.Played
		p.Receipts, p.Guests, p.Lines, p.Returns = p.Receipts+from.played.Receipts, p.Guests+from.played.Guests, p.Lines+from.played.Lines, p.Returns+from.played.Returns
		p.span(from.played.First, from.played.Last)
		r.Movers = append(r.Movers, from.movers...)
	}
	r.Played.Done, r.Played.Total = done, total
	for move, n := range moves {
		if move.From != move.To {
			r.Moves = append(r.Moves, Moved{move.From, move.To, n})
		}
	}
	slices.SortFunc(r.Moves, func(a, b Moved) int {
		return cmp.Or(cmp.Compare(b.Cards, a.Cards), strings.Compare(a.From+" "+a.To, b.From+" "+b.To))
	})
	r.Draft.listed()
	r.Against.listed()
	return r
}
