package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func TestARequestTravelsThroughTheLambdaShapeAndBack(t *testing.T) {
	t.Parallel()
	b := open(t, "", start, only(edge.Mux{HTTP: edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.URL.EscapedPath(), " ", r.URL.Query()["q"], " ", r.Host, " ", r.Header.Get("X-Key"), " ", len(r.Cookies())))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(append(body, 0xff))
	}))}))
	h := b.Handler(map[string]http.Handler{"GET /local/clock": b.ClockHandler(), "POST /local/clock": b.ClockHandler()})
	r := httptest.NewRequest("PUT", "http://127.0.0.1:8080/v1/carts/a%2Fb?q=1&q=2", strings.NewReader("x\xfe"))
	r.Header.Set("X-Key", "k")
	r.Header.Set("Cookie", "one=1; two=2")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusTeapot || w.Body.String() != "x\xfe\xff" || len(w.Header()["Set-Cookie"]) != 2 {
		t.Errorf("got %d %q %v", w.Code, w.Body, w.Header())
	}
	if d := cmp.Diff("PUT /v1/carts/a%2Fb [1 2] 127.0.0.1:8080 k 2", w.Header().Get("X-Seen")); d != "" {
		t.Error(d)
	}
	for path, want := range map[string]int{"/v1": 404, "/v1/": 404, "/v2/x": 404, "/webhooks/shopify": 404, "/webhooks/a/b": 404, "/local/clock": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("GET %s: %d, want %d", path, w.Code, want)
		}
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/webhooks/shopify", strings.NewReader("{}")))
	if w.Code != http.StatusTeapot {
		t.Errorf("the webhook: %d", w.Code)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/local/clock", strings.NewReader(`{"advance":"36h"}`)))
	if want := `{"now":"2026-11-23T00:00:00Z","speed":0}` + "\n"; w.Body.String() != want {
		t.Errorf("got %s", w.Body)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/local/clock", strings.NewReader(`{"set":"2026-11-21T00:00:00Z"}`)))
	if w.Code != http.StatusConflict {
		t.Errorf("the clock went back: %d", w.Code)
	}
	for _, speed := range []string{"-1", "100001", "99999999999"} {
		w = httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/local/clock", strings.NewReader(`{"speed":`+speed+`}`)))
		if w.Code != http.StatusUnprocessableEntity || b.clock.Speed() != 0 {
			t.Errorf("speed %s: %d, and the clock runs at %d", speed, w.Code, b.clock.Speed())
		}
	}
}

func TestAFunctionThatBreaksAnswers500(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]edge.Handler{
		"an error":     func(context.Context, []byte) ([]byte, error) { return nil, errNotNow },
		"a panic":      func(context.Context, []byte) ([]byte, error) { panic("secret") },
		"no answer":    nothing,
		"a bad answer": func(context.Context, []byte) ([]byte, error) { return []byte(`{"statusCode":9}`), nil },
	} {
		b := open(t, "", start, handler)
		w := httptest.NewRecorder()
		b.Handler(nil).ServeHTTP(w, httptest.NewRequest("GET", "/v1/x", nil))
		if w.Code != 500 || !strings.Contains(w.Body.String(), `"code":"internal"`) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestServeEndsGracefully(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	b := open(t, "", start, only(edge.Mux{HTTP: edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel() // the end is asked for while this request is in hand
		_, _ = w.Write([]byte("done"))
	}))}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx, l, b.Handler(nil)) }()
	answer, err := http.Get("http://" + l.Addr().String() + "/v1/x")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err := <-ended; err != nil || string(body) != "done" {
		t.Errorf("%q, %v", body, err)
	}
}

// TestOurTemplateIsWired opens the template that is deployed, with functions that only say what woke them.
func TestOurTemplateIsWired(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	template, err := sam.Read(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewClock(start)
	dir := t.TempDir()
	items, err := bolt.Open(dir+"/items.db", clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer items.Close()
	woken := map[string]int{}
	builders := map[string]local.Builder{}
	for _, f := range template.Functions {
		builders[f.LogicalID] = func(local.FunctionEnv) (edge.Handler, error) {
			return func(context.Context, []byte) ([]byte, error) {
				woken[f.Name]++
				return json.Marshal(map[string]any{"statusCode": 200})
			}, nil
		}
	}
	run, err := local.Open(local.Options{Template: strings.NewReader(string(text)), Dir: dir, Store: items, Clock: clock, Functions: builders, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	detail := `{"metadata":{"id":"1","source":"till"},"data":{}}`
	for _, kind := range []string{"checkout.completed.v1", "cart.updated.v1"} {
		if err := run.Publish(context.Background(), "Bus", local.Entry{Source: "regulars", DetailType: kind, Detail: []byte(detail)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"GET /healthz", "POST /webhooks/shopify", "POST /v1/checkouts"} {
		method, path, _ := strings.Cut(path, " ")
		run.Handler(nil).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
	}
	if err := run.JumpTo(context.Background(), start.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"till": 2, "ingest": 1, "checkout": 1, "cart": 2, "anniversary": 24 * 4, "broadcast": 1, "send": 1, "tally": 1, "journey": 1}
	if d := cmp.Diff(want, woken); d != "" {
		t.Error(d)
	}
}

func TestOpenNamesEveryFault(t *testing.T) {
	t.Parallel()
	broken := strings.NewReplacer("rate(1 minute)", "rate(1 minutes)", `{prefix: "points."}`, `{prefx: "points."}`, `["INSERT","MODIFY"]`, `["INSERT"`).Replace(small)
	_, err := local.Open(local.Options{Template: strings.NewReader(broken), Dir: t.TempDir(), Clock: local.NewClock(start), NoSync: true,
		Functions: map[string]local.Builder{"WorkFunction": func(local.FunctionEnv) (edge.Handler, error) { return nothing, nil }}})
	for _, part := range []string{"rate(1 minutes)", `"prefx" is no comparison`, "filter at line"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	_, err = local.Open(local.Options{Template: strings.NewReader(small), Dir: t.TempDir(), Clock: local.NewClock(start), NoSync: true})
	if err == nil || !strings.Contains(err.Error(), "has no code here") {
		t.Errorf("got %v", err)
	}
}
