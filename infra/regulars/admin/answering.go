package admin

import (
	"errors"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// Lines asks a door that looks at every card to say meanwhile how far it is; it stands after the path. Such a door answers in one document
// otherwise.
const Lines = "?lines"

// AnswerLine is a line of an answer that was asked for in lines: how far it is, or at the end the answer or why there is none.
type AnswerLine[T any] struct {
	Done   int64  `json:"done,omitempty"`
	Answer *T     `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

// answer is one that may take long. Its lines begin with the first that is worth one, so that whoever is refused before gets the status and
// the problem document that everybody gets.
type answer struct {
	w     http.ResponseWriter
	r     *http.Request
	asked bool
	since time.Time
	out   func(any) // nil before the first line
}

func answering(w http.ResponseWriter, r *http.Request) *answer {
	return &answer{w: w, r: r, asked: r.URL.Query().Has(Lines[1:]), since: time.Now()}
}

// looked tells how many cards were looked at, now and then. It is not called twice at once.
func (a *answer) looked(cards int64) {
	if now := time.Now(); a.asked && now.Sub(a.since) >= tellEvery {
		a.since = now
		a.line(AnswerLine[any]{Done: cards})
	}
}

func (a *answer) line(v any) {
	if a.out == nil {
		a.out = lines(a.w)
	}
	a.out(v)
}

// end answers with v, or with the error.
func (a *answer) end(v any, err error) {
	switch {
	case err != nil && a.out == nil:
		fail(a.w, err)
	case err != nil:
		a.line(AnswerLine[any]{Error: err.Error()})
		told := acts.Told{Failed: true}
		if known := (*loyalty.Error)(nil); errors.As(err, &known) {
			told = acts.Told{Refused: known.Code}
		}
		acts.Tell(a.r.Context(), told)
	case a.asked:
		a.line(AnswerLine[any]{Answer: &v})
	default:
		edge.WriteJSON(a.w, http.StatusOK, v)
	}
}
