package acts_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/acts"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// book keeps acts and fails when it is told to.
type book struct {
	lines []loyalty.Act
	fail  loyalty.ActState
}

func (b *book) PutAct(_ context.Context, a loyalty.Act) error {
	if b.fail == a.State {
		return errors.New("throttled")
	}
	b.lines = append(b.lines, a)
	return nil
}

func (b *book) EachAct(context.Context, time.Time, time.Time, func(loyalty.Act) error) error {
	return nil
}

// serve plays one request whose door answers with a status.
func serve(t *testing.T, b *book, body string, do http.HandlerFunc) (*httptest.ResponseRecorder, []error) {
	t.Helper()
	var faults []error
	desk := acts.Desk{Acts: b, Now: func() time.Time { return noon }, Fault: func(_ context.Context, err error) { faults = append(faults, err) }}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(body))
	r.Header.Set(acts.HeaderBy, "mira")
	w := httptest.NewRecorder()
	desk.Serve(w, r, loyalty.Act{What: "card.adjust", On: "77000001", Through: "key till 3 of store 0042"}, do)
	return w, faults
}

func TestAnActIsAskedBeforeItIsDoneAndEndsAfter(t *testing.T) {
	t.Parallel()
	b := &book{}
	const body = `{"by": "Jon", "reason": "Cold\ncoffee of lena@shop.example, 4111 1111 1111 1111", "points": 5}`
	_, faults := serve(t, b, body, func(w http.ResponseWriter, r *http.Request) {
		if len(b.lines) != 1 || b.lines[0].State != loyalty.ActAsked {
			t.Errorf("before it is done the record holds %+v", b.lines)
		}
		if raw, err := io.ReadAll(r.Body); err != nil || string(raw) != body {
			t.Errorf("the door reads %q, %v", raw, err)
		}
		acts.Tell(r.Context(), acts.Told{Before: "10 points"})
		acts.Tell(r.Context(), acts.Told{After: "15 points"})
		edge.WriteJSON(w, http.StatusCreated, struct{}{})
	})
	if len(b.lines) != 2 || len(faults) != 0 {
		t.Fatalf("%+v %v", b.lines, faults)
	}
	got := b.lines[1]
	if got.State != loyalty.ActDone || got.By != "Jon" || got.On != "77000001" || got.Before != "10 points" || got.After != "15 points" || got.ID != b.lines[0].ID || !got.At.Equal(noon) || !got.EndedAt.Equal(noon) {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.Why, "Cold coffee of (address)") || strings.Contains(got.Why, "4111") {
		t.Errorf("why: %q", got.Why)
	}
}

func TestHowAnActEnds(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		body string
		do   http.HandlerFunc
		want loyalty.ActState
		code string
		by   string
	}{
		"refused": {`{"by": 7}`, func(w http.ResponseWriter, _ *http.Request) {
			edge.WriteProblem(w, edge.Problem{Status: 409, Code: "card_blocked"})
		}, loyalty.ActRefused, "card_blocked", "mira"},
		"out of order": {``, func(w http.ResponseWriter, _ *http.Request) {
			edge.WriteProblem(w, edge.Problem{Status: 503, Code: "try_again"})
		}, loyalty.ActFailed, "try_again", "mira"},
		"in lines": {`{"by": "Jon"`, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{}\n")
			acts.Tell(r.Context(), acts.Told{Failed: true})
		}, loyalty.ActFailed, "", "Jon"},
		"refused in lines": {`{"by": "Jon"`, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{}\n")
			acts.Tell(r.Context(), acts.Told{Refused: "audience_surprising"})
		}, loyalty.ActRefused, "audience_surprising", "Jon"},
		"not a word": {`no JSON`, func(http.ResponseWriter, *http.Request) {}, loyalty.ActDone, "", "mira"},
	} {
		b := &book{}
		serve(t, b, row.body, row.do)
		if got := b.lines[len(b.lines)-1]; got.State != row.want || got.Code != row.code || got.By != row.by {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A colleague who goes by an address is still known by it, but for where their mail lies.
func TestWhoActsIsNamedAlsoByAnAddress(t *testing.T) {
	t.Parallel()
	b := &book{}
	serve(t, b, `{"by": "mira@shop.example", "reason": "for lena@shop.example"}`, func(http.ResponseWriter, *http.Request) {})
	if got := b.lines[0]; got.By != "mira@(address)" || got.Why != "for (address)" {
		t.Errorf("%+v", got)
	}
}

// What cannot be put on record is not done; what was done and cannot be closed stays asked, and somebody is told.
func TestWithoutARecordNothingIsDone(t *testing.T) {
	t.Parallel()
	b := &book{fail: loyalty.ActAsked}
	w, _ := serve(t, b, `{}`, func(http.ResponseWriter, *http.Request) { t.Error("it was done") })
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	b = &book{fail: loyalty.ActDone}
	if w, faults := serve(t, b, `{}`, func(http.ResponseWriter, *http.Request) {}); w.Code != http.StatusOK || len(faults) != 1 || len(b.lines) != 1 {
		t.Errorf("%d %v %+v", w.Code, faults, b.lines)
	}
}

func FuzzServe(f *testing.F) {
	f.Add(`{"by": "Jon", "why": "x", "reason": "a@b.example"}`)
	f.Add(`{"by": {"by": [`)
	f.Add("\xff{")
	f.Fuzz(func(t *testing.T, body string) {
		b := &book{}
		serve(t, b, body, func(_ http.ResponseWriter, r *http.Request) {
			if raw, err := io.ReadAll(r.Body); err != nil || string(raw) != body {
				t.Errorf("the door reads something else: %v", err)
			}
		})
		for _, a := range b.lines {
			if strings.Contains(a.By+a.Why, "\n") || len([]rune(a.By)) > 200 || len([]rune(a.Why)) > 200 {
				t.Errorf("%+v", a)
			}
		}
	})
}

// What a door refuses stands in the record too: no text of a caller moves a reader's cursor or turns the line around.
func TestNoTextOfARecordSteersATerminal(t *testing.T) {
	t.Parallel()
	b := &book{}
	serve(t, b, `{"by": "\u202enoJ", "why": "\u001b[2J gone\u0000\u200b, 4111\u200b1111\u200b1111\u200b1111, lena\u200b@shop.example"}`, func(w http.ResponseWriter, _ *http.Request) {
		edge.WriteProblem(w, edge.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid_fields"})
	})
	if len(b.lines) != 2 || b.lines[1].By != "noJ" || b.lines[1].Why != "[2J gone, [payment card], (address)" {
		t.Errorf("%+v", b.lines)
	}
}
