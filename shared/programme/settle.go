package programme

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// settlement reckons what is left of one receipt after any of its returns, and what the shopper still pays for it.
//
// Counterfactually that is what the kept goods alone would have cost, under the offers that the till applied. It may be more than they cost
// together with others: who gives back the cheap article that brought a basket over its threshold owes nothing, but gets nothing
// back. So what counts is the least that the kept goods could have been had for: by themselves, or with any of the goods that came back. That
// never grows while goods come back, and does not ask in which order they came.
type settlement struct {
	p      *Programme
	r      receipt.Receipt
	basis  Basis
	why    string
	offers *offer.Compiled  // that the till applied; nil where what was charged counts
	prices map[string]int64 // of parts of the receipt, by the pieces that each has of every line
}

// maxPrices is how many parts of one receipt are priced. Beyond it, where many sorts of goods have come back, only what was kept after each
// return is looked at, and the order may tell by what a threshold is worth.
const maxPrices = 512

// kept is what is left of a receipt. Its lines have the discounts that they would have had alone, and its Money is what they would then
// cost more than the shopper still pays.
type kept struct {
	receipt.Kept
	charged []receipt.Line // with the discounts that they were charged with
	paid    int64          // by the shopper in the end
	gone    bool           // all goods came back, or all money
}

func (p *Programme) settle(r receipt.Receipt) *settlement {
	s := &settlement{p: p, r: r, basis: ByPaid, prices: map[string]int64{}}
	if p.Returns.Refund == RefundPaid {
		return s
	}
	discounted := slices.ContainsFunc(r.Lines, func(l receipt.Line) bool { return l.Discount != 0 })
	if !discounted && len(r.Lines) > 0 {
		s.basis = ByCounterfactual // which is what was charged
		return s
	}
	if s.offers, s.why = p.applied(r); s.why == "" {
		s.basis = ByCounterfactual
	}
	return s
}

// applied compiles the offers that the till has applied, and plays them on the whole receipt: that shows whether they are all that it took
// off. Else why says what is wrong, and there are none.
//
// What depends on the goods is asked again of those that are kept. All else held when the till applied the offer and is not asked again:
// day and hour, store, coupon, code, and who the shopper was.
func (p *Programme) applied(r receipt.Receipt) (offers *offer.Compiled, why string) {
	switch {
	case len(r.Lines) == 0:
		return nil, WhyNoLines
	case len(r.Offers) == 0:
		return nil, WhyNoOffers
	}
	var list []offer.Offer
	for i, used := range r.Offers {
		if p.IsMultiplier(used.Offer) {
			continue
		}
		at := slices.IndexFunc(p.written, func(o offer.Offer) bool { return o.ID == used.Offer })
		if at < 0 {
			return nil, WhyUnknown
		}
		if slices.ContainsFunc(r.Offers[:i], func(u receipt.Used) bool { return u.Offer == used.Offer }) {
			continue
		}
		list = append(list, heldAlready(p.written[at]))
	}
	offers, problems := offer.Compile(list, p.policy, p.cards)
	if len(problems) > 0 {
		return nil, WhyOther
	}
	again, err := p.priceAgain(r, offers, r.Lines)
	if err != nil || !slices.Equal(again, r.Lines) {
		return nil, WhyOther
	}
	return offers, ""
}

// changesWithGoods reports whether a fact of a receipt is another when goods come back.
func changesWithGoods(field string) bool {
	return slices.Contains([]string{factTotal, factItems, factSKUs, factCategories}, field)
}

// priceAgain is lines of a receipt with the discounts that these offers give them. Deductions are no goods, and keep their price.
func (p *Programme) priceAgain(r receipt.Receipt, offers *offer.Compiled, lines []receipt.Line) ([]receipt.Line, error) {
	zone := p.Zone(r.Key.Store)
	basket := offer.Basket{Currency: r.Total.Currency}
	priced := slices.Clone(lines)
	for i := range priced {
		if priced[i].Amount >= 0 {
			priced[i].Discount = 0
			offered := asOffered(priced[i])
			offered.Goods = catalogued(r.GoodsOf(priced[i]))
			basket.Lines = append(basket.Lines, offered)
		}
	}
	facts := knowing(p.cards)
	facts.receipt(r, priced, zone)
	answer, err := offer.Price(basket, offers, facts.facts, nil, offer.At(r.At, zone))
	if err != nil {
		return nil, err
	}
	off := make(map[string]int64, len(answer.Lines))
	for i := range answer.Lines {
		off[answer.Lines[i].ID] = answer.Lines[i].Discount
	}
	for i := range priced {
		if priced[i].Amount >= 0 {
			priced[i].Discount = off[priced[i].ID]
		}
	}
	return priced, nil
}

