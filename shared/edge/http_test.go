package edge_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
)

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type answer struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Cookies    []string          `json:"cookies"`
	Body       string            `json:"body"`
	Base64     bool              `json:"isBase64Encoded"`
}

func call(t *testing.T, h edge.Handler, payload []byte) answer {
	t.Helper()
	out, err := h(context.Background(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return a
}

func TestHTTPRequestIsWhatAServerWouldHaveMade(t *testing.T) {
	t.Parallel()
	var got map[string]any
	h := edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		lang, _ := r.Cookie("lang")
		got = map[string]any{
			"method": r.Method, "path": r.URL.Path, "tags": r.URL.Query()["tag"], "note": r.URL.Query().Get("note"), "lang": lang.Value,
			"accept": r.Header.Get("Accept"), "host": r.Host, "from": r.RemoteAddr, "body": string(body), "length": r.ContentLength,
			"correlation": edge.Correlation(r.Context()),
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Cookie")
		edge.WriteJSON(w, http.StatusCreated, map[string]int{"points": 12})
	}))
	a := call(t, h, sample(t, "http-api.json"))
	want := map[string]any{
		"method": "POST", "path": "/v1/quotes", "tags": []string{"a", "b"}, "note": "two words", "lang": "de",
		"accept": "application/json,text/plain", "host": "shop.example", "from": "192.0.2.7:0", "body": `{"card":"700100"}`,
		"length": int64(17), "correlation": "req-0001=",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	wantAnswer := answer{StatusCode: 201, Body: "{\"points\":12}\n", Cookies: []string{"a=1", "b=2"}, Headers: map[string]string{
		"Content-Type": "application/json", "Vary": "Accept, Cookie", "X-Content-Type-Options": "nosniff", "X-Correlation-Id": "req-0001="}}
	if d := cmp.Diff(wantAnswer, a); d != "" {
		t.Error(d)
	}
}

func TestBinaryGoesThroughBase64BothWays(t *testing.T) {
	t.Parallel()
	h := edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/webhooks/a/b" || r.URL.EscapedPath() != "/webhooks/a%2Fb" || r.RemoteAddr != "[2001:db8::1]:0" {
			t.Errorf("path %q escaped %q from %q", r.URL.Path, r.URL.EscapedPath(), r.RemoteAddr)
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	a := call(t, h, sample(t, "function-url.json"))
	if !a.Base64 || a.Body != "AP8Q" {
		t.Errorf("got %+v", a)
	}
}

func TestHTTPRefusals(t *testing.T) {
	t.Parallel()
	h := edge.HTTP(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") }))
	for name, c := range map[string]struct {
		old, new string
		status   int
		code     string
	}{
		"a panic":          {"", "", 500, "internal"},
		"a large body":     {`"body": "{\"card\":\"700100\"}"`, `"body": "` + strings.Repeat("x", edge.MaxBody+1) + `"`, 413, "body_too_large"},
		"no base64":        {`"isBase64Encoded": false`, `"isBase64Encoded": true`, 400, "malformed_body"},
		"a foreign method": {`"method": "POST"`, `"method": "PO ST"`, 400, "malformed_request"},
	} {
		a := call(t, h, []byte(strings.Replace(string(sample(t, "http-api.json")), c.old, c.new, 1)))
		var p edge.Problem
		if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
			t.Fatal(err)
		}
		if a.StatusCode != c.status || p.Code != c.code || p.Status != c.status || a.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("%s: got %d %+v", name, a.StatusCode, p)
		}
		if strings.Contains(a.Body, "a bug") {
			t.Errorf("%s: the caller sees inside: %s", name, a.Body)
		}
	}
	if _, err := h(context.Background(), []byte(`{"Records":[]}`)); err == nil {
		t.Error("a queue event passed as HTTP")
	}
}

func TestStageAndEmptyPath(t *testing.T) {
	t.Parallel()
	var path string
	h := edge.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { path = r.URL.Path }))
	for raw, want := range map[string]string{"/prod/v1/cards": "/v1/cards", "/prod": "/", "/production/x": "/production/x", "": "/", "/50%": "/50%"} {
		call(t, h, []byte(`{"rawPath":"`+raw+`","requestContext":{"stage":"prod","http":{"method":"GET"}}}`))
		if path != want {
			t.Errorf("%q became %q, want %q", raw, path, want)
		}
	}
}

// TestCapturedPayloads feeds every captured Lambda payload at hand to the edge it is meant for. The captures are not part of the
// repository; REGULARS_PAYLOADS names another place for them.
func TestCapturedPayloads(t *testing.T) {
	t.Parallel()
	root := os.Getenv("REGULARS_PAYLOADS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "payloads")
	}
	files, _ := filepath.Glob(filepath.Join(root, "aws-lambda", "*.json"))
	if len(files) == 0 {
		t.Logf("no captured payloads under %s: only our own samples were checked", root)
	}
	echo := edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	mux := edge.Mux{HTTP: echo,
		Batch:   edge.Batch(func(context.Context, edge.Message) error { return nil }),
		Changes: edge.Changes(func(context.Context, edge.Change) error { return nil })}
	refused := map[string]bool{"cloudwatch-alarm-sns-payload-multiple-metrics.json": true, "sns-event.json": true, "ses-lambda-event.json": true, "lambda-urls-response.json": true}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, err := mux.Handle(context.Background(), payload)
		if refused[filepath.Base(file)] != (err != nil) {
			t.Errorf("%s: %s, error %v", filepath.Base(file), out, err)
		}
	}
}

func FuzzHTTP(f *testing.F) {
	for _, name := range []string{"http-api.json", "function-url.json", "queue.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	h := edge.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.URL.Query()
		_, _ = io.Copy(w, r.Body)
	}))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if out, err := h(context.Background(), payload); err == nil && !json.Valid(out) {
			t.Errorf("%q", out)
		}
	})
}
