package till

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func testRules(t testing.TB) *programme.Programme {
	t.Helper()
	file, err := os.Open("testdata/programme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, _, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return rules
}

// Whatever bytes come, every reader either refuses them with a problem that a till can show, which holds no payment card, or
// returns something within every limit.
func FuzzBodies(f *testing.F) {
	rules := testRules(f)
	for _, seed := range []string{
		`{"store":"0042","till":"03","lines":[{"quantity":1,"amount":{"amount":5,"currency":"EUR"}}]}`,
		`{"receipt":{"store":"0042","till":"03","number":"1"},"card":"4111111111111111","total":{"amount":5,"currency":"EUR"}}`,
		`{"receipt":{"store":"0042","till":"03","number":"1"},"codes":["4111-1111-1111-1111"],"total":{"amount":5,"currency":"EUR"}}`,
		`{"return":"R","receipt":{"store":"0042","till":"03","number":"1"},"lines":[{"id":"1","quantity":1}]}`,
		`{"number":null,"consents":{"offers":{"allowed":true}},"birthday":"02-29","email":"a@b.example"}`,
		`{"type":"cart.cleared.v1","metadata":{"id":"e","occurred_at":"2026-11-21T10:00:00Z","source":"x"},"data":{"cart":"w","reason":"bought"}}`,
		`{"events":[{},7,null]}`, `{"a":{"b":[[[]]]},"a":1}`, "\xff", `"`, `{"\u0034111111111111111":1}`, `[4111111111111111]`, `{"total":4111111111111111e0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a := &ask{who: caller{store: loyalty.AllStores}, now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}
		basket, _, _, _, err := readQuote(raw, a, rules)
		judgeReceipt(t, basket, err)
		bought, _, _, err := readCheckout(raw, a, rules)
		judgeReceipt(t, bought, err)
		_, ret, _, err := readReturn(raw, a, rules)
		if judge(t, err) && len(ret.Lines) > receipt.MaxLines {
			t.Errorf("%d lines came through", len(ret.Lines))
		}
		c, _, err := readCart(raw, "web-1", a, rules)
		if judge(t, err) && (c.Version < 1 || ids.HasPaymentCard(c.URL)) {
			t.Errorf("cart %+v came through", c)
		}
		_, err = readFind(raw, rules.Numbering())
		judge(t, err)
		e, _, err := readEnrolment(raw, a, rules)
		if judge(t, err) && ids.HasPaymentCard(e.Profile.Given+"|"+e.Profile.Family+"|"+e.Profile.Email) {
			t.Errorf("a payment card came through: %+v", e)
		}
		number, _, err := readReplacement(raw, a, rules)
		if judge(t, err) && number != "" && rules.CheckNumber(number) != nil {
			t.Errorf("number %s came through", number)
		}
		_, err = readPatch(raw, a, rules)
		judge(t, err)
		if batch, isBatch, err := readBatch(raw); judge(t, err) {
			if !isBatch {
				batch = []json.RawMessage{raw}
			}
			for _, one := range batch {
				_, err := readEvent(one, a, rules)
				judge(t, err)
			}
		}
	})
}

// judge reports that a body was taken, and holds a refusal to what every refusal is.
func judge(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return true
	}
	p := edge.Problem{}
	if !errors.As(err, &p) {
		p = problemOf(err)
	}
	text, encodeErr := json.Marshal(p)
	if encodeErr != nil || p.Status < 400 || p.Status >= 500 || p.Code == "" || p.Detail == "" || len(p.Errors) > maxFaults {
		t.Errorf("%v is answered with %s", err, text)
	}
	if ids.HasPaymentCard(string(text)) {
		t.Errorf("the answer says a payment card back: %s", text)
	}
	return false
}

func judgeReceipt(t *testing.T, r receipt.Receipt, err error) {
	t.Helper()
	if !judge(t, err) {
		return
	}
	if !r.Key.Valid() || len(r.Lines) > receipt.MaxLines || len(r.Coupons) > receipt.MaxCoupons || r.At.IsZero() {
		t.Errorf("receipt %+v came through", r)
	}
	for _, l := range r.Lines {
		if ids.HasPaymentCard(l.Category) || l.Quantity < 1 || l.Quantity > receipt.MaxQuantity {
			t.Errorf("line %+v came through", l)
		}
	}
	if ids.HasPaymentCard(strings.Join(r.Codes, "|")) {
		t.Errorf("codes %q came through", r.Codes)
	}
}

// One switch turns a kind into a status; a use case's own words go out, any other error's stay in.
func TestKindsAndTheirStatus(t *testing.T) {
	t.Parallel()
	inner := errors.New("table cards of account 000000000000")
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{&loyalty.Error{Kind: loyalty.ErrInvalid, Code: "currency", Detail: "the basket is in USD"}, 422, "currency"},
		{&loyalty.Error{Kind: loyalty.ErrNotFound, Code: "card_unknown", Detail: "no card"}, 404, "card_unknown"},
		{&loyalty.Error{Kind: loyalty.ErrConflict, Code: "card_taken", Detail: "taken"}, 409, "card_taken"},
		{&loyalty.Error{Kind: loyalty.ErrRefused, Code: "card_blocked", Detail: "blocked"}, 409, "card_blocked"},
		{&loyalty.Error{Kind: loyalty.ErrRefused, Code: "quantity_exceeded", Detail: "too much"}, 422, "quantity_exceeded"},
		{errors.Join(inner, loyalty.ErrConflict), 409, "conflict"},
		{errors.Join(inner, loyalty.ErrDuplicate), 409, "conflict"},
		{errors.Join(inner, loyalty.ErrRefused), 409, "refused"},
		{errors.Join(inner, loyalty.ErrNotFound), 404, "not_found"},
		{errors.Join(inner, loyalty.ErrInvalid), 422, "invalid"},
		{inner, 503, "try_again"},
		{edge.Problem{Status: 413, Code: "body_too_large"}, 413, "body_too_large"},
	} {
		p := problemOf(c.err)
		if p.Status != c.status || p.Code != c.code || strings.Contains(p.Detail, "account") {
			t.Errorf("%v: %+v", c.err, p)
		}
	}
}

// Article numbers and names that systems made are not judged like what people type.
func TestWhatAPaymentCardIsTakenFor(t *testing.T) {
	t.Parallel()
	for body, refused := range map[string]bool{
		`{"sku": "4006381333023"}`:                   false, // a right EAN-13 that passes Luhn
		`{"sku": "4222222222222"}`:                   false, // no payment card has 13 digits any more, and an article must be sold
		`{"sku": "30569309025904"}`:                  true,  // 14 digits, and no GTIN
		`{"sku": "4111111111111111"}`:                true,
		`{"sku": "4111 1111 1111 1111"}`:             true,
		`{"number": "5500000000004"}`:                false, // a web shop's order of 13 digits
		`{"number": "4111111111111111"}`:             true,
		`{"category": "4006381333023"}`:              true,
		`{"card": "4111111111111111"}`:               false, // ids.Scan judges it
		`{"x": {"number": "378282246310005"}}`:       true,
		`{"phone": "+4915112345678"}`:                false,
		`{"amount": 4111111111111111}`:               true,
		`{"version": 1795251600000}`:                 false,
		`{"a": ["x", {"b": "5555555555554444 ok"}]}`: true,
	} {
		if err := refusePaymentCards([]byte(body), "card"); (err != nil) != refused {
			t.Errorf("%s: %v, want refused %v", body, err, refused)
		}
	}
}
