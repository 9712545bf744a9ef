package vendor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// edit is a sample with one place set to a JSON text; "" takes it out.
func edit(t *testing.T, d vendor.Delivery, path, value string) vendor.Delivery {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(d.Body))
	dec.UseNumber()
	var top map[string]any
	if err := dec.Decode(&top); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(path, "/")
	var at any = top
	for _, step := range steps[:len(steps)-1] {
		switch node := at.(type) {
		case map[string]any:
			at = node[step]
		case []any:
			at = node[int(step[0]-'0')]
		}
	}
	object, ok := at.(map[string]any)
	if !ok {
		t.Fatalf("%s leads nowhere", path)
	}
	last := steps[len(steps)-1]
	delete(object, last)
	if value != "" {
		object[last] = json.RawMessage(value)
	}
	body, err := json.Marshal(top)
	if err != nil {
		t.Fatal(err)
	}
	d.Body = body
	return d
}

func parse(t *testing.T, d vendor.Delivery) (vendor.Result, string) {
	t.Helper()
	r, err := vendor.Parse(d, vendor.ShopConfig{})
	var problem *vendor.Problem
	if err != nil && !errors.As(err, &problem) {
		t.Fatalf("an error that is no *Problem: %v", err)
	}
	if err != nil {
		return vendor.Result{}, problem.Error()
	}
	return r, ""
}

// Each row changes one place of a good sample; want is the problem that a person reads, "" where there is none.
func TestWhatIsMissingOrOddIsNamed(t *testing.T) {
	t.Parallel()
	const order, refund, open = "testdata/shopify.orders_paid.everything.json", "testdata/shopify.refunds_create.lines.json", "testdata/shopify.checkouts_update.open.json"
	const payment, paid = "testdata/square.payment.updated.tip.json", "data/object/payment/"
	for _, row := range []struct{ sample, path, value, want string }{
		{order, "id", "", "/id is missing"},
		{order, "id", "null", "/id is missing"},
		{order, "id", "1.5", "/id must be an id"},
		{order, "id", "{}", "/id must be an id"},
		{order, "currency", "", "/currency must be an ISO 4217 currency"},
		{order, "currency", `"eur"`, ""},
		{order, "total_price", "null", "/total_price is missing"},
		{order, "total_price", `"72.915"`, "/total_price must be an amount of EUR with no more decimals than it has"},
		{order, "total_price", `"72.9100"`, ""},
		{order, "total_price", `72.91`, ""},
		{order, "total_price", `7.291e1`, "/total_price must be an amount of EUR with no more decimals than it has"},
		{order, "total_price", `"-1.00"`, "makes no checkout.completed.v1: /total/amount must be from 0 to 10000000000, is -100"},
		{order, "processed_at", `"yesterday"`, "/processed_at must be a time with its offset"},
		{order, "processed_at", `"2026-11-21 10:04:30+01:00"`, ""},
		{order, "processed_at", "null", ""},
		{order, "line_items", `{}`, "/line_items must be a list of at most 1000 entries"},
		{order, "line_items", `null`, ""},
		{order, "line_items", `[]`, ""},
		{order, "line_items", `[null]`, "/line_items/0/quantity must be a number of pieces"},
		{order, "line_items", `[7]`, "/line_items/0 must be an object"},
		{order, "line_items/1/quantity", `-1`, "/line_items/1/quantity must be a whole number of pieces from 0 to 1000000"},
		{order, "line_items/1/quantity", `"1"`, "/line_items/1/quantity must be a number of pieces"},
		{order, "line_items/1/price", ``, "/line_items/1/price is missing"},
		{order, "line_items/1/sku", `null`, ""},
		{order, "line_items/1/discount_allocations", `null`, ""},
		{order, "line_items/1/discount_allocations", `[{"amount":"99.00"}]`, "makes no checkout.completed.v1: /lines/1/discount must be from 0 to the amount of the line, 1500, is 9900"},
		{order, "line_items/1/id", `15450012345678900001`, "makes no checkout.completed.v1: /lines/1/id stands on another line too; a return could not tell them apart"},
		{order, "customer", `null`, ""},
		{order, "customer", `"Mira"`, "/customer must be an object"},
		{order, "discount_codes", `[{"code":"4111111111111111"}]`, "makes no checkout.completed.v1: /codes/0 looks like a payment card, which is never accepted"},
		{refund, "order_id", "", "/order_id is missing"},
		{refund, "refund_line_items/0/line_item_id", "null", "/refund_line_items/0/line_item_id is missing"},
		{refund, "transactions/1/amount", `"x"`, "/transactions/1/amount must be an amount of EUR with no more decimals than it has"},
		{refund, "transactions/1/currency", `"USD"`, "/transactions/2/currency differs from another transaction's"},
		{refund, "transactions", "null", ""},
		{open, "token", "null", ""},
		{open, "total_price", "null", "/total_price is missing"},
		{open, "abandoned_checkout_url", "null", ""},
		{open, "updated_at", "null", ""},
		{payment, "data", "null", "/data/object/payment/id is missing"},
		{payment, "data", `"x"`, "/data must be an object"},
		{payment, paid + "status", `"LOST"`, "/data/object/payment/status is a status that we do not know"},
		{payment, paid + "total_money", "null", "/data/object/payment/total_money/amount is missing"},
		{payment, paid + "total_money", `{"amount":2980.5,"currency":"EUR"}`, "/data/object/payment/total_money/amount must be whole minor units, at most 10000000000"},
		{payment, paid + "created_at", "null", "/data/object/payment/created_at is missing"},
		{payment, "type", "null", "/type is missing"},
	} {
		if _, got := parse(t, edit(t, sample(t, row.sample), row.path, row.value)); got != row.want {
			t.Errorf("%s with %s = %s\n says %q\n want %q", row.sample, row.path, row.value, got, row.want)
		}
	}
}

