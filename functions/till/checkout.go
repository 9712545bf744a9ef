package till

import (
	"context"
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// sourceTill is the door that a receipt came through.
const sourceTill = "till"

// checkout files a finished receipt: 201 the first time, 200 with the same answer at a repeat.
func (d *door) checkout(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	r, scanned, timed, err := readCheckout(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	if r.Card, err = d.number(a.Context(), scanned); err != nil {
		return reply{}, err
	}
	said, err := d.fileCheckout(a.Context(), r, timed)
	if err != nil {
		return reply{}, err
	}
	a.missed = missedCodes(said.Uses)
	return created(said.Repeated, checkoutOf(r, said, rules, a.now)), nil
}

// readCheckout judges the body and makes the receipt that it describes, without its card. timed reports that the till said when.
func readCheckout(raw []byte, a *ask, rules *programme.Programme) (r receipt.Receipt, scanned ids.Scanned, timed bool, err error) {
	body, f, err := decode[checkoutBody](raw, "card")
	if err != nil {
		return r, scanned, false, err
	}
	ref := f.ref("/receipt", body.Receipt)
	f.missing(body.Total != nil, "/total")
	f.atMost("/coupons", len(body.Coupons), receipt.MaxCoupons)
	at := f.moment("/occurred_at", body.OccurredAt, a.now)
	if scanned, err = f.scan("/card", body.Card, rules.Numbering()); err != nil {
		return r, scanned, false, err
	}
	data := events.CheckoutCompleted{
		Receipt: ref, Lines: f.soldLines(body.Lines, rules.Currency), Tax: f.minor("/tax", body.Tax, rules.Currency),
		Total:   money.Amount{Minor: f.minor("/total", body.Total, rules.Currency), Currency: rules.Currency},
		Coupons: body.Coupons, Codes: body.Codes, Cart: body.Cart, Offers: f.used(body.Offers, rules.Currency), Tenders: f.tenders(body.Tenders, rules.Currency),
		Reservation: body.Reserved,
	}
	f.contract(data.Validate(), moneyAt)
	if err := f.problem(); err != nil {
		return r, scanned, false, err
	}
	r = loyalty.ReceiptOf(events.Metadata{OccurredAt: at, Source: sourceTill}, data)
	return r, scanned, body.OccurredAt != nil, a.who.mayActFor(ref.Store)
}

// used turns the offers that a till says it applied into those of the contract.
func (f *faults) used(said []usedBody, in money.Currency) []events.UsedOffer {
	f.atMost("/offers", len(said), receipt.MaxOffers)
	var list []events.UsedOffer
	for i, o := range said[:min(len(said), receipt.MaxOffers)] {
		at := fmt.Sprintf("/offers/%d", i)
		f.missing(o.Offer != "", at+"/offer")
		f.missing(o.Amount != nil, at+"/amount")
		list = append(list, events.UsedOffer{Offer: o.Offer, Coupon: o.Coupon, Code: o.Code, Amount: f.minor(at+"/amount", o.Amount, in)})
	}
	return list
}

// fileCheckout files a receipt. One without a time of its own that is known with all else the same happened when it was first told.
func (d *door) fileCheckout(ctx context.Context, r receipt.Receipt, timed bool) (loyalty.Answer, error) {
	said, err := d.Service.Checkout(ctx, r)
	if timed || loyalty.Code(err) != "receipt_conflict" {
		return said, err
	}
	filed, failed := d.Service.Receipts.Receipt(ctx, r.Key)
	if failed != nil && !errors.Is(failed, loyalty.ErrNotFound) {
		return said, failed
	}
	if failed != nil || filed.Receipt.At.Equal(r.At) {
		return said, err
	}
	r.At = filed.Receipt.At
	return d.Service.Checkout(ctx, r)
}
