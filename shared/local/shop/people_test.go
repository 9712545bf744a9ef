package shop_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// as sends a request with the key of a person, who has one right.
func (w *world) as(name string, right loyalty.Right, method, path, body string, want int) string {
	w.Helper()
	secret := "rk_" + name
	k := store.TillKey{Hash: store.HashKey(secret), Store: loyalty.AllStores, Name: name, CreatedAt: morning, May: []loyalty.Right{right}}
	if err := w.shop.Store.PutTillKey(w.Context(), k); err != nil {
		w.Fatal(err)
	}
	status, answer := w.send(method, path, body, map[string]string{"Authorization": "Bearer " + secret})
	if status != want {
		w.Errorf("%s %s by %s gives %d, want %d: %s", method, path, name, status, want, answer)
	}
	return string(answer)
}

// steered: a marketer pauses a campaign over HTTP and lets it go on, and approves what somebody else has published.
func (w *world) steered() {
	w.Helper()
	w.as("mira", loyalty.RightCampaigns, "POST", "/v1/campaigns/birthday/pause", `{"why":"The cake is off"}`, http.StatusOK)
	w.as("mira", loyalty.RightCampaigns, "POST", "/v1/campaigns/birthday/resume", ``, http.StatusOK)
	if told := w.as("jon", loyalty.RightCampaigns, "POST", "/v1/campaigns/birthday/approve", ``, http.StatusOK); !strings.Contains(told, `"approved_by":"jon"`) {
		w.Errorf("approved: %s", told)
	}
	w.as("ida", loyalty.RightPersons, "POST", "/v1/campaigns/birthday/resume", ``, http.StatusForbidden)
}

// answered: a shopper asks what is held about them, and to be taken out.
func (w *world) answered() {
	w.Helper()
	card := w.enrol("zoe@mail.example", "")
	w.enrol("fay.first@mail.example", "")
	w.checkout(card, "900001", 100, "", http.StatusCreated)
	letter := loyalty.Parked{ID: "zoe", Vendor: "shopify", Topic: "orders/paid", Reason: "no such currency", At: w.clock.Now(), Message: []byte(`{"email":"zoe@mail.example"}`)}
	if err := w.shop.Store.Park(w.Context(), letter); err != nil {
		w.Fatal(err)
	}
	w.drain()
	first := w.as("ida", loyalty.RightPersons, "GET", "/v1/cards/"+card+"/export", "", http.StatusOK)
	if !strings.Contains(first, "zoe@mail.example") || strings.Contains(first, "fay.first@mail.example") {
		w.Errorf("export: %.300s", first)
	}
	if again := w.as("ida", loyalty.RightPersons, "GET", "/v1/cards/"+card+"/export", "", http.StatusOK); again != first {
		w.Errorf("the same again: %.300s", again)
	}
	erase := func(want string) {
		w.Helper()
		told := w.as("ida", loyalty.RightPersons, "POST", "/v1/cards/"+card+"/erase", `{"reason":"Asked by letter"}`, http.StatusOK)
		if !strings.Contains(told, want) || !strings.Contains(told, `"done":true`) {
			w.Errorf("erase: %s", told)
		}
		w.drain()
	}
	erase(`"repeated":false`)
	erase(`"repeated":true`)
	if left := w.as("ida", loyalty.RightPersons, "GET", "/v1/cards/"+card+"/export", "", http.StatusOK); strings.Contains(left, "zoe@mail.example") || !strings.Contains(left, "checkout.completed.v1") {
		w.Errorf("left: %.300s", left)
	}
}

// The till's function has no door for what its rights do not reach, and each door of the API is answered by the function that has it.
func TestEachDoorOfTheAPIIsAnsweredByItsFunction(t *testing.T) {
	t.Parallel()
	w := open(t)
	for path, want := range map[string]int{
		"/v1/campaigns/birthday/kill": http.StatusForbidden, // the key of a till: the door is there, and not for it
		"/v1/campaigns/birthday/sing": http.StatusForbidden,
		"/v1/campaigns/birthday":      http.StatusMethodNotAllowed,
		"/v1/campaigns/a/b/c":         http.StatusNotFound,
	} {
		w.call("POST", path, "{}", want)
	}
}
