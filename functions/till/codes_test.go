package till_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// C-5: a till that shows codes which are none is sent away for a minute; baskets without codes, and other tills, are not.
func TestGuessingCodesIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	quote := func(key string, codes ...string) int {
		list := ""
		if len(codes) > 0 {
			list = `, "codes": ["` + strings.Join(codes, `", "`) + `"]`
		}
		store := map[string]string{"0042": "0042", "0043": "0043"}[key]
		return w.ask("POST", "/v1/quotes", key, `{"store": "`+store+`", "till": "03", "lines": [{"quantity": 1, "amount": {"amount": 100, "currency": "EUR"}}]`+list+`}`).Code
	}
	for n := range 30 {
		if got := quote("0042", fmt.Sprintf("GUESS%d", n)); got != http.StatusOK {
			t.Fatalf("guess %d: %d", n, got)
		}
	}
	for _, row := range []struct {
		what, key string
		codes     []string
		want      int
	}{
		{"one more", "0042", []string{"GUESS31"}, http.StatusTooManyRequests}, {"a real one", "0042", []string{"WELCOME5"}, http.StatusTooManyRequests},
		{"no code", "0042", nil, http.StatusOK}, {"another till", "0043", []string{"GUESS31"}, http.StatusOK},
	} {
		if got := quote(row.key, row.codes...); got != row.want {
			t.Errorf("%s: %d, want %d", row.what, got, row.want)
		}
	}
	w.now = w.now.Add(61 * time.Second)
	if got := quote("0042", "WELCOME5"); got != http.StatusOK {
		t.Errorf("a minute later: %d", got)
	}
}
