package web

import (
	"context"
	"net/http"
	"net/url"
)

// Previewer shows what templates come to.
type Previewer interface {
	// Templates lists the templates of the programme that holds now.
	Templates(ctx context.Context) ([]TemplateView, error)

	// Preview fills a template in, for a card where one is named; ErrNotFound. It changes nothing.
	Preview(ctx context.Context, template, language, card string) (PreviewView, error)
}

// TemplateView is one template in the list.
type TemplateView struct {
	ID        string   `json:"id"`
	Subject   string   `json:"subject"`
	Languages []string `json:"languages"`
	Campaigns []string `json:"campaigns"` // that send it
}

// URL is where the template is shown.
func (t TemplateView) URL() string { return PreviewPath + "/" + url.PathEscape(t.ID) }

// PreviewView is an e-mail as a shopper would get it.
type PreviewView struct {
	Template string `json:"template"`
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
	HTML     string `json:"html"`               // with its pictures in it
	NotSent  string `json:"not_sent,omitempty"` // why this shopper would not get it
}

// PreviewPath is where Previews is mounted, with all below it.
const PreviewPath = "/previews"

// Previews shows the templates at /previews and what one comes to at /previews/{id}: ?card=N and ?language=de choose for whom. It shows
// a shopper's data to whoever asks: serve it on a loopback address only. The HTML itself was written by others, and is shown as the
// mailbox shows it: in a frame that runs nothing and submits nothing.
func Previews(desk Previewer) http.Handler {
	p := &previews{desk: desk}
	list, one := parse("previews.html"), parse("preview.html")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PreviewPath, func(w http.ResponseWriter, r *http.Request) {
		all, err := desk.Templates(r.Context())
		view := struct {
			Templates []TemplateView `json:"templates"`
		}{all}
		switch {
		case err != nil:
			fail(w, r, err, "programme", Link{Title: "Start", URL: "/"})
		case wantsJSON(r):
			answer(w, http.StatusOK, view)
		default:
			show(w, list, http.StatusOK, view)
		}
	})
	mux.HandleFunc("GET "+PreviewPath+"/{id}", func(w http.ResponseWriter, r *http.Request) {
		view, ok := p.open(w, r)
		switch {
		case !ok:
		case wantsJSON(r):
			answer(w, http.StatusOK, view.PreviewView)
		default:
			show(w, one, http.StatusOK, view)
		}
	})
	mux.HandleFunc("GET "+PreviewPath+"/{id}/html", func(w http.ResponseWriter, r *http.Request) {
		view, ok := p.open(w, r)
		if !ok {
			return
		}
		guard(w.Header())
		w.Header().Set("Content-Security-Policy", previewPolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(view.HTML))
	})
	mux.Handle(PreviewPath+"/{$}", moved(PreviewPath))
	return mux
}

// previewPolicy is that of a mail's frame. The shop's own pictures are fetched, for they are half of what a marketer wants to see.
const previewPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

type previews struct{ desk Previewer }

// previewed is a preview with how it is looked at.
type previewed struct {
	PreviewView
	Card string
	View string // "html", "phone" or "text"
}

// With is the address of the same preview, looked at in another way.
func (p previewed) With(view string) string { return p.address("", view) }

// Frame is the address of the e-mail alone.
func (p previewed) Frame() string { return p.address("/html", "") }

func (p previewed) address(below, view string) string {
	query := url.Values{}
	for _, f := range []struct{ name, value string }{{"card", p.Card}, {"language", p.Language}, {"view", view}} {
		if f.value != "" {
			query.Set(f.name, f.value)
		}
	}
	return PreviewPath + "/" + url.PathEscape(p.Template) + below + "?" + query.Encode()
}

func (p *previews) open(w http.ResponseWriter, r *http.Request) (previewed, bool) {
	id, query := r.PathValue("id"), r.URL.Query()
	view, err := p.desk.Preview(r.Context(), id, query.Get("language"), query.Get("card"))
	if err != nil {
		fail(w, r, err, "template "+id+", or no such card", Link{Title: "All templates", URL: PreviewPath})
		return previewed{}, false
	}
	out := previewed{PreviewView: view, Card: query.Get("card"), View: "html"}
	if asked := query.Get("view"); asked == "phone" || asked == "text" {
		out.View = asked
	}
	return out, true
}
