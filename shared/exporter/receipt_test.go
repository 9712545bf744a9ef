package exporter_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// A receipt says in an export all that a till said of it: whoever reads it again has the same receipt.
func TestAReceiptComesBackWhole(t *testing.T) {
	t.Parallel()
	want := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "1"}, Card: "77000001", At: noon, Total: money.Amount{Minor: 800, Currency: "EUR"}, Tax: 50,
		Lines:   []receipt.Line{{ID: "1", SKU: "beans", Category: "beans", Quantity: 2, Amount: 900, Discount: 100}},
		Coupons: []string{"Q7M4K2"}, Codes: []string{"WELCOME10"}, Cart: "c1", Source: "till", Reservation: "hold-1",
		Tenders: []receipt.Tender{{Kind: "points", Points: 10, Hold: "h1"}, {Kind: "gift_card", Minor: 100, GiftCard: "G1", Redemption: "r1"}},
		Offers:  []receipt.Used{{Offer: "ten", Coupon: "Q7M4K2", Amount: 100}},
		Goods:   map[string]receipt.Article{"1": {Brand: "Kyusu", Tags: []string{"new"}, Attributes: map[string]string{"size": "S"}, Minimum: 1, TaxRate: 700}},
	}
	if fields, filled := reflect.TypeOf(want).NumField(), 14; fields != filled+1 { // Uses is found, not said
		t.Errorf("a receipt has %d fields, and %d of them are tried here", fields, filled)
	}
	db, err := bolt.Open(t.TempDir()+"/regulars.db", atNoon, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := store.New(db, atNoon).File(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := exporter.Write(t.Context(), db, func() time.Time { return noon }, &out); err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(out.Bytes(), []byte("\n"))
	var said struct {
		Metadata events.Metadata          `json:"metadata"`
		Data     events.CheckoutCompleted `json:"data"`
	}
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, loyalty.ReceiptOf(said.Metadata, said.Data)); d != "" {
		t.Error(d)
	}
}