func TestWhatIsNoBodyAtAllIsAProblem(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                                    "is not JSON",
		"{":                                   "is not JSON",
		"[]":                                  "must be a JSON object",
		"null":                                "must be a JSON object",
		"{} {}":                               "goes on after its JSON",
		strings.Repeat(" ", vendor.MaxBody+1): "is 2097153 bytes long; at most 2097152 are read",
	} {
		for _, d := range []vendor.Delivery{{Vendor: vendor.Shopify, Topic: "orders/paid", Body: []byte(body)}, {Vendor: vendor.Square, Body: []byte(body)}} {
			if _, got := parse(t, d); got != want {
				t.Errorf("%s %.20q says %q, want %q", d.Vendor, body, got, want)
			}
		}
	}
	if _, err := vendor.Parse(vendor.Delivery{Vendor: "stripe", Body: []byte("{}")}, vendor.ShopConfig{}); !errors.Is(err, vendor.ErrUnknownVendor) {
		t.Errorf("got %v", err)
	}
	if _, got := parse(t, vendor.Delivery{Vendor: vendor.Shopify, Body: []byte("{}")}); got != "came without a topic" {
		t.Errorf("got %q", got)
	}
}

func TestTheSameHappeningByTwoDoorsHasOneID(t *testing.T) {
	t.Parallel()
	signed := sample(t, "testdata/shopify.orders_paid.everything.json")
	first, _ := parse(t, signed)
	for name, metadata := range map[string]string{
		"classic":    `{"Content-Type":"application/json","X-Shopify-Topic":"orders/paid","X-Shopify-Shop-Domain":"teas.myshopify.example"}`,
		"lower case": `{"topic":"orders/paid","shopify-shop-domain":"teas.myshopify.example","number":7}`,
	} {
		envelope := `{"source":"aws.partner/shopify.com/1/regulars","time":"2026-11-21T09:05:00Z","detail":{"metadata":` + metadata + `,"payload":` + string(signed.Body) + `}}`
		d, err := vendor.FromPartner([]byte(envelope))
		if err != nil {
			t.Fatal(err)
		}
		again, problem := parse(t, d)
		if problem != "" || again.Events[0].Metadata != first.Events[0].Metadata {
			t.Errorf("%s: %q %+v, want %+v", name, problem, again.Events, first.Events)
		}
	}
	// told twice by Square: under another event id, after a fee came in, and as created instead of updated
	payment := sample(t, "testdata/square.payment.updated.tip.json")
	told, _ := parse(t, payment)
	for path, value := range map[string]string{
		"event_id": `"other"`, "created_at": `"2027-01-01T00:00:00Z"`, "type": `"payment.created"`,
		"data/object/payment/updated_at":    `"2026-12-01T00:00:00Z"`,
		"data/object/payment/refund_ids":    `["r"]`,
		"data/object/payment/version_token": `"v2"`,
	} {
		again, problem := parse(t, edit(t, payment, path, value))
		if problem != "" || again.Events[0].Metadata != told.Events[0].Metadata {
			t.Errorf("%s: %q %+v", path, problem, again.Events)
		}
	}
	// and what is another happening has another id
	seen := map[string]string{}
	for _, path := range []string{"orders_paid.everything", "orders_paid.unexplained", "refunds_create.lines", "refunds_create.money", "checkouts_update.open", "checkouts_update.completed"} {
		r, _ := parse(t, sample(t, "testdata/shopify."+path+".json"))
		id := r.Events[0].Metadata.ID
		if seen[id] != "" {
			t.Errorf("%s and %s share an id", path, seen[id])
		}
		seen[id] = path
	}
}

