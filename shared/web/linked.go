package web

import (
	"html"
	"net/http"
	"strings"
)

// page is what is shown to one visitor.
type page struct {
	host    Host
	request *http.Request
}

// linked serves the pages below a path that e-mails link to: what follows the path is a token. GET, HEAD and POST with one reach do; POST
// is the one that may change something.
func linked(host Host, path string, do func(w http.ResponseWriter, r *http.Request, p page, token string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := page{host, r}
		token := strings.TrimPrefix(r.URL.Path, path)
		if token == "" || strings.Contains(token, "/") {
			said := p.says("")
			p.show(w, http.StatusNotFound, said, said.incomplete, says(said.linkHelp))
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost:
			do(w, r, p, token)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			said := p.says("")
			p.show(w, http.StatusMethodNotAllowed, said, said.cannot, says(said.linkHelp))
		}
	})
}

// says are the words for whom a link was sent to. What has to be done is done before they are asked for: who unsubscribes does not wait for
// a language.
func (p page) says(token string) words { return p.host.words(p.request, token) }

// later says that something on our side is out of order, with what may be tried again.
func (p page) later(w http.ResponseWriter, said words, form string) {
	w.Header().Set("Retry-After", "60")
	p.show(w, http.StatusServiceUnavailable, said, said.notYet, says(said.later)+form)
}

// show answers with a page of known words around the shop's name. body is HTML.
func (p page) show(w http.ResponseWriter, status int, said words, title, body string) {
	guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", said.language)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`<!DOCTYPE html>
<html lang="` + said.language + `" dir="` + said.direction() + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>` + html.EscapeString(title) + `</title><style>` + style + `</style></head>
<body class="alone"><main class="sheet"><p class="brand">` + html.EscapeString(p.host.Shop) + `</p><h1>` + html.EscapeString(title) + `</h1>
` + body + `
</main></body></html>
`))
}

// oneButton is a form of one field that nobody sees and one button. It goes to the page that it stands on.
func oneButton(name, value, label string) string {
	return `
<form method="post"><input type="hidden" name="` + name + `" value="` + value + `"><button>` + html.EscapeString(label) + `</button></form>
`
}
