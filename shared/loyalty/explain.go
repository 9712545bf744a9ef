package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Explanation says what a receipt and its returns did to a card and why: what stands in the card's book, beside what the rules of the
// receipt's day come to when they are asked again.
type Explanation struct {
	Receipt string       `json:"receipt"`
	At      time.Time    `json:"at"`
	Card    string       `json:"card,omitempty"` // its id; none for a guest's receipt
	Total   money.Amount `json:"total"`
	Outcome string       `json:"outcome"` // see ExplainedPosted
	Rules   RulesUsed    `json:"rules"`
	Agrees  bool         `json:"agrees"` // the book and the rules come to the same; false where nothing is in the book

	Points programme.Reckoned        `json:"reckoned"`
	Offers []programme.OfferReckoned `json:"offers,omitempty"`
	Uses   []UseTold                 `json:"uses,omitempty"` // of codes and limits, as they were counted then
	Posted *PostedTold               `json:"posted,omitempty"`
	Back   []ReturnTold              `json:"returns,omitempty"`
}

// What became of a receipt.
const (
	ExplainedPosted = "posted"
	ExplainedGuest  = "guest"      // nobody has claimed it
	ExplainedSilent = "not_posted" // its card was blocked or closed, or its number reported lost
)

// RulesUsed names a version of the programme.
type RulesUsed struct {
	From    time.Time `json:"from"`
	Version string    `json:"version"` // its hash
}

// UseTold is what became of a code, or of an offer with limits.
type UseTold struct {
	Name   string       `json:"name"` // the code, else the coupon, else the offer
	Offer  string       `json:"offer,omitempty"`
	Amount money.Amount `json:"amount"`           // taken off, as the till told it
	Reason string       `json:"reason,omitempty"` // why it did not count; "" if it did
}

// CouponTold is a coupon and the campaign that brought it.
type CouponTold struct {
	Coupon    string `json:"coupon"`
	Offer     string `json:"offer,omitempty"`
	Campaign  string `json:"campaign,omitempty"`
	ExpiresOn string `json:"expires_on,omitempty"`
	Reason    string `json:"reason,omitempty"` // why it was not taken
}

// LotTold is points with their last day.
type LotTold struct {
	Points     int64  `json:"points"`
	UsableFrom string `json:"usable_from,omitempty"`
	ExpiresOn  string `json:"expires_on,omitempty"` // none: they never expire
}

// StampTold is what was counted on a card of stamps.
type StampTold struct {
	Stamps string `json:"stamps"`
	Count  int64  `json:"count"`
	Reason string `json:"reason,omitempty"` // why it is less than it might be
}

// BonusTold is points that no purchase earned.
type BonusTold struct {
	By     string `json:"by"` // the campaign or the stamps
	Points int64  `json:"points"`
}

// PostedTold is what an entry has done to its card.
type PostedTold struct {
	Points     int64         `json:"points"`
	Carried    int64         `json:"points_carried,omitempty"` // of them, that came of what earlier receipts left below a point
	Capped     int64         `json:"points_capped,omitempty"`
	Bonuses    []BonusTold   `json:"bonuses,omitempty"`
	Lot        *LotTold      `json:"lot,omitempty"` // that the points went into; with points that live on activity its last day may have moved
	Paid       int64         `json:"points_paid,omitempty"`
	PaidMinor  *money.Amount `json:"points_paid_worth,omitempty"`
	PaidLots   []LotTold     `json:"points_paid_lots,omitempty"`
	TierBefore string        `json:"tier_before,omitempty"`
	Tier       string        `json:"tier,omitempty"`
	Stamps     []StampTold   `json:"stamps,omitempty"`
	Redeemed   []CouponTold  `json:"coupons_redeemed,omitempty"`
	Granted    []CouponTold  `json:"coupons_granted,omitempty"`
	Reinstated []CouponTold  `json:"coupons_reinstated,omitempty"`
	Voided     []CouponTold  `json:"coupons_voided,omitempty"`
	NotTaken   []CouponTold  `json:"coupons_not_taken,omitempty"`
	Withheld   []Withheld    `json:"withheld,omitempty"` // campaigns that would have spoken and were not allowed to
}

// ReturnTold is a return: what it paid back and why so much, and what it did to the card.
type ReturnTold struct {
	Return string          `json:"return"` // the till's id
	At     time.Time       `json:"at"`
	Refund money.Amount    `json:"refund"`
	Basis  programme.Basis `json:"basis"`
	Why    string          `json:"why,omitempty"` // it is not what the programme asks for
	Lines  []LineBack      `json:"lines,omitempty"`
	Before string          `json:"points_before"` // what the receipt was worth before it, and after
	After  string          `json:"points_after"`
	Posted *PostedTold     `json:"posted,omitempty"`
}

// LineBack is what was paid back for pieces of a line.
type LineBack struct {
	Line   string       `json:"line"`
	Pieces int64        `json:"pieces"`
	Amount money.Amount `json:"amount"`
}

