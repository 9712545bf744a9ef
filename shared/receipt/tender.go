package receipt

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/money"
)

// Kinds of tender that we keep books of. What no tender names was paid in another way.
const (
	TenderPoints   = "points"
	TenderGiftCard = "gift_card"
)

// MaxTenders is how many tenders one receipt names.
const MaxTenders = 10

// Tender is a part of the total that was paid with Points, or with Minor units of a gift card. It says what the till took, whether or not
// the book behind it could cover that: the goods are gone.
type Tender struct {
	Kind       string
	Points     int64
	Hold       string // the till's id of the hold that these points settle, "" for none
	Minor      int64
	GiftCard   string // id of the gift card, never its number
	Redemption string // the till's id of what it took off the gift card before; "": the receipt takes it
}

// String names a tender in an answer and in its cause: "points", or "gift_card" with the card's id.
func (t Tender) String() string {
	if t.Kind == TenderGiftCard {
		return fmt.Sprint(t.Kind, " ", t.GiftCard)
	}
	return t.Kind
}

// InPoints is the tender of points. A receipt has at most one.
func (r Receipt) InPoints() (Tender, bool) {
	for _, t := range r.Tenders {
		if t.Kind == TenderPoints {
			return t, true
		}
	}
	return Tender{}, false
}

// OnGiftCards lists the tenders of gift cards.
func (r Receipt) OnGiftCards() []Tender {
	var list []Tender
	for _, t := range r.Tenders {
		if t.Kind == TenderGiftCard {
			list = append(list, t)
		}
	}
	return list
}

// Refunded is what has been paid back of a receipt of which kept is left, by the price that was paid.
func (r Receipt) Refunded(kept Kept) int64 { return r.Total.Minor - (kept.Net - kept.Money) }

// BackTo splits what has been refunded so far over the gift cards, in the order in which the receipt names them, over the points, which
// paid for points minor units, and what was paid in another way.
func (r Receipt) BackTo(refunded, points int64) (cards []int64, inPoints, other int64) {
	var parts []int64
	for _, t := range r.OnGiftCards() {
		parts = append(parts, t.Minor)
	}
	// A deduction that is left behind, such as cash rounding, is no part of what any tender paid.
	back := Back(min(max(refunded, 0), r.Total.Minor), r.Total.Minor, append(parts, points))
	n := len(parts)
	return back[:n], back[n], refunded - (min(max(refunded, 0), r.Total.Minor) - back[n+1])
}

// Back splits what has been refunded of a receipt so far over the parts that paid for it: each takes its share, rounded half up, of what
// those before it have left, and the last value is for what no part names. whole is what was paid for the receipt, and the parts are
// together no more than that.
//
// No share ever falls while refunded grows, none is more than its part, and all are together what was refunded: so the difference of two
// calls is what one return gives back, and returns in any parts add up to the whole.
func Back(refunded, whole int64, parts []int64) []int64 {
	back := make([]int64, 0, len(parts)+1)
	for _, part := range parts {
		share := int64(0)
		if whole > 0 {
			share = money.MulDiv(part, refunded, whole)
		}
		back = append(back, share)
		refunded, whole = refunded-share, whole-part
	}
	return append(back, refunded)
}
