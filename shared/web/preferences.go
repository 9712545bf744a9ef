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
func Preferences(host Host, p Preferrer) http.Handler {
	return linked(host, PreferencesPath, func(w http.ResponseWriter, r *http.Request, at page, token string) {
		var err error
		saved := false
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if r.ParseForm() != nil || r.PostForm.Get("choice") != "all" {
				said := at.says(token)
				at.show(w, http.StatusBadRequest, said, said.notButton, says(said.buttonHelp))
				return
			}
			err, saved = p.Choose(r.Context(), token, r.PostForm["topic"]), true
		}
		var choices []Choice
		if err == nil {
			choices, err = p.Choices(r.Context(), token)
		}
		switch said := at.says(token); {
		case errors.Is(err, message.ErrInvalid):
			at.show(w, http.StatusBadRequest, said, said.notOurs, says(said.linkHelp))
		case err != nil:
			at.later(w, said, "")
		default:
			at.show(w, http.StatusOK, said, said.choose, choiceForm(said, choices, saved))
		}
	})
}

// choiceForm is the form with a box for each topic.
func choiceForm(said words, choices []Choice, saved bool) string {
	var b strings.Builder
	if saved {
		b.WriteString(`<p role="status"><strong>` + html.EscapeString(said.saved) + `</strong></p>`)
	}
	b.WriteString(says(said.chooseSays) + `
<form method="post"><input type="hidden" name="choice" value="all">`)
	for _, c := range choices {
		ticked := ""
		if c.On || c.Asked {
			ticked = " checked"
		}
		waits := ""
		if c.Asked {
			waits = " (" + html.EscapeString(said.waits) + ")"
		}
		b.WriteString(`<p><label><input type="checkbox" name="topic" value="` + html.EscapeString(c.Topic) + `"` + ticked + `> <bdi>` + html.EscapeString(c.Name) + `</bdi>` + waits + `</label></p>`)
	}
	b.WriteString(`<button>` + html.EscapeString(said.save) + `</button></form>`)
	return b.String()
}
