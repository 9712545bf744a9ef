package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/regulars-dev/regulars/shared/message"
)

// Confirmer records that a shopper confirms. message.ErrInvalid: the token is not ours. Any other error: try again.
type Confirmer interface {
	Confirm(ctx context.Context, token string) error
}

// ConfirmPath is where Confirm is mounted, with all below it; the token of an e-mail's link follows.
const ConfirmPath = "/confirm/"

// Confirm is the page on which a shopper confirms that they want e-mails. GET shows a button and changes nothing, because programs open
// every link of a mail and none of them has consented to anything; POST with the form confirms.
func Confirm(host Host, c Confirmer) http.Handler {
	return linked(host, ConfirmPath, func(w http.ResponseWriter, r *http.Request, p page, token string) {
		if r.Method == http.MethodPost {
			confirm(w, r, p, c, token)
			return
		}
		said := p.says(token)
		p.show(w, http.StatusOK, said, said.confirm, says(said.confirmSays)+oneButton("confirm", "yes", said.yes))
	})
}

func confirm(w http.ResponseWriter, r *http.Request, p page, c Confirmer, token string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil || r.PostForm.Get("confirm") != "yes" {
		said := p.says(token)
		p.show(w, http.StatusBadRequest, said, said.notButton, says(said.buttonHelp))
		return
	}
	err := c.Confirm(r.Context(), token)
	switch said := p.says(token); {
	case err == nil:
		p.show(w, http.StatusOK, said, said.thanks, says(said.thanksSays))
	case errors.Is(err, message.ErrInvalid):
		p.show(w, http.StatusBadRequest, said, said.notOurs, says(said.linkHelp))
	default:
		p.later(w, said, oneButton("confirm", "yes", said.again))
	}
}
