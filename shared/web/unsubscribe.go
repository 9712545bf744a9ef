package web

import (
	"context"
	"errors"
	"html"
	"mime"
	"net/http"
	"strings"

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
func Unsubscribe(shop string, u Unsubscriber) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.URL.Path, UnsubscribePath)
		if token == "" || strings.Contains(token, "/") {
			plainPage(w, http.StatusNotFound, shop, "This link is incomplete", linkHelp)
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			plainPage(w, http.StatusOK, shop, "Stop these e-mails?", `<p>One press, and we stop. Your card, points and coupons stay as they are.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>
<p><a href="`+PreferencesPath+html.EscapeString(token)+`">Choose what you get instead</a></p>`)
		case http.MethodPost:
			withdraw(w, r, shop, u, token)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			plainPage(w, http.StatusMethodNotAllowed, shop, "This page cannot do that", linkHelp)
		}
	})
}

const linkHelp = `<p>Please open the link from the e-mail again, or copy it whole: mailboxes sometimes break it in two. Nothing has been changed.</p>`

func withdraw(w http.ResponseWriter, r *http.Request, shop string, u Unsubscriber, token string) {
	if !oneClick(w, r) {
		plainPage(w, http.StatusBadRequest, shop, "That was not the button",
			`<p>Please open the link from the e-mail and press the button there. Nothing has been changed.</p>`)
		return
	}
	switch err := u.Unsubscribe(r.Context(), token); {
	case err == nil:
		plainPage(w, http.StatusOK, shop, "Done", `<p>You will get no more of these e-mails. Your card, points and coupons stay as they are.</p>`)
	case errors.Is(err, message.ErrInvalid):
		plainPage(w, http.StatusBadRequest, shop, "This link is not one of ours", linkHelp)
	default:
		w.Header().Set("Retry-After", "60")
		plainPage(w, http.StatusServiceUnavailable, shop, "That did not work yet", `<p>Something on our side is out of order. Please press again in a minute.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Try again</button></form>`)
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

// plainPage answers with a page of known words around the shop's name.
func plainPage(w http.ResponseWriter, status int, shop, title, body string) {
	guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>` + html.EscapeString(title) + `</title><style>` + style + `</style></head>
<body class="alone"><main class="sheet"><p class="brand">` + html.EscapeString(shop) + `</p><h1>` + html.EscapeString(title) + `</h1>
` + body + `
</main></body></html>
`))
}
