package whatif

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// player is one card at play by one programme.
type player struct {
	in    Input
	rules *programme.Programme
	side  *Side
	head  card.Head
	sold  map[*Sale]paid // of the sales of which something comes back
	got   gained
}

// gained is what a card had of a programme in the time that is counted, and where it stood in the end.
type gained struct {
	discount int64 // minor units
	points   int64 // issued less reversed
	tier     string
}

// paid is a sale as it was paid for by the rules that are played.
type paid struct {
	receipt receipt.Receipt
	entry   ledger.Entry
}

// play plays one card.
func play(in Input, side *Side, list []moment) gained {
	p := &player{in: in, rules: side.rules, side: side, sold: map[*Sale]paid{}, head: card.Head{ID: list[0].sale.Receipt.Card}}
	last := list[0].at
	for _, m := range list {
		if !in.inTime(m.at) {
			break
		}
		if last = m.at; m.back == 0 {
			p.buy(m)
		} else {
			p.giveBack(m)
		}
		if p.head.Book.Full() { // older entries are of no use here
			p.head.Book, _ = p.head.Book.TurnPage(ledger.PageSize)
		}
	}
	if end := in.Until; !end.IsZero() && end.After(last) {
		last = end.Add(-time.Second)
	}
	p.head = p.tally(last, p.rules.AsOf(p.head, last))
	p.got.tier = p.head.Tier
	side.Cards++
	if p.got.discount > 0 {
		side.CardsTouched++
	}
	side.Outstanding += p.head.Book.Balance
	side.Tiers[p.got.tier]++
	return p.got
}

// guests prices receipts without a card: they earn nothing, and the offers for everybody are theirs too.
func (s *Side) guests(in Input, list []moment) {
	paidFor := map[*Sale]receipt.Receipt{}
	for _, m := range list {
		if !in.inTime(m.at) {
			continue
		}
		if m.back > 0 {
			s.refund(in, m, paidFor[m.sale])
			continue
		}
		r, priced := asPaid(s.rules, card.Head{}, gross(m.sale.Receipt), nil)
		s.sale(in, m.at, r, priced)
		if len(m.sale.Returns) > 0 {
			paidFor[m.sale] = r
		}
	}
}

// buy prices a receipt as if the till had asked, and checks it out.
func (p *player) buy(m moment) {
	before := p.rules.AsOf(p.head, m.at)
	r, priced := asPaid(p.rules, before, gross(m.sale.Receipt), p.shown(before))
	p.side.sale(p.in, m.at, r, priced)
	if p.in.counts(m.at) && priced != nil {
		p.got.discount += priced.Discount
	}
	p.head = p.tally(m.at, p.rules.Checkout(p.head, p.in.Shopper, r, m.at))
	if len(m.sale.Returns) > 0 {
		e, _, _ := p.head.Book.Find(r.Key.String())
		p.sold[m.sale] = paid{receipt: r, entry: e}
	}
}

// giveBack plays a return. One that takes more than was paid by these rules is left out and counted.
func (p *player) giveBack(m moment) {
	sold := p.sold[m.sale]
	if !p.side.refund(p.in, m, sold.receipt) {
		return
	}
	cause := fmt.Sprintf("%s~%d", sold.receipt.Key, m.back)
	next, err := p.rules.Return(p.head, p.in.Shopper, sold.receipt, sold.entry, m.sale.Returns[:m.back], cause, m.at)
	if err != nil {
		p.side.NotPlayed++
		return
	}
	p.head = p.tally(m.at, next)
}

// tally counts the entries that a decision has posted, and passes the head on.
func (p *player) tally(at time.Time, next card.Head) card.Head {
	posted := next.Book.Posted - p.head.Book.Posted
	entries := next.Book.Tail[max(0, int64(len(next.Book.Tail))-posted):]
	if p.in.counts(at) {
		for _, e := range entries {
			p.side.entry(e)
			if e.Kind == ledger.Earn || e.Kind == ledger.Reverse {
				p.got.points += e.Points
			}
		}
	}
	return next
}

// shown is the coupons that the shopper brings along: of all that are in the wallet, those of which it is decided once and for all that
// they are ever used.
func (p *player) shown(h card.Head) []string {
	var list []string
	for _, c := range h.Wallet {
		f := fnv.New32a()
		f.Write([]byte(h.ID + "/" + c.ID))
		if int(f.Sum32()%100) < p.in.Redeem {
			list = append(list, c.ID)
		}
	}
	return list
}

// gross is a receipt before all discounts, without what belongs to the rules of its own day.
func gross(r receipt.Receipt) receipt.Receipt {
	made := receipt.Receipt{Key: r.Key, Card: r.Card, At: r.At, Total: r.Total, Source: r.Source, Lines: slices.Clone(r.Lines)}
	if len(made.Lines) == 0 && r.Total.Minor > 0 { // one line of goods, as the points see it
		made.Lines = []receipt.Line{{ID: "1", Quantity: 1, Amount: r.Total.Minor}}
	}
	made.Total.Minor = 0
	for i := range made.Lines {
		made.Lines[i].Discount = 0
		made.Total.Minor += made.Lines[i].Amount
	}
	return made
}

// asPaid takes the offers off a receipt, with the coupons that are shown; those that were used stand on it. A line below zero, such as a
// deposit that is paid back, is no part of a basket that a till would ask for. Without a price (nil) the receipt stays as it is.
func asPaid(rules *programme.Programme, h card.Head, r receipt.Receipt, shown []string) (receipt.Receipt, *offer.Priced) {
	basket := r
	basket.Coupons = shown
	basket.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l receipt.Line) bool { return l.Amount < 0 })
	if len(basket.Lines) == 0 {
		return r, nil
	}
	priced, err := rules.Price(h, basket, nil)
	if err != nil {
		return r, nil
	}
	off := make(map[string]int64, len(priced.Lines))
	for i := range priced.Lines {
		off[priced.Lines[i].ID] = priced.Lines[i].Discount
	}
	for i := range r.Lines {
		r.Lines[i].Discount = off[r.Lines[i].ID]
	}
	r.Total.Minor -= priced.Discount
	for _, c := range priced.Considered {
		if c.Applied && c.Coupon != "" {
			r.Coupons = append(r.Coupons, c.Coupon)
		}
		if c.Applied {
			r.Offers = append(r.Offers, receipt.Used{Offer: c.Offer, Coupon: c.Coupon, Amount: c.Amount})
		}
	}
	return r, &priced
}

// back is what a return takes of a receipt: the money that the rules pay back, and the goods' price before discounts.
func back(rules *programme.Programme, r receipt.Receipt, returns []receipt.Return) (money.Amount, int64, error) {
	refund, err := rules.Refund(r, returns)
	if err != nil {
		return money.Amount{}, 0, err
	}
	return money.Amount{Minor: refund.Amount, Currency: r.Total.Currency}, amounts(refund.Before) - amounts(refund.After), nil
}

func amounts(k receipt.Kept) int64 {
	sum := int64(0)
	for _, l := range k.Lines {
		sum += l.Amount
	}
	return sum
}