func TestAPartnerEventWithoutABodyIsAProblem(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`x`: "is not an event of a partner bus",
		`{"source":"aws.partner/stripe.com/1","detail":{}}`:                                      "/source is not Shopify's",
		`{"source":"aws.partner/shopify.com/1/a","detail":{"payload":null,"metadata":{}}}`:       "/detail/payload is missing; Shopify may have denied access to it",
		`{"source":"aws.partner/shopify.com/1/a","detail":{"error":"ACCESS_DENIED"},"region":1}`: "/detail/payload is missing; Shopify may have denied access to it",
	} {
		_, err := vendor.FromPartner([]byte(raw))
		if err == nil || err.Error() != want {
			t.Errorf("%s says %v, want %s", raw, err, want)
		}
	}
}

func TestConsentMovesOnlyOnADatedAct(t *testing.T) {
	t.Parallel()
	const update, given = "testdata/shopify.customers_update.contradiction.json", "testdata/shopify.customers_email_marketing_consent_update.given.json"
	for _, row := range []struct {
		sample, path, value string
		want                string // "", "yes" or "no"
	}{
		{given, "email_marketing_consent/state", `"subscribed"`, "yes"},
		{given, "email_marketing_consent/state", `"unsubscribed"`, "no"},
		{given, "email_marketing_consent/state", `null`, ""},
		{given, "email_marketing_consent/state", `"pending"`, ""},
		{given, "email_marketing_consent/consent_updated_at", `null`, ""},
		{update, "accepts_marketing", `true`, "no"},
		{update, "email_marketing_consent", `null`, ""},
		{update, "email_marketing_consent/consent_updated_at", `null`, ""},
		{update, "sms_marketing_consent", `{"state":"unsubscribed"}`, "no"},
		{"testdata/shopify.orders_paid.everything.json", "buyer_accepts_marketing", `true`, ""},
		{"testdata/shopify.checkouts_update.open.json", "buyer_accepts_marketing", `false`, ""},
		{"testdata/square.customer.updated.unsubscribed.json", "data/object/customer/preferences", `{"email_unsubscribed":false}`, ""},
		{"testdata/square.customer.updated.unsubscribed.json", "data/object/customer/preferences", `null`, ""},
	} {
		r, problem := parse(t, edit(t, sample(t, row.sample), row.path, row.value))
		got := ""
		if c := r.Shopper.Consent; c != nil {
			got = map[bool]string{true: "yes", false: "no"}[c.Allowed]
		}
		if got != row.want || problem != "" {
			t.Errorf("%s with %s = %s: consent %q, want %q (%s)", row.sample, row.path, row.value, got, row.want, problem)
		}
	}
}

func TestAnActOfConsentIsToldAtItsOwnMomentAndOnce(t *testing.T) {
	t.Parallel()
	byUpdate, _ := parse(t, sample(t, "testdata/shopify.customers_update.contradiction.json"))
	topic := edit(t, sample(t, "testdata/shopify.customers_email_marketing_consent_update.given.json"), "email_marketing_consent",
		`{"state":"unsubscribed","consent_updated_at":"2026-11-20T07:00:00Z"}`)
	byTopic, _ := parse(t, topic)
	if len(byUpdate.Events) != 2 || len(byTopic.Events) != 1 || byUpdate.Events[1].Metadata.ID != byTopic.Events[0].Metadata.ID {
		t.Errorf("one act by two topics: %+v and %+v", byUpdate.Events, byTopic.Events)
	}
	late, _ := parse(t, edit(t, sample(t, "testdata/shopify.customers_update.contradiction.json"), "updated_at", `"2027-05-01T08:00:00Z"`))
	if !late.Events[1].Metadata.OccurredAt.Equal(byTopic.Events[0].Metadata.OccurredAt) {
		t.Errorf("an old act is told as of %v", late.Events[1].Metadata.OccurredAt)
	}
	undated := edit(t, topic, "email_marketing_consent/consent_updated_at", "null")
	undated.EventID = "e-1"
	first, _ := parse(t, undated)
	undated.ReceivedAt = undated.ReceivedAt.AddDate(0, 0, 1)
	again, _ := parse(t, undated)
	if first.Events[0].Metadata.ID != again.Events[0].Metadata.ID {
		t.Error("a withdrawal without a date has another id at each delivery")
	}
}

