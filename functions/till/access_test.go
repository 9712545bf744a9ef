package till_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
)

// forStore are asks that name store 0042, one for each door that asks for the store's key.
var forStore = map[string]string{
	"POST /v1/quotes":                                      `{"store": "0042", "till": "03", "lines": [{"quantity": 1, "amount": {"amount": 5, "currency": "EUR"}}]}`,
	"DELETE /v1/reservations/{id}":                         ``,
	"POST /v1/checkouts":                                   `{"receipt": {"store": "0042", "till": "03", "number": "1"}, "total": {"amount": 5, "currency": "EUR"}}`,
	"POST /v1/returns":                                     `{"return": "R", "receipt": {"store": "0042", "till": "03", "number": "1"}, "lines": [{"id": "1", "quantity": 1}]}`,
	"POST /v1/receipts/claim":                              `{"receipt": {"store": "0042", "till": "03", "number": "1"}, "card": "CARD"}`,
	"POST /v1/cards":                                       `{"store": "0042"}`,
	"PATCH /v1/cards/{number}":                             `{"store": "0042"}`,
	"POST /v1/cards/{number}/replace":                      `{"store": "0042"}`,
	"POST /v1/cards/{number}/adjustments":                  `{"store": "0042", "id": "a", "reason": "r", "by": "b", "points": 1}`,
	"POST /v1/cards/{number}/blind-returns":                `{"store": "0042", "id": "a", "reason": "r", "by": "b", "value": {"amount": 5, "currency": "EUR"}}`,
	"POST /v1/cards/{number}/activations":                  `{"store": "0042", "id": "a", "reason": "r", "by": "b"}`,
	"POST /v1/cards/{number}/status":                       `{"store": "0042", "id": "a", "reason": "r", "by": "b", "status": "open"}`,
	"POST /v1/cards/{number}/tier":                         `{"store": "0042", "id": "a", "reason": "r", "by": "b", "tier": "gold"}`,
	"POST /v1/cards/{number}/merge":                        `{"store": "0042", "id": "a", "reason": "r", "by": "b", "into": "CARD"}`,
	"POST /v1/cards/{number}/unmerge":                      `{"store": "0042", "id": "a", "reason": "r", "by": "b"}`,
	"POST /v1/cards/{number}/household/join":               `{"store": "0042", "id": "a", "reason": "r", "by": "b", "with": "CARD"}`,
	"POST /v1/cards/{number}/household/leave":              `{"store": "0042", "id": "a", "reason": "r", "by": "b"}`,
	"POST /v1/cards/{number}/holds":                        `{"store": "0042", "id": "a", "points": 1}`,
	"GET /v1/receipts/{store}/{till}/{number}/explanation": ``,
	"POST /v1/gift-cards":                                  `{"store": "0042", "id": "a", "amount": {"amount": 500, "currency": "EUR"}}`,
	"POST /v1/gift-cards/{card}/redemptions":               `{"store": "0042", "id": "a", "amount": {"amount": 5, "currency": "EUR"}}`,
	"POST /v1/gift-cards/{card}/refunds":                   `{"store": "0042", "id": "a", "redemption": "r"}`,
	"POST /v1/gift-cards/{card}/loads":                     `{"store": "0042", "id": "a", "amount": {"amount": 5, "currency": "EUR"}}`,
	"POST /v1/gift-cards/{card}/status":                    `{"store": "0042", "id": "a", "status": "blocked", "reason": "r", "by": "b"}`,
	"POST /v1/events":                                      `{"type": "checkout.completed.v1", "metadata": {"id": "e", "occurred_at": "2026-11-21T08:00:00Z", "source": "x"}, "data": {"receipt": {"store": "0042", "till": "03", "number": "9"}, "total": {"amount": 5, "currency": "EUR"}}}`,
}

// walker comes to every door as every kind of caller.
type walker struct{ *world }

func (w walker) path(d till.Door) string {
	path := strings.NewReplacer("{number}", w.card(1), "{card}", giftcard.IDOf("none"), "{id}", "friends", "{token}", "1AAAA", "{store}", "0042", "{till}", "03").Replace(d.Path)
	if d.Method+" "+d.Path == "DELETE /v1/reservations/{id}" {
		path += "?store=0042&till=03"
	}
	return path
}

// come sends one ask with a bearer's word; "" sends none.
func (w walker) come(d till.Door, bearer string) *httptest.ResponseRecorder {
	body := strings.ReplaceAll(forStore[d.Method+" "+d.Path], "CARD", w.card(2))
	r := httptest.NewRequestWithContext(w.t.Context(), d.Method, w.path(d), strings.NewReader(body))
	r.Header.Set("X-Shopify-Hmac-Sha256", "c2lnbmVk") // a webhook that came to the wrong door
	r.Header.Set("X-Square-Hmacsha256-Signature", "c2lnbmVk")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	got := httptest.NewRecorder()
	w.handler.ServeHTTP(got, r)
	return got
}

