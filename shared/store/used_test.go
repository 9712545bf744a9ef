package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// A checkout is paid for by the size of what it writes: a supermarket's receipt with an offer on it stays one write unit.
func TestAReceiptOfTwelveLinesWithAnOfferIsOneWriteUnit(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s := New(nil, func() time.Time { return at })
	r := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "000173"}, Card: "0407973274320", At: at, Tax: 2110, Source: "till",
		Total: money.Amount{Minor: 12 * 1_750, Currency: "EUR"}, Coupons: []string{"Q7M4K2"},
	}
	for i := range 12 {
		r.Lines = append(r.Lines, receipt.Line{ID: fmt.Sprint(i + 1), SKU: fmt.Sprintf("40063813339%02d", i), Category: "food/dairy/cheese", Quantity: 2, Amount: 1_999, Discount: 249})
	}
	bare, err := s.receiptItem(r)
	if err != nil {
		t.Fatal(err)
	}
	r.Offers = []receipt.Used{{Offer: "weekend20", Coupon: "Q7M4K2", Amount: 12 * 249}}
	told, err := s.receiptItem(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, lies := bare.Attrs[recOffers]; lies || Size(told) > 1_024 || Size(told)-Size(bare) > 32 {
		t.Errorf("a receipt takes %d bytes, and %d with an offer", Size(bare), Size(told))
	}
}
