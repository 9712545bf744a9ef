package shop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// clicks: the button of the first mail leads through us to the shop. A scanner opens it, and its reader twice.
func (w *world) clicks() {
	w.Helper()
	link := w.button("ida@mail.example")
	w.follow("HEAD", link)
	w.follow("GET", link)
	w.jump(time.Minute)
	w.follow("GET", link)
	w.follow("GET", link)
	counts, err := w.shop.Store.Counted(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	if n := counts[loyalty.Group{Campaign: "thanks"}]; n == nil || n.Clicked != 1 || n.Machines != 0 {
		w.Errorf("counted: %+v", n)
	}
}

// follow does what a reader's program does with a link.
func (w *world) follow(method, link string) {
	w.Helper()
	r := httptest.NewRequest(method, link, nil)
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	answer := httptest.NewRecorder()
	w.front.ServeHTTP(answer, r)
	if answer.Code != http.StatusFound || answer.Header().Get("Location") != "https://harbour-coffee.example" {
		w.Errorf("%s %s gives %d, to %q", method, link, answer.Code, answer.Header().Get("Location"))
	}
	w.drain()
}

// button is the path of the first counted link in the newest mail to an address.
func (w *world) button(to string) string {
	w.Helper()
	all, err := w.shop.Run.Mailbox().List(0, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range all {
		full, err := w.shop.Run.Mailbox().Get(m.ID)
		if err != nil {
			w.Fatal(err)
		}
		if m.To[0] != to {
			continue
		}
		raw := strings.ReplaceAll(string(full.Raw), "=\r\n", "")
		if _, link, ok := strings.Cut(raw, "http://127.0.0.1:8080/c/"); ok {
			link, _, _ = strings.Cut(link, "\"")
			return "/c/" + link
		}
	}
	w.Fatal("no mail to " + to + " has a counted link")
	return ""
}

func (w *world) unsubscribe(card string) {
	w.Helper()
	mails, err := w.shop.Run.Mailbox().List(0, 1)
	if err != nil || len(mails) == 0 {
		w.Fatal(err, "no mail")
	}
	w.checkout(card, "000040", 3000, "", http.StatusCreated)
	w.drain()
	all, err := w.shop.Run.Mailbox().List(0, 100)
	if err != nil {
		w.Fatal(err)
	}
	link := ""
	for _, m := range all {
		if m.To[0] != "ida@mail.example" {
			continue
		}
		full, err := w.shop.Run.Mailbox().Get(m.ID)
		if err != nil {
			w.Fatal(err)
		}
		_, after, _ := strings.Cut(strings.ReplaceAll(string(full.Raw), "\r\n ", ""), "List-Unsubscribe:")
		link, _, _ = strings.Cut(after[strings.Index(after, "<")+1:], ">")
		break
	}
	path := strings.TrimPrefix(link, "http://127.0.0.1:8080")
	if status, _ := w.send("GET", path, "", nil); status != http.StatusOK {
		w.Errorf("the page of %s gives %d", path, status)
	}
	before := len(w.mails("ida@mail.example"))
	opened, err := w.shop.Store.Open(w.Context(), card, true)
	if err != nil || !opened.Profile.Consents["offers"].Allowed {
		w.Fatal("looking at the page has changed consent", err)
	}
	status, _ := w.send("POST", path, "List-Unsubscribe=One-Click", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if status != http.StatusOK {
		w.Errorf("one click gives %d", status)
	}
	w.call("PUT", "/v1/carts/99", fmt.Sprintf(`{"version":1,"card":%q,"lines":[{"id":"1","sku":"mug","quantity":1,"amount":{"amount":1450,"currency":"EUR"}}],"total":{"amount":1450,"currency":"EUR"}}`, card), http.StatusOK)
	w.jump(2 * time.Hour)
	if after := len(w.mails("ida@mail.example")); after != before {
		w.Errorf("%d mails after unsubscribing, %d before", after, before)
	}
	w.call("GET", "/v1/messages?card="+card, "", http.StatusOK)
}

// confirmed: from now on the shop wants what is allowed at a till confirmed by the link of an e-mail.
func (w *world) confirmed() {
	w.Helper()
	w.publishWith("consent: {double: true, text_version: \"4\"}\n")
	card := w.enrol("mia@mail.example", "")
	w.drain()
	link := ""
	all, err := w.shop.Run.Mailbox().List(0, 10)
	if err != nil {
		w.Fatal(err)
	}
	for _, m := range all {
		if full, err := w.shop.Run.Mailbox().Get(m.ID); err == nil && m.To[0] == "mia@mail.example" {
			_, link, _ = strings.Cut(strings.ReplaceAll(string(full.Raw), "=\r\n", ""), "http://127.0.0.1:8080/confirm/")
		}
	}
	link = "/confirm/" + strings.Fields(link + " ")[0]
	link, _, _ = strings.Cut(link, "\"")
	allowed := func() bool {
		o, err := w.shop.Store.Open(w.Context(), card, true)
		return err == nil && o.Profile.Allows("offers")
	}
	if status, _ := w.send("GET", link, "", nil); status != http.StatusOK || allowed() {
		w.Errorf("the page of %s gives %d, allowed %t", link, status, allowed())
	}
	status, _ := w.send("POST", link, "confirm=yes", map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	if status != http.StatusOK || !allowed() {
		w.Errorf("pressing the button gives %d, allowed %t", status, allowed())
	}
}
