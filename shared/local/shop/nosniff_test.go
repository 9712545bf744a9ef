package shop_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/sam"
	"github.com/regulars-dev/regulars/shared/local/shop"
)

// No browser takes an answer for what it does not say it is: of no route of the template, by no method, and of no page of this machine, also
// where an export writes its answer without a thought of browsers.
func TestEveryAnswerBindsBrowsersToItsType(t *testing.T) {
	t.Parallel()
	w := openIn(t, t.TempDir(), local.NewClock(morning))
	template, err := sam.Read(bytes.NewReader(regulars.Template))
	if err != nil {
		t.Fatal(err)
	}
	export := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = io.WriteString(w, "<script>")
	})
	front := w.shop.Handler(func() shop.Home { return shop.Home{} }, map[string]http.Handler{"/local/export": export})
	paths := []string{"/local/export", "/local/counts", "/local/clock", "/", "/mailbox", "/nothing/here"}
	for _, f := range template.Functions {
		for _, e := range f.Events {
			if e.HTTP != nil {
				paths = append(paths, regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(e.HTTP.Path, "x"))
			}
		}
	}
	if len(paths) < 15 {
		t.Fatalf("the template has only %v", paths)
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
			r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
			r.RemoteAddr, r.Host = "127.0.0.1:5000", "127.0.0.1:8080"
			answer := httptest.NewRecorder()
			front.ServeHTTP(answer, r)
			if !slices.Equal(answer.Header().Values("X-Content-Type-Options"), []string{"nosniff"}) {
				t.Errorf("%s %s: %d %v", method, path, answer.Code, answer.Header())
			}
		}
	}
}
