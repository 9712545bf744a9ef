package kit_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/kit"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// order is a paid order of a web shop that says all that vendors say of a shopper.
var order = fmt.Sprintf(`{"id":5410021900001,"name":"#1001","email":%[1]q,"phone":%[4]q,"processed_at":"2026-11-21T10:04:11+01:00",
"created_at":"2026-11-21T10:04:09+01:00","currency":"EUR","financial_status":"paid","test":false,"taxes_included":true,"total_price":"40.80",
"total_tax":"2.67","customer":{"id":7000000001,"email":%[1]q,"first_name":%[2]q,"last_name":%[3]q},
"shipping_address":{"name":%[2]q,"address1":%[5]q,"zip":%[7]q,"city":%[6]q},"discount_codes":[],
"line_items":[{"id":1,"sku":"beans","title":"Beans","quantity":1,"price":"40.80","discount_allocations":[]}]}`,
	kit.Address(1), kit.Planted.Given, kit.Planted.Family, kit.Planted.Phone+"1", kit.Planted.Street, kit.Planted.City, kit.Planted.Postcode)

// deliver posts a webhook as the vendor does.
func (p *play) deliver(ctx context.Context, topic, body, secret string) int {
	r := httptest.NewRequestWithContext(ctx, "POST", "/webhooks/shopify", strings.NewReader(body))
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8080"
	r.Header.Set(vendor.Sign(vendor.Shopify, "", []byte(body), secret))
	r.Header.Set("X-Shopify-Topic", topic)
	r.Header.Set("X-Shopify-Shop-Domain", "shop.example")
	r.Header.Set("X-Shopify-Event-Id", topic)
	w := httptest.NewRecorder()
	p.Shop.Run.Handler(nil).ServeHTTP(w, r)
	return w.Code
}

// What vendors tell of a shopper, what shoppers change, and what is refused of either, gets out nowhere; every world of this package is held
// to the same at its end, whatever fails in it.
func TestNothingPersonalGetsOut(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	p := &play{World: w}
	card := p.enrol(ctx, "11-23")
	for _, d := range []struct {
		topic, body, secret string
		want                int
	}{
		{"orders/paid", order, kit.VendorSecret, 200},
		{"orders/paid", order, "another", 401},
		{"orders/paid", strings.Replace(order, `"total_price":"40.80"`, fmt.Sprintf(`"total_price":%q`, kit.Planted.Family), 1), kit.VendorSecret, 200},
		{"customers/update", order, kit.VendorSecret, 200},
	} {
		if got := p.deliver(ctx, d.topic, d.body, d.secret); got != d.want {
			t.Errorf("%s is answered with %d, want %d", d.topic, got, d.want)
		}
	}
	for _, body := range []string{
		fmt.Sprintf(`{"store":"0042","given_name":%q}`, strings.Repeat(kit.Planted.Given, 40)),
		fmt.Sprintf(`{"store":"0042","email":%q}`, kit.Planted.Family+" at "+kit.Planted.Domain),
		fmt.Sprintf(`{"store":"0042",%q:1}`, kit.Planted.Family),
	} {
		if a, err := p.Ask(ctx, "PATCH", "/v1/cards/"+card, body); err != nil || a.Status/100 != 4 {
			t.Errorf("%s: %d %s, %v", body, a.Status, a.Body, err)
		}
	}
	p.sell(ctx, card, "1", 6000, "")
	p.sleep(ctx, 48*time.Hour)
	if p.err != nil {
		t.Fatal(p.err)
	}
	broken, err := w.End(ctx)
	if err != nil || len(broken) > 0 {
		t.Errorf("%v, %v", broken, err)
	}
	if mails, err := w.Shop.Run.Mailbox().List(0, 10); err != nil || len(mails) == 0 {
		t.Errorf("no e-mail went out: %v", err)
	}
}

// The watch itself bites: what is planted in an event is found.
func TestWhatGetsOutIsFound(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	detail := []byte(`{"metadata":{"id":"x"},"data":{"who":"` + strings.ToUpper(kit.Planted.Family) + `"}}`)
	if err := w.Shop.Run.Publish(ctx, shop.Bus, local.Entry{Source: "elsewhere", DetailType: "leak.v1", Detail: detail}); err != nil {
		t.Fatal(err)
	}
	broken, err := w.End(ctx)
	if err != nil || len(broken) != 1 || !strings.Contains(broken[0], `an event tells "quillfeather"`) {
		t.Errorf("%v, %v", broken, err)
	}
	for where, text := range map[string]string{
		"a link":  "https://shop.example/u/" + base64.RawURLEncoding.EncodeToString([]byte("to="+kit.Address(7))),
		"a query": "https://shop.example/?q=Zephyrine%20Q",
	} {
		raw := "From: a@b.example\r\nList-Unsubscribe: <" + text + ">\r\n\r\nHello\r\n"
		if len(kit.Leaks([]byte(raw))) == 0 {
			t.Errorf("%s with a shopper in it is not found", where)
		}
	}
}
