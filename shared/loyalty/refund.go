package loyalty

import (
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// split says where the refund of a return goes: to points what the card's book gave back, and what is left to what paid otherwise. A card
// that took no part was never asked for points, so their share was not paid.
func (r Returned) split(of receipt.Receipt, before, after receipt.Kept, rules *programme.Programme) Returned {
	inPoints := -r.Paid.Minor
	r.Unpaid = -r.Paid.Unpaid
	if t, ok := of.InPoints(); ok && inPoints == 0 && r.Unpaid == 0 {
		worth := rules.PointsWorth(t.Points)
		_, was, _ := of.BackTo(of.Refunded(before), worth)
		_, is, _ := of.BackTo(of.Refunded(after), worth)
		if r.Tier == "" && r.TierBefore == "" && r.Points == 0 && len(r.Head.ID) == 0 {
			r.Unpaid = is - was
		}
	}
	r.Other = r.Refund - inPoints - r.Unpaid
	return r
}
