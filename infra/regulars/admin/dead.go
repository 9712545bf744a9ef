package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// Dead is where the messages lie that were tried as often as their queue allows.
type Dead interface {
	DeadLetters() ([]local.DeadLetter, error)
	DeadLetter(id string) (local.DeadLetter, error)
	Again(ctx context.Context, id string) error
	Drop(ctx context.Context, id string) error
}

// DropDead says why nothing is to be done about a dead letter, and who says so.
type DropDead struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
}

func (h *handler) listDead(w http.ResponseWriter, _ *http.Request) {
	if h.Dead == nil {
		fail(w, noQueues())
		return
	}
	list, err := h.Dead.DeadLetters()
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, append([]local.DeadLetter{}, list...))
}

func noQueues() error {
	return refuse(loyalty.ErrRefused, "needs_server", "queues run in the server; start `regulars run` and repeat this. On a deployment they are SQS's: see infra/runbooks/DeadLetterAlarm.md")
}

// againDead puts a dead letter back into its queue.
func (h *handler) againDead(w http.ResponseWriter, r *http.Request) {
	err := noQueues()
	if h.Dead != nil {
		err = deadFault(r.PathValue("id"), h.Dead.Again(r.Context(), r.PathValue("id")))
	}
	if err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, struct{}{})
}

// dropDead takes a dead letter away. It stays readable in the inbox, with the reason, until that forgets it.
func (h *handler) dropDead(w http.ResponseWriter, r *http.Request) {
	var in DropDead
	if !read(w, r, &in, 0) {
		return
	}
	if err := h.dropped(r.Context(), r.PathValue("id"), in); err != nil {
		fail(w, err)
		return
	}
	edge.WriteJSON(w, http.StatusOK, struct{}{})
}

func (h *handler) dropped(ctx context.Context, id string, in DropDead) error {
	in.By, in.Reason = strings.TrimSpace(in.By), strings.TrimSpace(in.Reason)
	note := in.By + ": " + in.Reason
	if in.By == "" || in.Reason == "" || len([]rune(note)) > maxNote {
		return refuse(loyalty.ErrInvalid, "reason_invalid", fmt.Sprintf("a name and a reason of at most %d characters are needed, for whoever asks later", maxNote))
	}
	if h.Dead == nil {
		return noQueues()
	}
	l, err := h.Dead.DeadLetter(id)
	if err != nil {
		return deadFault(id, err)
	}
	p := loyalty.Parked{ID: loyalty.LetterID(l.Queue, []byte(l.ID)), Vendor: "regulars", Topic: l.Queue, Reason: l.Reason, At: l.At, Message: []byte(l.Body)}
	if err := h.store.Park(ctx, p); err != nil {
		return err
	}
	parked, err := h.find(ctx, p.ID)
	if err == nil && parked.State == store.LetterOpen {
		err = h.store.SettleLetter(ctx, parked, store.LetterDropped, note)
	}
	if err != nil {
		return err
	}
	return deadFault(id, h.Dead.Drop(ctx, id))
}

// deadFault says what is wrong to the person who named the letter.
func deadFault(id string, err error) error {
	switch {
	case errors.Is(err, local.ErrNoLetter):
		return refuse(loyalty.ErrNotFound, "letter_unknown", "there is no dead letter "+id+"; `regulars inbox dead` lists them")
	case errors.Is(err, local.ErrNoOrigin):
		return refuse(loyalty.ErrRefused, "letter_of_stream", "dead letter "+id+" tells of changes that were given up, and the stream has gone on; `regulars verify` says what is wrong, and the letter can be dropped")
	}
	return err
}
