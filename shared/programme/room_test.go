package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// What a card holds must be something that can be told: the contract ends a balance at a number of points.
func TestACardFillsUpAndHoldsNoMore(t *testing.T) {
	t.Parallel()
	p := rules(t, "earn: [{id: base, points: 6, per: \"1.00\"}]\n") // six for a euro: 600 million for the largest receipt
	now := at(t, "2026-11-21T10:00")
	h := card.Head{ID: "7001"}
	for i, want := range []int64{600_000_000, 400_000_000, 0} {
		h = p.Checkout(h, card.Profile{}, sale(string(rune('a'+i)), now, 10_000_000_000), now)
		if got := last(h).Points; got != want {
			t.Errorf("receipt %d brought %d points, want %d", i+1, got, want)
		}
	}
	if h.Book.Balance != events.MaxPoints {
		t.Fatalf("the card holds %d", h.Book.Balance)
	}

	filled := sale("b", now, 10_000_000_000)
	_, points := giveBack(t, p, h, filled, h.Book.Tail[1], []receipt.Return{{ID: "r1", Money: 5_000_000_000}, {ID: "r2"}}, now)
	if points[0] != -200_000_000 || points[1] != -200_000_000 {
		t.Errorf("the receipt that found room for 400 million gave back %v", points)
	}
}
