package shop_test

import (
	"bytes"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// The headers of the e-mail that went out are read by another parser, and what they say is done as a mailbox does it.
func TestQ6TheHeaderOfAMailLeadsOut(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	w.checkout(ida, "000001", 2600, "", http.StatusCreated)
	w.drain()
	list, err := w.shop.Run.Mailbox().List(0, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	full, err := w.shop.Run.Mailbox().Get(list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(full.Raw))
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	if got := h.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post: %q", got)
	}
	if got := h.Get("List-Id"); !strings.HasPrefix(got, "<offers.") || !strings.HasSuffix(got, ">") {
		t.Errorf("List-Id: %q", got)
	}
	path := func(header string) string {
		return strings.TrimSuffix(strings.TrimPrefix(h.Get(header), "<http://127.0.0.1:8080"), ">")
	}
	if status, body := w.send("GET", path("List-Help"), "", nil); status != http.StatusOK || !strings.Contains(string(body), " checked") {
		t.Errorf("List-Help %s gives %d", path("List-Help"), status)
	}
	if got := w.press(path("List-Unsubscribe"), asForm, h.Get("List-Unsubscribe-Post")); got != http.StatusOK {
		t.Errorf("List-Unsubscribe %s gives %d", path("List-Unsubscribe"), got)
	}
	before := len(w.mails("ida@mail.example"))
	w.call("PUT", "/v1/carts/77", `{"version":1,"card":"`+ida+`","lines":[{"id":"1","sku":"mug","quantity":1,"amount":{"amount":1450,"currency":"EUR"}}],"total":{"amount":1450,"currency":"EUR"}}`, http.StatusOK)
	w.jump(3 * time.Hour)
	if after := len(w.mails("ida@mail.example")); after != before {
		t.Errorf("the next campaign wrote %d mails", after-before)
	}
}

func TestQ10WhoIsErasedIsExportedFirstAndStaysAnonymous(t *testing.T) {
	t.Parallel()
	w := open(t)
	ida := w.enrol("ida@mail.example", "")
	w.checkout(ida, "000001", 2600, "", http.StatusCreated)
	w.drain()
	if all := w.exported(ida); !strings.Contains(all, "ida@mail.example") || !strings.Contains(all, "checkout.completed.v1") || !strings.Contains(all, `"type":"message"`) {
		t.Errorf("the export lacks something: %s", all)
	}
	by := loyalty.ByHand{ID: "erase-1", Reason: "Asked by e-mail", By: "Mira"}
	if _, err := w.shop.Persons().EraseAll(t.Context(), ida, by, nil); err != nil {
		t.Fatal(err)
	}
	points := w.balance(ida)
	w.checkout(ida, "000002", 2600, "", http.StatusConflict)
	w.drain()
	p, _ := w.profile(ida)
	if got := w.exported(ida); !p.Nobody() || strings.Contains(got, "ida@mail.example") || strings.Contains(got, `"Ida"`) || w.balance(ida) != points {
		t.Errorf("after the erasure: %+v, %s", p, got)
	}
}
