package shop_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/giftcard"
)

// The whole system in one story, nothing stubbed on the way. At its end the calls that the functions made are held against the
// rights that the template grants, in both directions: a right that no call needs is one too many.
func TestTheMainJob(t *testing.T) {
	t.Parallel()
	w := open(t)

	card := w.enrol("ida@mail.example", "")
	w.bigBasket(card)
	w.clicks()
	w.spendTheCoupon(card)
	w.returns(card)
	w.overTheBus(card)
	w.carts(card)
	regular := w.birthday()
	w.ending()
	w.lostCard()
	w.byHand()
	w.guest()
	w.webhooks()
	w.deadAddress()
	w.senderDied()
	w.capped()
	w.unsubscribe(card)
	w.moments()
	w.broadcast(regular)
	w.confirmed()
	w.breaker()
	w.steered()

	other := open(t) // in which nobody was suppressed before somebody is erased
	other.answered()

	observed := append(w.shop.Run.Observed(), other.shop.Run.Observed()...)
	for _, line := range w.shop.Run.Template().CompareRights(observed) {
		t.Error(line)
	}
}

func (w *world) bigBasket(card string) {
	w.Helper()
	first := w.checkout(card, "000001", 2600, "", http.StatusCreated)
	if first["points"] != 26.0 || first["repeated"] != false {
		w.Errorf("first answer: %v", first)
	}
	w.drain()
	w.wantMails("ida@mail.example", "Ida, 15 % off your next beans")
	again := w.checkout(card, "000001", 2600, "", http.StatusOK)
	if again["points"] != 26.0 || again["repeated"] != true {
		w.Errorf("second answer: %v", again)
	}
	w.checkout(card, "000001", 2700, "", http.StatusConflict)
	w.drain()
	w.wantMails("ida@mail.example", "Ida, 15 % off your next beans")
}

// coupon is the id of the first coupon in the wallet.
func (w *world) coupon(card string) string {
	w.Helper()
	doc := w.call("GET", "/v1/cards/"+card, "", http.StatusOK)
	coupons, _ := doc["coupons"].([]any)
	if len(coupons) == 0 {
		w.Fatalf("no coupon in %v", doc)
	}
	first, _ := coupons[0].(map[string]any)
	id, _ := first["coupon"].(string)
	if id == "" {
		id, _ = first["id"].(string)
	}
	return id
}

func (w *world) spendTheCoupon(card string) {
	w.Helper()
	coupon := w.coupon(card)
	quote := w.call("POST", "/v1/quotes", fmt.Sprintf(
		`{"card":%q,"store":"0042","till":"03","lines":[{"id":"1","category":"beans","quantity":1,"amount":{"amount":1000,"currency":"EUR"}}],"coupons":[%q],`+
			`"reserve":{"id":"b1"}}`, card, coupon), http.StatusOK)
	total, _ := quote["total"].(map[string]any)
	if total["amount"] != 850.0 {
		w.Errorf("quote: %v", quote)
	}
	body := fmt.Sprintf(`{"receipt":{"store":"0042","till":"03","number":"000002"},"card":%q,"lines":[{"id":"1","category":"beans","quantity":1,`+
		`"amount":{"amount":1000,"currency":"EUR"},"discount":{"amount":150,"currency":"EUR"}}],"total":{"amount":850,"currency":"EUR"},"coupons":[%q]}`, card, coupon)
	doc := w.call("POST", "/v1/checkouts", body, http.StatusCreated)
	if doc["points"] != 17.0 {
		w.Errorf("8.50 of beans earn %v", doc["points"])
	}
	w.call("POST", "/v1/checkouts", strings.Replace(body, "000002", "000003", 1), http.StatusCreated) // the coupon is used: it is not taken
	w.drain()
}

func (w *world) returns(card string) {
	w.Helper()
	body := `{"return":"r1","receipt":{"store":"0042","till":"03","number":"000003"}}`
	doc := w.call("POST", "/v1/returns", body, http.StatusCreated)
	if doc["points"] != -17.0 {
		w.Errorf("return: %v", doc)
	}
	w.call("POST", "/v1/returns", body, http.StatusOK)
	w.call("POST", "/v1/returns", `{"return":"r2","receipt":{"store":"0042","till":"03","number":"999999"}}`, http.StatusNotFound)
	w.call("GET", "/v1/cards/"+card+"/entries", "", http.StatusOK)
	w.drain()
}

