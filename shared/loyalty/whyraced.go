package loyalty

import (
	"context"

	"github.com/regulars-dev/regulars/shared/message"
)

// raced tells of an e-mail about a cart that the cart was bought behind the sender's back: after the claim, which had found it open, and
// before the e-mail arrived. Where nobody has reported the arrival, the moment at which the mail service took it stands for that. The
// e-mail stands; a cart that is bought is never written about again.
func (s *Service) raced(ctx context.Context, w *Why, rec message.Record) error {
	if rec.Cart == "" || rec.SentAt.IsZero() || s.Carts == nil {
		return nil
	}
	c, _, err := s.cart(ctx, rec.Cart)
	if err != nil || c.State != CartBought {
		return err
	}
	claimed, arrived := rec.LeaseUntil.Add(-message.Lease), rec.SentAt
	if rec.State == message.StateDelivered {
		arrived = rec.SettledAt
	}
	if rec.LeaseUntil.IsZero() || c.At.Before(claimed) || c.At.After(arrived) {
		return nil
	}
	w.pass("raced", true, "", "the cart was bought at %s, after the e-mail was claimed and before it arrived; it stands, and none of this cart follows", whyMoment(c.At))
	return nil
}
