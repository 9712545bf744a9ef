package loyalty_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A process died after it had filed a receipt and a return, and the till never came back.
func TestRepostDoesWhatACrashLeftOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	ana := s.Enrol(1, "", "offers")
	r := s.sale("1", ana, 2000)
	r.Lines = append(r.Lines[:0:0], receipt.Line{ID: "1", Category: "food", Quantity: 2, Amount: 2000})
	if _, err := s.Service.Receipts.File(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	back := receipt.Return{ID: "a", At: s.Clock(), Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}
	if err := s.Service.Receipts.FileReturn(t.Context(), r.Key, 1, back); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Service.Repost(t.Context(), r.Key); err != nil {
			t.Fatal(err)
		}
		view, err := s.Service.View(t.Context(), ana)
		if err != nil || view.Balance != 10 {
			t.Errorf("20.00 less half of it leave %d points (%v)", view.Balance, err)
		}
	}
	if err := s.Service.Repost(t.Context(), receipt.Key{Store: "0042", Till: "9", Number: "9"}); err == nil {
		t.Error("a receipt that nobody filed was posted")
	}
}

// A process died after it had put a claim, and nobody claimed again.
func TestRepostPostsAClaim(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.sale("1", "", 2000)
	s.checkout(r)
	ana := s.Enrol(1, "", "offers")
	if err := s.Service.Receipts.Claim(t.Context(), r.Key, loyalty.ReceiptClaim{Card: ana, Number: ana}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Service.Repost(t.Context(), r.Key); err != nil {
			t.Fatal(err)
		}
		s.check("book", s.Book(ana), "+20 0042/1/1")
	}
}
