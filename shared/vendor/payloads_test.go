package vendor_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// payloads finds the folder of real payloads, which is not ours to publish: REGULARS_PAYLOADS, or shared/payloads beside the
// repository. Without it the samples of this package are all there is, and the test says so.
func payloads(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("REGULARS_PAYLOADS"), "../../../shared/payloads"} {
		if _, err := os.Stat(filepath.Join(dir, "signatures", "vectors.json")); dir != "" && err == nil {
			return dir
		}
	}
	t.Log("no folder of real payloads here (set REGULARS_PAYLOADS to it); checked against the repository's own samples only")
	return ""
}

// meant is what each file should become: the names of its events, or "nothing", "request", "problem". Topics that are not in the body
// stand before the colon.
var meant = map[string]string{
	"shopify/cart.json":                                         "carts/update: cart.updated",
	"shopify/checkout-open.json":                                "checkouts/update: cart.updated",
	"shopify/customer-consent-objects.json":                     "customers/update: shopper.updated",
	"shopify/customer.json":                                     "customers/update: shopper.updated",
	"shopify/draft_order.json":                                  "draft_orders/create: nothing",
	"shopify/order-authorized.json":                             "orders/create: nothing",
	"shopify/order-test-voided.json":                            "orders/paid: nothing",
	"shopify/refund-two-lines.json":                             "refunds/create: checkout.refunded",
	"shopify/own-checkouts_update-completed.json":               "checkouts/update: cart.cleared",
	"shopify/own-customers_data_request.json":                   "customers/data_request: request",
	"shopify/own-customers_email_marketing_consent_update.json": "customers_email_marketing_consent/update: shopper.updated",
	"shopify/own-customers_merge.json":                          "customers/merge: request",
	"shopify/own-customers_redact.json":                         "customers/redact: request",
	"shopify/own-orders_paid-eur.json":                          "orders/paid: checkout.completed",
	"shopify/own-shop_redact.json":                              "shop/redact: request",
	"shopify/shape-2025-04-orders_2.json":                       "orders/edited: nothing",
	"shopify/shape-2024-01-checkouts_2.json":                    "checkouts/update: cart.cleared",
	"shopify/shape-2024-01-checkouts_6.json":                    "checkouts/update: cart.cleared",
	"shopify/shape-2025-04-customers_1.json":                    "customers/update: shopper.updated",
	"square/oauth.authorization.revoked.json":                   ": request",
	"square/customer.created.json":                              ": shopper.updated",
	"square/customer.updated.json":                              ": shopper.updated",
	"square/payment.updated.json":                               ": checkout.completed",
	"square/refund.updated.json":                                ": checkout.refunded",
	"square/api-AccumulateLoyaltyPointsResponse.json":           ": problem",
	"square/api-BatchRetrieveOrdersResponse.json":               ": problem",
	"square/api-SearchOrdersResponse.json":                      ": problem",
}

// shapeTopic reads the topic of a production shape off the end of its file name: 2025-04-orders_1.json.
func shapeTopic(name string) string {
	kind := strings.TrimSuffix(name[strings.LastIndexByte(name, '-')+1:], ".json")
	switch strings.TrimRight(kind, "_0123456789") {
	case "orders":
		return "orders/paid"
	case "checkouts":
		return "checkouts/update"
	case "carts":
		return "carts/update"
	case "refunds":
		return "refunds/create"
	case "customers":
		return "customers/update"
	default:
		return "customers_email_marketing_consent/update"
	}
}