// bus puts one of our events on the bus, as another system of the shop does.
func (w *world) bus(name, id, data string) {
	w.Helper()
	w.publish("Bus", "regulars", name, fmt.Sprintf(
		`{"metadata":{"id":%q,"occurred_at":%q,"source":"partner"},"data":%s}`, id, w.clock.Now().Format(time.RFC3339), data))
	w.drain()
}

func (w *world) overTheBus(card string) {
	w.Helper()
	before := w.balance(card)
	refund := `{"return":"r9","receipt":{"store":"0043","till":"01","number":"77"}}`
	w.bus("checkout.refunded.v1", "e1", refund) // overtakes its receipt
	receipt := `{"receipt":{"store":"0043","till":"01","number":"77"},"card":"` + card + `","lines":[{"id":"1","category":"bakery","quantity":1,"amount":500}],"total":{"amount":500,"currency":"EUR"}}`
	w.bus("checkout.completed.v1", "e2", receipt)
	w.bus("checkout.completed.v1", "e2", receipt)
	if got := w.balance(card); got != before {
		w.Errorf("a receipt and its return leave %d points, before them there were %d", got, before)
	}
	w.bus("checkout.completed.v1", "e3", strings.Replace(receipt, `"77"`, `"78"`, 1))
	if got := w.balance(card); got != before+5 {
		w.Errorf("a receipt over the bus leaves %d points, want %d", got, before+5)
	}
	w.bus("shopper.updated.v1", "e4", `{"card":"`+card+`","consent":{"news":true}}`)
	w.bus("shopper.enrolled.v1", "e5", `{"card":"`+w.rules.IssueNumber(9001)+`","store":"0042"}`)
	w.bus("checkout.completed.v1", "e6", strings.Replace(strings.Replace(receipt, `"77"`, `"79"`, 1), card, "0400000000000", 1)) // parked: no card of ours
	w.wantParked(1)
	w.bus("cart.updated.v1", "e7", `{"cart":"85","version":1,"card":"0400000000000","total":{"amount":1450,"currency":"EUR"}}`)
	w.wantParked(2)
	w.call("PUT", "/v1/carts/86", `{"version":1,"total":{"amount":500,"currency":"EUR"}}`, http.StatusOK)
	w.bus("checkout.completed.v1", "e8", strings.TrimSuffix(strings.Replace(receipt, `"77"`, `"80"`, 1), "}")+`,"cart":"86"}`)
	if c, _, err := w.shop.Store.Cart(w.Context(), "86"); err != nil || c.State != "bought" {
		w.Errorf("the cart of a receipt is %s (%v)", c.State, err)
	}
	w.call("POST", "/v1/events", fmt.Sprintf(`{"type":"checkout.refunded.v1","metadata":{"id":"e9","occurred_at":%q,"source":"till"},`+
		`"data":{"return":"r10","receipt":{"store":"0043","till":"01","number":"90"}}}`, w.clock.Now().Format(time.RFC3339)), http.StatusOK)
}

func (w *world) balance(card string) int64 {
	w.Helper()
	v, err := w.shop.Service.View(w.Context(), card)
	if err != nil {
		w.Fatal(err)
	}
	return v.Balance
}

func (w *world) wantParked(n int) {
	w.Helper()
	letters, err := w.shop.Store.Letters(w.Context(), time.Time{}, 100)
	if err != nil {
		w.Fatal(err)
	}
	if len(letters) != n {
		for _, l := range letters {
			w.Logf("inbox: %s %s: %s", l.Vendor, l.Topic, l.Reason)
		}
		w.Errorf("%d letters in the inbox, want %d", len(letters), n)
	}
}

func (w *world) carts(card string) {
	w.Helper()
	cart := `{"version":%d,"card":%q,"lines":[{"id":"1","sku":"mug","quantity":1,"amount":{"amount":1450,"currency":"EUR"}}],"total":{"amount":1450,"currency":"EUR"},"url":"https://shop.example/cart/81"}`
	w.call("PUT", "/v1/carts/81", fmt.Sprintf(cart, 1, card), http.StatusOK)
	w.jump(30 * time.Minute)
	w.call("PUT", "/v1/carts/81", fmt.Sprintf(cart, 2, card), http.StatusOK) // touched again: the hour begins anew
	w.jump(45 * time.Minute)
	w.wantMails("ida@mail.example", "Ida, 15 % off your next beans", "Welcome aboard, Ida")
	w.jump(20 * time.Minute)
	w.wantMails("ida@mail.example", "Ida, 15 % off your next beans", "Welcome aboard, Ida", "Still thinking about it?")
	w.call("PUT", "/v1/carts/82", fmt.Sprintf(cart, 1, card), http.StatusOK)
	w.checkout(card, "000010", 1450, `,"cart":"82"`, http.StatusCreated) // bought in time
	w.call("PUT", "/v1/carts/83", fmt.Sprintf(cart, 1, card), http.StatusOK)
	w.call("DELETE", "/v1/carts/83", "", http.StatusNoContent)
	w.bus("cart.updated.v1", "c1", `{"cart":"84","version":1,"card":"`+card+`","lines":[{"id":"1","sku":"mug","quantity":1,"amount":1450}],"total":{"amount":1450,"currency":"EUR"}}`)
	w.bus("cart.cleared.v1", "c2", `{"cart":"84","reason":"emptied"}`)
	w.jump(3 * time.Hour)
	w.wantMails("ida@mail.example", "Ida, 15 % off your next beans", "Welcome aboard, Ida", "Still thinking about it?")
}

