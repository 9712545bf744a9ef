// Package admin is the door for the people who run a shop: what has no public interface, such as keys, programmes, the inbox and the
// check of all books, over HTTP below /local/ and for this machine alone.
//
// The command regulars is its client. While `regulars run` has the store open, the command asks the running server; otherwise it
// opens the store itself and asks the very same handler within its own process, so that each command has one way of working.
package admin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/person"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/vendor"
)

// Deps is what the door works with.
type Deps struct {
	Items   store.Items
	Service *loyalty.Service
	Till    http.Handler // the till's interface (/v1/...) for somebody who may act for every store
	Now     func() time.Time
	Random  io.Reader // crypto/rand.Reader; keys are made of it
	Token   string    // who asks must bring it; without one nobody is let in

	// Replay processes a delivery as functions/ingest does behind its queue (ingest.Deps.Process).
	Replay func(ctx context.Context, in vendor.Delivery) (ingest.Outcome, error)

	// Redo gives a message of one of our own queues ("send", "feedback", ...) to the function that could not do it, and returns what
	// that returned. nil where no functions run: such a letter then waits for the server.
	Redo func(ctx context.Context, function string, message []byte) error

	// DeadLetters tells how much lies in each queue of what failed too often; nil where no queues run.
	DeadLetters func() (map[string]int, error)

	Dead Dead // the letters themselves; nil where no queues run

	Beside person.Beside // what is kept beside Items, of which shoppers are erased too; nil: nothing

	// Fault is told of a change that was made and whose end could not be put on record; nil: nobody is.
	Fault func(ctx context.Context, err error)
}

// handler is the door with what it makes of Deps.
type handler struct {
	Deps
	store *store.Store
	tests pace
}

// Handler serves everything below /local/. It answers 401 without the token, and 403 to another machine.
func Handler(d Deps) http.Handler {
	h := &handler{Deps: d, store: store.New(d.Items, d.Now)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /local/ping", func(w http.ResponseWriter, _ *http.Request) { edge.WriteJSON(w, http.StatusOK, struct{}{}) })
	for _, rt := range routes {
		mux.HandleFunc(rt.pattern, h.entered(rt))
	}
	if d.Till != nil {
		mux.Handle("/local/v1/", http.StripPrefix("/local", d.Till))
	}
	mux.HandleFunc("/local/", func(w http.ResponseWriter, _ *http.Request) {
		edge.WriteProblem(w, edge.Problem{Status: http.StatusNotFound, Code: "no_such_route", Detail: "There is nothing at this path and method."})
	})
	return h.guarded(mux)
}

// guarded lets only this machine and only the holder of the token through. The token alone would do; a machine that forwards its
// port to the world by mistake is still not open to guesses.
func (h *handler) guarded(next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(h.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			edge.WriteProblem(w, edge.Problem{Status: http.StatusForbidden, Code: "not_local", Detail: "This door opens to its own machine alone."})
			return
		}
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(token))
		if !ok || h.Token == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			edge.WriteProblem(w, edge.Problem{Status: http.StatusUnauthorized, Code: "no_key", Detail: "The key of the running server is needed; it stands in server.json beside the store."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fail answers an error by its kind.
func fail(w http.ResponseWriter, err error) {
	problem := edge.Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: err.Error()}
	for kind, status := range map[error]int{
		loyalty.ErrInvalid: http.StatusUnprocessableEntity, loyalty.ErrConflict: http.StatusConflict,
		loyalty.ErrNotFound: http.StatusNotFound, loyalty.ErrRefused: http.StatusUnprocessableEntity,
	} {
		if errors.Is(err, kind) {
			problem.Status, problem.Code = status, strings.ReplaceAll(kind.Error(), " ", "_")
		}
	}
	if known := (*loyalty.Error)(nil); errors.As(err, &known) {
		problem.Code = known.Code
	}
	edge.WriteProblem(w, problem)
}

// refuse is an error of a kind with its code and a sentence for the person who can act.
func refuse(kind error, code, detail string) error {
	return &loyalty.Error{Kind: kind, Code: code, Detail: detail}
}

// read reads a body of JSON; false means that the answer is written.
func read(w http.ResponseWriter, r *http.Request, into any, limit int64) bool {
	if problem := edge.ReadJSON(r, into, limit); problem != nil {
		edge.WriteProblem(w, *problem)
		return false
	}
	return true
}

// deadLetters answers with {} where no queues run.
func (h *handler) deadLetters(w http.ResponseWriter, _ *http.Request) {
	found := map[string]int{}
	if h.DeadLetters != nil {
		var err error
		if found, err = h.DeadLetters(); err != nil {
			fail(w, err)
			return
		}
	}
	edge.WriteJSON(w, http.StatusOK, found)
}

// Repost asks for what a crash has left out of a receipt.
type Repost struct {
	Receipt string `json:"receipt"` // store/till/number
}

func (h *handler) repost(w http.ResponseWriter, r *http.Request) {
	var in Repost
	if !read(w, r, &in, 0) {
		return
	}
	key, err := receipt.ParseKey(in.Receipt)
	if err != nil {
		fail(w, refuse(loyalty.ErrInvalid, "receipt_invalid", err.Error()))
		return
	}
	onRecord(r, key.String(), "", "")
	if err := h.Service.Repost(r.Context(), key); err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, struct{}{})
}
