package shop_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPagesAreForThisMachine(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, row := range []struct {
		from, host, origin, method, path string
		want                             int
	}{
		{"127.0.0.1:5000", "127.0.0.1:8080", "", "GET", "/mailbox", http.StatusOK},
		{"[::1]:5000", "localhost:8080", "http://localhost:8080", "GET", "/", http.StatusOK},
		{"192.0.2.7:5000", "127.0.0.1:8080", "", "GET", "/mailbox", http.StatusForbidden},
		{"127.0.0.1:5000", "shop.example", "", "GET", "/", http.StatusForbidden},
		{"127.0.0.1:5000", "127.0.0.1:8080", "https://evil.example", "POST", "/local/clock", http.StatusForbidden},
		{"192.0.2.7:5000", "shop.example", "", "GET", "/healthz", http.StatusOK},
	} {
		r := httptest.NewRequestWithContext(t.Context(), row.method, row.path, http.NoBody)
		r.RemoteAddr, r.Host = row.from, row.host
		if row.origin != "" {
			r.Header.Set("Origin", row.origin)
		}
		rec := httptest.NewRecorder()
		w.front.ServeHTTP(rec, r)
		if rec.Code != row.want {
			t.Errorf("%s %s from %s as %s: %d, want %d", row.method, row.path, row.from, row.host, rec.Code, row.want)
		}
	}
}
