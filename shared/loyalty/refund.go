package loyalty

import (
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// split says where the refund of a return goes: to points what the card's book gave back, and the rest as it was paid. A card that took no
// part was never asked for points, so their share was not paid at all.
func (r Returned) split(of receipt.Receipt, before, after receipt.Kept, rules *programme.Programme) Returned {
	inPoints := -r.Paid.Minor
	r.Unpaid = -r.Paid.Unpaid
	if t, ok := of.InPoints(); ok && r.Head.ID == "" {
		worth := rules.PointsWorth(t.Points)
		_, was, _ := of.BackTo(of.Refunded(before), worth)
		_, is, _ := of.BackTo(of.Refunded(after), worth)
		r.Unpaid = is - was
	}
	r.Other = r.Refund - inPoints - r.Unpaid
	return r
}
