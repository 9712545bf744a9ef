package loyalty_test

import (
	"context"
	"errors"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// onceDown is cards that cannot be opened once.
type onceDown struct {
	loyalty.Cards
	down bool
}

func (c *onceDown) Open(ctx context.Context, number string, fresh bool) (loyalty.Opened, error) {
	if c.down {
		c.down = false
		return loyalty.Opened{}, errDown
	}
	return c.Cards.Open(ctx, number, fresh)
}

// An enrolment that was done, unheard, comes again while the store is out of order: that is no shopper of another card, and asking once
// more answers for it.
func TestEnrolmentComesAgainWhileTheStoreIsDown(t *testing.T) {
	t.Parallel()
	s := open(t)
	cards := &onceDown{Cards: s.Cards}
	s.Cards = cards
	e := loyalty.Enrolment{Number: s.Number(1), Store: "0042", Profile: card.Profile{Given: "Ana", Email: "ana@shopper.example"}}
	if _, err := s.Service.Enrol(t.Context(), e, nil); err != nil {
		t.Fatal(err)
	}
	cards.down = true
	if _, err := s.Service.Enrol(t.Context(), e, nil); !errors.Is(err, errDown) {
		t.Errorf("while the store is down: %v", err)
	}
	if _, err := s.Service.Enrol(t.Context(), e, nil); err != nil {
		t.Errorf("once it is up again: %v", err)
	}
}