func (w *world) birthday() (regular string) {
	w.Helper()
	w.enrol("bo@mail.example", "11-23") // the story began on the 21st
	w.jump(48 * time.Hour)
	w.wantMails("bo@mail.example", "Happy birthday, Ida")
	w.jump(24 * time.Hour)
	w.wantMails("bo@mail.example", "Happy birthday, Ida")

	// A regular with a long tail: her birthday's entry turns a page, and is looked for in the pages first.
	regular = w.enrol("fay@mail.example", w.clock.Now().AddDate(0, 0, 1).Format("01-02"))
	w.jumpTo(time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC))
	for i := range 24 {
		w.checkout(regular, fmt.Sprintf("1%05d", i), 100, "", http.StatusCreated)
	}
	w.jump(3 * time.Hour)
	w.wantMails("fay@mail.example", "Welcome aboard, Ida", "Happy birthday, Ida")
	return regular
}

// capped: five mails in a week are enough; the sixth waits until the first is a week old.
func (w *world) capped() {
	w.Helper()
	card := w.enrol("gus@mail.example", "")
	coupon := ""
	thank := func(n int) { // each large basket redeems the coupon that the last one brought
		more := ""
		if coupon != "" {
			more = fmt.Sprintf(`,"coupons":[%q]`, coupon)
		}
		doc := w.checkout(card, fmt.Sprintf("2%05d", n), 3000, more, http.StatusCreated)
		granted, _ := doc["coupons_granted"].([]any)
		if len(granted) != 1 {
			w.Fatalf("basket %d granted %v", n, doc)
		}
		first, _ := granted[0].(map[string]any)
		coupon, _ = first["id"].(string)
		w.jump(2 * time.Hour)
	}
	for n := range 5 {
		thank(n)
	}
	w.jump(5 * 24 * time.Hour)
	thank(5)
	if got := len(w.mails("gus@mail.example")); got != 5 {
		w.Fatalf("%d mails within a week", got)
	}
	for range 10 {
		w.jump(6 * time.Hour)
	}
	if got := len(w.mails("gus@mail.example")); got != 7 {
		w.Errorf("%d mails after the week, want the two that the cap has held back", got)
	}
}

func (w *world) lostCard() {
	w.Helper()
	old := w.enrol("cy@mail.example", "")
	w.checkout(old, "000020", 1000, "", http.StatusCreated)
	doc := w.call("POST", "/v1/cards/"+old+"/replace", `{"store":"0042"}`, http.StatusCreated)
	number, _ := doc["number"].(string)
	w.jump(time.Minute)
	w.checkout(old, "000021", 1000, "", http.StatusConflict)
	if doc := w.checkout(number, "000022", 1000, "", http.StatusCreated); doc["balance"] != 20.0 {
		w.Errorf("the new number has %v points, want those of both: %v", doc["balance"], doc)
	}
	w.call("PATCH", "/v1/cards/"+number, `{"language":"de","email":"cy2@mail.example"}`, http.StatusOK)
}

