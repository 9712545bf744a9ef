package till_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/local"
)

// A right that is missing is not told as "try again": it is a 500, logged with words for the operator, and the caller learns nothing of it.
func TestAMissingRightIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keys.fault = fmt.Errorf("look up: %w", &local.Denied{Function: "TillFunction", Action: "dynamodb:GetItem", On: "ProgrammeTable"})
	got := w.ask("GET", "/v1/messages?card="+w.card(1), "0042", "")
	if got.Code != http.StatusInternalServerError || got.Header().Get("Retry-After") != "" || strings.Contains(got.Body.String(), "dynamodb") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if log := w.log.String(); !strings.Contains(log, "hold its policy against template.yaml") || !strings.Contains(log, "dynamodb:GetItem") {
		t.Errorf("the log: %s", log)
	}
}

// Consent is given where a store can be named, or by a key of all stores; taking it back is open to every store.
func TestAStoreGivesNoConsentWithoutAPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.ask("POST", "/v1/cards", "0042", `{"number": "`+w.card(1)+`", "email": "lena@shop.example"}`); got.Code != http.StatusCreated {
		t.Fatal(got.Body)
	}
	for key, status := range map[string]int{"0042": http.StatusForbidden, "all": http.StatusOK} {
		for _, allowed := range []bool{true, false} {
			body := fmt.Sprintf(`{"type": "shopper.updated.v1", "metadata": {"id": "e-%s-%t", "occurred_at": "2026-11-21T08:00:00Z", "source": "form"},
				"data": {"card": %q, "consent": {"offers": %t}}}`, key, allowed, w.card(1), allowed)
			want := status
			if !allowed {
				want = http.StatusOK
			}
			if got := w.ask("POST", "/v1/events", key, body); got.Code != want {
				t.Errorf("%s, allowed %t: %d %s", key, allowed, got.Code, got.Body)
			}
		}
	}
}
