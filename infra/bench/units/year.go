package main

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

//go:embed programme.yaml
var rules string

// shop is the use cases over a meter, under a clock that follows the receipts. Its programme and how campaigns are steered are read beside the
// meter: a function keeps them for half a minute and for five seconds, so at any traffic worth measuring one read is shared by many checkouts.
type shop struct {
	service *loyalty.Service
	meter   *store.Meter
	now     time.Time
	cards   uint64 // made so far
	number  int    // of the last receipt
}

func open(ctx context.Context, items store.Items) (*shop, error) {
	s := &shop{meter: store.NewMeter(items), now: time.Date(2026, 1, 3, 9, 12, 31, 0, time.UTC)}
	clock := func() time.Time { return s.now }
	parsed, document, faults, err := yamldoc.Read(strings.NewReader(rules))
	if err != nil || len(faults) > 0 {
		return nil, fmt.Errorf("the programme of the measurement: %w %v", err, faults)
	}
	if err := store.New(items, clock).Publish(ctx, parsed.From, document); err != nil {
		return nil, fmt.Errorf("publish the programme: %w", err)
	}
	kept := store.New(s.meter, clock)
	s.service = &loyalty.Service{Cards: kept, Joins: kept, Pages: kept, Receipts: kept, Overdue: kept, Limits: kept, Reservations: kept, Codes: kept, Programmes: store.NewProgrammes(items, clock), Controls: store.New(items, clock), Now: clock}
	return s, nil
}

// enrol makes a card with an owner, as complete as shoppers are who want a birthday coupon, and its first receipt: neither is part of
// a typical year.
func (s *shop) enrol(ctx context.Context, c habit) (string, error) {
	p, err := s.service.Programmes.At(ctx, s.now)
	if err != nil {
		return "", fmt.Errorf("read the programme: %w", err)
	}
	s.cards++
	number := p.IssueNumber(s.cards)
	agreed := card.Consent{Allowed: true, At: s.now, Source: "till 0042/03", Text: "2025-06"}
	_, err = s.service.Enrol(ctx, loyalty.Enrolment{Number: number, Store: "0042", Profile: card.Profile{
		Given: "Margarethe", Family: "Sommerfeldt", Email: fmt.Sprintf("margarethe.sommerfeldt%d@shopper.example", s.cards), Language: "de",
		Birthday: day.Yearly{Month: time.May, Day: 17}, Identities: []string{fmt.Sprintf("shopify:%d", 6_940_095_564_123+s.cards)},
		Consents: map[string]card.Consent{"offers": agreed, "news": agreed},
	}}, nil)
	if err == nil {
		_, err = s.service.Checkout(ctx, s.basket(number, c, false))
	}
	if err != nil {
		return "", fmt.Errorf("enrol card %s: %w", number, err)
	}
	return number, nil
}

var categories = []string{"fresh", "dairy", "bakery", "drinks", "pantry", "household"}

// habit is how a shopper buys.
type habit struct {
	lines   int  // of a receipt
	coupons bool // a hamper a month brings a coupon, and the next visit uses it
	web     bool // in the web shop, whose receipts have long numbers
}

// basket is a receipt as a grocer's till writes it: GTINs, a category, few pieces, a discount here and there.
func (s *shop) basket(number string, c habit, hamper bool, coupons ...string) receipt.Receipt {
	s.number++
	r := receipt.Receipt{
		Key:  receipt.Key{Store: "0042", Till: "03", Number: fmt.Sprintf("%06d", 17_000+113*s.number)},
		Card: number, At: s.now, Source: "till", Coupons: coupons,
	}
	if c.web {
		r.Key, r.Source = receipt.Key{Store: "web", Till: "shopify", Number: strconv.Itoa(5_870_912_345_678 + 977*s.number)}, "shopify"
	}
	for i := range c.lines {
		l := receipt.Line{
			ID: strconv.Itoa(i + 1), SKU: fmt.Sprintf("40%011d", (s.number*7919+i*104_729)%99_999_999_999), Category: categories[i%len(categories)],
			Quantity: int64(1 + i%3), Amount: int64(129 + (s.number*31+i*17)%400),
		}
		if i%5 == 4 {
			l.Discount = 30
		}
		if hamper && i == 0 {
			l.Category, l.Amount = "hamper", 3_900
		}
		r.Lines = append(r.Lines, l)
		r.Total.Minor += l.Net()
	}
	r.Total.Currency, r.Tax = "EUR", r.Total.Minor*7/107
	return r
}

// visits are the receipts of a year, one a week.
const visits = 52

// visit is one receipt of a year and what it took.
type visit struct {
	receipt receipt.Receipt
	coupon  bool // it brought or used one
	units   store.Units
}

// year plays one card's year and returns its visits in order. It fails if a coupon was not granted or redeemed as the habit has it.
func (s *shop) year(ctx context.Context, c habit) ([]visit, error) {
	number, err := s.enrol(ctx, c)
	if err != nil {
		return nil, err
	}
	var played []visit
	var held []string
	for week := range visits {
		s.now = s.now.AddDate(0, 0, 7).Add(37 * time.Minute)
		hamper := c.coupons && week*12/visits != (week+1)*12/visits
		r := s.basket(number, c, hamper, held...)
		s.meter.Reset()
		a, err := s.service.Checkout(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("receipt of week %d: %w", week+1, err)
		}
		if len(a.Granted) > 0 != hamper || len(a.Redeemed) != len(held) || len(a.NotTaken) > 0 {
			return nil, fmt.Errorf("receipt of week %d granted %v and redeemed %v", week+1, a.Granted, a.Redeemed)
		}
		played = append(played, visit{receipt: r, coupon: hamper || len(held) > 0, units: s.meter.Total()})
		held = nil
		for _, granted := range a.Granted {
			held = append(held, granted.ID)
		}
	}
	return played, nil
}
