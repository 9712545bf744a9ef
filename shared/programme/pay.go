package programme

import (
	"fmt"
	"math/big"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Pay says how points pay for goods. Gift cards are never bought with points.
type Pay struct {
	Worth         Decimal `json:"worth"`                     // what Points points pay for, "0.01"; what is below a minor unit is cut off
	Points        int64   `json:"points,omitempty"`          // 1 if missing
	AtLeast       int64   `json:"at_least,omitempty"`        // points; fewer do not pay
	AtMostPercent int64   `json:"at_most_percent,omitempty"` // of the basket; 100 if missing
	HoldMinutes   int     `json:"hold_minutes,omitempty"`    // how long a till keeps points for a basket; 15 if missing

	// Short says what becomes of points that a till took and the card does not have: one of ShortDebt, ShortForgive. ShortDebt if missing.
	Short string `json:"short,omitempty"`

	// Never is goods that points do not pay for, such as tobacco. A quote leaves them out of what points may pay.
	Never *Lines `json:"never,omitempty"`
}

// What Pay.Short and Points.OnTender may say.
const (
	ShortDebt     = "debt"    // the card owes them: its balance goes below 0
	ShortForgive  = "forgive" // they are told and not taken
	OnTenderMoney = "money"   // what was paid in points earns none
	OnTenderAll   = "all"     // it earns like money
)

const (
	maxPayWorth    = 1_000_000 // minor units; keeps what a billion points are worth within int64
	maxHoldMinutes = 24 * 60

	defaultHoldMinutes = 15
)

func (c *compiler) pay() {
	if on := c.p.Points.OnTender; on != "" && on != OnTenderMoney && on != OnTenderAll {
		c.fault("/points/on_tender", "%q is not one of %s, %s", on, OnTenderMoney, OnTenderAll)
	}
	pay := c.p.Points.Pay
	if pay == nil {
		return
	}
	const at = "/points/pay"
	if pay.Worth == "" {
		c.fault(at+"/worth", "what a point pays for is missing, such as \"0.01\"")
	}
	if c.p.payWorth = c.amount(at+"/worth", pay.Worth); c.p.payWorth > maxPayWorth {
		c.fault(at+"/worth", "at most %d minor units are possible", maxPayWorth)
	}
	for _, bound := range []struct {
		pointer     string
		said, least int64
		most        int64
	}{
		{"/points", pay.Points, 0, maxRate}, {"/at_least", pay.AtLeast, 0, events.MaxPoints},
		{"/at_most_percent", pay.AtMostPercent, 0, 100}, {"/hold_minutes", int64(pay.HoldMinutes), 0, maxHoldMinutes},
	} {
		if bound.said < bound.least || bound.said > bound.most {
			c.fault(at+bound.pointer, "must be from 1 to %d", bound.most)
		}
	}
	if pay.Never != nil {
		chosen := c.lines(at+"/never", pay.Never).Compile()
		c.p.payNever = &chosen
	}
	if pay.Short != "" && pay.Short != ShortDebt && pay.Short != ShortForgive {
		c.fault(at+"/short", "%q is not one of %s, %s", pay.Short, ShortDebt, ShortForgive)
	}
}

// PointsWorth is what points pay for, in minor units; 0 where points pay for nothing.
func (p *Programme) PointsWorth(points int64) int64 {
	if p.Points.Pay == nil {
		return 0
	}
	return points * p.payWorth / max(p.Points.Pay.Points, 1)
}

// HoldFor is how long a till keeps points for a basket.
func (p *Programme) HoldFor() time.Duration {
	if pay := p.Points.Pay; pay != nil && pay.HoldMinutes > 0 {
		return time.Duration(pay.HoldMinutes) * time.Minute
	}
	return defaultHoldMinutes * time.Minute
}

// Payable is how many points may pay for a basket of which payable minor units are not gift cards, out of those that are available: no
// more than the share that the programme allows and than the basket costs, and none where that is less than the programme wants at least.
func (p *Programme) Payable(available, total, payable int64) int64 {
	pay := p.Points.Pay
	if pay == nil {
		return 0
	}
	most := total
	if pay.AtMostPercent > 0 {
		most = total * pay.AtMostPercent / 100
	}
	most = max(min(most, payable), 0)
	per := max(pay.Points, 1)
	points := new(big.Int).Mul(big.NewInt(most), big.NewInt(per))
	points.Div(points, big.NewInt(p.payWorth))
	n := available
	if points.IsInt64() {
		n = min(n, points.Int64())
	}
	if n < max(pay.AtLeast, 1) || p.PointsWorth(n) == 0 {
		return 0
	}
	return n
}

// PayableFor is Payable for a basket that was priced, on a card as it is now.
func (p *Programme) PayableFor(asOf card.Head, priced offer.Priced, now time.Time) int64 {
	goods := priced.Total
	for i := range priced.Lines {
		if l := &priced.Lines[i]; l.Kind == receipt.GiftCard || p.payNever != nil && p.payNever.Takes(&l.Line) {
			goods -= l.Net()
		}
	}
	return p.Payable(asOf.Available("", now), priced.Total, goods)
}

// CheckTenders says what is wrong with the tenders of a receipt; nil if they can be booked.
func (p *Programme) CheckTenders(r receipt.Receipt) error {
	paid := int64(0)
	for _, t := range r.OnGiftCards() {
		paid += t.Minor
	}
	if t, ok := r.InPoints(); ok {
		switch worth := p.PointsWorth(t.Points); {
		case p.Points.Pay == nil:
			return fmt.Errorf("points pay for nothing in this programme; it has no points.pay")
		case r.Card == "":
			return fmt.Errorf("points are paid from a card, and the receipt names none")
		case worth == 0:
			return fmt.Errorf("%d points are worth nothing; take more or none", t.Points)
		default:
			paid += worth
		}
	}
	if paid > r.Total.Minor {
		return fmt.Errorf("the tenders are worth %d minor units and the receipt's total is %d", paid, r.Total.Minor)
	}
	return nil
}

// PaidCause names the entry of points that were spent beside that of a receipt, and of those that came back beside that of a return.
func PaidCause(cause string) string { return cause + "!paid" }

// spend posts what a receipt takes in points, before what it earns, and marks its entry with it.
//
// The goods are gone: whatever the card has, the receipt stands. What the card does not have is owed or forgiven by the programme's choice.
// A hold of the receipt's own is settled; those of others are respected where what is missing is forgiven.
func (p *Programme) spend(h card.Head, e ledger.Entry, r receipt.Receipt, now time.Time) (card.Head, ledger.Entry) {
	t, ok := r.InPoints()
	if !ok || p.Points.Pay == nil {
		return h, e
	}
	taken := ledger.Entry{Cause: PaidCause(e.Cause), Kind: ledger.Spend, At: e.At, Points: -t.Points, From: e.From, To: e.From}
	h = p.takeExpired(h, taken, ledger.Lot{}, day.Of(r.At, p.zone))
	paid := card.Paid{Points: t.Points}
	if p.Points.Pay.Short == ShortForgive {
		paid.Points = min(t.Points, h.Available(t.Hold, now))
	}
	paid.Points = max(0, min(paid.Points, h.Book.Balance+events.MaxPoints)) // the contract ends a balance there
	paid.Missing = t.Points - paid.Points
	paid.Minor = p.PointsWorth(paid.Points)
	paid.Unpaid = p.PointsWorth(t.Points) - paid.Minor
	paid.Owed = min(paid.Points, max(0, paid.Points-max(h.Book.Balance, 0)))
	h = h.Release(t.Hold, now)
	before := h.Book
	taken.Points = -paid.Points
	h.Book = h.Book.Post(taken, 0)
	paid.Lots = ledger.Spent(before, h.Book)
	e.Marks = append(e.Marks, paid.Mark())
	return h, e
}

// unspend gives points of a receipt back for its newest return, into the lots they came from: the share that they had in what was paid.
// Points of a lot that had expired by then are good for the days of grace of the programme. It marks the return's entry with what came back.
func (p *Programme) unspend(h card.Head, e ledger.Entry, r receipt.Receipt, sale ledger.Entry, before, after receipt.Kept, now time.Time) (card.Head, ledger.Entry, error) {
	paid, ok, err := card.PaidOf(sale)
	if err != nil || !ok {
		return h, e, err
	}
	was, is := p.backIn(r, paid, before), p.backIn(r, paid, after)
	back := card.Paid{Points: was.Points - is.Points, Minor: was.Minor - is.Minor, Unpaid: was.Unpaid - is.Unpaid} // below 0: it comes back
	if back.Points == 0 && back.Minor == 0 && back.Unpaid == 0 {
		return h, e, nil
	}
	on := day.Of(e.At, p.zone)
	sold := p.lotOf(day.Of(r.At, p.Zone(r.Key.Store)), sale.From, day.Of(now, p.zone)).ExpiresOn
	first := ledger.Spent(ledger.Book{Lots: paid.GivenBack(is.Points, sold)}, ledger.Book{Lots: paid.GivenBack(was.Points, sold)})
	for i, l := range first {
		if grace := p.grace(); l.ExpiresOn != 0 && l.ExpiresOn < on && grace > 0 {
			first[i].ExpiresOn = on + grace
		}
	}
	if back.Points != 0 {
		h.Book = h.Book.Restore(ledger.Entry{Cause: PaidCause(e.Cause), Kind: ledger.Spend, At: e.At, Points: -back.Points, From: h.Tier, To: h.Tier}, first)
	}
	e.Marks = append(e.Marks, back.Mark())
	return h, e, nil
}

// backIn is what has come back of what was paid in points once kept is left.
func (p *Programme) backIn(r receipt.Receipt, paid card.Paid, kept receipt.Kept) card.Paid {
	worth := paid.Minor + paid.Unpaid
	if worth <= 0 {
		return card.Paid{}
	}
	_, share, _ := r.BackTo(r.Refunded(kept), worth)
	minor := money.MulDiv(paid.Minor, share, worth)
	return card.Paid{Points: money.MulDiv(paid.Points, share, worth), Minor: minor, Unpaid: share - minor}
}

// inMoney is the share of a receipt's points that it earns for what was not paid in points: points earn none unless the programme says so.
// They pay for what is no gift card, in equal parts for all of it.
func (p *Programme) inMoney(r receipt.Receipt, kept receipt.Kept) *big.Rat {
	t, ok := r.InPoints()
	if !ok || p.Points.OnTender == OnTenderAll {
		return big.NewRat(1, 1)
	}
	worth := p.PointsWorth(t.Points)
	_, back, _ := r.BackTo(r.Refunded(kept), worth)
	goods := kept.Net - kept.Money - giftCards(kept.Lines)
	if left := worth - back; left < goods {
		return big.NewRat(goods-left, goods)
	}
	return new(big.Rat)
}

// giftCards is what the gift cards among lines cost.
func giftCards(lines []receipt.Line) (minor int64) {
	for _, l := range lines {
		if l.Kind == receipt.GiftCard {
			minor += l.Net()
		}
	}
	return minor
}
