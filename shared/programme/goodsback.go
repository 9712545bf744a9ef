package programme

import (
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// change is what a receipt is worth before and after the newest return, nearly always less, and what was kept then.
func (p *Programme) change(r receipt.Receipt, sale ledger.Entry, returns []receipt.Return) (was, left ledger.Worth, before, after kept, err error) {
	if before, after, err = p.settle(r).newest(returns); err != nil {
		return was, left, before, after, err
	}
	w := worths{p: p, r: r, at: p.foundBy(r, sale)}
	if w.sold, err = card.WorthOf(sale); err != nil {
		return was, left, before, after, err
	}
	w.whole, _ = r.After(nil) // without returns nothing can be too much
	w.full, _ = p.worth(r, w.whole, w.at)
	return w.left(before), w.left(after), before, after, nil
}

// worths is what a receipt has earned, and what all of it would earn by the rules of now for its day.
type worths struct {
	p          *Programme
	r          receipt.Receipt
	at         found
	whole      receipt.Kept
	sold, full ledger.Worth
}

// left is what a receipt is worth after returns: what is kept would have earned that, and it is no more than the receipt has earned.
func (w worths) left(k kept) ledger.Worth {
	none := ledger.Worth{}
	worth, _ := w.p.worth(w.r, k.Kept, w.at)
	switch {
	case w.full == w.sold:
	case none.Less(w.full): // other rules than the receipt was decided by, published since with a day in the past: in their proportion
		worth = share(w.sold, worth, w.full)
	case w.whole.Net > 0:
		worth = share(w.sold, ledger.Worth{Points: max(0, k.paid)}, ledger.Worth{Points: w.whole.Net})
	}
	if w.sold.Less(worth) {
		return w.sold
	}
	return worth
}

// share is a part of what a receipt was worth: to the nearest whole point, unless it was decided to a fraction of one.
func share(sold, part, whole ledger.Worth) ledger.Worth {
	if sold.Grains == 0 {
		return sold.Share(part, whole).Nearest()
	}
	return sold.Share(part, whole)
}

// giveBack undoes what a receipt that came back whole did to the wallet: coupons that it used are good again, unless their offer says
// that they are spent with the sale, and those that it brought are void. A sale that is undone was none, so it spends no coupon.
func (p *Programme) giveBack(h card.Head, sale ledger.Entry, newest receipt.Return, on day.Day) (card.Head, []ledger.Mark, error) {
	var marks []ledger.Mark
	h = p.uncountUses(h, sale, newest)
	used, err := card.Coupons(sale, card.MarkRedeemed)
	if err != nil {
		return h, nil, err
	}
	for _, c := range used {
		if !p.GivesBack(c.Offer, newest) {
			marks = append(marks, card.NotTaken(c.ID, CouponSpent))
			continue
		}
		c.ExpiresOn = max(c.ExpiresOn, on+reinstatedFor)
		next, ok := h.Put(c)
		switch _, live := h.Find(c.ID); {
		case live:
			marks = append(marks, card.NotTaken(c.ID, CouponIDTaken))
		case ok:
			h, marks = next, append(marks, c.Mark(card.MarkReinstated))
		default:
			marks = append(marks, card.NotTaken(c.ID, CouponNoRoom))
		}
	}
	brought, err := card.Coupons(sale, card.MarkGranted)
	if err != nil {
		return h, nil, err
	}
	for _, c := range brought {
		if p.stampsOf(c.Campaign) != nil {
			continue // a reward goes when its stamps go
		}
		live, ok := h.Find(c.ID)
		live.ExpiresOn = c.ExpiresOn // one that was used and came back may live longer
		if ok && live == c {
			h, marks = h.Take(c.ID), append(marks, c.Mark(card.MarkVoided))
		}
	}
	return h, marks, nil
}
