package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Goods that points do not pay for lessen what they may pay, and so does a gift card.
func TestPointsDoNotPayForEverything(t *testing.T) {
	t.Parallel()
	rules, faults := payRules(t, `{worth: "0.01", never: {categories: [tobacco]}}`)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	now := at(t, "2026-11-21T10:00")
	h := card.Head{ID: "7001", EnrolledOn: 1}
	h.Book = h.Book.Post(ledger.Entry{Cause: "x", Kind: ledger.Grant, At: now, Points: 5000}, 0)
	r := sale("1", now, 1000, 700, 2500)
	r.Lines[1].Category, r.Lines[2].Kind = "tobacco/cigars", receipt.GiftCard
	priced, _, err := rules.Quote(h, r, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := rules.PayableFor(h, priced, now); got != 1000 {
		t.Errorf("%d points may pay, want those of the other goods, 1000", got)
	}
}
