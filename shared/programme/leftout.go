package programme

import (
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Why a line of a receipt earned nothing.
const (
	LeftOutNever = "never"   // the programme names its goods in points.never
	LeftOutKind  = "kind"    // it is no goods but a gift card, shipping, a tip or a fee, and no rule names its kind
	LeftOutRule  = "no_rule" // no rule of points that held for the receipt chooses it
	LeftOutFree  = "free"    // nothing was paid for it
)

// LeftOut is a line that earned nothing, and why.
type LeftOut struct{ Line, Reason string }

// neverEarning makes the list of points.never ready. SKUs, categories and kinds each widen it; what is named with not_ is taken out of
// the goods that the list names.
func (c *compiler) neverEarning() {
	l := c.p.Points.Never
	if l == nil {
		return
	}
	at := "/points/never"
	chosen := *c.earningLines(at, l)
	if len(l.SKUs)+len(l.Categories)+len(l.Kinds) == 0 {
		c.fault(at, "nothing is named; list skus, categories or kinds that earn no points")
		return
	}
	if len(l.Kinds) > 0 {
		c.p.never = append(c.p.never, offer.Selector{Kinds: l.Kinds}.Compile())
	}
	if len(l.SKUs)+len(l.Categories) > 0 {
		chosen.Kinds = []string{receipt.Goods, receipt.GiftCard, receipt.Shipping, receipt.Tip, receipt.Fee}
		c.p.never = append(c.p.never, chosen.Compile())
	}
}

// neverEarns reports whether a line is of goods that the programme takes out of all earning: points, stamps and what is carried over.
func (p *Programme) neverEarns(l *offer.Line) bool {
	for i := range p.never {
		if p.never[i].Takes(l) {
			return true
		}
	}
	return false
}

// LeftOut lists the lines of a receipt that earned nothing on a card of that tier, in their order. It is reckoned anew from the receipt
// and the rules of its day, and stored nowhere.
func (p *Programme) LeftOut(r receipt.Receipt, tier string) []LeftOut {
	kept, err := r.After(nil)
	if err != nil {
		return nil
	}
	holding := p.holding(r, linesOf(r, kept), found{tier: tier})
	var list []LeftOut
	for _, l := range r.Lines {
		if why := p.whyLeftOut(holding, l); why != "" {
			list = append(list, LeftOut{Line: l.ID, Reason: why})
		}
	}
	return list
}

func (p *Programme) whyLeftOut(holding []earning, l receipt.Line) string {
	offered := asOffered(l)
	if p.neverEarns(&offered) {
		return LeftOutNever
	}
	for _, r := range holding {
		if (r.basis == perMoney || r.basis == perItem) && r.chosen.Takes(&offered) {
			if l.Net() == 0 && (r.basis == perItem || p.Points.On != OnGross || l.Amount == 0) {
				return LeftOutFree
			}
			return ""
		}
	}
	if !l.IsGoods() {
		return LeftOutKind
	}
	return LeftOutRule
}
