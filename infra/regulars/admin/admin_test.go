package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

func open(t *testing.T) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), admin.StoreFile), atNoon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Nobody comes in without the token, nobody from elsewhere, and nobody at all where no token was set.
func TestWhoComesIn(t *testing.T) {
	t.Parallel()
	db := open(t)
	const token = "the token"
	for name, c := range map[string]struct {
		token, given, from string
		status             int
	}{
		"the holder":           {token, "Bearer the token", "127.0.0.1:5", http.StatusOK},
		"the holder over IPv6": {token, "Bearer the token", "[::1]:5", http.StatusOK},
		"without a token":      {token, "", "127.0.0.1:5", http.StatusUnauthorized},
		"with another":         {token, "Bearer the tokem", "127.0.0.1:5", http.StatusUnauthorized},
		"with a part":          {token, "Bearer the", "127.0.0.1:5", http.StatusUnauthorized},
		"in another scheme":    {token, "Basic the token", "127.0.0.1:5", http.StatusUnauthorized},
		"from another machine": {token, "Bearer the token", "192.0.2.1:5", http.StatusForbidden},
		"from nowhere":         {token, "Bearer the token", "", http.StatusForbidden},
		"where none was set":   {"", "Bearer ", "127.0.0.1:5", http.StatusUnauthorized},
		"none where none is":   {"", "", "127.0.0.1:5", http.StatusUnauthorized},
	} {
		for _, path := range []string{"/local/ping", "/local/keys", "/local/v1/cards/1", "/local/nothing"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.RemoteAddr = c.from
			if c.given != "" {
				r.Header.Set("Authorization", c.given)
			}
			w := httptest.NewRecorder()
			admin.Handler(admin.Offline(db, atNoon, c.token)).ServeHTTP(w, r)
			if c.status != http.StatusOK && w.Code != c.status || c.status == http.StatusOK && (w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden) {
				t.Errorf("%s at %s: %d, want %d", name, path, w.Code, c.status)
			}
		}
	}
}

// What one body may ask, and what it is told if it asks anything else.
func TestBadBodies(t *testing.T) {
	t.Parallel()
	client := admin.Direct(admin.Handler(admin.Offline(open(t), atNoon, "t")), "t")
	for _, c := range []struct{ method, path, body, code string }{
		{"POST", "/keys", `{`, "malformed_json"},
		{"POST", "/keys", `{"store": 42}`, "invalid_fields"},
		{"POST", "/keys", `{"shop": "1"}`, "invalid_fields"},
		{"POST", "/keys", `{"store": ""}`, "store_invalid"},
		{"POST", "/keys", `{"store": "1", "name": "` + strings.Repeat("x", 61) + `"}`, "name_invalid"},
		{"POST", "/keys/ab/revoke", ``, "key_unknown"},
		{"POST", "/programme", `{"document": {}}`, "programme_invalid"},
		{"POST", "/programme", `{"document": "` + strings.Repeat("x", 400_000) + `"}`, "body_too_large"},
		{"GET", "/programme", ``, "no_programme"},
		{"GET", "/programme?at=soon", ``, "at_invalid"},
		{"GET", "/inbox?limit=0", ``, "limit_invalid"},
		{"GET", "/inbox/Q7", ``, "letter_unknown"},
		{"POST", "/inbox/Q7/replay", ``, "letter_unknown"},
		{"POST", "/inbox/Q7/drop", `{"reason": " "}`, "reason_invalid"},
		{"POST", "/inbox/Q7/drop", `{"reason": "x"}`, "letter_unknown"},
		{"POST", "/replay", `{"vendor": "shopify", "body": 7}`, "invalid_fields"},
		{"GET", "/nothing", ``, "no_such_route"},
		{"POST", "/keys", `{"store": "*", "name": "Mira", "may": ["everything"]}`, "right_unknown"},
		{"POST", "/keys", `{"store": "0042", "name": "Mira", "may": ["campaigns"]}`, "right_for_all_stores"},
		{"POST", "/keys", `{"store": "*", "may": ["till", "persons"]}`, "name_missing"},
		{"DELETE", "/keys", ``, "no_such_route"},
	} {
		var body any
		if c.body != "" {
			body = []byte(c.body)
		}
		err := client.Do(t.Context(), c.method, c.path, body, nil)
		if admin.Code(err) != c.code {
			t.Errorf("%s %s %.60s: %v has code %q, want %q", c.method, c.path, c.body, err, admin.Code(err), c.code)
		}
	}
}

