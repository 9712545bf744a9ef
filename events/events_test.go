package events_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

const meta = `{"id":"E1","occurred_at":"2026-11-21T10:00:00+01:00","source":"till"}`

func event(name, data string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"metadata":%s,"data":%s}`, name, meta, data)
}

// Each row: what a till sends, and everything it is told.
func TestATillIsToldAllThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	const receipt = `"receipt":{"store":"1","till":"2","number":"3"},"total":{"amount":100,"currency":"EUR"}`
	for _, row := range []struct{ name, data, want string }{
		{events.NameCheckoutCompleted, `{` + receipt + `}`, ""},
		{events.NameCheckoutCompleted, `{` + receipt + `,"recipt":1,"card":7}`,
			"/data/recipt is no field here; the fields are card, cart, codes, coupons, lines, offers, receipt, reservation, tax, tenders, total; /data/card must be a string, not this number"},
		{events.NameCheckoutCompleted, `{"receipt":{"store":"a b","till":""},"total":{"amount":1.5,"currency":"EUR"}}`,
			"/data/receipt/number is missing; /data/total/amount must be a whole number, not this number"},
		{events.NameCheckoutCompleted, `{"receipt":{"store":"a b","till":"","number":"3"},"total":{"amount":-1,"currency":"EURO"}}`,
			"/data/receipt/store must be 1 to 64 of A-Z a-z 0-9 . _ - #; /data/receipt/till must be 1 to 64 of A-Z a-z 0-9 . _ - #; " +
				"/data/total/amount must be from 0 to 10000000000, is -1; /data/total/currency must be an ISO 4217 currency such as EUR"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"lines":[{"id":"1","quantity":1,"amount":99}]}`,
			"/data/total/amount must be the sum of amount - discount over the lines, 99, is 100"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"lines":[{"id":"1","quantity":1,"amount":102},{"id":"2","kind":"fee","quantity":1,"amount":-2}]}`, ""},
		{events.NameCheckoutCompleted, `{` + receipt + `,"lines":[{"id":"1","quantity":0,"amount":-1},{"id":"1","kind":"wine","quantity":1,"amount":5,"discount":6}]}`,
			"/data/lines/0/quantity must be from 1 to 1000000, is 0; /data/lines/0/amount must be from 0 to 10000000000, is -1; " +
				"/data/lines/1/kind must be goods, gift_card, shipping, tip or fee; /data/lines/1/discount must be from 0 to the amount of the line, 5, is 6; " +
				"/data/lines/1/id stands on another line too; a return could not tell them apart"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"coupons":["A","A"]}`, "/data/coupons/1 is named twice"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"lines":null}`, "/data/lines must be a list, not null"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"tax":1,"tax":2}`, "/data/tax stands twice in its object"},
		{events.NameCheckoutRefunded, `{"return":"R1","receipt":{"store":"1","till":"2","number":"3"},"lines":[]}`,
			"/data/lines must not be empty; leave it out to take back the whole receipt"},
		{events.NameCheckoutRefunded, `{"return":"R1","receipt":{"store":"1","till":"2","number":"3"},"lines":[{"id":"1","quantity":1},{"id":"1","quantity":1}]}`,
			"/data/lines/1/id stands in the return twice; add the quantities"},
		{events.NameCartUpdated, `{"cart":"c","version":0,"total":{"amount":1,"currency":"EUR"},"url":"https://a@b/"}`,
			"/data/version must be from 1 to 9007199254740991, is 0; /data/url must not hold an e-mail address or password"},
		{events.NameCartUpdated, `{"cart":"c","version":1,"total":{"amount":1,"currency":"EUR"},"url":"http://shop.example/"}`,
			"/data/url must begin with https:// and a host"},
		{events.NameCartCleared, `{"cart":"c","reason":"lost"}`, "/data/reason must be bought or emptied"},
		{events.NameShopperUpdated, `{"card":"1","consent":{"E-Mail ~ /":true}}`,
			"/data/consent/E-Mail ~0 ~1 must be 1 to 32 of a-z 0-9 . _ - and begin with a letter"},
		{events.NameCheckoutCompleted, `{` + receipt + `,"card":"4111111111111111","codes":["call 4111 1111 1111 1111"],"coupons":["378282246310005"]}`,
			"/data/card looks like a payment card, which is never accepted; /data/coupons/0 looks like a payment card, which is never accepted; " +
				"/data/codes/0 looks like a payment card, which is never accepted"},
		// a shop's own 13 digits, a vendor's receipt number and an EAN may pass the same arithmetic; the card room judges the first
		{events.NameCheckoutCompleted, `{"receipt":{"store":"1","till":"2","number":"4222222222222"},"total":{"amount":100,"currency":"EUR"},` +
			`"card":"4222222222222","lines":[{"id":"4222222222222","sku":"4006381333023","quantity":1,"amount":100}]}`, ""},
		{events.NameCouponGranted, `{"card":"1","cause":"x","coupon":"c","offer":"o","expires_on":"2026-02-30"}`,
			"/data/expires_on must be a day such as 2026-12-24"},
	} {
		_, err := events.Decode(event(row.name, row.data))
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "invalid event "+row.name+": ")
			if !errors.Is(err, events.ErrInvalid) {
				t.Errorf("%s: %v is not ErrInvalid", row.data, err)
			}
		}
		if got != row.want {
			t.Errorf("%s\n told %q\n want %q", row.data, got, row.want)
		}
	}
}

