package till_test

import (
	"net/http"
	"strings"
	"testing"
)

// A key opens what it was made for: whoever looks after campaigns sells nothing, and no till sees what is a person's.
func TestAKeyOpensWhatItWasMadeFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := `{"store": "0042", "till": "03", "lines": [{"quantity": 1, "amount": {"amount": 1, "currency": "EUR"}}]}`
	for _, row := range []struct {
		method, path, body, key string
		status                  int
	}{
		{"POST", "/v1/quotes", body, "0042", http.StatusOK},
		{"POST", "/v1/quotes", body, "Mira", http.StatusForbidden},
		{"POST", "/v1/quotes", body, "Ida", http.StatusForbidden},
		{"GET", "/v1/campaigns", "", "Mira", http.StatusOK},
		{"GET", "/v1/campaigns", "", "all", http.StatusOK},
		{"GET", "/v1/campaigns", "", "0042", http.StatusForbidden},
		{"GET", "/v1/campaigns", "", "Ida", http.StatusForbidden},
		{"GET", "/v1/cards/" + w.card(1), "", "Mira", http.StatusForbidden},
	} {
		got := w.ask(row.method, row.path, row.key, row.body)
		if got.Code != row.status {
			t.Errorf("%s %s with the key of %s: %d %s", row.method, row.path, row.key, got.Code, got.Body)
		}
		if row.key != "0042" && got.Code == http.StatusForbidden && !strings.Contains(got.Body.String(), "right_missing") {
			t.Errorf("%s %s with the key of %s is told %s", row.method, row.path, row.key, got.Body)
		}
	}
}
