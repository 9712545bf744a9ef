package ingest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/vendor"
)

func TestEachWebhookComesToItsEnd(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ sample, bus, inbox string }{
		{"shopify.orders_paid.everything", "checkout.completed.v1 " + miraCard, ""},
		{"shopify.orders_paid.unexplained", "checkout.completed.v1", ""}, // a guest's
		{"shopify.orders_paid.test", "", ""},
		{"shopify.refunds_create.lines", "checkout.refunded.v1", ""},
		{"shopify.refunds_create.pending", "", "/transactions are all pending; replay this once the money has gone back"},
		{"shopify.checkouts_update.open", "cart.updated.v1 " + miraCard, ""},
		{"shopify.checkouts_create.nobody", "cart.updated.v1", ""},
		{"shopify.checkouts_update.completed", "cart.cleared.v1", ""},
		{"shopify.customers_email_marketing_consent_update.given", "shopper.updated.v1 " + miraCard, ""},
		{"shopify.customers_data_request.all", "", "asks for a shopper's data: hand it over within 30 days; replay this, and it lies here"},
		{"shopify.customers_redact.email-only", "", "asks to erase a shopper within 30 days: replay this, and it is done"},
		{"shopify.products_update.price", "", ""},
		{"square.payment.updated.tip", "checkout.completed.v1 " + miraCard, ""},
		{"square.refund.updated.part", "checkout.refunded.v1", ""},
		{"square.invoice.payment_made.same-money", "", ""},
		{"square.oauth.authorization.revoked.merchant", "", "says that access was withdrawn: nothing more will come until the shop is connected again"},
	} {
		w := newWorld(t)
		for range 2 { // vendors deliver at least once
			if got := w.post(w.sign(row.sample)); got != http.StatusOK {
				t.Errorf("%s is answered with %d", row.sample, got)
			}
			if failed := w.drain(); failed != 0 {
				t.Errorf("%s: %d messages failed", row.sample, failed)
			}
		}
		if w.told() != row.bus || w.reasons() != row.inbox {
			t.Errorf("%s\n bus   %q, want %q\n inbox %q, want %q", row.sample, w.told(), row.bus, w.reasons(), row.inbox)
		}
		if row.bus == "" && row.inbox == "" && w.counts["webhooks_ignored vendor shopify reason topic"]+w.counts["webhooks_ignored vendor square reason topic"]+
			w.counts["webhooks_ignored vendor shopify reason test order"] == 0 {
			t.Errorf("%s: ignored without being counted: %v", row.sample, w.counts)
		}
	}
}

func TestAForgeryIsRefusedAndCounted(t *testing.T) {
	t.Parallel()
	path, headers, body := newWorld(t).sign("shopify.orders_paid.everything")
	for what, try := range map[string]func(w *world) int{
		"body changed":     func(w *world) int { return w.post(path, headers, append([]byte(" "), body...)) },
		"no signature":     func(w *world) int { return w.post(path, map[string]string{"X-Shopify-Topic": "orders/paid"}, body) },
		"other vendor's":   func(w *world) int { return w.post("/webhooks/square", headers, body) },
		"a till's key":     func(w *world) int { return w.post(path, map[string]string{"Authorization": "Bearer rk_all"}, body) },
		"a shopper's link": func(w *world) int { return w.post(path, map[string]string{"Authorization": "Bearer 1AAAA"}, body) },
		"the secret itself": func(w *world) int {
			return w.post(path, map[string]string{"X-Shopify-Hmac-Sha256": secret, "Authorization": "Bearer " + secret}, body)
		},
		"unknown topic, unsigned": func(w *world) int {
			return w.post(path, map[string]string{"X-Shopify-Topic": "products/update"}, body)
		},
	} {
		w := newWorld(t)
		if got := try(w); got != http.StatusUnauthorized {
			t.Errorf("%s: answered with %d", what, got)
		}
		if w.calls != 0 || w.counts["webhooks_refused vendor shopify reason signature"]+w.counts["webhooks_refused vendor square reason signature"] != 1 {
			t.Errorf("%s: %d calls, counts %v", what, w.calls, w.counts)
		}
	}
	w := newWorld(t)
	if got := w.post("/webhooks/stripe", headers, body); got != http.StatusNotFound || w.counts["webhooks_refused vendor unknown reason vendor"] != 1 {
		t.Errorf("unknown vendor: %d, %v", got, w.counts)
	}
	closed := ingest.New(ingest.Config{}, w.deps)
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := closed(w.ctx(), payload); err != nil || !strings.Contains(string(out), `"statusCode":401`) {
		t.Errorf("a door without secrets says %s, %v", out, err)
	}
}

func TestTheEventAsAWSDeliversItIsUnderstood(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	if got := w.status(payload); got != http.StatusOK || w.drain() != 0 || w.told() != "checkout.completed.v1 "+miraCard {
		t.Errorf("answered %d, bus %s", got, w.told())
	}
	if got := w.bus[0].Metadata.CorrelationID; got != "TeAs0000ExAmPlE=" {
		t.Errorf("correlation %q did not come through the queue", got)
	}
}

