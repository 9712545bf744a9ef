package till_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
)

var update = flag.Bool("update", false, "rewrite golden files and the answers in openapi.json as they are")

// spec is openapi.json, with its schemas ready to judge by.
type spec struct {
	t        *testing.T
	root     map[string]any
	compiler *jsonschema.Compiler
	rewrite  *[]byte // the document with the answers as they are; nil without -update
}

func readSpec(t *testing.T) spec {
	t.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	s := spec{t: t, root: doc.(map[string]any), compiler: c}
	if *update {
		s.rewrite = &raw
	}
	return s
}

// write keeps the rewritten document.
func (s spec) write() {
	if s.rewrite == nil {
		return
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, *s.rewrite, "", "  "); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile("openapi.json", append(bytes.TrimSpace(pretty.Bytes()), '\n'), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// splice puts value in the place of what stands under keys, and leaves the order of all else as it is.
func splice(t *testing.T, doc, value []byte, keys []string) []byte {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(doc))
	for _, want := range keys {
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		for {
			key, err := dec.Token()
			if err != nil || key == json.Delim('}') {
				t.Fatalf("there is no %s in openapi.json: %v", want, err)
			}
			if key == want {
				break
			}
			var skipped json.RawMessage
			if err := dec.Decode(&skipped); err != nil {
				t.Fatal(err)
			}
		}
	}
	var old json.RawMessage
	if err := dec.Decode(&old); err != nil {
		t.Fatal(err)
	}
	end := int(dec.InputOffset())
	return slices.Concat(doc[:end-len(old)], bytes.TrimSpace(value), doc[end:])
}

// at follows keys into the document; nil where there is nothing.
func (s spec) at(keys ...string) any {
	var v any = s.root
	for _, k := range keys {
		object, _ := v.(map[string]any)
		v = object[k]
	}
	return v
}

func (s spec) judge(value any, keys ...string) error {
	escaped := make([]string, len(keys))
	for i, k := range keys {
		escaped[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(k)
	}
	schema, err := s.compiler.Compile("openapi.json#/" + strings.Join(escaped, "/"))
	if err != nil {
		s.t.Fatal(err)
	}
	return schema.Validate(value)
}

// operations lists "METHOD /path" of all that is described.
func (s spec) operations() []string {
	var list []string
	for path, methods := range s.root["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			list = append(list, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(list)
	return list
}

func TestEveryDoorIsDescribedAndBack(t *testing.T) {
	t.Parallel()
	var doors []string
	for _, d := range till.Doors() {
		doors = append(doors, d.Method+" "+d.Path)
	}
	slices.Sort(doors)
	if d := cmp.Diff(doors, readSpec(t).operations()); d != "" {
		t.Errorf("doors (-) and openapi.json (+) differ:\n%s", d)
	}
}

// asked is one step of the story: an example of openapi.json, sent to the real API.
type asked struct {
	operation, path, example string
	status                   int
}

// story returns the examples in the order in which they make sense on one store.
func story(w *world) []asked {
	card, gift := w.card(1), "/v1/gift-cards/"+giftcard.IDOf(giftcard.NewNumber(linkSecret, "issue:0042/g-1"))
	return []asked{
		{"POST /v1/cards", "/v1/cards", "printed_card", 201},
		{"POST /v1/cards", "/v1/cards", "issued", 201},
		{"POST /v1/cards", "/v1/cards", "taken", 409},
		{"POST /v1/quotes", "/v1/quotes", "basket", 200},
		{"POST /v1/quotes", "/v1/quotes", "guest", 200},
		{"POST /v1/checkouts", "/v1/checkouts", "first", 201},
		{"POST /v1/checkouts", "/v1/checkouts", "repeated", 200},
		{"POST /v1/checkouts", "/v1/checkouts", "other_lines", 409},
		{"POST /v1/checkouts", "/v1/checkouts", "faulty", 422},
		{"POST /v1/returns", "/v1/returns", "line", 201},
		{"POST /v1/returns", "/v1/returns", "repeated", 200},
		{"POST /v1/returns", "/v1/returns", "unknown_receipt", 404},
		{"GET /v1/cards/{number}", "/v1/cards/" + card, "card", 200},
		{"GET /v1/cards/{number}", "/v1/cards/" + w.card(9), "unknown", 404},
		{"POST /v1/cards/find", "/v1/cards/find", "email", 200},
		{"PATCH /v1/cards/{number}", "/v1/cards/" + card, "change", 200},
		{"GET /v1/cards/{number}/entries", "/v1/cards/" + card + "/entries?limit=1", "page", 200},
		{"PUT /v1/carts/{id}", "/v1/carts/web-5f21", "cart", 200},
		{"DELETE /v1/carts/{id}", "/v1/carts/web-5f21?reason=bought", "", 204},
		{"POST /v1/events", "/v1/events", "one", 200},
		{"POST /v1/events", "/v1/events", "batch", 200},
		{"GET /v1/messages", "/v1/messages?card=" + card, "list", 200},
		{"POST /v1/cards/{number}/replace", "/v1/cards/" + card + "/replace", "lost", 201},
		{"POST /v1/cards/{number}/replace", "/v1/cards/" + card + "/replace", "repeated", 200},
		{"POST /v1/cards/{number}/adjustments", "/v1/cards/" + card + "/adjustments", "given", 201},
		{"POST /v1/cards/{number}/adjustments", "/v1/cards/" + card + "/adjustments", "repeated", 200},
		{"POST /v1/cards/{number}/adjustments", "/v1/cards/" + card + "/adjustments", "too_many", 409},
		{"POST /v1/cards/{number}/blind-returns", "/v1/cards/" + card + "/blind-returns", "taken", 201},
		{"POST /v1/cards/{number}/blind-returns", "/v1/cards/" + card + "/blind-returns", "repeated", 200},
		{"POST /v1/cards/{number}/blind-returns", "/v1/cards/" + card + "/blind-returns", "too_much", 409},
		{"POST /v1/cards/{number}/activations", "/v1/cards/" + card + "/activations", "none_wait", 409},
		{"POST /v1/cards/{number}/status", "/v1/cards/" + card + "/status", "blocked", 201},
		{"POST /v1/cards/{number}/status", "/v1/cards/" + card + "/status", "opened", 201},
		{"POST /v1/cards/{number}/status", "/v1/cards/" + card + "/status", "repeated", 200},
		{"POST /v1/cards/{number}/status", "/v1/cards/" + card + "/status", "other_content", 409},
		{"POST /v1/cards/{number}/tier", "/v1/cards/" + card + "/tier", "given", 201},
		{"POST /v1/cards/{number}/tier", "/v1/cards/" + card + "/tier", "repeated", 200},
		{"POST /v1/cards/{number}/tier", "/v1/cards/" + card + "/tier", "taken_back", 201},
		{"POST /v1/cards/{number}/tier", "/v1/cards/" + card + "/tier", "unknown_tier", 422},
		{"POST /v1/checkouts", "/v1/checkouts", "guest", 201},
		{"POST /v1/receipts/claim", "/v1/receipts/claim", "guest", 201},
		{"POST /v1/receipts/claim", "/v1/receipts/claim", "repeated", 200},
		{"POST /v1/receipts/claim", "/v1/receipts/claim", "unknown_receipt", 404},
		{"POST /v1/cards/{number}/merge", "/v1/cards/" + card + "/merge", "one_shopper", 201},
		{"POST /v1/cards/{number}/merge", "/v1/cards/" + card + "/merge", "repeated", 200},
		{"POST /v1/cards/{number}/merge", "/v1/cards/" + card + "/merge", "same_card", 409},
		{"POST /v1/cards/{number}/unmerge", "/v1/cards/" + card + "/unmerge", "two_shoppers", 201},
		{"POST /v1/cards/{number}/unmerge", "/v1/cards/" + card + "/unmerge", "repeated", 200},
		{"POST /v1/cards/{number}/unmerge", "/v1/cards/" + card + "/unmerge", "not_merged", 409},
		{"GET /v1/cards/{number}/household/code", "/v1/cards/" + card + "/household/code", "code", 200},
		{"POST /v1/cards/{number}/household/join", "/v1/cards/" + card + "/household/join", "joins", 201},
		{"POST /v1/cards/{number}/household/join", "/v1/cards/" + card + "/household/join", "repeated", 200},
		{"POST /v1/cards/{number}/household/join", "/v1/cards/" + card + "/household/join", "same_card", 409},
		{"GET /v1/cards/{number}/household", "/v1/cards/" + card + "/household", "two", 200},
		{"POST /v1/cards/{number}/household/leave", "/v1/cards/" + card + "/household/leave", "leaves", 201},
		{"POST /v1/cards/{number}/household/leave", "/v1/cards/" + card + "/household/leave", "repeated", 200},
		{"POST /v1/cards/{number}/household/leave", "/v1/cards/" + card + "/household/leave", "no_household", 409},
		{"POST /v1/cards/{number}/holds", "/v1/cards/" + card + "/holds", "kept", 201},
		{"POST /v1/cards/{number}/holds", "/v1/cards/" + card + "/holds", "repeated", 200},
		{"POST /v1/cards/{number}/holds", "/v1/cards/" + card + "/holds", "too_many", 409},
		{"DELETE /v1/cards/{number}/holds/{id}", "/v1/cards/" + card + "/holds/till-7", "", 204},
		{"POST /v1/gift-cards", "/v1/gift-cards", "sold", 201},
		{"POST /v1/gift-cards", "/v1/gift-cards", "repeated", 200},
		{"POST /v1/gift-cards", "/v1/gift-cards", "too_much", 409},
		{"POST /v1/gift-cards/find", "/v1/gift-cards/find", "scanned", 200},
		{"POST /v1/gift-cards/find", "/v1/gift-cards/find", "mistyped", 422},
		{"POST /v1/gift-cards/{card}/redemptions", gift + "/redemptions", "paid", 201},
		{"POST /v1/gift-cards/{card}/redemptions", gift + "/redemptions", "repeated", 200},
		{"POST /v1/gift-cards/{card}/redemptions", gift + "/redemptions", "short", 409},
		{"POST /v1/checkouts", "/v1/checkouts", "tenders", 201},
		{"POST /v1/returns", "/v1/returns", "tenders", 201},
		{"GET /v1/gift-cards/{card}", gift, "card", 200},
		{"GET /v1/gift-cards/{card}", "/v1/gift-cards/" + giftcard.IDOf("none"), "unknown", 404},
		{"POST /v1/gift-cards/{card}/refunds", gift + "/refunds", "part", 201},
		{"POST /v1/gift-cards/{card}/refunds", gift + "/refunds", "void", 201},
		{"POST /v1/gift-cards/{card}/loads", gift + "/loads", "more", 201},
		{"POST /v1/gift-cards/{card}/status", gift + "/status", "blocked", 201},
		{"POST /v1/gift-cards/{card}/status", gift + "/status", "opened", 201},
		{"POST /v1/gift-cards/{card}/status", gift + "/status", "cancelled", 201},
		{"POST /v1/gift-cards/{card}/status", gift + "/status", "again", 409},
		{"GET /healthz", "/healthz", "health", 200},
		{"GET /openapi.json", "/openapi.json", "", 200},
	}
}

// Every example is sent as it stands, in order, and answered to the letter as openapi.json says; bodies and answers fit their schemas.
func TestTheExamplesAreWhatHappens(t *testing.T) {
	if !*update { // both tests of examples write the same file
		t.Parallel()
	}
	s, w := readSpec(t), newWorld(t)
	w.now = time.Date(2026, 11, 21, 10, 10, 0, 0, time.UTC)
	sentMessage(w)
	seen := map[string]bool{}
	for _, a := range slices.Concat(story(w), marketersStory(w), peoplesStory(w)) {
		method, path, _ := strings.Cut(a.operation, " ")
		operation := []string{"paths", path, strings.ToLower(method)}
		body := ""
		if example := s.at(append(operation, "requestBody", "content", "application/json", "examples", a.example)...); example != nil {
			value := example.(map[string]any)["value"]
			raw, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			body = string(raw)
			if err := s.judge(value, append(operation, "requestBody", "content", "application/json", "schema")...); (err == nil) == (a.example == "faulty") {
				t.Errorf("%s: the body of example %s and its schema: %v", a.operation, a.example, err)
			}
		}
		got := w.ask(method, a.path, keyOf(a), body)
		if got.Code != a.status {
			t.Errorf("%s: example %s is answered with %d: %s", a.operation, a.example, got.Code, got.Body)
			continue
		}
		where := append(operation, "responses", fmt.Sprint(a.status))
		if s.at(where...) == nil {
			t.Errorf("%s: status %d is not described", a.operation, a.status)
			continue
		}
		if a.status != http.StatusNoContent {
			media := got.Header().Get("Content-Type")
			s.answered(a, got.Body.Bytes(), media, append(where, "content", media))
		}
		seen[a.operation+" "+a.example] = true
	}
	s.allSeen(seen)
	s.write()
	w.clean()
}

// answered holds an answer to its schema and its example.
func (s spec) answered(a asked, raw []byte, media string, where []string) {
	s.t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.at(where...) == nil {
		s.t.Errorf("%s: an answer in %s is not described", a.operation, media)
		return
	}
	if err := s.judge(value, append(where, "schema")...); err != nil {
		s.t.Errorf("%s: the answer to %s does not fit its schema: %v\n%s", a.operation, a.example, err, raw)
	}
	if a.example == "" {
		return
	}
	where = append(where, "examples", a.example)
	if s.rewrite != nil {
		*s.rewrite = splice(s.t, *s.rewrite, raw, append(where, "value"))
		return
	}
	example, ok := s.at(where...).(map[string]any)
	if !ok {
		s.t.Errorf("%s: the answer to %s has no example; it is\n%s", a.operation, a.example, raw)
	} else if d := cmp.Diff(example["value"], value); d != "" {
		s.t.Errorf("%s: the example of the answer to %s (-) and the answer (+) differ:\n%s\nit is\n%s", a.operation, a.example, d, raw)
	}
}

// allSeen tells each example that the story does not send.
func (s spec) allSeen(seen map[string]bool) {
	s.t.Helper()
	for _, name := range s.operations() {
		method, path, _ := strings.Cut(name, " ")
		examples, _ := s.at("paths", path, strings.ToLower(method), "requestBody", "content", "application/json", "examples").(map[string]any)
		for example := range examples {
			if !seen[name+" "+example] {
				s.t.Errorf("%s: example %s is never sent", name, example)
			}
		}
	}
}

// sentMessage puts an e-mail on record for the card of the examples.
func sentMessage(w *world) {
	w.t.Helper()
	card, at := w.card(1), w.now.Add(-time.Minute)
	order := message.Order{
		ID: message.OrderID("big", "0042.03.000173", card), Campaign: "big", Occasion: "0042.03.000173", Card: card, Template: "coupon", Topic: "offers",
		Coupon: "WBVE2S", OrderedAt: at, ExpiresAt: at.Add(72 * time.Hour),
	}
	rec := message.Record{Order: order, State: message.StateSent, Attempt: 1, SentAt: at.Add(time.Second), SettledAt: at.Add(time.Second)}
	if _, err := w.store.PutMessage(w.t.Context(), rec, 0); err != nil {
		w.t.Fatal(err)
	}
}

// The problems that any door may answer with are examples too.
func TestTheCommonProblemsAreDescribed(t *testing.T) {
	if !*update {
		t.Parallel()
	}
	s := readSpec(t)
	body := `{"store": "0042", "till": "03", "lines": [{"quantity": 1, "amount": {"amount": 1, "currency": "EUR"}}]}`
	for _, c := range []struct {
		name, key, body string
		fault           error
		status          int
	}{
		{"key_missing", "none", body, nil, 401},
		{"store_not_yours", "0043", body, nil, 403},
		{"payment_card", "0042", `{"card": "` + paymentDigits + `"}`, nil, 422},
		{"too_many_misses", "0042", strings.Replace(body, "{", `{"codes": ["NOSUCH"], `, 1), nil, 429},
		{"try_again", "0042", body, errStorm, 503},
	} {
		w := newWorld(t)
		w.keys.fault = c.fault
		for n := 0; n < 30 && c.status == http.StatusTooManyRequests; n++ {
			w.ask("GET", "/v1/cards/"+w.card(uint64(1_000+n)), c.key, "")
		}
		got := w.ask("POST", "/v1/quotes", c.key, c.body)
		if got.Code != c.status {
			t.Errorf("%s: status %d: %s", c.name, got.Code, got.Body)
		}
		if strings.Contains(got.Body.String(), "throttled") {
			t.Errorf("inner words come out: %s", got.Body)
		}
		s.answered(asked{operation: "any door", example: c.name}, got.Body.Bytes(), got.Header().Get("Content-Type"),
			[]string{"components", "responses", "Problem", "content", "application/problem+json"})
	}
	s.write()
}

// Whatever becomes of a coupon has words for the clerk, and openapi.json lists it.
func TestEveryReasonOfARefusedCouponIsTold(t *testing.T) {
	t.Parallel()
	s := readSpec(t)
	for _, reason := range []string{programme.CouponUnknown, programme.CouponExpired, programme.CouponNoRoom, programme.CouponIDTaken, programme.CouponBudgetSpent} {
		words := till.WhyNotTaken()[reason]
		answer := map[string]any{"id": "8VT0Y4", "reason": reason, "detail": words}
		schema, err := s.compiler.Compile("openapi.json#/components/schemas/RefusedCoupon")
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(answer); err != nil || words == "" {
			t.Errorf("%s is told as %q: %v", reason, words, err)
		}
	}
}
