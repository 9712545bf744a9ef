package web

import (
	"context"
	"net/http"
	"time"
)

// CardDesk knows what a card's page shows.
type CardDesk interface {
	// Card returns the card of that number, or ErrNotFound.
	Card(ctx context.Context, number string) (CardView, error)
}

// CardView is one card as its page shows it: amounts and titles ready to read.
type CardView struct {
	Number   string        `json:"number"`
	Name     string        `json:"name,omitempty"`
	Status   string        `json:"status"`
	Points   int64         `json:"points"`
	Pending  int64         `json:"pending,omitempty"`
	Tier     string        `json:"tier,omitempty"`
	Standing *StandingView `json:"standing,omitempty"` // nil where there are no tiers
	Coupons  []CouponView  `json:"coupons"`
	Stamps   []StampView   `json:"stamps,omitempty"`
	Entries  []EntryView   `json:"entries"`
	Messages []MessageView `json:"messages"`
}

// StandingView is what a card's tier brings, how long it holds, and what the next one lacks, ready to read.
type StandingView struct {
	Benefits []string `json:"benefits,omitempty"`
	Holds    string   `json:"holds,omitempty"` // "until 2027-12-31, then Silver"
	Next     string   `json:"next,omitempty"`  // "Gold: 84 points more"
}

// CouponView is one coupon in a card's wallet.
type CouponView struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	State     string `json:"state"`
	ExpiresOn string `json:"expires_on,omitempty"`
}

// StampView is one goal of a card of stamps or a challenge: how much there is of how much, ready to read.
type StampView struct {
	Title string `json:"title"`
	Goal  string `json:"goal"`
	Have  int64  `json:"have"` // of Of, so that it can be drawn
	Of    int64  `json:"of"`
	Text  string `json:"text"` // "7 of 9"
	Until string `json:"until,omitempty"`
}

// EntryView is one ledger entry, the newest first.
type EntryView struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Cause   string    `json:"cause"`
	Points  int64     `json:"points"`
	Balance int64     `json:"balance"`
}

// MessageView is one message to the card's shopper, the newest first. URL leads to the mail, if it is in the mailbox.
type MessageView struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Campaign string    `json:"campaign"`
	State    string    `json:"state"`
	Reason   string    `json:"reason,omitempty"`
	URL      string    `json:"url,omitempty"`
}

// CardPath is where Cards is mounted, with all below it.
const CardPath = "/cards/"

// Cards is the page of one card at /cards/{number}; JSON for programs. It shows a shopper's data to whoever asks: serve it on a
// loopback address only.
func Cards(desk CardDesk) http.Handler {
	page := parse("card.html")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+CardPath+"{number}", func(w http.ResponseWriter, r *http.Request) {
		number := r.PathValue("number")
		view, err := desk.Card(r.Context(), number)
		switch {
		case err != nil:
			fail(w, r, err, "card "+number, Link{Title: "Start", URL: "/"})
		case wantsJSON(r):
			answer(w, http.StatusOK, view)
		default:
			show(w, page, http.StatusOK, view)
		}
	})
	return mux
}