// Explain tells how a receipt came to what it did. It changes nothing. ErrNotFound for a receipt that is not filed.
func (s *Service) Explain(ctx context.Context, key receipt.Key) (Explanation, error) {
	filed, err := s.filed(ctx, key)
	if err != nil {
		return Explanation{}, err
	}
	r := filed.Owned()
	rules, err := s.rules(ctx, r.At)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{
		Receipt: key.String(), At: r.At.UTC(), Total: r.Total, Outcome: ExplainedGuest,
		Rules: RulesUsed{From: rules.From, Version: rules.Hash()},
	}
	in := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: r.Total.Currency} }
	for _, u := range r.Uses {
		x.Uses = append(x.Uses, UseTold{Name: u.Name(), Offer: u.Offer, Amount: in(u.Amount), Reason: u.Reason})
	}
	var opened Opened
	sale, posted := ledger.Entry{}, false
	if r.Card != "" {
		if opened, err = s.Cards.Open(ctx, r.Card, true); err != nil && !errors.Is(err, ErrNotFound) {
			return Explanation{}, fmt.Errorf("open the card of receipt %s: %w", key, err)
		}
		x.Card, x.Outcome = opened.Head.ID, ExplainedSilent
		if sale, _, posted, err = s.recall(ctx, opened.Head, key.String(), r.At); err != nil {
			return Explanation{}, err
		}
	}
	if x.Offers, err = rules.ReckonOffers(r, sale, opened.Head, opened.Profile); err != nil {
		return Explanation{}, fmt.Errorf("price receipt %s again: %w", key, err)
	}
	x.Points = rules.Reckon(r, sale)
	if posted {
		if err := x.book(rules, r, sale); err != nil {
			return Explanation{}, err
		}
	}
	x.Back, err = s.explainReturns(ctx, filed, rules, opened, sale)
	return x, err
}

// book tells the receipt's own entry.
func (x *Explanation) book(rules *programme.Programme, r receipt.Receipt, sale ledger.Entry) (err error) {
	x.Outcome = ExplainedPosted
	if x.Agrees, err = x.Points.Agrees(sale); err != nil {
		return err
	}
	if x.Posted, err = postedTold(sale, r.Total.Currency); err != nil {
		return err
	}
	through, err := card.ThroughOf(sale)
	if err != nil {
		return err
	}
	earned, err := card.Purchased(sale)
	if x.Posted.Carried = earned - through.Points; x.Posted.Carried < 0 {
		x.Posted.Carried = 0
	}
	if earned > 0 {
		lot := lotTold(rules.LotOf(r, sale))
		lot.Points = sale.Points
		x.Posted.Lot = &lot
	}
	return err
}

// explainReturns tells each return by itself.
func (s *Service) explainReturns(ctx context.Context, filed Filed, rules *programme.Programme, opened Opened, sale ledger.Entry) ([]ReturnTold, error) {
	r := filed.Owned()
	in := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: r.Total.Currency} }
	var list []ReturnTold
	for i, ret := range filed.Returns {
		upTo := filed.Returns[:i+1]
		refund, err := rules.Refund(r, upTo)
		if err != nil {
			return nil, fmt.Errorf("return %s of receipt %s: %w", ret.ID, r.Key, err)
		}
		told := ReturnTold{Return: ret.ID, At: ret.At.UTC(), Refund: in(refund.Amount), Basis: refund.Basis, Why: refund.Why}
		for _, l := range refund.Lines {
			told.Lines = append(told.Lines, LineBack{Line: l.ID, Pieces: l.Quantity, Amount: in(l.Amount)})
		}
		if told.Before, told.After, err = rules.WorthBetween(r, sale, upTo); err != nil {
			return nil, err
		}
		if r.Card != "" {
			e, _, found, err := s.recall(ctx, opened.Head, cause(r.Key, i+1), ret.At)
			if err != nil {
				return nil, err
			}
			if found {
				if told.Posted, err = postedTold(e, r.Total.Currency); err != nil {
					return nil, err
				}
			}
		}
		list = append(list, told)
	}
	return list, nil
}

// postedTold reads what an entry did off its marks.
func postedTold(e ledger.Entry, in money.Currency) (*PostedTold, error) {
	a, err := answer(card.Head{}, e, 0, true)
	if err != nil {
		return nil, err
	}
	told := PostedTold{
		Points: e.Points, Capped: a.Capped, Paid: a.Paid.Points, TierBefore: e.From, Tier: e.To,
		Redeemed: couponsTold(a.Redeemed), Granted: couponsTold(a.Granted), Reinstated: couponsTold(a.Reinstated), Voided: couponsTold(a.Voided),
	}
	if a.Paid.Minor != 0 {
		told.PaidMinor = &money.Amount{Minor: a.Paid.Minor, Currency: in}
	}
	for _, l := range a.Paid.Lots {
		told.PaidLots = append(told.PaidLots, lotTold(l))
	}
	for _, c := range a.NotTaken {
		told.NotTaken = append(told.NotTaken, CouponTold{Coupon: c.Coupon, Reason: c.Reason})
	}
	told.Withheld = WithheldBy(e)
	for _, st := range a.Stamps {
		told.Stamps = append(told.Stamps, StampTold{Stamps: st.ID, Count: st.Count, Reason: st.Reason})
	}
	for _, b := range a.Bonuses {
		told.Bonuses = append(told.Bonuses, BonusTold(b))
	}
	return &told, nil
}

func couponsTold(list []card.Coupon) (told []CouponTold) {
	for _, c := range list {
		told = append(told, CouponTold{Coupon: c.ID, Offer: c.Offer, Campaign: c.Campaign, ExpiresOn: c.ExpiresOn.String()})
	}
	return told
}

func lotTold(l ledger.Lot) LotTold {
	on := func(d day.Day) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	return LotTold{Points: l.Points, UsableFrom: on(l.From), ExpiresOn: on(l.ExpiresOn)}
}
