package offer

import (
	"errors"
	"fmt"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// Limits of one basket.
const (
	MaxLines    = 500       // lines
	MaxQuantity = 1_000_000 // pieces of one line
	MaxHeld     = 100       // coupons shown
)

// Goods is the kind of a line that offers touch unless they say otherwise, and the meaning of "".
const Goods = "goods"

// Line is one line of a basket. Amount is what all its pieces cost now, in minor units, after any price the till has cut itself.
type Line struct {
	ID       string // distinct in its basket; decides between equal claims to a spare cent
	SKU      string
	Category string // a path such as "drinks/coffee"
	Kind     string // Goods if empty; gift_card, shipping, tip, fee
	Quantity int64  // pieces
	Amount   int64
}

func (l Line) kind() string {
	if l.Kind == "" {
		return Goods
	}
	return l.Kind
}

// Basket is what is being priced.
type Basket struct {
	Currency money.Currency
	Lines    []Line
}

// Held is a coupon that the shopper shows: one right to one offer.
type Held struct {
	ID    string
	Offer string
	Until day.Day // last day, included; none for ever
}

// ErrInvalid is wrapped by every refusal of Price.
var ErrInvalid = errors.New("invalid basket")

// check returns ErrInvalid for a basket that Price cannot reckon with. Goods coming back are a return and no line of a basket.
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
	for i, l := range b.Lines {
		switch {
		case l.ID == "" || taken[l.ID]:
			return fmt.Errorf("%w: line %d needs an id of its own", ErrInvalid, i+1)
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return fmt.Errorf("%w: line %s has %d pieces, not 1 to %d", ErrInvalid, l.ID, l.Quantity, MaxQuantity)
		case l.Amount < 0 || l.Amount > money.MaxMinor:
			return fmt.Errorf("%w: line %s costs %d, not 0 to %d", ErrInvalid, l.ID, l.Amount, money.MaxMinor)
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
