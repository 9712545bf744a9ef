package loyalty

import (
	"context"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// BlindReturn takes back what goods may have earned that come back without a receipt: what their value, in minor units of the programme's
// currency, earns at the plain rates of today, and no more than the card can spend. Coupons, tiers, stamps and limits stay: nobody knows
// which receipt it was. A person answers for it, and the entry says that no receipt was shown.
//
// The same id again gets the same answer. ErrInvalid and ErrConflict as Adjust. ErrRefused: the programme takes nothing without a receipt,
// or not for so much; or the card is closed.
func (s *Service) BlindReturn(ctx context.Context, number string, value int64, by ByHand) (Answer, error) {
	if value <= 0 {
		return Answer{}, refuse(ErrInvalid, "value", "the value of what came back must be more than 0")
	}
	rules, err := s.rules(ctx, s.Now())
	if err != nil {
		return Answer{}, err
	}
	a, err := s.byHand(ctx, number, by, &programme.Act{Cause: "blind:" + by.ID, Blind: value}, func(card.Head) error {
		most, ok := rules.BlindAtMost()
		switch {
		case !ok:
			return refuse(ErrRefused, "receipt_needed", "this shop takes nothing back without its receipt; look the receipt up")
		case value > most:
			return refuse(ErrRefused, "value_limit", "without a receipt at most %d minor units may come back at once; look the receipt up", most)
		}
		return nil
	})
	if err == nil && a.Repeated && a.Blind != value {
		err = known(by.ID)
	}
	return a, err
}
