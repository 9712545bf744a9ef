package admin

import (
	"net/http"

	"github.com/regulars-dev/regulars/infra/regulars/simulation"
	"github.com/regulars-dev/regulars/shared/programme"
)

// SimulationLine is a line of the answer to a simulation: how far it is, something that a campaign did, or at the end all of it added up
// or why it broke off.
type SimulationLine struct {
	Stage  string             `json:"stage,omitempty"`
	Done   int64              `json:"done,omitempty"`
	Total  int64              `json:"total,omitempty"`
	Row    *simulation.Row    `json:"row,omitempty"`
	Report *simulation.Report `json:"report,omitempty"`
	Error  string             `json:"error,omitempty"`
}

// simulate plays campaigns ahead on a copy and answers in lines of JSON. Whoever stops reading ends it.
func (h *handler) simulate(w http.ResponseWriter, r *http.Request) {
	var ask simulation.Ask
	if !read(w, r, &ask, programme.MaxDocument+10_000) {
		return
	}
	out := lines(w)
	stage, total := "", int64(0)
	tell := telling(func(v any) {
		if line, ok := v.(Verified); ok {
			out(SimulationLine{Stage: line.Stage, Done: line.Done, Total: total})
		}
	})
	report, err := simulation.Run(r.Context(), h.Items, h.Now(), ask, func(now string, done, of int64) {
		if total = of; now != stage {
			stage = now
			out(SimulationLine{Stage: now, Done: done, Total: of})
		}
		tell(now, done)
	}, func(row simulation.Row) error {
		out(SimulationLine{Row: &row})
		return r.Context().Err()
	})
	if err != nil {
		out(SimulationLine{Error: err.Error()})
		return
	}
	out(SimulationLine{Report: &report})
}
