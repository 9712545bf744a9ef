package loyalty_test

import (
	"context"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// behind is a store whose reads that may lag have not heard of any card yet.
type behind struct{ loyalty.Cards }

func (b behind) Open(ctx context.Context, number string, strong bool) (loyalty.Opened, error) {
	if !strong {
		return loyalty.Opened{}, loyalty.ErrNotFound
	}
	return b.Cards.Open(ctx, number, strong)
}

// Whoever has enrolled this moment can fill a cart, hold store credit and look at their e-mails: no read that lags behind denies the card.
func TestACardIsKnownAsSoonAsItIsEnrolled(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	s.Cards = behind{s.Cards}
	if kept, err := s.UpdateCart(t.Context(), s.cart("c1", ana, 1)); err != nil || kept.Card == "" {
		t.Errorf("a cart: %+v, %v", kept, err)
	}
	if _, err := s.CardMessages(t.Context(), ana); err != nil {
		t.Errorf("e-mails: %v", err)
	}
	if _, err := s.UpdateCart(t.Context(), s.cart("c2", "0400000000017", 1)); loyalty.Code(err) != "card_unknown" {
		t.Errorf("a card that there is none of: %v", err)
	}
}
