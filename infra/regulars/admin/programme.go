package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Publication is a programme to publish, as JSON. Force publishes one that makes issued cards or receipts of the past unreadable.
type Publication struct {
	Document json.RawMessage `json:"document"`
	Force    bool            `json:"force,omitempty"`
	By       string          `json:"by,omitempty"`   // who publishes it
	Note     string          `json:"note,omitempty"` // why
	Base     string          `json:"base,omitempty"` // begins the hash of the version that it was edited from; missing: nobody asks
}

// Published is the programme that holds at a moment.
type Published struct {
	From     time.Time          `json:"from"`
	Document programme.Document `json:"document"`
	Hash     string             `json:"hash"`
}

// showProgramme answers with the version that holds now, or at ?at=.
func (h *handler) showProgramme(w http.ResponseWriter, r *http.Request) {
	at := h.Now()
	if text := r.URL.Query().Get("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			fail(w, refuse(loyalty.ErrInvalid, "at_invalid", fmt.Sprintf("%q is no moment such as 2026-11-21T10:00:00+01:00", text)))
			return
		}
	}
	p, err := h.Service.Programmes.At(r.Context(), at)
	if errors.Is(err, loyalty.ErrNotFound) {
		err = refuse(loyalty.ErrNotFound, "no_programme", "no programme has been published yet; `regulars programme publish FILE` publishes one")
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, Published{From: p.From, Document: p.Document, Hash: p.Hash()})
}

// publishProgramme publishes a document that is sound and does not break what was given out. The same document again changes nothing.
func (h *handler) publishProgramme(w http.ResponseWriter, r *http.Request) {
	var in Publication
	if !read(w, r, &in, programme.MaxDocument+1_000) {
		return
	}
	if err := in.said(); err != nil {
		fail(w, err)
		return
	}
	p, problems, err := programme.Parse(in.Document)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%d faults, the first: %s", len(problems), problems[0])
	}
	if err != nil {
		fail(w, refuse(loyalty.ErrInvalid, "programme_invalid", err.Error()))
		return
	}
	if err := h.edited(r.Context(), p, in.Base); err != nil {
		fail(w, err)
		return
	}
	held, err := h.Service.Programmes.At(r.Context(), p.From)
	if err != nil && !errors.Is(err, loyalty.ErrNotFound) {
		fail(w, err)
		return
	}
	if in.Document, p, err = withSecret(in.Document, p, held); err != nil {
		fail(w, err)
		return
	}
	if held != nil && !in.Force {
		if err := breaks(held, p, h.Now()); err != nil {
			fail(w, err)
			return
		}
	}
	if err := h.listed(r.Context(), p); err != nil {
		fail(w, err)
		return
	}
	was := "none"
	if held != nil {
		was = "version " + held.Hash()
	}
	onRecord(r, p.From.Format(time.RFC3339), was, "version "+p.Hash())
	err = h.publishOver(r.Context(), p, held, in)
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, Published{From: p.From, Document: p.Document, Hash: p.Hash()})
}

// breaks refuses a version after which cards in purses are no longer known, receipts are in another money than the points were
// earned for, or the rules of days that are over are others than receipts were decided by.
func breaks(held, next *programme.Programme, now time.Time) error {
	switch {
	case held.Cards.Secret != next.Cards.Secret || held.Cards.Prefix != next.Cards.Prefix:
		return refuse(loyalty.ErrRefused, "numbers_change",
			"cards.secret or cards.prefix differ from those of the programme before: no card in a purse would be known any more; copy them from `regulars programme show --json`, or use --force")
	case held.Currency != next.Currency:
		return refuse(loyalty.ErrRefused, "currency_changes",
			fmt.Sprintf("the currency changes from %s to %s, and returns of older receipts would be refused; use --force if that is meant", held.Currency, next.Currency))
	case next.From.Before(now) && !next.From.Equal(held.From):
		return refuse(loyalty.ErrRefused, "past_changes", fmt.Sprintf(
			"it would hold from %s, and receipts since then were decided by other rules; give it a `from` that is still to come, or use --force", next.From.Format(time.RFC3339)))
	}
	return nil
}