// A key is shown once, opens the till's door while it is good, and is called by the first characters of its hash.
func TestKeys(t *testing.T) {
	t.Parallel()
	db := open(t)
	client := admin.Direct(admin.Handler(admin.Offline(db, atNoon, "t")), "t")
	var first, second admin.Key
	for into, name := range map[*admin.Key]string{&first: "till 1", &second: " web "} {
		if err := client.Do(t.Context(), http.MethodPost, "/keys", admin.NewKey{Store: "0042", Name: name}, into); err != nil {
			t.Fatal(err)
		}
	}
	if len(first.Key) != len("rk_")+32 || !strings.HasPrefix(first.Key, "rk_") || first.Key == second.Key || second.Name != "web" {
		t.Errorf("keys %+v and %+v", first, second)
	}
	kept := store.New(db, atNoon)
	if k, err := kept.TillKey(t.Context(), store.HashKey(first.Key)); err != nil || k.Store != "0042" {
		t.Errorf("the key finds %+v, %v", k, err)
	}
	for range 2 { // again changes nothing
		if err := client.Do(t.Context(), http.MethodPost, "/keys/"+strings.ToUpper(first.ID[:6])+"/revoke", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := kept.TillKey(t.Context(), store.HashKey(first.Key)); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("a revoked key: %v", err)
	}
	var hers admin.Key
	may := []loyalty.Right{loyalty.RightCampaigns, loyalty.RightPersons}
	if err := client.Do(t.Context(), http.MethodPost, "/keys", admin.NewKey{Store: "*", Name: "Mira", May: may}, &hers); err != nil {
		t.Fatal(err)
	}
	if k, err := kept.TillKey(t.Context(), store.HashKey(hers.Key)); err != nil || !k.Opens(loyalty.RightPersons) || k.Opens(loyalty.RightTill) {
		t.Errorf("a person's key is %+v, %v", k, err)
	}
	var list json.RawMessage
	if err := client.Do(t.Context(), http.MethodGet, "/keys", nil, &list); err != nil || strings.Contains(string(list), "rk_") || strings.Count(string(list), "revoked_at") != 1 {
		t.Errorf("%v %s", err, list)
	}
	if _, err := admin.MakeSecret(strings.NewReader("short")); err == nil {
		t.Error("a key was made of too little chance")
	}
}

// A store full of letters: what is understood by now leaves the inbox, what is not stays, and each is settled once.
func TestLetters(t *testing.T) {
	t.Parallel()
	db := open(t)
	kept := store.New(db, atNoon)
	publish(t, kept)
	event := `{"type":"checkout.completed.v1","metadata":{"id":"A1","occurred_at":"2026-11-20T15:30:00+01:00","source":"till"},"data":{"receipt":{"store":"0042","till":"04","number":"NUMBER"},"card":"CARD","total":{"amount":700,"currency":"EUR"}}}`
	write := func(id, vendor, topic, message string) {
		if err := kept.Park(t.Context(), loyalty.Parked{ID: id, Vendor: vendor, Topic: topic, Reason: "was not understood", At: noon, Message: []byte(message)}); err != nil {
			t.Fatal(err)
		}
	}
	write("AAAA1", "regulars", "checkout", strings.NewReplacer("NUMBER", "1", "CARD", "77000001").Replace(event))
	write("AAAA2", "regulars", "checkout", strings.NewReplacer("NUMBER", "2", "CARD", "12").Replace(event))
	write("BBBB1", "regulars", "send", "{}")
	write("CCCC1", "shopify", "orders/paid", "no message of ours")
	deps := admin.Offline(db, atNoon, "t")
	client := admin.Direct(admin.Handler(deps), "t")
	do := func(c *admin.Client, path string, body any) (admin.Letter, string) {
		var l admin.Letter
		err := c.Do(t.Context(), http.MethodPost, "/inbox/"+path, body, &l)
		return l, admin.Code(err)
	}
	if _, code := do(client, "AAAA/replay", nil); code != "letter_ambiguous" {
		t.Errorf("two letters: %s", code)
	}
	if l, code := do(client, "aaaa1/replay", nil); code != "" || l.State != "replayed" || len(l.Outcome.Published) != 1 {
		t.Errorf("one that can be done: %q %+v", code, l)
	}
	if _, code := do(client, "AAAA1/replay", nil); code != "letter_settled" {
		t.Errorf("again: %s", code)
	}
	if l, _ := do(client, "AAAA2/replay", nil); l.State != "open" || !strings.Contains(l.Outcome.Problem, "not one of ours") {
		t.Errorf("one that cannot: %+v", l)
	}
	if _, code := do(client, "BBBB1/replay", nil); code != "needs_server" {
		t.Errorf("one of a function, where none runs: %s", code)
	}
	if l, _ := do(client, "CCCC1/replay", nil); l.Outcome == nil || l.Outcome.Problem == "" || l.State != "open" {
		t.Errorf("one that is no delivery: %+v", l)
	}
	if l, code := do(client, "CCCC1/drop", map[string]string{"reason": "a test"}); code != "" || l.State != "dropped" || l.Note != "a test" {
		t.Errorf("dropped: %q %+v", code, l)
	}
	if _, code := do(client, "CCCC1/drop", map[string]string{"reason": "a test"}); code != "letter_settled" {
		t.Errorf("dropped twice: %s", code)
	}
	redone := ""
	deps.Redo = func(_ context.Context, function string, message []byte) error {
		redone = function + string(message)
		return nil
	}
	if l, code := do(admin.Direct(admin.Handler(deps), "t"), "BBBB1/replay", nil); code != "" || l.State != "replayed" || redone != "send{}" {
		t.Errorf("beside a server: %q %+v, redone %q", code, l, redone)
	}
	var open []admin.Letter
	if err := client.Do(t.Context(), http.MethodGet, "/inbox", nil, &open); err != nil || len(open) != 1 || open[0].ID != "AAAA2" {
		t.Errorf("left are %+v, %v", open, err)
	}
}

func publish(t *testing.T, kept *store.Store) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "cli", "testdata", "in", "programme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, document, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if err := kept.Publish(t.Context(), rules.From, document); err != nil {
		t.Fatal(err)
	}
}

