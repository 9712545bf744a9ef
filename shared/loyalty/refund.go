package loyalty

import (
	"context"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// split gives gift cards their share of a return's refund back, and says where the rest goes: to points what the card's book gave back, and
// what is left as it was paid. A card that took no part was never asked for points, so their share was not paid at all.
func (s *Service) split(ctx context.Context, r Returned, filed Filed, before, after receipt.Kept) (Returned, error) {
	of := filed.Receipt
	r.Other = r.Refund
	if len(of.Tenders) == 0 {
		return r, nil
	}
	rules, err := s.rules(ctx, of.At)
	if err != nil {
		return r, err
	}
	points := int64(0)
	if t, ok := of.InPoints(); ok {
		points = rules.PointsWorth(t.Points)
	}
	if r.Gifts, err = s.refundGifts(ctx, filed, points); err != nil {
		return r, err
	}
	_, was, _ := of.BackTo(of.Refunded(before), points)
	_, is, _ := of.BackTo(of.Refunded(after), points)
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