// byHand: a clerk gives points, blocks the card and opens it again; all of it stands in its book.
func (w *world) byHand() {
	w.Helper()
	card := w.enrol("eve@mail.example", "")
	give := `{"points":25,"id":"a-1","reason":"Cold coffee","by":"Mira"}`
	w.call("POST", "/v1/cards/"+card+"/adjustments", give, http.StatusCreated)
	if doc := w.call("POST", "/v1/cards/"+card+"/adjustments", give, http.StatusOK); doc["balance"] != 25.0 {
		w.Errorf("a repeated adjustment leaves %v", doc["balance"])
	}
	w.call("POST", "/v1/cards/"+card+"/status", `{"status":"blocked","id":"s-1","reason":"Found","by":"Mira"}`, http.StatusCreated)
	w.checkout(card, "000023", 1000, "", http.StatusConflict)
	w.call("POST", "/v1/cards/"+card+"/status", `{"status":"open","id":"s-2","reason":"Fetched","by":"Mira"}`, http.StatusCreated)
	w.call("POST", "/v1/cards/"+card+"/tier", `{"tier":"gold","id":"t-1","reason":"Gold elsewhere","by":"Mira"}`, http.StatusCreated)
	if doc := w.checkout(card, "000023", 1000, "", http.StatusCreated); doc["balance"] != 35.0 {
		w.Errorf("the receipt of a card that was opened again leaves %v", doc["balance"])
	}
	other := w.enrol("eva@mail.example", "")
	w.call("POST", "/v1/cards/"+other+"/merge", `{"into":"`+card+`","id":"m-1","reason":"One shopper","by":"Mira"}`, http.StatusCreated)
	w.call("POST", "/v1/cards/"+other+"/unmerge", `{"id":"u-1","reason":"Two shoppers","by":"Mira"}`, http.StatusCreated)
	w.drain()
}

// guest: a receipt without a card is claimed when its shopper has one, and its return follows the card.
func (w *world) guest() {
	w.Helper()
	w.checkout("", "000024", 1200, "", http.StatusCreated)
	card := w.enrol("ula@mail.example", "")
	w.call("GET", "/v1/gift-cards/"+giftcard.IDOf("none"), "", http.StatusNotFound) // a miss, which is counted
	claim := `{"receipt":{"store":"0042","till":"03","number":"000024"},"card":"` + card + `"}`
	w.call("POST", "/v1/receipts/claim", claim, http.StatusCreated)
	if doc := w.call("POST", "/v1/receipts/claim", claim, http.StatusOK); doc["points"] != 12.0 {
		w.Errorf("the claimed receipt earns %v", doc["points"])
	}
	w.call("POST", "/v1/returns", `{"return":"r24","receipt":{"store":"0042","till":"03","number":"000024"}}`, http.StatusCreated)
	if got := w.balance(card); got != 0 {
		w.Errorf("the receipt came back, and %d points stay", got)
	}
}

// deliver posts a signed delivery of Shopify.
func (w *world) deliver(topic, body, secret string, want int) {
	w.Helper()
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	status, answer := w.send("POST", "/webhooks/shopify", body, map[string]string{
		"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": base64.StdEncoding.EncodeToString(mac.Sum(nil)), "X-Shopify-Shop-Domain": "tests.example",
	})
	if status != want {
		w.Fatalf("webhook %s gives %d, want %d: %s", topic, status, want, answer)
	}
	w.drain()
}

func (w *world) webhooks() {
	w.Helper()
	order := `{"id":9007199254740993,"email":"dee@mail.example","currency":"EUR","total_price":"31.00","financial_status":"paid","test":false,` +
		`"processed_at":"2026-11-24T09:00:00Z","taxes_included":true,"line_items":[{"id":1,"sku":"beans-250","quantity":2,"price":"15.50"}]}`
	card := w.enrol("dee@mail.example", "")
	w.deliver("orders/paid", order, "another secret", http.StatusUnauthorized)
	w.deliver("orders/paid", order, webhookSecret, http.StatusOK)
	w.deliver("orders/paid", order, webhookSecret, http.StatusOK)
	if got := w.balance(card); got != 31 {
		w.Errorf("an order of 31.00 earned %d points", got)
	}
	w.wantMails("dee@mail.example", "Ida, 15 % off your next beans")
	if n := w.counted("webhooks_refused"); n != 1 {
		w.Errorf("%d refused webhooks are counted, want 1", n)
	}
	w.deliver("themes/publish", `{}`, webhookSecret, http.StatusOK)
	w.wantParked(2)
	w.deliver("orders/paid", `{"id":1,"currency":"EUR","total_price":"not a number","financial_status":"paid"}`, webhookSecret, http.StatusOK)
	w.wantParked(3)
}

// counted adds up a count over its labels.
func (w *world) counted(name string) (sum int64) {
	for key, n := range w.shop.Run.Counts() {
		if strings.HasPrefix(key, name+"{") {
			sum += n
		}
	}
	return sum
}

func (w *world) deadAddress() {
	w.Helper()
	card := w.enrol("bounce@simulator.example", "")
	w.checkout(card, "000030", 3000, "", http.StatusCreated)
	w.drain()
	opened, err := w.shop.Store.Open(w.Context(), card, true)
	if err != nil {
		w.Fatal(err)
	}
	if opened.Profile.Suppressed == nil {
		w.Error("a bounced address is written to again")
	}
}