// strangers are words that open no door with a key: nothing, a key that nobody made, and each kind of a shopper's link.
func strangers(t *testing.T, card string) map[string]string {
	t.Helper()
	all := map[string]string{"nobody": "", "a key that nobody made": secrets["wrong"], "a secret of links": linkSecret, "a card": card}
	for name, token := range links(t, card) {
		all["a link to "+name] = token
	}
	return all
}

// links has a token of every purpose.
func links(t *testing.T, card string) map[string]string {
	t.Helper()
	made := map[string]string{}
	keep := func(name string) func(string, error) {
		return func(token string, err error) {
			if err != nil {
				t.Fatal(err)
			}
			made[name] = token
		}
	}
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	keep("unsubscribe")(message.Token(linkSecret, card, "offers"))
	keep("confirm")(message.ConfirmToken(linkSecret, message.Confirming(card, at, "lena@shop.example")))
	keep("follow")(message.ClickToken(linkSecret, message.OrderID("big", "1", card), "https://shop.example/"))
	keep("opened")(message.OpenToken(linkSecret, message.OrderID("big", "1", card)))
	return made
}

// allowed reports whether a door opens to a right, or asks for no key.
func allowed(d till.Door, right loyalty.Right) bool {
	return len(d.May) == 0 || slices.Contains(d.May, right)
}

// Every door is walked with every kind of caller, and lets in whom its line names: nobody else, and nobody less.
func TestEveryDoorLetsInWhomItNames(t *testing.T) {
	t.Parallel()
	w := walker{newWorld(t)}
	const in, unknown, notYours = "in", "unknown", "not yours"
	expected := map[till.Access][3]string{ // of another store, of the store, of all stores
		till.AnyKey: {in, in, in}, till.StoreKey: {notYours, in, in}, till.EveryStores: {notYours, notYours, in},
		till.ForAll: {in, in, in}, till.ByLink: {in, in, in},
	}
	for _, d := range till.Doors() {
		name := d.Method + " " + d.Path
		want, listed := expected[d.Asks]
		if !listed {
			t.Errorf("%s has no line that says who may use it", name)
			continue
		}
		if _, asked := forStore[name]; asked != (d.Asks == till.StoreKey) {
			t.Errorf("%s asks for %s: forStore has an ask for it: %v", name, d.Asks, asked)
		}
		became := func(bearer string) string {
			switch got := w.come(d, bearer); got.Code {
			case http.StatusUnauthorized:
				return unknown
			case http.StatusForbidden:
				return notYours
			default:
				return in
			}
		}
		for i, key := range []string{"0043", "0042", "all"} {
			wanted := want[i]
			if wanted == in && !allowed(d, loyalty.RightTill) {
				wanted = notYours
			}
			if got := became(secrets[key]); got != wanted {
				t.Errorf("%s with the key %s: %s, want %s", name, key, got, wanted)
			}
		}
		for person, right := range map[string]loyalty.Right{"Mira": loyalty.RightCampaigns, "Ida": loyalty.RightPersons} {
			wanted := notYours
			if allowed(d, right) {
				wanted = in
			}
			if got := became(secrets[person]); got != wanted {
				t.Errorf("%s with a key for %s: %s, want %s", name, right, got, wanted)
			}
		}
		stranger := unknown
		if d.Asks == till.ForAll || d.Asks == till.ByLink {
			stranger = in
		}
		for who, word := range strangers(t, w.card(1)) {
			if got := became(word); got != stranger {
				t.Errorf("%s for %s: %s, want %s", name, who, got, stranger)
			}
		}
	}
}

// A link of one purpose is nothing at the pages of another: it changes nothing, shows nothing and leads nowhere.
func TestALinkServesOnePurpose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.card(1)
	if got := w.ask("POST", "/v1/cards", "0042", `{"number": "`+card+`", "email": "lena@shop.example", "consents": {"offers": {"allowed": true}}}`); got.Code != 201 {
		t.Fatal(got.Body)
	}
	before := w.ask("GET", "/v1/cards/"+card, "0042", "").Body.String()
	pages := map[string][]string{ // method, path, form
		"unsubscribe": {"POST", "/unsubscribe/", "List-Unsubscribe=One-Click"}, "preferences": {"POST", "/preferences/", "topic=news"},
		"confirm": {"POST", "/confirm/", "confirm=yes"}, "follow": {"GET", "/c/", ""}, "opened": {"GET", "/o/", ""},
	}
	for page, p := range pages {
		for purpose, token := range links(t, card) {
			if purpose == page || page == "preferences" && purpose == "unsubscribe" { // the page of choices is one of leaving
				continue
			}
			r := httptest.NewRequestWithContext(t.Context(), p[0], p[1]+token, strings.NewReader(p[2]))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got := httptest.NewRecorder()
			w.handler.ServeHTTP(got, r)
			if p[0] == "POST" && got.Code != http.StatusBadRequest || got.Header().Get("Location") != "" {
				t.Errorf("the page %s takes a link to %s: %d", page, purpose, got.Code)
			}
		}
	}
	if after := w.ask("GET", "/v1/cards/"+card, "0042", "").Body.String(); after != before {
		t.Errorf("a link of another purpose has changed the card:\n%s\n%s", before, after)
	}
}
