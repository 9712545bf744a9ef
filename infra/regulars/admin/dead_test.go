package admin_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/local"
)

// dead is a queue of dead letters in memory.
type dead struct{ list []local.DeadLetter }

func (d *dead) DeadLetters() ([]local.DeadLetter, error) { return d.list, nil }

func (d *dead) DeadLetter(id string) (local.DeadLetter, error) {
	for _, l := range d.list {
		if l.ID == id {
			return l, nil
		}
	}
	return local.DeadLetter{}, local.ErrNoLetter
}

func (d *dead) Again(ctx context.Context, id string) error {
	for _, l := range d.list {
		if l.ID == id && l.From == "" {
			return local.ErrNoOrigin
		}
	}
	return d.Drop(ctx, id)
}

func (d *dead) Drop(_ context.Context, id string) error {
	before := len(d.list)
	if d.list = slices.DeleteFunc(d.list, func(l local.DeadLetter) bool { return l.ID == id }); len(d.list) == before {
		return local.ErrNoLetter
	}
	return nil
}

func TestDeadLettersArePutBackOrDroppedWithAName(t *testing.T) {
	t.Parallel()
	d := &dead{list: []local.DeadLetter{
		{ID: "MailDeadLetters-1", Queue: "MailDeadLetters", From: "MailQueue", At: noon, Reason: "tried too often", Body: "{}"},
		{ID: "StreamDeadLetters-1", Queue: "StreamDeadLetters", At: noon, Reason: "given up", Body: "{}"},
	}}
	deps := admin.Offline(open(t), atNoon, "t")
	deps.Dead = d
	h := admin.Handler(deps)
	ask := func(method, path, body string, want int, code string) string {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, "/local"+path, strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:5"
		r.Header.Set("Authorization", "Bearer t")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || !strings.Contains(w.Body.String(), code) {
			t.Errorf("%s %s: %d %s, want %d %s", method, path, w.Code, w.Body, want, code)
		}
		return w.Body.String()
	}
	const someone = `{"by":"Mira","reason":"verified, nothing is missing"}`
	ask("POST", "/dead-letters/MailDeadLetters-1/replay", "{}", http.StatusOK, "")
	ask("POST", "/dead-letters/MailDeadLetters-1/replay", "{}", http.StatusNotFound, "letter_unknown")
	ask("POST", "/dead-letters/StreamDeadLetters-1/replay", "{}", http.StatusUnprocessableEntity, "letter_of_stream")
	ask("POST", "/dead-letters/StreamDeadLetters-1/drop", `{"by":"","reason":"x"}`, http.StatusUnprocessableEntity, "reason_invalid")
	ask("POST", "/dead-letters/StreamDeadLetters-1/drop", someone, http.StatusOK, "")
	ask("POST", "/dead-letters/StreamDeadLetters-1/drop", someone, http.StatusNotFound, "letter_unknown")
	ask("GET", "/dead-letters/all", "", http.StatusOK, "[]")
	var letters []admin.Letter
	if err := json.Unmarshal([]byte(ask("GET", "/inbox?all=1", "", http.StatusOK, "")), &letters); err != nil || len(letters) != 1 ||
		letters[0].State != "dropped" || letters[0].Note != "Mira: verified, nothing is missing" || letters[0].Reason != "given up" {
		t.Errorf("the inbox keeps %+v, %v", letters, err)
	}
	ask("GET", "/inbox", "", http.StatusOK, "[]")

	none := admin.Handler(admin.Offline(open(t), atNoon, "t"))
	h = none
	ask("GET", "/dead-letters/all", "", http.StatusUnprocessableEntity, "needs_server")
	ask("POST", "/dead-letters/x/drop", someone, http.StatusUnprocessableEntity, "needs_server")
}