func TestNothingOfAPaymentCardIsKept(t *testing.T) {
	t.Parallel()
	r, _ := parse(t, sample(t, "testdata/square.payment.updated.tip.json"))
	raw, err := json.Marshal(r)
	if err != nil || strings.Contains(string(raw), "1111") || strings.Contains(string(raw), "VISA") {
		t.Errorf("got %s, %v", raw, err)
	}
}

func TestACardIsPutInWhereThereIsRoom(t *testing.T) {
	t.Parallel()
	for _, e := range []events.Event{
		{Data: events.CheckoutCompleted{}}, {Data: events.CartUpdated{}}, {Data: events.ShopperEnrolled{}}, {Data: events.ShopperUpdated{}},
	} {
		raw, _ := json.Marshal(vendor.With(e, "0400123456782").Data)
		if !strings.Contains(string(raw), `"card":"0400123456782"`) {
			t.Errorf("%T stays without card", e.Data)
		}
	}
	if e := (events.Event{Data: events.CartCleared{Cart: "c"}}); vendor.With(e, "1") != e || vendor.NeedsCard(e) {
		t.Error("a cleared cart got a card")
	}
}

func TestADeliveryKeepsNoSecret(t *testing.T) {
	t.Parallel()
	d := vendor.Receive(vendor.Shopify, http.Header{
		"x-shopify-topic": {"orders/paid"}, "X-Shopify-Hmac-Sha256": {"sig"}, "Authorization": {"Bearer x"}, "Cookie": {"a=b"},
		"X-Forwarded-For": {"192.0.2.1"}, "X-Shopify-Event-Id": {"e1"}, "Content-Type": {"application/json"}, "X-Shopify-Shop-Domain": {strings.Repeat("x", 300)},
	}, nil, received)
	if len(d.Headers) != 4 || d.Topic != "orders/paid" || d.EventID != "e1" || d.Shop != "" {
		t.Errorf("kept %+v", d)
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range []string{"shopify.orders_paid.everything", "shopify.refunds_create.lines", "shopify.checkouts_update.open", "shopify.customers_update.contradiction", "square.payment.updated.tip", "square.refund.updated.part"} {
		d := sample(f, "testdata/"+path+".json")
		f.Add(d.Vendor, d.Topic, d.Body)
	}
	f.Fuzz(func(t *testing.T, who, topic string, body []byte) {
		d := vendor.Delivery{Vendor: who, Topic: topic, Shop: "s", Body: body, ReceivedAt: received}
		r, err := vendor.Parse(d, vendor.ShopConfig{Currency: "EUR"})
		var problem *vendor.Problem
		if err != nil {
			if !errors.As(err, &problem) && !errors.Is(err, vendor.ErrUnknownVendor) {
				t.Fatalf("an error of no known kind: %v", err)
			}
			return
		}
		said := 0
		for _, yes := range []bool{len(r.Events) > 0, r.Request != nil, r.Ignored != ""} {
			if yes {
				said++
			}
		}
		if said != 1 {
			t.Fatalf("not exactly one of events, request and ignored: %+v", r)
		}
		for _, e := range r.Events {
			if _, err := events.Encode(vendor.With(e, "0")); err != nil {
				t.Fatalf("made what may not be published: %v", err)
			}
		}
	})
}

func TestASavedBodyWithoutHeadersIsRecognised(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"shopify.orders_paid.everything":                         "shopify orders/paid",
		"shopify.refunds_create.lines":                           "shopify refunds/create",
		"shopify.checkouts_update.open":                          "shopify checkouts/update",
		"shopify.customers_email_marketing_consent_update.given": "shopify customers_email_marketing_consent/update",
		"shopify.shop_redact.all":                                " ",
		"square.payment.updated.tip":                             "square payment.updated",
	} {
		who, topic := vendor.Guess(sample(t, "testdata/"+name+".json").Body)
		if got := who + " " + topic; got != want || who != "" && !vendor.Listens(who, topic) {
			t.Errorf("%s looks like %q, want %q", name, got, want)
		}
	}
	if who, _ := vendor.Guess([]byte("x")); who != "" {
		t.Errorf("no JSON looks like %q", who)
	}
}
