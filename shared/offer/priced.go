package offer

// Reason is why an offer or coupon did or did not apply. The codes are stable: tills and reports rely on them.
type Reason string

// The reasons. The first three go with Considered.Applied; FloorPrice also stands alone, where no piece may become any cheaper.
const (
	Applied    Reason = "applied"
	Capped     Reason = "capped"      // applied, and a cap of the offer or of the whole basket cut it
	FloorPrice Reason = "floor_price" // a least price cut it, to nothing if not applied

	NoEffect        Reason = "no_effect"          // nothing was left to take off, it came to less than half a minor unit, or no price would fall
	OutsideWindow   Reason = "outside_window"     // not on this day or at this hour
	CouponMissing   Reason = "coupon_missing"     // it needs a coupon and none was shown
	CouponExpired   Reason = "coupon_expired"     // this coupon's last day is over
	CouponUnknown   Reason = "coupon_unknown"     // this coupon is for an offer that does not exist any more
	CouponNotNeeded Reason = "coupon_not_needed"  // the offer is for everybody; the coupon is kept
	LimitReached    Reason = "limit_reached"      // another coupon of the same offer is used in this basket, or the offer was had so often already
	BudgetSpent     Reason = "budget_spent"       // the money that the offer may cost is spent
	Stopped         Reason = "stopped"            // the shop has stopped the offer at all tills
	Reserved        Reason = "reserved_elsewhere" // what is left of the offer is held for baskets that are being paid for; it may come free
	CardMissing     Reason = "card_missing"       // a card may have the offer so often only, and none was shown
	CodeVoid        Reason = "code_void"          // this code was taken back
	ConditionNotMet Reason = "condition_not_met"  // Detail says which condition
	ExcludedLines   Reason = "excluded_lines"     // no line of the basket is one that it may touch
	BelowMinBasket  Reason = "min_basket"         // the basket is too small; Missing says by how much
	PiecesMissing   Reason = "pieces_missing"     // pieces of its lines or set are missing; MissingPieces says how many
	BlockedBy       Reason = "blocked_by"         // By, of the same group, alone, or earlier in order, applies
	BeatenBy        Reason = "beaten_by"          // the shopper saves more without it, By instead
	BasketCap       Reason = "basket_cap"         // all that may be taken off this basket is taken off by others
)

// Considered is the answer for one offer, or for one coupon shown. A coupon was used only if Applied.
type Considered struct {
	Offer   string
	Coupon  string
	Applied bool
	Reason  Reason
	Detail  string // a sentence for till and marketer, "" if the reason says it all
	By      string // offer that stood in the way
	Amount  int64  // minor units taken off

	// What the basket lacks: for the offer to apply or, where it does, for its next step or its next set.
	Missing       int64 // minor units
	MissingPieces int64
}

// Adjustment is what one offer takes off one line. The share of a single piece is money.Units(Amount, Quantity, n, n+1).
type Adjustment struct {
	Offer  string
	Coupon string
	Amount int64
}

// PricedLine is a line with what is taken off it, in order of application. Discount is the sum of the adjustments.
type PricedLine struct {
	Line
	Discount    int64
	Tax         int64 // in what is left to pay, or on top of it where prices are without tax
	Adjustments []Adjustment
}

// Net is what the line costs after its discount.
func (l *PricedLine) Net() int64 { return l.Amount - l.Discount }

// Proof is what is known of a combination of offers.
type Proof string

// The proofs.
const (
	Proven  Proof = "proven"  // no other combination saves more
	Bounded Proof = "bounded" // too many offers compete to try all; what is promised stands at searchBounded
	Ordered Proof = "ordered" // the programme combines by priority
)

// Priced is the answer. Lines are in order of their ids and Considered in order of priority, so that equal questions have equal
// answers to the byte. Total = Subtotal - Discount, and each is the sum over the lines.
type Priced struct {
	Lines      []PricedLine
	Subtotal   int64
	Discount   int64
	Total      int64
	Tax        int64
	Proof      Proof
	Considered []Considered
}
