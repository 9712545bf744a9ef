package programme

import (
	"math/big"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Blind says what may come back without a receipt. It costs the card what the value would earn by the plain rates of the day, and never
// more points than it can spend; nothing else of a receipt is undone, for there is none.
type Blind struct {
	AtMost Decimal `json:"at_most"` // value of one such return
}

func (c *compiler) blind() {
	if b := c.p.Returns.WithoutReceipt; b != nil {
		if c.p.blind = c.amount("/returns/without_receipt/at_most", b.AtMost); b.AtMost == "" {
			c.fault("/returns/without_receipt/at_most", "the highest value of one such return is missing")
		}
	}
}

// BlindAtMost is the highest value, in minor units, of goods that come back without a receipt; false where none may.
func (p *Programme) BlindAtMost() (minor int64, ok bool) { return p.blind, p.blind > 0 }

// atBaseRate is the whole points that money earns on a day by the rules that hold for all goods, all shoppers and all receipts.
func (p *Programme) atBaseRate(minor int64, on day.Day) int64 {
	var plain []earning
	for _, rule := range p.earn {
		if rule.basis == perMoney && rule.When.IsZero() && rule.from <= on && (rule.until == 0 || on <= rule.until) {
			plain = append(plain, rule)
		}
	}
	brings := p.lineWorth(plain, receipt.Line{Quantity: 1, Amount: minor})
	if brings == nil {
		return 0
	}
	return new(big.Int).Quo(brings.Num(), brings.Denom()).Int64()
}

// blindPoints is what goods of a value that come back without a receipt take off a card: less than nothing, or nothing.
func (p *Programme) blindPoints(h card.Head, value int64, now time.Time) int64 {
	today := day.Of(now, p.zone)
	return -min(p.atBaseRate(value, today), max(0, h.Book.Available(today)))
}
