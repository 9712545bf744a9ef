package offer

import (
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Limits of one basket.
const (
	MaxLines      = 500       // lines
	MaxQuantity   = 1_000_000 // pieces of one line
	MaxHeld       = 100       // coupons shown
	MaxTags       = 50        // tags of one line, and as many attributes
	MaxTaxPercent = 100       // per cent of tax
)

// GoodsKind is the kind of a line that offers touch unless they say otherwise, and the meaning of "".
const GoodsKind = "goods"

// Goods is what the shop's catalogue says of the goods on a line, beside its article number and category. All of it may be missing.
type Goods struct {
	Brand          string
	Tags           []string
	Attributes     map[string]string // "size": "XL"
	FloorMinor     int64             // the line never falls below this; 0 for no bound
	TaxBasisPoints int64             // rate of tax, 1,900 for 19 %
}

// Line is one line of a basket. Amount is what all its pieces cost now, in minor units, after any price the till has cut itself.
type Line struct {
	ID       string // distinct in its basket; decides between equal claims to a spare cent
	SKU      string
	Category string // a path such as "drinks/coffee"
	Kind     string // GoodsKind if empty; gift_card, shipping, tip, fee
	Quantity int64  // pieces
	Amount   int64
	Goods
}

func (l *Line) kind() string {
	if l.Kind == "" {
		return GoodsKind
	}
	return l.Kind
}

// Basket is what is being priced.
type Basket struct {
	Currency money.Currency
	Lines    []Line
	Spent    map[string]Reason // offers of which nothing is left for this basket, by id, and why
}

// Held is a coupon that the shopper shows: one right to one offer.
type Held struct {
	ID    string
	Offer string
	Until day.Day // last day, included; none for ever
	Times int64   // of an offer on the cheapest or dearest: so many rights at once, with as many times its pieces; 1 if missing
}

// ErrInvalid is wrapped by every refusal of Price.
var ErrInvalid = errors.New("invalid basket")

// check returns ErrInvalid for a basket that cannot be reckoned with. Goods coming back are a return and no line of a basket.
func (b Basket) check(currency money.Currency, held []Held) error {
	switch {
	case b.Currency != currency:
		return fmt.Errorf("%w: it is in %s, the offers are in %s", ErrInvalid, b.Currency, currency)
	case len(b.Lines) > MaxLines:
		return fmt.Errorf("%w: it has %d lines, at most %d are allowed", ErrInvalid, len(b.Lines), MaxLines)
	case len(held) > MaxHeld:
		return fmt.Errorf("%w: %d coupons are shown, at most %d are allowed", ErrInvalid, len(held), MaxHeld)
	}
	taken := make(map[string]bool, len(b.Lines))
	for i := range b.Lines {
		l := &b.Lines[i]
		switch {
		case l.ID == "" || taken[l.ID]:
			return fmt.Errorf("%w: line %d needs an id of its own", ErrInvalid, i+1)
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return fmt.Errorf("%w: line %s has %d pieces, not 1 to %d", ErrInvalid, l.ID, l.Quantity, MaxQuantity)
		case l.Amount < 0 || l.Amount > money.MaxMinor:
			return fmt.Errorf("%w: line %s costs %d, not 0 to %d", ErrInvalid, l.ID, l.Amount, money.MaxMinor)
		case l.FloorMinor < 0 || l.FloorMinor > money.MaxMinor:
			return fmt.Errorf("%w: line %s has the least price %d, not 0 to %d", ErrInvalid, l.ID, l.FloorMinor, money.MaxMinor)
		case l.TaxBasisPoints < 0 || l.TaxBasisPoints > MaxTaxPercent*100:
			return fmt.Errorf("%w: line %s is taxed at %d basis points, not 0 to %d", ErrInvalid, l.ID, l.TaxBasisPoints, MaxTaxPercent*100)
		case len(l.Tags) > MaxTags || len(l.Attributes) > MaxTags:
			return fmt.Errorf("%w: line %s has more than %d tags or attributes", ErrInvalid, l.ID, MaxTags)
		}
		taken[l.ID] = true
	}
	shown := make(map[string]bool, len(held))
	for _, h := range held {
		if h.ID == "" || shown[h.ID] {
			return fmt.Errorf("%w: coupon %q is shown twice or has no id", ErrInvalid, h.ID)
		}
		shown[h.ID] = true
	}
	return nil
}

// taxOf is the tax in an amount, or on top of it where prices are without; rounded once a line, as receipts print it.
func taxOf(amount, basisPoints int64, without bool) int64 {
	if without {
		return money.Percent(amount, basisPoints)
	}
	return amount - money.MulDiv(amount, money.WholeInBasisPoints, money.WholeInBasisPoints+basisPoints)
}

// lineSet is some of the lines of a basket, by index.
type lineSet [(MaxLines + 63) / 64]uint64

func (s *lineSet) add(line int)      { s[line>>6] |= 1 << (line & 63) }
func (s *lineSet) has(line int) bool { return s[line>>6]&(1<<(line&63)) != 0 }

func (s *lineSet) empty() bool { return *s == lineSet{} }

func (s *lineSet) addAll(other *lineSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s *lineSet) meets(other *lineSet) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}
