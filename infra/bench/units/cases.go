package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// Prices in hundredths of a cent per million, so that they stay whole.
const (
	priceDigits = 4
	priceWrite  = 6_250                    // $0.625 a million WRU
	priceHalf   = 625                      // $0.125 a million RRU, half of one
	floor       = 2*priceWrite + priceHalf // what the receipt with its lines, and the rules that read the card, cannot do without
)

// measured is one case: how many acts were counted, and what they took together.
type measured struct {
	name  string
	n     int64
	units store.Units
}

func (m *measured) add(u store.Units) {
	m.n++
	m.units = m.units.Add(u)
}

func (m measured) writes() int64 { return m.units.Writes + m.units.IndexWrites }

// price is that of one act, per million.
func (m measured) price() int64 {
	return mean(m.writes()*priceWrite+m.units.ReadHalves*priceHalf, m.n)
}

// mean is sum over n, rounded to the nearest.
func mean(sum, n int64) int64 { return (sum + n/2) / n }

// decimal writes n with its last digits behind a point.
func decimal(n int64, digits int) string {
	text := strconv.FormatInt(n, 10)
	text = strings.Repeat("0", max(0, digits+1-len(text))) + text
	return text[:len(text)-digits] + "." + text[len(text)-digits:]
}

// cases measures each kind of act over a year of a card of its own.
func (s *shop) cases(ctx context.Context) (list []measured, typical measured, err error) {
	for _, c := range []struct {
		name string
		habit
	}{
		{"1 line", habit{lines: 1}}, {"12 lines", habit{lines: 12}}, {"30 lines", habit{lines: 30}}, {"12, web", habit{lines: 12, web: true}},
	} {
		visits, err := s.year(ctx, c.habit)
		if err != nil {
			return nil, typical, fmt.Errorf("%s: %w", c.name, err)
		}
		list = append(list, sum(c.name, visits))
	}
	visits, err := s.year(ctx, habit{lines: 12, coupons: true})
	if err != nil {
		return nil, typical, fmt.Errorf("coupons: %w", err)
	}
	typical = sum("typical", visits)
	coupon := measured{name: "coupon"}
	for _, v := range visits {
		if v.coupon {
			coupon.add(v.units)
		}
	}
	list = append(list, coupon)
	for _, c := range []struct {
		name string
		act  func(ctx context.Context, v visit) error
	}{{"return", s.giveBack}, {"repeat", s.again}, {"late", s.late}} {
		m := measured{name: c.name}
		for _, v := range visits {
			s.meter.Reset()
			if err := c.act(ctx, v); err != nil {
				return nil, typical, fmt.Errorf("%s of %s: %w", c.name, v.receipt.Key, err)
			}
			m.add(s.meter.Total())
		}
		list = append(list, m)
	}
	return list, typical, nil
}

func sum(name string, visits []visit) measured {
	m := measured{name: name}
	for _, v := range visits {
		m.add(v.units)
	}
	return m
}

// giveBack returns one piece of the last line, a year after the sale at most: its entry may lie in a page by then.
func (s *shop) giveBack(ctx context.Context, v visit) error {
	s.now = s.now.Add(time.Hour)
	_, err := s.service.Return(ctx, v.receipt.Key, receipt.Return{ID: "r1", At: s.now, Lines: []receipt.ReturnedLine{{ID: "12", Quantity: 1}}})
	return err
}

// again delivers a receipt for a second time, long after the first.
func (s *shop) again(ctx context.Context, v visit) error {
	a, err := s.service.Checkout(ctx, v.receipt)
	if err == nil && !a.Repeated {
		err = fmt.Errorf("it was taken for new")
	}
	return err
}

// late delivers a receipt from a moment of which the older entries lie in pages: they are looked through before it is believed new.
func (s *shop) late(ctx context.Context, v visit) error {
	r := s.basket(v.receipt.Card, habit{lines: 12}, false)
	r.At = v.receipt.At.Add(time.Hour)
	a, err := s.service.Checkout(ctx, r)
	if err == nil && a.Repeated {
		err = fmt.Errorf("it was taken for a repeat")
	}
	return err
}
