package till

import (
	"fmt"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// quote prices a basket and reckons what it would earn. It changes nothing.
func (d *door) quote(a *ask) (reply, error) {
	rules, err := d.rules(a)
	if err != nil {
		return reply{}, err
	}
	raw, err := a.read()
	if err != nil {
		return reply{}, err
	}
	basket, scanned, err := readQuote(raw, a, rules)
	if err != nil {
		return reply{}, err
	}
	if basket.Card, err = d.number(a.Context(), scanned); err != nil {
		return reply{}, err
	}
	q, err := d.Service.Quote(a.Context(), basket)
	if err != nil {
		return reply{}, err
	}
	return ok(quoteOf(basket, q, a.today(rules, basket.Key.Store))), nil
}

// readQuote judges the body and makes the basket that it describes, without its card.
func readQuote(raw []byte, a *ask, rules *programme.Programme) (receipt.Receipt, ids.Scanned, error) {
	none := receipt.Receipt{}
	body, f, err := decode[quoteBody](raw, "card")
	if err != nil {
		return none, ids.Scanned{}, err
	}
	f.missing(body.Store != "", "/store")
	f.missing(body.Till != "", "/till")
	f.missing(len(body.Lines) > 0, "/lines")
	f.atMost("/coupons", len(body.Coupons), receipt.MaxCoupons)
	scanned, err := f.scan("/card", body.Card, rules.Numbering())
	if err != nil {
		return none, scanned, err
	}
	data := events.CheckoutCompleted{
		Receipt: events.ReceiptRef{Store: body.Store, Till: body.Till, Number: "quote"},
		Lines:   f.lines(body.Lines, rules.Currency), Total: money.Amount{Currency: rules.Currency}, Coupons: body.Coupons,
	}
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
		return none, scanned, err
	}
	m := events.Metadata{OccurredAt: a.now, Source: sourceTill}
	return loyalty.ReceiptOf(m, data), scanned, a.who.mayActFor(body.Store)
}

// today is the day at a store; coupons are good to the end of it.
func (a *ask) today(rules *programme.Programme, store string) day.Day {
	return day.Of(a.now, rules.Zone(store))
}
