package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"time"
)

// Stored is one mail as the mailbox keeps it.
type Stored struct {
	ID      string
	At      time.Time
	From    string
	To      string
	Subject string
	Tags    map[string]string
	Raw     []byte // the whole RFC 5322 message; may be left out of List
}

// Box is a mailbox to look into.
type Box interface {
	// List returns at most limit mails, the newest first; with before, those older than that one.
	List(ctx context.Context, limit int, before string) ([]Stored, error)

	// Get returns one mail with its Raw, or ErrNotFound.
	Get(ctx context.Context, id string) (Stored, error)
}

// Bounds of one page of the mailbox, in mails.
const (
	pageMails = 50
	maxMails  = 200
)

// MailboxPath is where Mailbox is mounted, with all below it.
const MailboxPath = "/mailbox"

// Mailbox shows the box: the list at /mailbox, one mail at /mailbox/{id}, and the mail itself at /mailbox/{id}/raw.eml. The list and
// a mail are JSON for programs (Accept: application/json, or ?format=json).
//
// A mail's HTML was written by others: it is shown in a frame that runs nothing, reaches nothing and submits nothing.
func Mailbox(box Box) http.Handler {
	m := &mailbox{box: box, list: parse("mailbox.html"), mail: parse("mail.html")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+MailboxPath, m.serveList)
	mux.HandleFunc("GET "+MailboxPath+"/{id}", m.serveMail)
	mux.HandleFunc("GET "+MailboxPath+"/{id}/html", m.serveHTML)
	mux.HandleFunc("GET "+MailboxPath+"/{id}/raw.eml", m.serveRaw)
	mux.Handle(MailboxPath+"/{$}", moved(MailboxPath))
	return mux
}

type mailbox struct {
	box        Box
	list, mail *template.Template
}

var backToMailbox = Link{Title: "All mails", URL: MailboxPath}

// line is one mail in the list, for people and programs.
type line struct {
	ID      string            `json:"id"`
	At      time.Time         `json:"at"`
	From    string            `json:"from"`
	To      string            `json:"to"`
	Subject string            `json:"subject"`
	Tags    map[string]string `json:"tags,omitempty"`
	URL     string            `json:"url"`
}

// Labels are the tags as text, in a fixed order.
func (l line) Labels() []string {
	var out []string
	for k, v := range l.Tags {
		out = append(out, k+" "+v)
	}
	sort.Strings(out)
	return out
}

func lineOf(s Stored) line {
	return line{ID: s.ID, At: s.At, From: s.From, To: s.To, Subject: s.Subject, Tags: s.Tags, URL: MailboxPath + "/" + url.PathEscape(s.ID)}
}

// listView is one page of the mailbox.
type listView struct {
	Mails  []line `json:"messages"`
	Next   string `json:"next,omitempty"` // address of the page of older mails
	First  bool   `json:"-"`
	Follow bool   `json:"-"` // the page asks again by itself
}

func (m *mailbox) serveList(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	limit := pageMails
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxMails {
			http.Error(w, fmt.Sprintf("limit must be 1 to %d", maxMails), http.StatusBadRequest)
			return
		}
		limit = n
	}
	before := query.Get("before")
	stored, err := m.box.List(r.Context(), limit+1, before) // one more tells whether there are older ones
	if err != nil {
		fail(w, r, err, "mail "+before, backToMailbox)
		return
	}
	view := listView{Mails: []line{}, First: before == "", Follow: before == "" && query.Has("follow")}
	for i, s := range stored {
		if i == limit {
			older := url.Values{"before": {stored[limit-1].ID}, "limit": {strconv.Itoa(limit)}}
			view.Next = MailboxPath + "?" + older.Encode()
			break
		}
		view.Mails = append(view.Mails, lineOf(s))
	}
	if wantsJSON(r) {
		answer(w, http.StatusOK, view)
		return
	}
	show(w, m.list, http.StatusOK, view)
}

// mailView is one mail taken apart.
type mailView struct {
	line
	Headers     []headerField `json:"headers"`
	Text        string        `json:"text"`
	HTML        string        `json:"html,omitempty"`
	Pictures    []string      `json:"pictures,omitempty"`    // Content-IDs
	Unsubscribe string        `json:"unsubscribe,omitempty"` // the address of its List-Unsubscribe header
	Fault       string        `json:"fault,omitempty"`       // why it could not be taken apart
	View        string        `json:"-"`                     // "html", "phone", "text" or "headers"
	Size        int           `json:"size"`                  // bytes
}

func (m *mailbox) open(w http.ResponseWriter, r *http.Request) (Stored, bool) {
	id := r.PathValue("id")
	s, err := m.box.Get(r.Context(), id)
	if err != nil {
		fail(w, r, err, "mail "+id, backToMailbox)
		return Stored{}, false
	}
	return s, true
}

func (m *mailbox) serveMail(w http.ResponseWriter, r *http.Request) {
	s, ok := m.open(w, r)
	if !ok {
		return
	}
	view := mailView{line: lineOf(s), Size: len(s.Raw), View: "html"}
	opened, err := openMail(s.Raw)
	if err != nil {
		view.Fault = err.Error()
	}
	view.Headers, view.Text, view.HTML, view.Unsubscribe = opened.headers, opened.text, opened.html, opened.unsubscribe()
	for _, p := range opened.pictures {
		view.Pictures = append(view.Pictures, p.id)
	}
	if wantsJSON(r) {
		answer(w, http.StatusOK, view)
		return
	}
	if view.HTML == "" {
		view.View = "text"
	}
	switch asked := r.URL.Query().Get("view"); asked {
	case "text", "headers", "phone", "html":
		view.View = asked
	}
	show(w, m.mail, http.StatusOK, view)
}

// framePolicy is for what others wrote: it may look as it likes and show the pictures that came with it.
const framePolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

func (m *mailbox) serveHTML(w http.ResponseWriter, r *http.Request) {
	s, ok := m.open(w, r)
	if !ok {
		return
	}
	opened, err := openMail(s.Raw)
	if err != nil {
		fail(w, r, err, "", backToMailbox)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Security-Policy", framePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(opened.withPictures()))
}

func (m *mailbox) serveRaw(w http.ResponseWriter, r *http.Request) {
	s, ok := m.open(w, r)
	if !ok {
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", `attachment; filename="mail.eml"`)
	_, _ = w.Write(s.Raw)
}
