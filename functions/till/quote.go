package till

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/offer"
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
	if err := d.mayGuess(a, basket.Codes); err != nil {
		return reply{}, err
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
	d.guessed(a, q.Codes)
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
	lines := make([]lineBody, len(body.Lines))
	for i, l := range body.Lines {
		lines[i] = l.lineBody
	}
	data := events.CheckoutCompleted{
		Receipt: events.ReceiptRef{Store: body.Store, Till: body.Till, Number: "quote"},
		Lines:   f.lines(lines, rules.Currency), Total: money.Amount{Currency: rules.Currency}, Coupons: body.Coupons, Codes: body.Codes,
	}
	id, life := f.reserve(body.Reserve)
	for i, l := range data.Lines {
		data.Total.Minor += l.Amount - l.Discount
		if l.Amount < 0 {
			f.add(fmt.Sprintf("/lines/%d/amount/amount", i), "invalid", "must be at least 0 in a quote; leave out what is paid back, such as a deposit")
		}
	}
	goods := f.goods(body.Lines, data.Lines, rules.Currency)
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
	return r, goods, scanned, life, a.who.mayActFor(body.Store)
}

// goods reads what the catalogue says of the goods on each line.
func (f *faults) goods(said []quoteLineBody, lines []events.Line, in money.Currency) programme.Catalogue {
	known := make(programme.Catalogue, len(lines))
	for i := range lines[:min(len(lines), len(said))] {
		l, at := said[i], fmt.Sprintf("/lines/%d", i)
		g := offer.Goods{
			Brand: l.Brand, Tags: l.Tags, Attributes: l.Attributes, FloorMinor: f.minor(at+"/minimum", l.Minimum, in), TaxBasisPoints: l.TaxRate,
		}
		f.words(at+"/brand", g.Brand)
		f.words(at+"/tags", g.Tags...)
		f.words(at+"/attributes", slices.Concat(slices.Collect(maps.Keys(g.Attributes)), slices.Collect(maps.Values(g.Attributes)))...)
		f.atMost(at+"/tags", len(g.Tags), offer.MaxTags)
		f.atMost(at+"/attributes", len(g.Attributes), offer.MaxTags)
		if g.FloorMinor < 0 || g.FloorMinor > money.MaxMinor {
			f.add(at+"/minimum/amount", "invalid", "should be from 0 to %d", int64(money.MaxMinor))
		}
		if most := int64(offer.MaxTaxPercent * 100); g.TaxBasisPoints < 0 || g.TaxBasisPoints > most {
			f.add(at+"/tax_rate", "invalid", "should be from 0 to %d basis points; 1900 is 19 %%", most)
		}
		known[lines[i].ID] = g
	}
	return known
}

// words tells texts that are too long.
func (f *faults) words(pointer string, texts ...string) {
	if slices.ContainsFunc(texts, func(text string) bool { return len(text) > events.MaxText }) {
		f.add(pointer, "too_long", "is longer than %d bytes", events.MaxText)
	}
}

// today is the day at a store; coupons are good to the end of it.
func (a *ask) today(rules *programme.Programme, store string) day.Day {
	return day.Of(a.now, rules.Zone(store))
}
