package shop_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// momentous are campaigns that a card enters by what time brings about, by a touch, by a click and by being asked. Each grants points of its
// own, so that the balance tells which of them a card has been through, once.
const momentous = `attributes: [{id: kids, type: dates}]

campaigns:
  - {id: touched, on: touch, touch: store-visit, steps: [{grant: {points: 1000}}]}
  - {id: asked, on: api, steps: [{wait: {for: 5m}}, {grant: {points: 2000}}]}
  - {id: clicked, on: touch, touch: click, steps: [{grant: {points: 4000}}]}
  - {id: unused, on: coupon_unused, days_before: 29, steps: [{grant: {points: 8000}}]}
  - {id: away, on: idle, idle: {days: 1}, steps: [{message: {template: thanks, topic: offers}}, {grant: {points: 16000}}]}
  - {id: kids, on: anniversary, date: attribute.kids, steps: [{grant: {points: 32000}}]}
  - {id: years, on: anniversary, date: enrolled, days_after: 3, steps: [{grant: {points: 64000}}]}
`

// moments: a shopper goes through campaigns that no receipt sets off, each of which has steps.
func (w *world) moments() {
	w.Helper()
	text := strings.Replace(demo.Programme, "campaigns:\n", momentous, 1)
	text = strings.Replace(text, "from: 2025-01-01T00:00:00+01:00", "from: "+w.clock.Now().UTC().Format(time.RFC3339), 1)
	rules, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		w.Fatal(err, faults)
	}
	if err := w.shop.Store.Publish(w.Context(), rules.From, document); err != nil {
		w.Fatal(err)
	}
	w.jump(time.Minute)

	card := w.enrol("mo@mail.example", "")
	kid := w.clock.Now().AddDate(0, 0, 1).Format("01-02")
	w.call("PATCH", "/v1/cards/"+card, `{"attributes":{"kids":["`+kid+`"]}}`, http.StatusOK)
	w.checkout(card, "4000001", 2600, "", http.StatusCreated)
	w.drain()
	w.jump(time.Minute)
	w.follow("GET", w.button("mo@mail.example"))
	for range 2 {
		w.bus("shopper.touched.v1", "t-1", fmt.Sprintf(`{"card":%q,"touch":"store-visit"}`, card))
	}
	w.call("POST", "/v1/campaigns/asked/cards/"+card, `{"occasion":"call-1"}`, http.StatusCreated)
	w.call("POST", "/v1/campaigns/asked/cards/"+card, `{"occasion":"call-1"}`, http.StatusOK)
	for range 3 { // into the steps, up to the end of the wait, and on
		w.jump(6 * time.Minute)
	}
	if got := w.balance(card) / 1000; got != 1+2+4 {
		w.Errorf("a touch, a call and a click have granted %d thousand points, want 7", got)
	}
	for _, d := range []time.Duration{24 * time.Hour, time.Minute, time.Minute} { // to the next morning, into the steps, behind the e-mail
		w.jump(d)
	}
	if got := w.balance(card) / 1000; got != 1+2+4+8+16+32 {
		w.Errorf("after a day campaigns have granted %d thousand points, want 63", got)
	}
}