func TestALinkLeadsToAHostAndNamesNobody(t *testing.T) {
	t.Parallel()
	for link, good := range map[string]bool{
		"https://shop.example/cart/81?key=a%20b#x": true, "https://shop.example:8443": true, "http://127.0.0.1:8080/cart": true, "http://localhost/": true,
		"http://shop.example/": false, "https:///cart": false, "https://": false, "shop.example/cart": false, "javascript:alert(1)": false,
		"https://shop.example/?q=lena%40example.com": false, "https://me:pw@shop.example/": false, "https://shop.example/\"><b>": false,
		"https://bücher.example/": false, "https://shop.example/" + strings.Repeat("x", events.MaxURL): false,
	} {
		cart := events.CartUpdated{Cart: "c", Version: 1, Total: money.Amount{Minor: 1, Currency: "EUR"}, URL: link}
		if found := cart.Validate(); (len(found) == 0) != good {
			t.Errorf("%.60s: %v", link, found)
		}
	}
}

func TestAPaymentCardIsRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	_, err := events.Decode(event(events.NameShopperEnrolled, `{"card":"5555555555554444"}`))
	if !errors.Is(err, events.ErrInvalid) || strings.Contains(err.Error(), "5555") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		``:                              "invalid event : is not the JSON object of an event",
		`{"type":"x"} x`:                "invalid event : is not the JSON object of an event",
		`[]`:                            "invalid event : is not the JSON object of an event",
		"{\"type\":\"\xff\"}":           "unknown event type",
		`{}`:                            `invalid event : /type must be the name of an event, such as "checkout.completed.v1"`,
		`{"type":"checkout.completed"}`: `unknown event type "checkout.completed"`,
		`{"type":"cart.cleared.v1"}`:    "invalid event cart.cleared.v1: /data is missing; /metadata is missing",
		`{"detail-type":"cart.cleared.v1","detail":1}`:                                    "invalid event cart.cleared.v1: must be an object, not this number",
		string(event("cart.cleared.v1", strings.Repeat("[", 50)+strings.Repeat("]", 50))): "invalid event cart.cleared.v1: /data is not as it should be: it nests deeper than",
		`"` + strings.Repeat("x", events.MaxBytes) + `"`:                                  "invalid event : is 262146 bytes long; at most 262144 are accepted",
	} {
		_, err := events.Decode([]byte(raw))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.80s\n told %v\n want %s", raw, err, want)
		}
	}
	if _, err := events.Decode([]byte(`{"type":"a.b.v1","metadata":{},"data":{}}`)); !errors.Is(err, events.ErrUnknown) {
		t.Errorf("an unknown type gives %v", err)
	}
}

