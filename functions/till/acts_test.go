package till_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// ownBooks are doors that change something and leave no line of their own: the doings of tills, shoppers and other systems, each with a book
// that says who and when. Whoever adds a door says here or in its line which of the two it is.
var ownBooks = []string{
	"POST /v1/quotes", "DELETE /v1/reservations/{id}", "POST /v1/checkouts", "POST /v1/returns", "POST /v1/receipts/claim", // the receipt
	"POST /v1/cards", "POST /v1/cards/find", "PATCH /v1/cards/{number}", // the profile, whose consents hold their source
	"POST /v1/cards/{number}/holds", "DELETE /v1/cards/{number}/holds/{id}", // the hold
	"POST /v1/gift-cards/find", "POST /v1/gift-cards/{card}/redemptions", "POST /v1/gift-cards/{card}/refunds", // the gift card's ledger
	"PUT /v1/carts/{id}", "DELETE /v1/carts/{id}", "POST /v1/events",
	"POST /v1/campaigns/{id}/cards/{number}",                                    // the e-mail or the entry
	"PUT /v1/lists/{id}/cards/{number}", "DELETE /v1/lists/{id}/cards/{number}", // other systems, by the thousand
	"POST /unsubscribe/{token}", "POST /preferences/{token}", "POST /confirm/{token}", // the consent
}

func (w *world) acts() (list []loyalty.Act) {
	w.t.Helper()
	err := w.store.EachAct(w.t.Context(), w.now.Add(-time.Hour), w.now.Add(time.Hour), func(a loyalty.Act) error {
		list = append(list, a)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// Every door by which a person changes something leaves a line that says so, also where it is refused.
func TestEveryChangeByAPersonIsOnRecord(t *testing.T) {
	t.Parallel()
	w := walker{newWorld(t)}
	for _, d := range till.Doors() {
		name := d.Method + " " + d.Path
		if d.Changes == "" {
			if d.Method != "GET" && !slices.Contains(ownBooks, name) {
				t.Errorf("%s changes something, and neither has a line on record nor a book of its own", name)
			}
			continue
		}
		w.now = w.now.Add(time.Second)
		key := "0042"
		if d.Asks == till.EveryStores {
			key = "Mira"
			if slices.Contains(d.May, loyalty.RightPersons) {
				key = "Ida"
			}
		}
		w.come(d, secrets[key])
		list := w.acts()
		if len(list) == 0 || list[len(list)-1].What != d.Changes || list[len(list)-1].State == loyalty.ActAsked || !strings.Contains(list[len(list)-1].Through, "key "+key) {
			t.Errorf("%s leaves %+v", name, list)
		}
	}
}

// A line says who, on which card, why, and what was before and after; a key that may not act leaves none.
func TestALineSaysBeforeAndAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.card(1)
	w.ask("POST", "/v1/cards", "0042", `{"number": "`+card+`", "given_name": "Lena", "email": "lena@shop.example"}`)
	body := `{"store": "0042", "id": "a", "reason": "Cold coffee", "by": "Jon", "points": 25}`
	if got := w.ask("POST", "/v1/cards/"+card+"/adjustments", "0043", body); got.Code != 403 {
		t.Fatal(got.Body)
	}
	w.now = w.now.Add(time.Second)
	if got := w.ask("POST", "/v1/cards/"+card+"/adjustments", "0042", body); got.Code != 201 {
		t.Fatal(got.Body)
	}
	w.now = w.now.Add(time.Second)
	w.ask("POST", "/v1/gift-cards", "0042", `{"store": "0042", "id": "g", "amount": {"amount": 2500, "currency": "EUR"}, "by": "Jon"}`)
	list := w.acts()
	if len(list) != 3 || list[0].State != loyalty.ActRefused || list[0].Code != "store_not_yours" {
		t.Fatalf("%+v", list)
	}
	a, g := list[1], list[2]
	if list[0].ID == a.ID || a.By != "Jon" || a.On != card || a.Why != "Cold coffee" || a.Before != "card "+card+", open, 0 points and 0 waiting, no tier" || a.After != "card "+card+", open, 25 points and 0 waiting, no tier" {
		t.Errorf("%+v", a)
	}
	if g.What != "gift_card.issue" || g.On == "" || !strings.Contains(g.After, "25.00") {
		t.Errorf("%+v", g)
	}
}
