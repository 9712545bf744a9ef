package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// What Shopify asks for shoppers is done by replaying the letter: data lies in the inbox, an erasure is one, and a shop that left takes
// its ids along. Who is not known is done with a note.
func TestPrivacyRequestsAreDone(t *testing.T) {
	t.Parallel()
	db := open(t)
	kept := store.New(db, atNoon)
	publish(t, kept)
	deps := admin.Offline(db, atNoon, "t")
	client := admin.Direct(admin.Handler(deps), "t")
	number := ""
	for _, who := range []struct{ email, identity string }{{"ana@shopper.example", "shopify:7001"}, {"bo@shopper.example", "shopify:7002"}} {
		e := loyalty.Enrolment{Store: "0042", Profile: card.Profile{Given: "Plantedname", Email: who.email, Identities: []string{who.identity}}}
		serial := uint64(len(who.identity)) + uint64(who.email[0])
		o, err := deps.Service.Enrol(t.Context(), e, func() (uint64, error) { return serial, nil })
		if err != nil {
			t.Fatal(err)
		}
		if number == "" {
			number = o.Number
		}
	}
	park := func(id, topic, body string) {
		raw, err := vendor.WriteMessage(vendor.Delivery{Vendor: vendor.Shopify, Topic: topic, Shop: "teas.myshopify.example", ReceivedAt: noon, Body: []byte(body)}, "")
		if err == nil {
			err = kept.Park(t.Context(), loyalty.Parked{ID: id, Vendor: vendor.Shopify, Topic: topic, Shop: "teas.myshopify.example", Reason: "asks", At: noon, Message: raw})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	park("DATA1", "customers/data_request", `{"shop_domain":"teas.myshopify.example","customer":{"id":7001,"email":"ana@shopper.example","phone":null},"orders_requested":[],"data_request":{"id":71}}`)
	park("EASE1", "customers/redact", `{"shop_domain":"teas.myshopify.example","customer":{"id":7001,"email":"ANA@shopper.example"},"orders_to_redact":[]}`)
	park("EASE2", "customers/redact", `{"shop_domain":"teas.myshopify.example","customer":{"id":9,"email":"nobody@shopper.example"},"orders_to_redact":[]}`)
	park("SHOP1", "shop/redact", `{"shop_id":1,"shop_domain":"teas.myshopify.example"}`)
	park("ODD01", "orders/paid", `{"email":"ana@shopper.example"}`)
	replay := func(id string) admin.Letter {
		t.Helper()
		var l admin.Letter
		if err := client.Do(t.Context(), http.MethodPost, "/inbox/"+id+"/replay", nil, &l); err != nil || l.State != "replayed" || l.Outcome.Done == "" {
			t.Fatalf("%s: %+v %v", id, l, err)
		}
		return l
	}
	said := replay("DATA1").Outcome.Done
	document := said[strings.LastIndexByte(said, ' ')+1:]
	var shown admin.Letter
	if err := client.Do(t.Context(), http.MethodGet, "/inbox/"+document, nil, &shown); err != nil || shown.State != "open" || !strings.Contains(shown.Body, "Plantedname") || strings.Contains(shown.Body, "bo@shopper") {
		t.Errorf("the document: %+v %v", shown, err)
	}
	replay("EASE1")
	o, err := kept.Open(t.Context(), number, true)
	if err != nil || o.Head.Status != card.Closed || o.Profile.Email != "" {
		t.Errorf("after the erasure: %+v %v", o.Profile, err)
	}
	if l := replay("EASE2"); !strings.Contains(l.Note, "no card") {
		t.Errorf("nobody: %+v", l)
	}
	replay("SHOP1")
	bo, err := kept.Find(t.Context(), loyalty.EmailIdentity("bo@shopper.example"))
	if err != nil {
		t.Fatal(err)
	}
	if o, err = kept.Open(t.Context(), bo, true); err != nil || len(o.Profile.Identities) != 0 || o.Profile.Given == "" || o.Head.Status != card.Open {
		t.Errorf("whoever stays: %+v %v", o.Profile, err)
	}
	letters, err := kept.Letters(t.Context(), time.Time{}, 100)
	if err != nil || len(letters) != 6 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	for _, l := range letters {
		if text := string(l.Message); strings.Contains(text, "body_gzip") || strings.Contains(strings.ToLower(text), "ana@") {
			t.Errorf("letter %s still holds %s", l.ID, text)
		}
	}
}
