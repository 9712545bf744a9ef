package admin

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/books"
	"github.com/regulars-dev/regulars/shared/audit"
	"github.com/regulars-dev/regulars/shared/exporter"
)

// Verified is a line of the answer to verify, or to a report: how far it is, or at the end what it found or why it broke off.
type Verified struct {
	Stage  string          `json:"stage,omitempty"`
	Done   int64           `json:"done,omitempty"`
	Report *audit.Report   `json:"report,omitempty"`
	Replay *audit.Replayed `json:"replay,omitempty"`
	Books  *books.Report   `json:"books,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// tellEvery is how often a long answer says how far it is.
const tellEvery = 200 * time.Millisecond

// verify audits all books and answers in lines of JSON, the report last.
func (h *handler) verify(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	report, err := audit.Run(r.Context(), h.Items, h.Now(), telling(out))
	if err != nil {
		out(Verified{Error: err.Error()})
		return
	}
	out(Verified{Report: &report})
}

// replayAll decides every receipt and return again and answers in lines of JSON, what differs in the last.
func (h *handler) replayAll(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	found, err := audit.Replay(r.Context(), h.Items, h.Now(), telling(out))
	if err != nil {
		out(Verified{Error: err.Error()})
		return
	}
	out(Verified{Replay: &found})
}

// liability draws up what the shop owes and answers in lines of JSON, the report last.
func (h *handler) liability(w http.ResponseWriter, r *http.Request) {
	var ask books.Ask
	if !read(w, r, &ask, 0) {
		return
	}
	out := lines(w)
	report, err := books.Draw(r.Context(), h.Items, h.Now(), ask, books.Progress(telling(out)))
	if err != nil {
		out(Verified{Error: err.Error()})
		return
	}
	out(Verified{Books: &report})
}

// telling is a progress that is told now and then.
func telling(out func(any)) audit.Progress {
	var mu sync.Mutex
	var told time.Time
	return func(stage string, done int64) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(told) >= tellEvery {
			told = now
			out(Verified{Stage: stage, Done: done})
		}
	}
}

// export answers with everything in lines of JSON; exporter says what they are.
func (h *handler) export(w http.ResponseWriter, r *http.Request) {
	out := lines(w)
	if err := exporter.Write(r.Context(), h.Items, h.Now, w); err != nil {
		out(map[string]string{"type": exporter.KindFailure, "detail": err.Error()})
	}
}

// lines begins an answer of one JSON document a line.
func lines(w http.ResponseWriter) func(any) {
	w.Header().Set("Content-Type", "application/jsonl")
	out := json.NewEncoder(w)
	flush, _ := w.(http.Flusher)
	return func(v any) {
		_ = out.Encode(v) // a reader that has gone away ends the request by its context
		if flush != nil {
			flush.Flush()
		}
	}
}
