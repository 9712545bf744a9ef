package loyalty

import (
	"context"

	"github.com/regulars-dev/regulars/shared/programme"
)

// split gives gift cards their share of a return's refund back, and says where the rest goes: to points what the card's book gave back, and
// what is left as it was paid. A card that took no part was never asked for points, so their share was not paid at all.
func (s *Service) split(ctx context.Context, r Returned, filed Filed, rules *programme.Programme) (Returned, error) {
	of := filed.Receipt
	r.Other = r.Refund.Amount
	if len(of.Tenders) == 0 {
		return r, nil
	}
	points := int64(0)
	if t, ok := of.InPoints(); ok {
		points = rules.PointsWorth(t.Points)
	}
	var err error
	if r.Gifts, err = s.refundGifts(ctx, filed, points, rules); err != nil {
		return r, err
	}
	_, was, _ := of.BackTo(of.Refunded(r.Refund.Before), points)
	_, is, _ := of.BackTo(of.Refunded(r.Refund.After), points)
	r.Unpaid = -r.Paid.Unpaid
	if r.Head.ID == "" {
		r.Unpaid = is - was
	}
	r.Other += r.Paid.Minor - r.Unpaid
	for _, g := range r.Gifts {
		r.Unpaid += g.Missing
		r.Other -= g.Minor + g.Missing
	}
	return r, nil
}
