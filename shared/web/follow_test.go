package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/web"
)

// follower knows one link.
type follower struct {
	visits []message.Visit
	opened int
	fault  error
}

func (f *follower) Follow(_ context.Context, token string, v message.Visit) (string, error) {
	if token != "good" {
		return "", message.ErrInvalid
	}
	f.visits = append(f.visits, v)
	return "https://shop.example/sale?a=b", f.fault
}

func (f *follower) Opened(context.Context, string) error { f.opened++; return f.fault }

func TestALinkLeadsOnAndNowhereElse(t *testing.T) {
	t.Parallel()
	f, missed := &follower{}, 0
	page := web.Follow(func() web.Host { return web.Host{Shop: "Shop & Co"} }, f, func(error) { missed++ })
	for _, row := range []struct {
		method, path string
		code         int
		location     string
	}{
		{http.MethodGet, "/c/good", 302, "https://shop.example/sale?a=b"}, {http.MethodHead, "/c/good", 302, "https://shop.example/sale?a=b"},
		{http.MethodGet, "/c/good?to=https://evil.example", 302, "https://shop.example/sale?a=b"},
		{http.MethodGet, "/c/https://evil.example", 200, ""}, {http.MethodGet, "/c/", 200, ""}, {http.MethodGet, "/c/good/x", 200, ""},
		{http.MethodGet, "/c/" + strings.Repeat("A", 8000), 200, ""},
		{http.MethodPost, "/c/good", 405, ""}, {http.MethodDelete, "/c/good", 405, ""},
	} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest(row.method, row.path, nil))
		h := w.Header()
		if w.Code != row.code || h.Get("Location") != row.location || h.Get("Set-Cookie") != "" || h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s %.60s: %d %v", row.method, row.path, w.Code, h)
		}
	}
	if len(f.visits) != 3 || f.visits[0].Peek || !f.visits[1].Peek || missed != 0 {
		t.Errorf("%+v", f.visits)
	}
	f.fault = errors.New("the store does not answer")
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/c/good", nil))
	if w.Code != 302 || missed != 1 || strings.Contains(w.Body.String(), "store") {
		t.Errorf("%d, missed %d", w.Code, missed)
	}
	w = httptest.NewRecorder()
	web.Pixel(f, func(error) { missed++ }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/o/x", nil))
	if w.Code != 200 || w.Header().Get("Content-Type") != "image/gif" || !strings.HasPrefix(w.Body.String(), "GIF89a") || f.opened != 1 || missed != 2 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
