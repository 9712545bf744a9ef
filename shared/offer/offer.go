// Package offer is the discount engine: a basket and the shop's offers go in, priced lines and a reason for every offer come out.
//
// It is exact and it is a function: the discounts of the lines add up to the discount of the basket, no line falls below zero or its
// least price, and the same basket, offers and coupons in any order have the same answer. Each offer goes through the same three
// steps: the pieces it may touch, the amount it takes off them together, and the spread of that amount over them. A new kind of
// offer is a new way to do one of the three. Which offers go together, and in which order, is decided around these steps: see combine.go.
package offer

import (
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Limits of the offers of one programme.
const (
	MaxOffers   = 200    // offers
	MaxSelected = 1_000  // entries in one list of a selector
	MaxName     = 200    // bytes
	MaxSteps    = 20     // steps of one offer
	MaxParts    = 10     // parts of one set
	MaxPieces   = 10_000 // pieces of one part, or of the cheapest and dearest
	MaxWindows  = 20     // windows of one offer
	MaxFloors   = 200    // least prices of one programme
)

// Kind is how the amount of an offer is reckoned.
type Kind string

// The kinds.
const (
	Percent  Kind = "percent" // BasisPoints of what the pieces cost; 10,000 is free
	Fixed    Kind = "amount"  // AmountMinor off
	NewPrice Kind = "price"   // the pieces cost AmountMinor, and never more than without the offer
)

// Target is which of the chosen pieces an offer takes its amount off, and for how many of them an amount or a price is meant.
type Target string

// The targets. A percentage comes to the same on lines and on the basket; what differs is also named at Offer.Counts.
const (
	OnLines    Target = "lines"    // each piece by itself, or each line where EachLine
	OnBasket   Target = "basket"   // all of them together, once
	OnCheapest Target = "cheapest" // the Pieces that cost least, each by itself
	OnDearest  Target = "dearest"  // the Pieces that cost most, each by itself
	OnSets     Target = "sets"     // complete sets, each as a whole: see Part
)

// Spread is how the amount of an offer is laid on its lines.
type Spread string

// The spreads.
const (
	ByAmount   Spread = "amount"   // in proportion to what the lines cost now; also the meaning of ""
	ByQuantity Spread = "quantity" // in proportion to their pieces; a line that is free takes none
)

// Counts is what MinBasket, Steps and Every are measured on. Goods that are never discounted count for nothing.
type Counts string

// What counts. Missing, it is the chosen lines for an offer on the basket that may touch goods, and all goods for every other.
const (
	CountChosen Counts = "chosen" // the lines that the offer may touch
	CountGoods  Counts = "goods"  // all goods: "2.00 off each mug from 50.00" means 50.00 of anything
	CountOthers Counts = "others" // all goods but the lines that the offer may touch, so that a gift does not pay for itself
)

// Tax is whether an amount is meant with its tax.
type Tax string

// The taxes. Missing, amounts are as the prices of the basket are.
const (
	TaxIncluded Tax = "included"
	TaxExcluded Tax = "excluded"
)

// Stack is whether an offer goes together with others.
type Stack string

// The stacks. The shopper gets what saves most: all common offers together, or one that is alone; with either, those that always go.
const (
	StackCommon Stack = "common" // beside other common offers; also the meaning of ""
	StackNever  Stack = "never"  // alone, but for those that always go
	StackAlways Stack = "always" // beside every other
)

// Step is a rung of a ladder: from this much money or this many pieces on, the offer takes off this.
type Step struct {
	From        int64 // minor units; either this
	Pieces      int64 // or this, of the chosen lines
	BasisPoints int64 // of Percent
	AmountMinor int64 // of Fixed and NewPrice
}

// Part is a share of a set: so many pieces of these lines. Where a part is Get, the offer takes its amount off the pieces of such
// parts alone, and the others are what has to be bought; where none is, the whole set is what it is about.
//
// Sets are formed from the dearest pieces down, the parts in the order given: "buy 2, get 1" of the same goods makes groups by falling
// price and the last of each is the cheaper one. A piece that a later part could use as well is taken by an earlier one only if there
// is no other. A set that would not become cheaper is not formed.
type Part struct {
	Select Selector
	Pieces int64
	Get    bool
}

// Offer is a rule of price. All amounts are minor units of the programme's currency.
//
// Offers apply one after the other, each to what the earlier ones left: larger Priority first, and among equals in the order that saves
// most. Conditions are asked of the basket as it came. A piece that one offer has used for a set, or as a cheapest or dearest one, is
// not used so by another; offers on lines and on the basket still touch it.
type Offer struct {
	ID          string
	Name        string
	Kind        Kind
	Target      Target
	Spread      Spread
	BasisPoints int64  // of Percent, 1 to 10,000
	AmountMinor int64  // of Fixed and NewPrice
	Steps       []Step // instead of BasisPoints and AmountMinor: the highest step that is reached
	Every       int64  // of Fixed on the basket: AmountMinor once for each full Every
	EachLine    bool   // of Fixed on lines: the amount comes off each line and not off each piece
	Pieces      int64  // of OnCheapest and OnDearest; 1 if missing
	Set         []Part // of OnSets
	Times       int64  // of OnSets: at most so many sets; 0 for no bound

	Cap      int64 // the most it takes off a basket; 0 for no bound
	CapPiece int64 // the most it takes off one piece; 0 for no bound

	MinBasket int64 // what must be bought at least
	MinPieces int64 // how many pieces of the chosen lines there must be
	Counts    Counts
	After     bool // count what earlier offers left, not the basket as it came
	Tax       Tax  // count with or without tax

	Select  Selector // of every target but OnSets, whose parts say it
	When    rule.Rule
	Coupon  bool    // only for a coupon to it that is held and shown
	From    day.Day // first day; none for always
	Until   day.Day // last day, included; none for ever
	Windows []Window

	Priority int
	Group    string // at most one offer of a group applies
	Stack    Stack
}

// Mode is who decides between offers that do not go together.
type Mode string

// The modes.
const (
	Best       Mode = "best"     // the shopper's advantage; also the meaning of ""
	ByPriority Mode = "priority" // the order: larger Priority, then smaller ID; who comes later and does not fit stays out
)

// Policy is what holds for all offers of a programme together.
type Policy struct {
	Combine        Mode
	CapMinor       int64    // the most that all offers together take off a basket; 0 for no bound
	CapBasisPoints int64    // the same as a part of what may be discounted; 0 for no bound
	Never          Selector // goods that no offer touches and that count for none; the zero Selector stands for no goods here
	Floors         []Floor
	PricesWithout  bool // prices of baskets are without tax
}

// Floor is a least price: offers together never bring a piece of the chosen lines below it. Of several the highest holds.
type Floor struct {
	Select      Selector
	AmountMinor int64 // of a piece; either this
	BasisPoints int64 // or so much of what the line cost as it came
}
