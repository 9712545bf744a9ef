package web

import (
	"context"
	"html"
	"net/http"
	"strings"
)

// Host is the shop that a shopper's page is of, and the language in which it speaks to them.
type Host struct {
	Shop string

	// Language tells the language of the e-mails to the shopper whom a link was sent to, as BCP 47, and "" for a link of nobody. It may be
	// nil. It is asked once for each page that is shown.
	Language func(ctx context.Context, token string) string

	// Fallback is the language of pages for nobody whose browser names none of ours; "" is English.
	Fallback string
}

// words are what the pages behind an e-mail's links say, in one language. None of it is HTML.
type words struct {
	language string // as HTML names it
	left     bool   // it is written from right to left

	incomplete, notOurs, nowhere, cannot, notButton string // titles of what went wrong
	linkHelp, buttonHelp                            string
	notYet, later, again                            string

	stop, stopSays, unsubscribe, instead, done, doneSays string // unsubscribe

	choose, chooseSays, waits, save, saved string // preferences

	confirm, confirmSays, yes, thanks, thanksSays string // confirm
}

// maxAccepted is how many languages of a browser are looked at.
const maxAccepted = 16

// words chooses the language of a page: that of the shopper's e-mails, else what the browser asks for, else the shop's. A region is left
// out where we do not speak it of its own: "de-AT" is "de".
func (h Host) words(r *http.Request, token string) words {
	var wanted []string
	if h.Language != nil && token != "" {
		wanted = append(wanted, h.Language(r.Context(), token))
	}
	wanted = append(wanted, accepted(r.Header.Get("Accept-Language"))...)
	for _, language := range append(wanted, h.Fallback) {
		short, _, _ := strings.Cut(strings.ToLower(language), "-")
		if w, ok := spoken[short]; ok {
			w.language = short
			return w
		}
	}
	w := spoken["en"]
	w.language = "en"
	return w
}

// accepted lists the languages of an Accept-Language in the browser's order, which is the order of their weights; "q=0" is one that it does
// not want.
func accepted(header string) (languages []string) {
	for _, one := range strings.SplitN(header, ",", maxAccepted+1) {
		tag, weight, _ := strings.Cut(one, ";")
		if weight = strings.ReplaceAll(weight, " ", ""); strings.Trim(strings.TrimPrefix(weight, "q="), "0.") == "" && weight != "" {
			continue
		}
		languages = append(languages, strings.TrimSpace(tag))
	}
	return languages[:min(len(languages), maxAccepted)]
}

func (w words) direction() string {
	if w.left {
		return "rtl"
	}
	return "ltr"
}

// says is a paragraph.
func says(text string) string { return "<p>" + html.EscapeString(text) + "</p>" }