func TestAFloodOfMistakesStaysReadable(t *testing.T) {
	t.Parallel()
	lines := strings.Repeat(`{"bad":1},`, 500)
	_, err := events.Decode(event(events.NameCheckoutCompleted, `{"lines":[`+strings.TrimSuffix(lines, ",")+`]}`))
	var invalid *events.Invalid
	if !errors.As(err, &invalid) || len(invalid.Problems) != events.MaxProblems {
		t.Fatalf("got %v", err)
	}
}

func TestNothingLeavesThatWouldNotBeAccepted(t *testing.T) {
	t.Parallel()
	good := events.Metadata{ID: "E1", OccurredAt: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC), Source: "regulars"}
	total := money.Amount{Minor: 100, Currency: "EUR"}
	moment := func(text string) events.Metadata { // judged in UTC, in which all that follows from it is told
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return events.Metadata{ID: "E1", OccurredAt: at, Source: "till"}
	}
	for _, row := range []struct {
		e    events.Event
		want string
	}{
		{events.New(good, events.PointsEarned{Card: "1", Cause: "1/2/3", Points: 1, Balance: 1}), ""},
		{events.New(good, events.PointsEarned{Card: "1", Cause: "1/2/3"}), "/data/points must be from 1"},
		{events.New(moment("2000-01-01T00:00:00+14:00"), events.CartCleared{Cart: "1", Reason: "bought"}), "/metadata/occurred_at must lie in the years"},
		{events.New(moment("2199-12-31T23:00:00-05:00"), events.CartCleared{Cart: "1", Reason: "bought"}), "/metadata/occurred_at must lie in the years"},
		{events.New(moment("1999-12-31T23:00:00-05:00"), events.CartCleared{Cart: "1", Reason: "bought"}), ""},
		{events.New(events.Metadata{}, events.CartCleared{Cart: "1", Reason: "bought"}), "/metadata/id"},
		{events.New(good, events.CheckoutRefunded{Return: "R", Receipt: events.ReceiptRef{Store: "1", Till: "2", Number: "3"}, Amount: &total}), ""},
		{events.Event{Type: "a.b.v1", Metadata: good}, "unknown event type"},
		{events.Event{Type: events.NameCartCleared, Metadata: good, Data: &events.CartCleared{}}, "/data must be events.CartCleared, is *events.CartCleared"},
	} {
		_, err := events.Encode(row.e)
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s %+v: got %v, want %q", row.e.Type, row.e.Data, err, row.want)
		}
	}
}

func TestTheBodyOfARequestIsJudgedByTheSameRules(t *testing.T) {
	t.Parallel()
	body, err := events.DecodeData(events.NameCartCleared, []byte(`{"cart":"c1","reason":"emptied"}`))
	if err != nil || body != (events.CartCleared{Cart: "c1", Reason: "emptied"}) {
		t.Errorf("got %+v, %v", body, err)
	}
	_, err = events.DecodeData(events.NameCartCleared, []byte(`{"cart":"c 1"}`))
	if err == nil || err.Error() != "invalid event cart.cleared.v1: /reason is missing" {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range events.Types() {
		f.Add([]byte(`{"type":"` + s.Name + `",` + strings.TrimPrefix(string(s.Sample), "{")))
		f.Add([]byte(`{"detail-type":"` + s.Name + `","detail":` + string(s.Sample) + `}`))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := events.Decode(raw)
		if err != nil {
			if !errors.Is(err, events.ErrInvalid) && !errors.Is(err, events.ErrUnknown) {
				t.Fatalf("a decoder's error of no known kind: %v", err)
			}
			return
		}
		if _, err := events.Encode(e); err != nil && !strings.Contains(err.Error(), "bytes long") {
			t.Fatalf("accepted and then refused: %v", err)
		}
	})
}
