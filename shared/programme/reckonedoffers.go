package programme

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// OfferReckoned is an offer and what became of it on a receipt: what the till told that it took off, and what the rules of the day say of
// it, asked again.
type OfferReckoned struct {
	Offer   string       `json:"offer"`
	Coupon  string       `json:"coupon,omitempty"`
	Code    string       `json:"code,omitempty"`
	Applied bool         `json:"applied"`          // by the till
	Took    money.Amount `json:"took"`             // as the till told it
	ByRules money.Amount `json:"by_rules"`         // what it takes off by the rules
	Reason  offer.Reason `json:"reason"`           // what the rules say; offer_unknown where they do not have it
	Detail  string       `json:"detail,omitempty"` // for people
	By      string       `json:"by,omitempty"`     // the offer that stood in its way
}

// OfferUnknown is the reason of an offer that a till has told and the programme of that day does not have.
const OfferUnknown offer.Reason = WhyUnknown

// ReckonOffers prices a receipt again by these rules, with the coupons that it redeemed and the codes that it used. What a condition asks of
// the shopper is asked of the card as it is now, in the tier that it had then; of the goods no more is known than the receipt has kept.
// How much of a limit or a budget was left then is not asked: see Receipt.Uses.
func (p *Programme) ReckonOffers(r receipt.Receipt, sale ledger.Entry, h card.Head, shopper card.Profile) ([]OfferReckoned, error) {
	if len(r.Lines) == 0 {
		return nil, nil
	}
	h.Tier = sale.From
	h.Counters = nil // what was in reach of a reward then is not known any more
	redeemed, err := card.Coupons(sale, card.MarkRedeemed)
	if err != nil {
		return nil, err
	}
	h.Wallet = redeemed
	basket := r
	basket.Lines = slices.Clone(r.Lines)
	if basket.Coupons = nil; len(redeemed) > 0 {
		for _, c := range redeemed {
			basket.Coupons = append(basket.Coupons, c.ID)
		}
	}
	if len(r.Offers) > 0 { // else the discounts are the till's own, and prices are what is left
		for i := range basket.Lines {
			basket.Lines[i].Discount = 0
		}
	}
	priced, err := p.price(nil, h, shopper, basket, CatalogueOf(r))
	if err != nil {
		return nil, err
	}
	in := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: r.Total.Currency} }
	list := []OfferReckoned{}
	told := slices.Clone(r.Offers)
	for _, c := range priced.Considered {
		made := OfferReckoned{Offer: c.Offer, Coupon: c.Coupon, Took: in(0), ByRules: in(c.Amount), Reason: c.Reason, Detail: c.Detail, By: c.By}
		if i := slices.IndexFunc(told, func(u receipt.Used) bool {
			return u.Offer == c.Offer && (u.Coupon == c.Coupon || u.Code == c.Coupon || c.Coupon == "")
		}); i >= 0 {
			made.Applied, made.Took, made.Coupon, made.Code = true, in(told[i].Amount), told[i].Coupon, told[i].Code
			told = slices.Delete(told, i, i+1)
		}
		list = append(list, made)
	}
	for _, u := range told {
		list = append(list, OfferReckoned{Offer: u.Offer, Coupon: u.Coupon, Code: u.Code, Applied: true, Took: in(u.Amount), ByRules: in(0), Reason: OfferUnknown})
	}
	return list, nil
}