func TestALargeOrderFitsAndWhatDoesNotIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lines := make([]string, 480)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"id":%d,"sku":"S-%d","price":"1.00","quantity":1,"title":%q}`, i+1, i, strings.Repeat("tea ", 300))
	}
	order := []byte(`{"id":1,"currency":"EUR","taxes_included":true,"total_price":"480.00","processed_at":"2026-11-21T10:00:00Z","line_items":[` + strings.Join(lines, ",") + `]}`)
	noise := make([]byte, 240<<10) // does not pack
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	for _, row := range []struct {
		body   []byte
		status int
		bus    string
		inbox  string
	}{
		{order, http.StatusOK, "checkout.completed.v1", ""},
		{noise, http.StatusOK, "checkout.completed.v1", "is larger than the queue takes; replay it"},
		{bytes.Repeat([]byte(" "), vendor.MaxBody+1), http.StatusRequestEntityTooLarge, "checkout.completed.v1", "is larger than the queue takes; replay it"},
	} {
		name, value := vendor.Sign(vendor.Shopify, "", row.body, secret)
		got := w.post("/webhooks/shopify", map[string]string{name: value, "X-Shopify-Topic": "orders/paid"}, row.body)
		w.drain()
		if got != row.status || w.told() != row.bus || w.reasons() != row.inbox {
			t.Errorf("%d bytes: answered %d, bus %q, inbox %q", len(row.body), got, w.told(), w.reasons())
		}
	}
}

func TestWhatIsParkedCanBeReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, headers, body := w.sign("shopify.orders_paid.everything")
	odd := bytes.Replace(body, []byte(`"total_price": "72.91"`), []byte(`"total_price": null`), 1)
	name, value := vendor.Sign(vendor.Shopify, "", odd, secret)
	headers[name] = value
	w.post("/webhooks/shopify", headers, odd)
	w.drain()
	if w.reasons() != "/total_price is missing" || len(w.bus) != 0 {
		t.Fatalf("inbox %q, bus %q", w.reasons(), w.told())
	}
	for _, p := range w.inbox {
		d, _, err := vendor.ReadMessage(p.Message)
		if err != nil || !bytes.Equal(d.Body, odd) || d.Topic != "orders/paid" {
			t.Fatalf("came otherwise out of the inbox: %+v, %v", d, err)
		}
		d.Body = body // as mended by the person who looked
		out, err := w.deps.Process(w.ctx(), d)
		if err != nil || len(out.Published) != 1 || w.told() != "checkout.completed.v1 "+miraCard {
			t.Errorf("replay: %+v, %v", out, err)
		}
	}
}

func TestAMessageThatIsNoneOfOursIsParkedAndStopsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.post(w.sign("square.payment.updated.tip"))
	w.queue = append([][]byte{[]byte("not json at all"), []byte(`{"vendor":"shopify","body_gzip":"AAAA"}`)}, w.queue...)
	if failed := w.drain(); failed != 0 || w.told() != "checkout.completed.v1 "+miraCard ||
		w.reasons() != "holds no packed body, is no message of the ingest queue" {
		t.Errorf("failed %d, bus %q, inbox %q", failed, w.told(), w.reasons())
	}
}

// Each outside call is failed before it works and after it worked; the end is the same.
func TestFailedNotDoneAndFailedButDone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		sample, call string
		answer       int
		redelivered  int // messages that came again
	}{
		{"shopify.orders_paid.everything", "queue", http.StatusServiceUnavailable, 0},
		{"shopify.orders_paid.everything", "queue+", http.StatusServiceUnavailable, 0},
		{"shopify.orders_paid.everything", "cards", http.StatusOK, 1},
		{"shopify.orders_paid.everything", "bus", http.StatusOK, 1},
		{"shopify.orders_paid.everything", "bus+", http.StatusOK, 1},
		{"shopify.customers_redact.email-only", "inbox", http.StatusOK, 1},
		{"shopify.customers_redact.email-only", "inbox+", http.StatusOK, 1},
	} {
		calm, w := newWorld(t), newWorld(t)
		calm.post(calm.sign(row.sample))
		calm.drain()
		w.fail = row.call
		answer := w.post(w.sign(row.sample))
		if answer != http.StatusOK { // the vendor comes again
			w.post(w.sign(row.sample))
		}
		if redelivered := w.drain(); answer != row.answer || redelivered != row.redelivered {
			t.Errorf("%s: answered %d, %d came again", row.call, answer, redelivered)
		}
		if w.told() != calm.told() || w.reasons() != calm.reasons() {
			t.Errorf("%s: bus %q, inbox %q; undisturbed %q, %q", row.call, w.told(), w.reasons(), calm.told(), calm.reasons())
		}
	}
}

func TestNewsOfAShopperWithoutACardIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path, headers, body := w.sign("shopify.customers_email_marketing_consent_update.given")
	other := bytes.Replace(body, []byte("9102030405060708090"), []byte("1"), 1)
	name, value := vendor.Sign(vendor.Shopify, "", other, secret)
	headers[name] = value
	if w.post(path, headers, other); w.drain() != 0 || len(w.bus) != 0 || w.counts["webhooks_ignored vendor shopify reason shopper without a card"] != 1 {
		t.Errorf("bus %q, counts %v", w.told(), w.counts)
	}
}

func FuzzReadMessage(f *testing.F) {
	message, err := vendor.WriteMessage(vendor.Delivery{Vendor: vendor.Shopify, Body: []byte("{}")}, "c")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Add([]byte("not json"))
	f.Fuzz(func(t *testing.T, message []byte) {
		d, _, err := vendor.ReadMessage(message)
		if err == nil && len(d.Body) > vendor.MaxBody+1 {
			t.Fatalf("unpacks to %d bytes", len(d.Body))
		}
	})
}
