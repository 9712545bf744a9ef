package exporter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// A shopper's line says all that is known, and is read again as it was.
func TestShopperComesBack(t *testing.T) {
	t.Parallel()
	want := card.Profile{
		ID: "77000001", Since: day.Date(2026, 1, 2), Given: "Mira", Family: "Sand", Email: "mira@example.com", Phone: "+49170", Language: "de-AT", TimeZone: "Europe/Vienna",
		Birthday: day.Yearly{Month: time.February, Day: 29}, Identities: []string{"shopify:1", "import:7"},
		Consents:   map[string]card.Consent{"offers": {Allowed: true, At: noon, Source: "till 0042", Text: "v3"}, "news": {At: noon, Source: "unsubscribe link"}},
		Suppressed: &card.Suppression{At: noon, Reason: "bounce"},
	}
	body, err := json.Marshal(exporter.ShopperOf(want))
	if err != nil {
		t.Fatal(err)
	}
	var line exporter.Shopper
	if err := json.Unmarshal(body, &line); err != nil {
		t.Fatal(err)
	}
	got, err := line.Profile()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, broken := range []exporter.Shopper{{Since: "soon"}, {Birthday: "13-32"}} {
		if _, err := broken.Profile(); !errors.Is(err, day.ErrInvalid) {
			t.Errorf("%+v: %v", broken, err)
		}
	}
}

// Every receipt and return of an export is an event that keeps our own contract, whatever kind of return it is.
func TestEventsKeepTheContract(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(t.TempDir()+"/regulars.db", atNoon)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := store.New(db, atNoon)
	r := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "173"}, Card: "77000001", At: noon.Add(-time.Hour), Total: money.Amount{Minor: 1050, Currency: "EUR"}, Tax: 168,
		Lines:   []receipt.Line{{ID: "1", SKU: "A", Category: "tea", Quantity: 2, Amount: 1200, Discount: 200}, {ID: "x", Kind: receipt.Tip, Quantity: 1, Amount: 50}},
		Coupons: []string{"TEA-1"}, Codes: []string{"WINTER SALE"}, Cart: "c1",
		Offers: []receipt.Used{{Offer: "ten", Coupon: "TEA-1", Amount: 120}, {Offer: "winter", Code: "WINTER SALE", Amount: 80}},
	}
	if _, err := s.File(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for n, ret := range []receipt.Return{
		{ID: "R1", At: noon, Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}}, {ID: "R2", At: noon, Money: 30}, {ID: "R3", At: noon},
	} {
		if err := s.FileReturn(t.Context(), r.Key, n+1, ret); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := exporter.Write(t.Context(), db, atNoon, &out); err != nil {
		t.Fatal(err)
	}
	var heard []string
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, `"type":"end"`) {
			continue
		}
		e, err := events.Decode([]byte(line))
		if err != nil {
			t.Errorf("%v\n%s", err, line)
			continue
		}
		heard = append(heard, e.Type)
		if data, ok := e.Data.(events.CheckoutCompleted); ok {
			got := loyalty.ReceiptOf(e.Metadata, data)
			want := r
			want.Source = "till"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the receipt (- filed, + exported):\n%s", diff)
			}
		}
	}
	if got := strings.Join(heard, " "); got != "checkout.completed.v1 checkout.refunded.v1 checkout.refunded.v1 checkout.refunded.v1" {
		t.Errorf("exported %s", got)
	}
}

// An export that cannot be written, or meets what it cannot read, says so and writes no end.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(t.TempDir()+"/regulars.db", atNoon)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := exporter.Write(t.Context(), db, atNoon, full{}); !errors.Is(err, errFull) {
		t.Errorf("onto a full disk: %v", err)
	}
	_, err = db.Put(t.Context(), store.Item{Key: store.Key{Table: store.Cards, Partition: "card/7", Sort: "HEAD"}, Attrs: store.Attrs{"t": "nonsense"}}, store.Always())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := exporter.Write(t.Context(), db, atNoon, &out); err == nil || !strings.Contains(err.Error(), "card/7") || strings.Contains(out.String(), `"end"`) {
		t.Errorf("over a broken card: %v, %s", err, out.String())
	}
}

var errFull = errors.New("no space")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