// newest is what was kept before and after the last of the returns.
func (s *settlement) newest(returns []receipt.Return) (before, after kept, err error) {
	if before, err = s.after(returns[:len(returns)-1]); err == nil {
		after, err = s.after(returns)
	}
	return before, after, err
}

// after is what is kept after returns. It returns *receipt.TooMuch where more came back than was sold.
func (s *settlement) after(returns []receipt.Return) (kept, error) {
	charged, err := s.r.After(returns)
	k := kept{Kept: charged, charged: charged.Lines, paid: charged.Net - charged.Money, gone: charged.Nothing()}
	if err != nil || s.offers == nil || len(charged.Lines) == 0 {
		return k, err
	}
	if k.Lines, err = s.p.priceAgain(s.r, s.offers, charged.Lines); err != nil {
		return k, err
	}
	least, err := s.least(returns)
	if err != nil {
		return k, err
	}
	k.Net, k.paid = 0, least
	for _, l := range k.Lines {
		k.Net += l.Net()
		k.paid += min(l.Amount, 0)
	}
	if charged.Money > 0 {
		k.paid = max(0, k.paid-charged.Money)
	}
	if k.gone {
		k.paid = min(k.paid, 0)
	}
	k.Money = k.Net - k.paid
	if k.Net <= 0 {
		k.Net, k.Money = k.paid, 0 // deductions alone are left
	}
	return k, nil
}

// least is the least that the goods which are kept could have been had for.
func (s *settlement) least(returns []receipt.Return) (int64, error) {
	least := int64(math.MaxInt64)
	look := func(left []int64) error {
		price, err := s.price(left)
		least = min(least, price)
		return err
	}
	left, parts := s.pieces(), int64(1)
	for n := range len(returns) + 1 {
		if n > 0 {
			for _, back := range returns[n-1].Lines {
				left[slices.IndexFunc(s.r.Lines, func(l receipt.Line) bool { return l.ID == back.ID })] -= back.Quantity
			}
		}
		if err := look(left); err != nil {
			return 0, err
		}
	}
	for i, l := range s.r.Lines {
		if l.Amount >= 0 {
			parts = min(parts, maxPrices) * min(l.Quantity-left[i]+1, maxPrices)
		}
	}
	if parts > maxPrices {
		return least, nil
	}
	for part := slices.Clone(left); s.next(part, left); {
		if err := look(part); err != nil {
			return 0, err
		}
	}
	return least, nil
}

// pieces is how many of each line were sold.
func (s *settlement) pieces() []int64 {
	list := make([]int64, len(s.r.Lines))
	for i, l := range s.r.Lines {
		list[i] = l.Quantity
	}
	return list
}

// next goes on to the next part of the receipt that has all that is left, and reports false behind the last.
func (s *settlement) next(part, left []int64) bool {
	for i, l := range s.r.Lines {
		if l.Amount < 0 {
			continue
		}
		if part[i] < l.Quantity {
			part[i]++
			return true
		}
		part[i] = left[i]
	}
	return false
}

// price is what the goods of a part of the receipt would have cost.
func (s *settlement) price(part []int64) (int64, error) {
	var key []byte
	var lines []receipt.Line
	for i, l := range s.r.Lines {
		if l.Amount < 0 {
			continue
		}
		key = binary.AppendVarint(key, part[i])
		if part[i] > 0 {
			lines = append(lines, l.Less(l.Quantity-part[i]))
		}
	}
	if known, ok := s.prices[string(key)]; ok {
		return known, nil
	}
	priced, err := s.p.priceAgain(s.r, s.offers, lines)
	if err != nil {
		return 0, err
	}
	sum := int64(0)
	for _, l := range priced {
		sum += l.Net()
	}
	s.prices[string(key)] = sum
	return sum, nil
}
