// Package web shows Regulars to people: the start page, the mailbox and the cards of a machine that runs by itself, and the page behind
// an unsubscribe link.
//
// Every page is whole: no script, no file from elsewhere, one style sheet that stands in the page and is named by its hash in the
// Content-Security-Policy. Pages read through the small interfaces declared here and change nothing, but for the one button
// that a shopper presses to leave.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// ErrNotFound is returned by the interfaces of this package for what does not exist; the page says so.
var ErrNotFound = errors.New("not found")

//go:embed pages
var pages embed.FS

// style is the style sheet that stands in every page.
//
//go:embed pages/style.css
var style string

// policy lets a page show its own style sheet, pictures and frames from here, and send its forms here; nothing else.
func policy() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self' data:; " +
		"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// guard sets the headers that every answer of this package carries.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// parse reads a page together with the frame that all pages share. The pages are embedded, so a fault in one is a fault of the
// build, and a test reads them all.
func parse(name string) *template.Template {
	return template.Must(template.New("frame.html").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(style) },
		"when":  func(t time.Time) string { return t.Format("2 Jan 2006, 15:04:05") },
		"stamp": func(t time.Time) string { return t.Format(time.RFC3339) },
		"group": group,
	}).ParseFS(pages, "pages/frame.html", "pages/"+name))
}

// group writes an integer with a thin space between thousands.
func group(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "−", text[1:]
	}
	var out strings.Builder
	for i, r := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			out.WriteRune('\u202f')
		}
		out.WriteRune(r)
	}
	return sign + out.String()
}

// show answers with a page. It is rendered whole first, so that a fault shows as a fault and never as half a page.
func show(w http.ResponseWriter, page *template.Template, status int, view any) {
	var body bytes.Buffer
	if err := page.Execute(&body, view); err != nil {
		http.Error(w, "This page could not be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the reader has gone: nobody is left to tell
}

// answer is the same as JSON.
func answer(w http.ResponseWriter, status int, view any) {
	body, err := json.MarshalIndent(view, "", "  ")
	if err != nil {
		http.Error(w, "This answer could not be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

// wantsJSON reports whether the caller is a program: ?format=json, or JSON named in Accept and HTML not.
func wantsJSON(r *http.Request) bool {
	if format := r.URL.Query().Get("format"); format != "" {
		return format == "json"
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// notice is the page that says why there is no other.
type notice struct {
	Title, Text string
	Back        Link
}

// fail answers for an error of one of the interfaces, in the form the caller reads. What is a word of the address that was asked for;
// a payment card in it is not said back.
func fail(w http.ResponseWriter, r *http.Request, err error, what string, back Link) {
	status, title, text := http.StatusInternalServerError, "That did not work", err.Error()
	if errors.Is(err, ErrNotFound) {
		status, title, text = http.StatusNotFound, "Nothing here", fmt.Sprintf("There is no %s.", ids.BlankPaymentCards(what))
	}
	if wantsJSON(r) {
		answer(w, status, map[string]string{"error": text})
		return
	}
	show(w, parse("notice.html"), status, notice{Title: title, Text: text, Back: back})
}

// moved sends whoever asks with a slash too many to the page.
func moved(to string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		http.Redirect(w, r, to, http.StatusMovedPermanently)
	})
}

// Link is one way on.
type Link struct {
	Title string
	URL   string
	Text  string // what is found there
}

// pageNames lists the embedded pages, for the test that reads them all.
func pageNames() ([]string, error) {
	return fs.Glob(pages, "pages/*.html")
}
