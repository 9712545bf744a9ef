package admin

import (
	"fmt"
	"net/http"

	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/person"
)

// PersonAsk names a shopper, by a card's number or an e-mail address, and for an erasure who does it and why.
type PersonAsk struct {
	Who    string `json:"who"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by,omitempty"`
}

// ErasedLine is a line of the answer to an erasure: how far it is, or at the end what it did or why it broke off.
type ErasedLine struct {
	Done   int64          `json:"done,omitempty"`
	Erased *person.Erased `json:"erased,omitempty"`
	Error  string         `json:"error,omitempty"`
}

// persons is who finds shoppers and takes them out.
func (h *handler) persons() person.Desk {
	return person.Desk{Items: h.Items, Store: h.store, Service: h.Service, Beside: h.Beside}
}

// exportPerson answers with all that is held about one shopper, in lines of JSON.
func (h *handler) exportPerson(w http.ResponseWriter, r *http.Request) {
	var in PersonAsk
	if !read(w, r, &in, 0) {
		return
	}
	_, names, err := person.Find(r.Context(), h.store, in.Who)
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, names.Card, "", "")
	out := lines(w)
	if err := exporter.WriteShopper(r.Context(), h.Items, h.Now, names, w); err != nil {
		broken(r)
		out(map[string]string{"type": exporter.KindFailure, "detail": err.Error()})
	}
}

// erasePerson takes a shopper out of the shop and answers in lines of JSON, what was done in the last.
func (h *handler) erasePerson(w http.ResponseWriter, r *http.Request) {
	var in PersonAsk
	if !read(w, r, &in, 0) {
		return
	}
	_, names, err := person.Find(r.Context(), h.store, in.Who)
	if err != nil {
		fail(w, err)
		return
	}
	onRecord(r, names.Card, "", "")
	tell := telling(lines(w))
	by := loyalty.ByHand{ID: "erase-" + names.Card, Reason: in.Reason, By: in.By}
	out := lines(w)
	done, err := h.persons().EraseAll(r.Context(), in.Who, by, func(n int64) { tell("items", n) })
	if err != nil {
		broken(r)
		out(ErasedLine{Error: err.Error()})
		return
	}
	onRecord(r, "", "", fmt.Sprintf("erased; carts %d, letters %d, e-mails %d", done.Carts, done.Letters, done.Mails))
	out(ErasedLine{Erased: &done})
}
