package web

import (
	"context"
	"errors"
	"html"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
)

// Choice is a topic that a shopper may get e-mails on.
type Choice struct {
	Topic string
	Name  string
	On    bool
	Asked bool // chosen, and still to be confirmed by the link of an e-mail
}

// Preferrer reads and records what a shopper wants. An error other than those named: try again.
type Preferrer interface {
	// Choices lists every topic; for a token that is not ours, or of a card that is gone, nothing is on.
	Choices(ctx context.Context, token string) ([]Choice, error)

	// Choose records the whole choice. message.ErrInvalid: the token is not ours.
	Choose(ctx context.Context, token string, on []string) error
}

// PreferencesPath is where Preferences is mounted, with all below it; the token of an e-mail's link follows.
const PreferencesPath = "/preferences/"

// Preferences is the page on which a shopper chooses what they get. GET shows it and changes nothing; POST with the form records the
// whole choice: a topic that is not ticked is off. It works without script, cookie or login.
func Preferences(shop string, p Preferrer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.URL.Path, PreferencesPath)
		if token == "" || strings.Contains(token, "/") {
			plainPage(w, http.StatusNotFound, shop, "This link is incomplete", linkHelp)
			return
		}
		var err error
		said := ""
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodPost:
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if r.ParseForm() != nil || r.PostForm.Get("choice") != "all" {
				plainPage(w, http.StatusBadRequest, shop, "That was not the button", linkHelp)
				return
			}
			err, said = p.Choose(r.Context(), token, r.PostForm["topic"]), `<p role="status"><strong>Saved.</strong></p>`
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			plainPage(w, http.StatusMethodNotAllowed, shop, "This page cannot do that", linkHelp)
			return
		}
		var choices []Choice
		if err == nil {
			choices, err = p.Choices(r.Context(), token)
		}
		switch {
		case errors.Is(err, message.ErrInvalid):
			plainPage(w, http.StatusBadRequest, shop, "This link is not one of ours", linkHelp)
		case err != nil:
			w.Header().Set("Retry-After", "60")
			plainPage(w, http.StatusServiceUnavailable, shop, "That did not work yet", `<p>Something on our side is out of order. Please try again in a minute.</p>`)
		default:
			plainPage(w, http.StatusOK, shop, "What may we write about?", said+choiceForm(choices))
		}
	})
}

// choiceForm is the form with a box for each topic.
func choiceForm(choices []Choice) string {
	var b strings.Builder
	b.WriteString(`<p>Receipts and messages about your account are not among these. Your card, points and coupons stay as they are.</p>
<form method="post"><input type="hidden" name="choice" value="all">`)
	for _, c := range choices {
		ticked := ""
		if c.On || c.Asked {
			ticked = " checked"
		}
		waits := ""
		if c.Asked {
			waits = " (please confirm it by the link in the e-mail that we have sent you)"
		}
		b.WriteString(`<p><label><input type="checkbox" name="topic" value="` + html.EscapeString(c.Topic) + `"` + ticked + `> ` + html.EscapeString(c.Name) + waits + `</label></p>`)
	}
	b.WriteString(`<button>Save</button></form>`)
	return b.String()
}