func outcome(t *testing.T, d vendor.Delivery) (what string, r vendor.Result) {
	t.Helper()
	r, err := vendor.Parse(d, vendor.ShopConfig{Currency: "USD"})
	var problem *vendor.Problem
	switch {
	case errors.As(err, &problem):
		t.Logf("%s %s: %v", d.Vendor, d.Topic, problem)
		return "problem", r
	case err != nil:
		return "refused", r
	case r.Ignored != "":
		return "nothing", r
	case r.Request != nil:
		return "request", r
	}
	var names []string
	for _, e := range r.Events {
		if _, err := events.Encode(vendor.With(e, "0400123456782")); err != nil {
			t.Errorf("%s %s: %v", d.Vendor, d.Topic, err)
		}
		names = append(names, strings.TrimSuffix(e.Type, ".v1"))
	}
	return strings.Join(slices.Compact(names), "+"), r
}

func TestRealPayloadsBecomeWhatTheyShould(t *testing.T) {
	t.Parallel()
	dir := payloads(t)
	if dir == "" {
		return
	}
	seen := 0
	for _, who := range []string{vendor.Shopify, vendor.Square} {
		files, err := filepath.Glob(filepath.Join(dir, who, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", who, len(files), err)
		}
		for _, path := range files {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			name := who + "/" + filepath.Base(path)
			want, topic := "nothing", ""
			switch topics, listed := strings.CutPrefix(filepath.Base(path), "shape-"); {
			case meant[name] != "":
				topic, want, _ = strings.Cut(meant[name], ": ")
			case listed:
				topic, want = shapeTopic(topics), "problem" // every value is replaced, so no amount can be read
			}
			headers := http.Header{"X-Shopify-Topic": {topic}, "X-Shopify-Shop-Domain": {"corner-shop.myshopify.com"}}
			if got, _ := outcome(t, vendor.Receive(who, headers, body, received)); got != want {
				t.Errorf("%s becomes %s, want %s", name, got, want)
			}
		}
	}
	t.Logf("%d files of %s", seen, dir)
}

func TestTheFiguresOfRealPayloads(t *testing.T) {
	t.Parallel()
	dir := payloads(t)
	if dir == "" {
		return
	}
	read := func(who, topic, name string) vendor.Result {
		body, err := os.ReadFile(filepath.Join(dir, who, name))
		if err != nil {
			t.Fatal(err)
		}
		headers := http.Header{"X-Shopify-Topic": {topic}, "X-Shopify-Shop-Domain": {"corner-shop.myshopify.com"}}
		_, r := outcome(t, vendor.Receive(who, headers, body, received))
		if len(r.Events) == 0 {
			t.Fatalf("%s: %+v", name, r)
		}
		return r
	}
	paid := read("shopify", "orders/paid", "own-orders_paid-eur.json")
	sale := paid.Events[0].Data.(events.CheckoutCompleted)
	var discount int64
	for _, l := range sale.Lines {
		discount += l.Discount
	}
	if sale.Total.String() != "47.64 EUR" || discount != 486 || len(sale.Lines) != 3 || sale.Receipt.Number != "6001200340056007809" || paid.Adjusted != 0 {
		t.Errorf("sale %+v", sale)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "eventbridge", "own-shopify-orders-paid.json"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := vendor.FromPartner(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, partner := outcome(t, d); len(partner.Events) != 1 || partner.Events[0].Metadata.ID != paid.Events[0].Metadata.ID {
		t.Errorf("the partner bus tells it as another happening: %+v", partner.Events)
	}
	authorized := read("shopify", "orders/paid", "order-authorized.json")
	if got := authorized.Events[0].Data.(events.CheckoutCompleted); got.Total.Minor != 40994 || authorized.Adjusted != -19900 {
		t.Errorf("three lines and the price of two: %+v, adjusted %d", got, authorized.Adjusted)
	}
	back := read("shopify", "refunds/create", "refund-two-lines.json").Events[0].Data.(events.CheckoutRefunded)
	if len(back.Lines) != 2 || back.Amount.String() != "209.00 USD" || back.Receipt.Number != "450789469" {
		t.Errorf("return %+v", back)
	}
	cart := read("shopify", "checkouts/update", "checkout-open.json")
	if got := cart.Events[0].Data.(events.CartUpdated); got.Cart != authorized.Events[0].Data.(events.CheckoutCompleted).Cart || got.Total.Minor != 40994 || got.URL == "" {
		t.Errorf("cart %+v", got)
	}
	if !cart.Shopper.Known() || read("shopify", "carts/update", "cart.json").Shopper.Known() {
		t.Error("the checkout has an addressee and the cart has none")
	}
	if c := read("shopify", "customers/update", "customer-consent-objects.json").Shopper.Consent; c == nil || c.Allowed {
		t.Errorf("consent %+v comes from the old flag", c)
	}
	if c := read("shopify", "customers/update", "customer.json").Shopper.Consent; c != nil {
		t.Errorf("consent %+v out of nothing", c)
	}
	square := read("square", "", "payment.updated.json").Events[0]
	if got := square.Data.(events.CheckoutCompleted); got.Total.String() != "1.00 USD" || len(got.Lines) != 0 || square.Metadata.OccurredAt.Format("2006-01") != "2020-11" {
		t.Errorf("payment %+v at %v", got, square.Metadata.OccurredAt)
	}
	refund := read("square", "", "refund.updated.json").Events[0].Data.(events.CheckoutRefunded)
	if refund.Amount.String() != "10.00 USD" || refund.Receipt.Number != "KkAkhdMsgzn59SM8A89WgKwekxLZY" || len(refund.Return) > 64 {
		t.Errorf("refund %+v", refund)
	}
}

func TestSignatureVectorsAgree(t *testing.T) {
	t.Parallel()
	dir := payloads(t)
	if dir == "" {
		return
	}
	raw, err := os.ReadFile(filepath.Join(dir, "signatures", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Vendor, Secret, URL string
		Headers                   map[string]string
		Body                      string `json:"body_base64"`
		Valid                     bool
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		body, err := base64.StdEncoding.DecodeString(v.Body)
		if err != nil {
			t.Fatal(err)
		}
		headers := http.Header{}
		for name, value := range v.Headers {
			headers[name] = []string{value}
		}
		err = vendor.Verify(v.Vendor, headers, v.URL, body, []string{v.Secret})
		switch {
		case !vendor.Known(v.Vendor):
			if !errors.Is(err, vendor.ErrUnknownVendor) {
				t.Errorf("%s: no adapter, and yet %v", v.Name, err)
			}
		case v.Valid != (err == nil):
			t.Errorf("%s: %v, valid is %v", v.Name, err, v.Valid)
		}
	}
}

// Whatever else lies in the folder must be refused or ignored in words, under any topic of ours.
func TestForeignPayloadsAreRefused(t *testing.T) {
	t.Parallel()
	dir := payloads(t)
	if dir == "" {
		return
	}
	topics := []string{"", "orders/paid", "refunds/create", "checkouts/update", "checkouts/delete", "carts/update", "customers/update",
		"customers_email_marketing_consent/update", "customers/merge", "customers/redact"}
	for _, folder := range []string{"stripe", "woocommerce", "bigcommerce", "clover", "lightspeed", "eventbridge", "ses", "aws-lambda", "shopify/schemas"} {
		files, err := filepath.Glob(filepath.Join(dir, folder, "*.*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, path := range files {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := vendor.Parse(vendor.Delivery{Vendor: filepath.Base(folder), Body: body}, vendor.ShopConfig{}); !errors.Is(err, vendor.ErrUnknownVendor) {
				t.Errorf("%s: %v", path, err)
			}
			for _, topic := range topics {
				_, _ = vendor.Parse(vendor.Delivery{Vendor: vendor.Shopify, Topic: topic, Body: body, ReceivedAt: received}, vendor.ShopConfig{})
			}
			if r, err := vendor.Parse(vendor.Delivery{Vendor: vendor.Square, Body: body}, vendor.ShopConfig{}); err == nil && r.Ignored == "" {
				t.Errorf("%s passes for Square's: %+v", path, r)
			}
		}
	}
}