// The address of a server is believed only where that server answers.
func TestFind(t *testing.T) {
	t.Parallel()
	db, dir := open(t), t.TempDir()
	server := httptest.NewServer(admin.Handler(admin.Offline(db, atNoon, "t")))
	defer server.Close()
	if _, _, ok := admin.Find(t.Context(), dir); ok {
		t.Error("found without a file")
	}
	me := admin.Server{URL: server.URL, Key: "t", PID: 7}
	if err := me.Write(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "server.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the token: %v, %v", info.Mode(), err)
	}
	if c, s, ok := admin.Find(t.Context(), dir); !ok || s.PID != 7 || !strings.Contains(c.Where, server.URL) {
		t.Errorf("found %+v, %v", s, ok)
	}
	admin.Server{URL: server.URL, Key: "another", PID: 8}.Remove(dir)
	if _, _, ok := admin.Find(t.Context(), dir); !ok {
		t.Error("another server took our address away")
	}
	if err := (admin.Server{URL: server.URL, Key: "stale", PID: 7}).Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := admin.Find(t.Context(), dir); ok {
		t.Error("found a server that does not know us")
	}
	me.Remove(dir) // not ours any more, so it stays
	admin.Server{URL: server.URL, Key: "stale", PID: 7}.Remove(dir)
	if _, err := os.Stat(filepath.Join(dir, "server.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was not taken away: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "server.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := admin.Find(t.Context(), dir); ok {
		t.Error("found by half a file")
	}
}

// A client within the process streams as one over a connection does, and ends when its context does.
func TestDirect(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	client := admin.Direct(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/local/lines":
			io.WriteString(w, "one\n")
			io.WriteString(w, "two\n")
		case "/local/silent":
		case "/local/odd":
			w.WriteHeader(http.StatusTeapot)
		case "/local/wait":
			<-r.Context().Done()
			close(gone)
		}
	}), "t")
	body, err := client.Stream(t.Context(), http.MethodGet, "/lines", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	if err != nil || string(text) != "one\ntwo\n" {
		t.Errorf("%q, %v", text, err)
	}
	if err := client.Do(t.Context(), http.MethodGet, "/silent", nil, nil); err != nil {
		t.Errorf("an empty answer: %v", err)
	}
	if err := client.Do(t.Context(), http.MethodGet, "/lines", nil, &struct{}{}); err == nil || !strings.Contains(err.Error(), "of one version") {
		t.Errorf("an answer that is no JSON: %v", err)
	}
	if err := client.Do(t.Context(), http.MethodGet, "/odd", nil, nil); err == nil || !strings.Contains(err.Error(), "is it a server of Regulars") {
		t.Errorf("an answer that is no problem document: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := client.Do(ctx, http.MethodGet, "/wait", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that gave up: %v", err)
	}
	<-gone
}
