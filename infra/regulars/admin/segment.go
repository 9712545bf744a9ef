package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// segmentParts is in how many parts at once the cards are looked through.
const segmentParts = 8

// CountLine is a line of the answer to a count: how far it is, or at the end what it found or why it broke off.
type CountLine struct {
	Done    int64            `json:"done,omitempty"`
	Counted *loyalty.Counted `json:"counted,omitempty"`
	Error   string           `json:"error,omitempty"`
}

// Explained is why a card is in a segment or not.
type Explained struct {
	Segment string   `json:"segment"`
	Card    string   `json:"card"`
	In      bool     `json:"in"`
	Why     []string `json:"why"`
}

// listSegments answers with the segments of the programme that holds now.
func (h *handler) listSegments(w http.ResponseWriter, r *http.Request) {
	rules, err := h.Service.Programmes.At(r.Context(), h.Now())
	if err != nil {
		fail(w, err)
		return
	}
	list := rules.Segments
	if list == nil {
		list = []programme.Segment{}
	}
	edge.WriteJSON(w, http.StatusOK, map[string]any{"segments": list})
}

// countSegment counts in lines of JSON, what it found in the last.
func (h *handler) countSegment(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	tell := telling(func(v any) {
		if line, ok := v.(Verified); ok {
			out(CountLine{Done: line.Done})
		}
	})
	counted, err := h.Service.CountSegment(r.Context(), r.PathValue("id"), segmentParts, func(n int64) { tell("", n) })
	if err != nil {
		out(CountLine{Error: err.Error()})
		return
	}
	out(CountLine{Counted: &counted})
}

func (h *handler) explainSegment(w http.ResponseWriter, r *http.Request) {
	in, why, err := h.Service.ExplainSegment(r.Context(), r.PathValue("id"), r.PathValue("card"))
	if err != nil {
		fail(w, err)
		return
	}
	answer := Explained{Segment: r.PathValue("id"), Card: r.PathValue("card"), In: in, Why: []string{}}
	for _, f := range why {
		answer.Why = append(answer.Why, f.String())
	}
	edge.WriteJSON(w, http.StatusOK, answer)
}
