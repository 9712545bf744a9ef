package programme

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Returns says what goods that come back are worth.
type Returns struct {
	// Refund is what is paid back for them: one of RefundCounterfactual, RefundPaid. RefundCounterfactual if missing.
	Refund string `json:"refund,omitempty"`

	// WithoutReceipt lets goods come back that no receipt is shown for, by hand of a person; missing: none do.
	WithoutReceipt *Blind `json:"without_receipt,omitempty"`
}

// What Returns.Refund may say.
const (
	RefundCounterfactual = "counterfactual" // what was paid, less what the kept goods alone would have cost
	RefundPaid           = "paid"           // their share of what was paid
)

func (c *compiler) returns() {
	c.blind()
	if !slices.Contains([]string{"", RefundCounterfactual, RefundPaid}, c.p.Returns.Refund) {
		c.fault("/returns/refund", "a refund is %s or %s", RefundCounterfactual, RefundPaid)
	}
}

// Basis is how a refund was reckoned.
type Basis string

// The bases. Where the programme reckons counterfactually and the answer says paid, Refund.Why says why.
const (
	ByCounterfactual Basis = RefundCounterfactual
	ByPaid           Basis = RefundPaid
)

// Why a receipt is settled by what was paid although the programme would reckon counterfactually.
const (
	WhyNoOffers = "offers_not_told"     // something was taken off, and the till did not tell by which offers
	WhyUnknown  = "offer_unknown"       // it told an offer that the programme of that day does not have
	WhyOther    = "charged_differently" // these offers do not come to what the till has charged: it took off something of its own
	WhyNoLines  = "no_lines"            // the receipt does not say what was bought
)

// Refund is what a return pays back. Lines are those that came back with it, and their amounts add up to Amount; a return of money alone
// has none.
type Refund struct {
	Amount int64
	Lines  []LineRefund
	Basis  Basis
	Why    string // "" unless Basis is not what the programme asks for

	// What was kept before and after the return. Net less Money is what the shopper still pays for it.
	Before, After receipt.Kept
}

// LineRefund is what is paid back for the pieces of one line. It is less than nothing for a deduction that comes back.
type LineRefund struct {
	ID       string
	Quantity int64
	Amount   int64
}

// Refund is what the newest of a receipt's returns pays back, by the rules of the receipt's own day. All returns of a receipt together pay
// back what was paid for it, and what they pay back does not depend on their order or on how the goods are split among them.
//
// It returns *receipt.TooMuch where more comes back than is left. Of money that is asked back it pays no more than is left.
func (p *Programme) Refund(r receipt.Receipt, returns []receipt.Return) (Refund, error) {
	s := p.settle(r)
	before, after, err := s.newest(returns)
	if err != nil {
		return Refund{}, err
	}
	back := Refund{Amount: before.paid - after.paid, Basis: s.basis, Why: s.why, Before: before.Kept, After: after.Kept}
	if returns[len(returns)-1].Money == 0 {
		back.Lines = spread(back.Amount, before.charged, after.charged)
	}
	return back, nil
}

// spread lays a refund on the lines that came back. Each takes the share that was paid for it, where that is what is paid back; else they
// share in the proportion of it, and goods that were free in that of their pieces. A deduction that comes back is what it was.
func spread(amount int64, before, after []receipt.Line) []LineRefund {
	left := make(map[string]receipt.Line, len(after))
	for _, l := range after {
		left[l.ID] = l
	}
	var list []LineRefund
	byPrice, byPiece := []money.Share{}, []money.Share{}
	rest, priced := amount, int64(0)
	for _, l := range before {
		back := LineRefund{ID: l.ID, Quantity: l.Quantity - left[l.ID].Quantity, Amount: l.Net() - left[l.ID].Net()}
		if back.Quantity == 0 {
			continue
		}
		list = append(list, back)
		rest -= min(back.Amount, 0)
		priced += max(back.Amount, 0)
		goods := max(l.Amount, 0)
		byPrice = append(byPrice, money.Share{Key: l.ID, Weight: max(back.Amount, 0), Cap: money.NoCap})
		byPiece = append(byPiece, money.Share{Key: l.ID, Weight: back.Quantity * min(goods, 1), Cap: money.NoCap})
	}
	if rest == priced {
		return list
	}
	if priced == 0 {
		byPrice = byPiece
	}
	parts, _ := money.Prorate(rest, byPrice)
	for i := range list {
		list[i].Amount = min(list[i].Amount, 0) + parts[i]
	}
	return list
}
