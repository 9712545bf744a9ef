package offer

// Reason is why an offer or coupon did or did not apply. The codes are stable: tills and reports rely on them.
type Reason string

// The reasons. The first two go with Considered.Applied.
const (
	Applied Reason = "applied"
	Capped  Reason = "capped" // applied, and its cap cut it

	NoEffect        Reason = "no_effect"         // nothing was left to take off, or it came to less than half a minor unit
	OutsideWindow   Reason = "outside_window"    // before its first or after its last day
	CouponMissing   Reason = "coupon_missing"    // it needs a coupon and none was shown
	CouponExpired   Reason = "coupon_expired"    // this coupon's last day is over
	CouponUnknown   Reason = "coupon_unknown"    // this coupon is for an offer that does not exist any more
	CouponNotNeeded Reason = "coupon_not_needed" // the offer is for everybody; the coupon is kept
	LimitReached    Reason = "limit_reached"     // another coupon of the same offer is used in this basket
	ConditionNotMet Reason = "condition_not_met" // Detail says which condition
	ExcludedLines   Reason = "excluded_lines"    // no line of the basket is one that it may touch
	BelowMinBasket  Reason = "min_basket"        // the basket is too small; Missing says by how much
	BlockedBy       Reason = "blocked_by"        // By, of the same group or exclusive, applies
	BeatenBy        Reason = "beaten_by"         // it is exclusive, and By saves more
)

// Considered is the answer for one offer, or for one coupon shown. A coupon was used only if Applied.
type Considered struct {
	Offer   string
	Coupon  string
	Applied bool
	Reason  Reason
	Detail  string // a sentence for till and marketer, "" if the reason says it all
	Missing int64  // minor units that the basket lacks
	By      string // offer that stood in the way
	Amount  int64  // minor units taken off
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
	Adjustments []Adjustment
}

// Net is what the line costs after its discount.
func (l PricedLine) Net() int64 { return l.Amount - l.Discount }

// Priced is the answer. Lines are in order of their ids and Considered in order of application, so that equal questions have equal
// answers to the byte. Total = Subtotal - Discount, and each is the sum over the lines.
type Priced struct {
	Lines      []PricedLine
	Subtotal   int64
	Discount   int64
	Total      int64
	Considered []Considered
}
