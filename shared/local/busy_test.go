package local_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// busyTemplate is a function behind the HTTP API, one with a bound of its own, and a probe.
const busyTemplate = `
Resources:
  WideFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Page: {Type: HttpApi, Properties: {Method: POST, Path: "/wide"}}
        Health: {Type: HttpApi, Properties: {Method: GET, Path: "/healthz"}}
  NarrowFunction:
    Type: AWS::Serverless::Function
    Properties:
      ReservedConcurrentExecutions: 3
      Events:
        Page: {Type: HttpApi, Properties: {Method: POST, Path: "/narrow"}}
`

// TestWhoeverFindsTheHouseFullIsSentAwayAtOnce holds requests in hand until no more are let in: the next one is refused while they still
// wait, the probe is answered, and all who were let in are served.
func TestWhoeverFindsTheHouseFullIsSentAwayAtOnce(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}, 1000), make(chan struct{})
	handler := edge.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			entered <- struct{}{}
			<-leave
		}
	}))
	dir, clock := t.TempDir(), local.NewClock(start)
	items, err := bolt.Open(filepath.Join(dir, "items.db"), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	build := func(local.FunctionEnv) (edge.Handler, error) { return handler, nil }
	run, err := local.Open(local.Options{Template: strings.NewReader(busyTemplate), Dir: dir, Store: items, Clock: clock, NoSync: true,
		Functions: map[string]local.Builder{"WideFunction": build, "NarrowFunction": build}})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	h := run.Handler(nil)
	ask := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader("{}")))
		return w
	}
	var inside sync.WaitGroup
	for path, most := range map[string]int{"/narrow": 3, "/wide": 64} {
		for range most {
			inside.Go(func() {
				if w := ask("POST", path); w.Code != http.StatusOK {
					t.Errorf("who was let in at %s got %d %s", path, w.Code, w.Body)
				}
			})
			<-entered
		}
		w := ask("POST", path)
		var said edge.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || said.Code != "too_busy" {
			t.Errorf("beyond %d at %s: %d, Retry-After %q, %s", most, path, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
	if w := ask("GET", "/healthz"); w.Code != http.StatusOK {
		t.Errorf("the probe of a full house gets %d", w.Code)
	}
	close(leave)
	inside.Wait()
	if w := ask("POST", "/wide"); w.Code != http.StatusOK {
		t.Errorf("with room again: %d", w.Code)
	}
	if counts := run.Counts(); counts["throttles{function=wide}"] != 1 || counts["throttles{function=narrow}"] != 1 {
		t.Errorf("counted: %v", counts)
	}
}
