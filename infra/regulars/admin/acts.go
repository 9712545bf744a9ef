package admin

import (
	"fmt"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Act is a line of the record of what people have changed.
type Act struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	State   string    `json:"state"` // asked: it was broken off; done, refused, failed
	By      string    `json:"by"`
	Through string    `json:"through"`
	What    string    `json:"what"`
	On      string    `json:"on,omitempty"`
	Why     string    `json:"why,omitempty"`
	Before  string    `json:"before,omitempty"`
	After   string    `json:"after,omitempty"`
	Code    string    `json:"code,omitempty"` // of the refusal
}

// ActLine is one line of the answer: an act, or why there are no more.
type ActLine struct {
	Act   *Act   `json:"act,omitempty"`
	Error string `json:"error,omitempty"`
}

// recordYears is how far back the record is read where nobody says since when.
const recordYears = 1

// listActs answers with the acts from ?since= to ?until= (RFC 3339), in lines of JSON, the oldest first.
func (h *handler) listActs(w http.ResponseWriter, r *http.Request) {
	to := h.Now().Add(time.Second)
	from := to.AddDate(-recordYears, 0, 0)
	for name, into := range map[string]*time.Time{"since": &from, "until": &to} {
		if text := r.URL.Query().Get(name); text != "" {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				fail(w, refuse(loyalty.ErrInvalid, "moment_invalid", fmt.Sprintf("%s is a moment such as 2026-11-21T09:00:00+01:00", name)))
				return
			}
			*into = at
		}
	}
	if from.AddDate(20*recordYears, 0, 0).Before(to) {
		fail(w, refuse(loyalty.ErrInvalid, "span_invalid", "at most 20 years are read at once"))
		return
	}
	out := lines(w)
	err := h.store.EachAct(r.Context(), from, to, func(a loyalty.Act) error {
		told := Act{ID: a.ID, At: a.At, EndedAt: a.EndedAt, State: string(a.State), By: a.By, Through: a.Through, What: a.What, On: a.On, Why: a.Why, Before: a.Before, After: a.After, Code: a.Code}
		out(ActLine{Act: &told})
		return r.Context().Err()
	})
	if err != nil {
		out(ActLine{Error: err.Error()})
	}
}
