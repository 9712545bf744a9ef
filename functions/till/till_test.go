package till_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/functions/till"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/store"
)

// A till's programmer gets all of it in one answer, each fault where it is.
func TestEveryFieldWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("testdata/every-field-wrong.json")
	if err != nil {
		t.Fatal(err)
	}
	got := newWorld(t).ask("POST", "/v1/checkouts", "all", string(body))
	if media := got.Header().Get("Content-Type"); got.Code != http.StatusUnprocessableEntity || media != "application/problem+json" {
		t.Errorf("status %d in %s", got.Code, media)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got.Body.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/every-field-wrong.golden.json"
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), pretty.String()); d != "" {
		t.Errorf("the problem document differs from its golden file:\n%s", d)
	}
}

func TestTheEventAsAWSDeliversIt(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for _, want := range []int{http.StatusCreated, http.StatusOK} { // a repeat is one
		raw, err := w.edge(t.Context(), payload)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			StatusCode int               `json:"statusCode"`
			Headers    map[string]string `json:"headers"`
			Body       string            `json:"body"`
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if got.StatusCode != want || !strings.Contains(got.Body, `"points":12,"balance":12`) {
			t.Errorf("status %d, want %d: %s", got.StatusCode, want, got.Body)
		}
		if got.Headers["Cache-Control"] != "no-store" || got.Headers["X-Correlation-Id"] == "" {
			t.Errorf("headers: %v", got.Headers)
		}
	}
}

func TestAKeyIsTrustedForHalfAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(want int) {
		t.Helper()
		if got := w.ask("GET", "/v1/cards/"+w.card(1), "0042", ""); got.Code != want {
			t.Errorf("status %d, want %d: %s", got.Code, want, got.Body)
		}
	}
	ask(404) // no such card, but the key is good
	ask(404)
	if w.keys.asked != 1 {
		t.Errorf("the key was looked up %d times", w.keys.asked)
	}
	revoked := store.TillKey{Hash: store.HashKey(secrets["0042"]), Store: "0042", CreatedAt: w.now, RevokedAt: w.now}
	if err := w.store.PutTillKey(t.Context(), revoked); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(29 * time.Second)
	ask(404)
	w.now = w.now.Add(time.Second)
	ask(401)
	ask(401)
	if w.keys.asked != 3 {
		t.Errorf("the key was looked up %d times; one that is refused is looked up each time", w.keys.asked)
	}
}

// Headers of refusals tell a client what to do without reading a body.
func TestRefusalsHaveTheirHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ method, path, key, header, want string }{
		{"POST", "/v1/quotes", "none", "WWW-Authenticate", `Bearer realm="regulars"`},
		{"POST", "/v1/quotes", "wrong", "WWW-Authenticate", `Bearer realm="regulars"`},
		{"GET", "/v1/quotes", "0042", "Allow", "POST"},
		{"POST", "/healthz", "none", "Allow", "GET, HEAD"},
		{"GET", "/v1/quotes", "0042", "Content-Type", "application/problem+json"},
		{"GET", "/v1/quotes", "0042", "Cache-Control", "no-store"},
		{"GET", "/healthz", "none", "Content-Type", "application/json"},
	} {
		if got := w.ask(c.method, c.path, c.key, "").Header().Get(c.header); got != c.want {
			t.Errorf("%s %s with key %s: %s is %q, want %q", c.method, c.path, c.key, c.header, got, c.want)
		}
	}
	w.keys.fault = errStorm
	w.now = w.now.Add(time.Hour)
	got := w.ask("POST", "/v1/quotes", "0042", "{}")
	if got.Code != 503 || got.Header().Get("Retry-After") != "1" || strings.Contains(got.Body.String(), "account") {
		t.Errorf("%d %v %s", got.Code, got.Header(), got.Body)
	}
	if !strings.Contains(w.log.String(), "throttled by table cards") {
		t.Errorf("the log does not say why: %s", w.log.String())
	}
}

// Other schemes and shapes of the header are no key; the scheme's letters may be large or small.
func TestOnlyABearerKeyIsAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for header, want := range map[string]int{
		"": 401, "rk_first": 401, "Basic rk_first": 401, "Bearer": 401, "Bearer ": 401, "Bearer rk_first x": 401, "Bearer " + strings.Repeat("k", 300): 401,
		"Bearer rk_first": 404, "bearer  rk_first ": 404,
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/cards/"+w.card(1), nil)
		r.Header.Set("Authorization", header)
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, r)
		if got.Code != want {
			t.Errorf("%q: status %d, want %d", header, got.Code, want)
		}
	}
}

func TestTheLinkOfAnEMailWithdrawsConsentWithoutAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := w.card(1)
	if got := w.ask("POST", "/v1/cards", "0042", `{"number": "`+card+`", "email": "lena@shop.example", "consents": {"offers": {"allowed": true}}}`); got.Code != 201 {
		t.Fatal(got.Body)
	}
	token, err := message.Token(linkSecret, card, "offers")
	if err != nil {
		t.Fatal(err)
	}
	press := func(token string) int {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/unsubscribe/"+token, strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()))
		got := httptest.NewRecorder()
		w.handler.ServeHTTP(got, r)
		return got.Code
	}
	allowed := func() bool {
		return strings.Contains(w.ask("GET", "/v1/cards/"+card, "0042", "").Body.String(), `"offers":{"allowed":true`)
	}
	page := w.ask("GET", "/unsubscribe/"+token, "none", "")
	if page.Code != 200 || !strings.Contains(page.Body.String(), "Harbour Coffee") || !allowed() {
		t.Errorf("looking at the page: %d, allowed %v", page.Code, allowed())
	}
	w.now = w.now.Add(time.Hour)
	if got := press(token[:len(token)-2] + "AA"); got != 400 || !allowed() {
		t.Errorf("a broken link: %d, allowed %v", got, allowed())
	}
	for range 2 {
		if got := press(token); got != 200 || allowed() {
			t.Errorf("the link: %d, allowed %v", got, allowed())
		}
	}
}

func TestABatchHasAHundredEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	event := `{"type": "cart.cleared.v1", "metadata": {"id": "e", "occurred_at": "2026-11-21T10:00:00+01:00", "source": "webshop"}, "data": {"cart": "w", "reason": "emptied"}}`
	batch := func(n int) string {
		return `{"events": [` + strings.TrimSuffix(strings.Repeat(event+",", n), ",") + `]}`
	}
	if got := w.ask("POST", "/v1/events", "0042", batch(100)); got.Code != 200 || !strings.HasPrefix(got.Body.String(), `{"done":100,"refused":0,"again":0`) {
		t.Errorf("100: %d %.200s", got.Code, got.Body)
	}
	if got := w.ask("POST", "/v1/events", "0042", batch(101)); got.Code != 422 || !strings.Contains(got.Body.String(), "too_many") {
		t.Errorf("101: %d %.200s", got.Code, got.Body)
	}
}

func TestConfigNamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	var cfg till.Config
	err := edge.LoadConfig(&cfg, func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), "CARDS_TABLE is not set; RECORDS_TABLE is not set; PROGRAMME_TABLE is not set; MAIL_QUEUE_URL is not set; LINK_SECRET is not set") {
		t.Errorf("%v", err)
	}
}
