package till

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// quote prices a basket and reckons what it would earn. It changes nothing, but for what the till asks to have held.
func (d *door) quote(a *ask) (reply, error) {
	rules, raw, err := d.begin(a)
	if err != nil {
		return reply{}, err
	}
	basket, goods, scanned, life, err := readQuote(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	if scanned.Kind != "" || len(basket.Codes) > 0 {
		if err := d.mayLook(a); err != nil {
			return reply{}, err
		}
	}
	if basket.Card, err = d.number(a.Context(), scanned); err != nil {
		return reply{}, err
	}
	ask := d.Service.Quote
	if life > 0 {
		ask = func(ctx context.Context, basket receipt.Receipt, goods programme.Catalogue) (loyalty.Quoted, error) {
			return d.Service.Reserve(ctx, basket, goods, life)
		}
	}
	q, err := ask(a.Context(), basket, goods)
	if err != nil {
		return reply{}, err
	}
	a.missed = missedCodes(q.Codes)
	if q.New {
		a.missed = append(a.missed, "card "+basket.Card)
	}
	return ok(quoteOf(basket, q, a.today(rules, basket.Key.Store))), nil
}

// readQuote judges the body and makes the basket that it describes, without its card, and what is known of its goods.
func readQuote(raw []byte, a *ask, rules *programme.Programme) (receipt.Receipt, programme.Catalogue, ids.Scanned, time.Duration, error) {
	none := receipt.Receipt{}
	body, f, err := decode[quoteBody](raw, "card")
	if err != nil {
		return none, nil, ids.Scanned{}, 0, err
	}
	f.missing(body.Store != "", "/store")
	f.missing(body.Till != "", "/till")
	f.missing(len(body.Lines) > 0, "/lines")
	f.atMost("/coupons", len(body.Coupons), receipt.MaxCoupons)
	f.atMost("/codes", len(body.Codes), receipt.MaxCoupons)
	scanned, err := f.scan("/card", body.Card, rules.Numbering())
	if err != nil {
		return none, nil, scanned, 0, err
	}
	data := events.CheckoutCompleted{
		Receipt: events.ReceiptRef{Store: body.Store, Till: body.Till, Number: "quote"},
		Lines:   f.soldLines(body.Lines, rules.Currency), Total: money.Amount{Currency: rules.Currency}, Coupons: body.Coupons, Codes: body.Codes,
	}
	id, life := f.reserve(body.Reserve)
	for i, l := range data.Lines {
		data.Total.Minor += l.Amount - l.Discount
		if l.Amount < 0 {
			f.add(fmt.Sprintf("/lines/%d/amount/amount", i), "invalid", "must be at least 0 in a quote; leave out what is paid back, such as a deposit")
		}
	}
	f.contract(data.Validate(), func(pointer string) string {
		switch pointer {
		case "/receipt/store":
			return "/store"
		case "/receipt/till":
			return "/till"
		case "/total/amount":
			return "/lines" // their sum
		}
		return moneyAt(pointer)
	})
	if err := f.problem(); err != nil {
		return none, nil, scanned, 0, err
	}
	m := events.Metadata{OccurredAt: a.now, Source: sourceTill}
	r := loyalty.ReceiptOf(m, data)
	r.Reservation = id
	return r, programme.CatalogueOf(r), scanned, life, a.who.mayActFor(body.Store)
}

// today is the day at a store; coupons are good to the end of it.
func (a *ask) today(rules *programme.Programme, store string) day.Day {
	return day.Of(a.now, rules.Zone(store))
}
