package store

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// How items lie in the table is a promise to who looks at one in a console, and to every later version: rows of every age are read.
func TestItemsLieInTheTableAsPromised(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	s := New(nil, func() time.Time { return at })
	granted := card.Coupon{ID: "Q7M4K2", Offer: "beans15", Campaign: "thanks", ExpiresOn: day.Date(2026, 12, 21)}
	entries := []ledger.Entry{
		{Cause: "0042/03/000172", Kind: ledger.Earn, At: at.Add(-time.Hour), Points: 162, To: "silver", Marks: []ledger.Mark{{Kind: card.MarkEnrolled, Text: "0042"}, granted.Mark(card.MarkGranted)}},
		{Cause: "0042/03/000173", Kind: ledger.Earn, At: at, Points: 12, From: "silver", To: "silver", Marks: []ledger.Mark{card.NotTaken("NOSUCH", "unknown"), {Kind: card.MarkWorth, Text: "12+17/50"}}},
		{Cause: "0042/03/000172~1", Kind: ledger.Reverse, At: at.Add(time.Hour), Points: -2, From: "silver", To: "silver"},
	}
	head := card.Head{
		ID: "0407973274320", EnrolledOn: day.Date(2026, 11, 21), Tier: "silver", Status: card.Blocked, Wallet: []card.Coupon{granted},
		Qualifying: card.Qualifying{Year: 2026, Points: 172}, Habits: card.Habits{Visits: 2, Spent: 10_950, FirstOn: day.Date(2026, 11, 21), LastOn: day.Date(2026, 11, 21)},
		Lost: []card.Lost{{Number: "0407973274320", At: at, By: "0405705330702"}},
		Book: ledger.Book{Balance: 172, Carried: ledger.Grains / 50 * 17, Posted: 11, Pages: 1, Watermark: at.Add(-2 * time.Hour), Tail: entries, Lots: []ledger.Lot{{Points: 160, ExpiresOn: day.Date(2027, 11, 30)}, {Points: 12}}},
	}
	profile := card.Profile{
		ID: head.ID, Since: head.EnrolledOn, Given: "Ana", Family: "Muster", Email: "ana@shopper.example", Phone: "+491701234567", Birthday: day.Yearly{Month: 2, Day: 29}, BirthYear: 1988,
		Home: card.Home{Country: "CH", Postcode: "8001", City: "Zürich"}, Attributes: card.Attributes{"size": {"M"}, "hobbies": {"chess", "tea"}},
		Language: "de-CH", TimeZone: "Europe/Zurich", Identities: []string{"shopify:6940095564"}, Suppressed: &card.Suppression{At: at, Reason: "bounce"},
		Consents: map[string]card.Consent{"offers": {Allowed: true, At: at, Source: "till 0042/03", Text: "v3"}},
	}
	sold := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "000173"}, Card: head.ID, At: at, Total: money.Amount{Minor: 1234, Currency: "EUR"}, Tax: 81,
		Lines: []receipt.Line{
			{ID: "1", SKU: "4006381333931", Category: "beans/espresso", Quantity: 2, Amount: 1400, Discount: 140},
			{ID: "2", Kind: receipt.Fee, Quantity: 1, Amount: -26},
		},
		Coupons: []string{"Q7M4K2", "NOSUCH"}, Codes: []string{"autumn sale"}, Cart: "c81", Source: "till",
		Goods:  map[string]receipt.Article{"1": {Brand: "Kyusu", Tags: []string{"new", "fair"}, Attributes: map[string]string{"size": "S"}, Minimum: 1000, TaxRate: 1900}},
		Offers: []receipt.Used{{Offer: "beans15", Coupon: "Q7M4K2", Amount: 100}, {Offer: "autumn", Code: "autumn sale", Amount: 40}},
	}
	profileAt, err := profileItem(profile)
	if err != nil {
		t.Fatal(err)
	}
	receiptAt, err := s.receiptItem(sold)
	if err != nil {
		t.Fatal(err)
	}
	for name, item := range map[string]Item{
		"head": headItem(head), "profile": profileAt, "receipt": receiptAt, "page": pageItem(head.ID, ledger.Page{Number: 1, Balance: 174, Entries: entries[:2]}),
	} {
		item.Version = 1
		if err := CheckPut(item, Always()); err != nil {
			t.Error(err)
		}
		text, err := json.MarshalIndent(ImageOf(item), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", append(text, '\n'))
	}
	if n := Size(headItem(head)); n > 1_024 {
		t.Errorf("a small head takes %d bytes, more than one write unit", n)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s: the item lies as\n%s\nand shall as\n%s", name, got, want)
	}
}
