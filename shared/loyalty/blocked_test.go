package loyalty_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A receipt of a blocked card is kept, and so is what comes back of it. When the card is open again and the receipt comes again, it
// brings what is left of it, whichever door it comes by.
func TestWhatCameBackOfABlockedCardsReceiptBringsNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "")
	turn := func(id string, to card.Status) {
		if _, err := s.SetStatus(t.Context(), ana, to, loyalty.ByHand{ID: id, Reason: "Lost", By: "Mira"}); err != nil {
			t.Fatal(err)
		}
	}
	turn("1", card.Blocked)
	r := s.sale("1", ana, 1000, 500)
	_, err := s.Checkout(t.Context(), r)
	s.check("blocked", kind(err), "refused card_blocked")
	ret := receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}
	if back, err := s.Return(t.Context(), r.Key, ret); err != nil || back.Refund.Amount != 1000 || back.Points != 0 {
		t.Fatalf("%+v %v", back, err)
	}
	turn("2", card.Open)
	if a, err := s.Checkout(t.Context(), r); err != nil || a.Points != 15 {
		t.Errorf("%+v %v", a, err)
	}
	s.check("book", s.Book(ana), "+0 status:1, +0 status:2, +15 0042/1/1, -10 0042/1/1~1")
	if back, err := s.Return(t.Context(), r.Key, ret); err != nil || !back.Repeated || back.Points != -10 {
		t.Errorf("again: %+v %v", back, err)
	}
}
