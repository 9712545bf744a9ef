package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

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
func Confirm(shop string, c Confirmer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.URL.Path, ConfirmPath)
		if token == "" || strings.Contains(token, "/") {
			plainPage(w, http.StatusNotFound, shop, "This link is incomplete", linkHelp)
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			plainPage(w, http.StatusOK, shop, "Shall we write to you?", `<p>One press, and you get the e-mails that you asked for. Each has a link to stop them.</p>
<form method="post"><input type="hidden" name="confirm" value="yes"><button>Confirm</button></form>`)
		case http.MethodPost:
			confirm(w, r, shop, c, token)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			plainPage(w, http.StatusMethodNotAllowed, shop, "This page cannot do that", linkHelp)
		}
	})
}

func confirm(w http.ResponseWriter, r *http.Request, shop string, c Confirmer, token string) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil || r.PostForm.Get("confirm") != "yes" {
		plainPage(w, http.StatusBadRequest, shop, "That was not the button", linkHelp)
		return
	}
	switch err := c.Confirm(r.Context(), token); {
	case err == nil:
		plainPage(w, http.StatusOK, shop, "Thank you", `<p>What you asked for is confirmed. You can change your mind by the link in each e-mail.</p>`)
	case errors.Is(err, message.ErrInvalid):
		plainPage(w, http.StatusBadRequest, shop, "This link is not one of ours", linkHelp)
	default:
		w.Header().Set("Retry-After", "60")
		plainPage(w, http.StatusServiceUnavailable, shop, "That did not work yet", `<p>Something on our side is out of order. Please press again in a minute.</p>
<form method="post"><input type="hidden" name="confirm" value="yes"><button>Try again</button></form>`)
	}
}
