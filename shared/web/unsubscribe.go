package web

import (
	"context"
	"errors"
	"html"
	"mime"
	"net/http"

	"github.com/regulars-dev/regulars/shared/message"
)

// Unsubscriber withdraws consent.
type Unsubscriber interface {
	// Unsubscribe withdraws the consent that the token names, at most once however often it is called, and returns nil for a card
	// that has been erased. message.ErrInvalid: the token is not ours. Any other error: try again.
	Unsubscribe(ctx context.Context, token string) error
}

// UnsubscribePath is where Unsubscribe is mounted, with all below it; the token follows.
const UnsubscribePath = "/unsubscribe/"

// maxForm is the largest body that the one button or a mailbox sends, in bytes.
const maxForm = 4096

// Unsubscribe is the page behind every unsubscribe link of the shop (RFC 8058).
//
// GET shows a page with one button and changes nothing, because scanners open every link of a mail. POST with the form field
// List-Unsubscribe=One-Click, urlencoded or multipart, withdraws consent in one step: no cookie, no login, no redirect. The pages
// are plain text put together here, so that the function that serves them carries no template engine.
func Unsubscribe(host Host, u Unsubscriber) http.Handler {
	return linked(host, UnsubscribePath, func(w http.ResponseWriter, r *http.Request, p page, token string) {
		if r.Method == http.MethodPost {
			withdraw(w, r, p, u, token)
			return
		}
		said := p.says(token)
		p.show(w, http.StatusOK, said, said.stop, says(said.stopSays)+oneButton("List-Unsubscribe", "One-Click", said.unsubscribe)+
			`<p><a href="`+PreferencesPath+html.EscapeString(token)+`">`+html.EscapeString(said.instead)+`</a></p>`)
	})
}

func withdraw(w http.ResponseWriter, r *http.Request, p page, u Unsubscriber, token string) {
	if !oneClick(w, r) {
		said := p.says(token)
		p.show(w, http.StatusBadRequest, said, said.notButton, says(said.buttonHelp))
		return
	}
	err := u.Unsubscribe(r.Context(), token)
	switch said := p.says(token); {
	case err == nil:
		p.show(w, http.StatusOK, said, said.done, says(said.doneSays))
	case errors.Is(err, message.ErrInvalid):
		p.show(w, http.StatusBadRequest, said, said.notOurs, says(said.linkHelp))
	default:
		p.later(w, said, oneButton("List-Unsubscribe", "One-Click", said.again))
	}
}

// oneClick reports whether the body is the form of RFC 8058.
func oneClick(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded") // what a poster that names no type means
		return r.ParseForm() == nil && r.PostForm.Get("List-Unsubscribe") == "One-Click"
	}
	if err := r.ParseMultipartForm(maxForm); err != nil {
		return false
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // nothing so small is ever put in a file
	return r.PostForm.Get("List-Unsubscribe") == "One-Click"
}
