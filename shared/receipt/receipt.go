// Package receipt holds the finished basket: its lines never change, and what comes back later is told beside it.
package receipt

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
)

// Limits of one receipt. They hold at every door, so that the code behind them need not ask.
const (
	MaxLines    = 500       // lines
	MaxQuantity = 1_000_000 // pieces of one line
	MaxCoupons  = 20        // coupons used on one receipt
	MaxReturns  = 500       // returns of one receipt
	MaxOffers   = 200       // offers applied to one receipt
)

// Kinds of line. What is not goods earns points only if the programme says so.
const (
	Goods    = "goods"
	GiftCard = "gift_card"
	Shipping = "shipping"
	Tip      = "tip"
	Fee      = "fee"
)

// Key names a receipt for ever: the store, the till and the till's own number (or the vendor's id).
type Key struct{ Store, Till, Number string }

func (k Key) String() string { return k.Store + "/" + k.Till + "/" + k.Number }

// Valid reports whether every part may stand in an id.
func (k Key) Valid() bool {
	return ids.ValidPart(k.Store) && ids.ValidPart(k.Till) && ids.ValidPart(k.Number)
}

// ParseKey reads what String writes of a key that is valid.
func ParseKey(text string) (Key, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 || !(Key{parts[0], parts[1], parts[2]}).Valid() {
		return Key{}, fmt.Errorf("receipt %q is not named STORE/TILL/NUMBER, as 0042/03/000173 is", text)
	}
	return Key{parts[0], parts[1], parts[2]}, nil
}

// Line is one line: Amount is the price of all its pieces before Discount, in minor units of the receipt's currency.
type Line struct {
	ID       string
	SKU      string
	Category string
	Kind     string // Goods if empty
	Quantity int64
	Amount   int64
	Discount int64
}

// Net is what was paid for the line.
func (l Line) Net() int64 { return l.Amount - l.Discount }

// IsGoods reports whether the line is goods, not a gift card, shipping, a tip or a fee.
func (l Line) IsGoods() bool { return l.Kind == "" || l.Kind == Goods }

// Receipt is a finished basket. At is when it happened at the till. Card is the number that was swiped, "" for a guest.
type Receipt struct {
	Key     Key
	Card    string
	At      time.Time
	Lines   []Line
	Total   money.Amount // paid; the sum of the lines' Net where there are lines
	Tax     int64
	Coupons []string
	Codes   []string
	Cart    string
	Source  string
	Tenders []Tender           // what was paid in points and with gift cards; see tender.go
	Offers  []Used             // what the till took off by our offers, as it told it; nil if it told nothing
	Goods   map[string]Article // what is known of the goods, by the id of their line; see goods.go

	Reservation string // the till's id of what it held for this basket
	Uses        []Use  // found when it was filed
}

// Used is an offer that the till has applied: the coupon or the code that it was given for, if any, and what it took off all lines
// together, in minor units. The sum over a receipt's offers is at most that of its lines' discounts.
type Used struct {
	Offer  string
	Coupon string
	Code   string
	Amount int64
}

// ReturnedLine is how many pieces of a line came back.
type ReturnedLine struct {
	ID       string
	Quantity int64
}

// Return is what came back of one receipt: Lines, or money alone (Money in minor units), or with neither the whole of what
// is left. ID is the till's own, so that a repeat is known. Void says of a whole one that no goods came back: the sale itself is undone.
type Return struct {
	ID    string
	At    time.Time
	Lines []ReturnedLine
	Money int64
	Void  bool
}

// Whole reports whether all that is left came back.
func (r Return) Whole() bool { return len(r.Lines) == 0 && r.Money == 0 }

// Kept is what is left of a receipt after its returns.
type Kept struct {
	Lines []Line // with what is left of quantity, amount and discount; lines that came back whole are gone
	Net   int64  // paid for what is left, before MoneyBack
	Money int64  // paid back without naming goods
}

// Nothing reports whether all goods came back, or all money. A deduction that is left over, such as cash rounding, is nothing to keep.
func (k Kept) Nothing() bool {
	left := slices.ContainsFunc(k.Lines, func(l Line) bool { return l.Kind != Fee })
	return k.Net <= k.Money && (!left || k.Money > 0)
}

// TooMuch says that the last of the returns asks for more than those before it have left.
type TooMuch struct {
	Line string // "" where money was asked
	Left int64  // pieces, or minor units
}

func (e *TooMuch) Error() string {
	if e.Line == "" {
		return fmt.Sprintf("only %d minor units of the receipt are left to pay back", e.Left)
	}
	return fmt.Sprintf("only %d of line %q are left to return", e.Left, e.Line)
}

// After is what is left of r after the returns, in any order of them the same. It returns *TooMuch where more came back than
// was sold.
//
// The pieces of a line share its amount so that the first ones carry the spare units (1000 over 3 is 334, 333, 333) and returns
// take them in that order: any split into partial returns adds up to the whole.
func (r Receipt) After(returns []Return) (Kept, error) {
	left := make(map[string]int64, len(r.Lines)) // pieces
	for _, l := range r.Lines {
		left[l.ID] += l.Quantity
	}
	kept := Kept{}
	for _, ret := range returns {
		if ret.Whole() {
			return Kept{}, nil
		}
		kept.Money += ret.Money
		for _, l := range ret.Lines {
			if l.Quantity > left[l.ID] {
				return Kept{}, &TooMuch{Line: l.ID, Left: left[l.ID]}
			}
			left[l.ID] -= l.Quantity
		}
	}
	for _, l := range r.Lines {
		l = l.Less(l.Quantity - left[l.ID])
		kept.Net += l.Net()
		if l.Quantity > 0 {
			kept.Lines = append(kept.Lines, l)
		}
	}
	if len(r.Lines) == 0 {
		kept.Net = r.Total.Minor
	}
	if kept.Money == 0 || kept.Money <= kept.Net { // goods alone may leave a deduction, which is less than nothing
		return kept, nil
	}
	before, err := r.After(returns[:len(returns)-1])
	if err != nil {
		return Kept{}, err
	}
	return Kept{}, &TooMuch{Left: before.Net - before.Money}
}

// Less is the line without n of its pieces.
func (l Line) Less(n int64) Line {
	l.Amount -= money.Units(l.Amount, l.Quantity, 0, n)
	l.Discount -= money.Units(l.Discount, l.Quantity, 0, n)
	l.Quantity -= n
	return l
}

// Equal reports whether two returns tell the same.
func (r Return) Equal(o Return) bool {
	return r.ID == o.ID && r.At.Equal(o.At) && r.Money == o.Money && r.Void == o.Void && slices.Equal(r.Lines, o.Lines)
}
