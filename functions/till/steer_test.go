package till_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/regulars-dev/regulars/shared/store"
)

// What is asked for badly changes nothing, and says which field is at fault.
func TestWhatIsWrongWithSteering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, row := range []struct {
		key, path, body string
		status          int
		says            string
	}{
		{"Mira", "big/pause", `{"why": 3}`, 422, `"/why"`},
		{"Mira", "big/pause", `{}`, 422, `"/why"`},
		{"Mira", "big/pause", `{"why": "two\nlines"}`, 422, `"/why"`},
		{"Mira", "big/pause", `{"why": "x", "by": "Jon"}`, 422, `"/by"`},
		{"Mira", "big/pause", `{"why": "x", "id": "a b", "version": -1}`, 422, `"/version"`},
		{"Mira", "big/start", `{"audience": -5}`, 422, `"/audience"`},
		{"Mira", "big/start", `[]`, 422, `invalid_fields`},
		{"Mira", "big/start", `{`, 400, `malformed_json`},
		{"Mira", "weekly/start", ``, 422, `"/audience"`},
		{"Mira", "big/sell", ``, 404, `no_such_path`},
		{"Mira", "none/start", ``, 404, `campaign_unknown`},
		{"Mira", "*/start", ``, 422, `verb`},
		{"Mira", "big/resume", ``, 409, `"state"`},
		{"all", "big/start", ``, 403, `right_missing`},
		{"Ida", "big/start", ``, 403, `right_missing`},
		{"wrong", "big/start", ``, 401, `key_unknown`},
		{"none", "big/start", ``, 401, `key_missing`},
	} {
		got := w.ask("POST", "/v1/campaigns/"+row.path, row.key, row.body)
		if got.Code != row.status || !strings.Contains(got.Body.String(), row.says) {
			t.Errorf("row %d: %s %s: %d %s", i, row.path, row.body, got.Code, got.Body)
		}
	}
	if list, err := w.store.Controls(t.Context(), time.Second); err != nil || len(list) != 0 {
		t.Errorf("something was steered: %v, %v", list, err)
	}
}

// Whoever has published a campaign as it is does not approve it.
func TestWhoHasPublishedACampaignDoesNotApproveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	again := store.Publication{From: w.rules.From.AddDate(1, 0, 0), Document: w.document, By: "Mira"}
	if err := w.store.PublishOver(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if got := w.ask("POST", "/v1/campaigns/weekly/approve", "Mira", ""); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(), "own_campaign") {
		t.Errorf("its author: %d %s", got.Code, got.Body)
	}
	if got := w.ask("POST", "/v1/campaigns/weekly/approve", "Jon", ""); got.Code != http.StatusOK {
		t.Errorf("another: %d %s", got.Code, got.Body)
	}
}

// If-Match keeps from steering what one has not seen.
func TestACampaignIsSteeredAsItWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, row := range []struct {
		match, body string
		status      int
	}{
		{`"new"`, `{"audience": 10}`, 422},
		{`"1"`, `{"audience": 10}`, 409},
		{`"0"`, `{"audience": 10, "version": 1}`, 422},
		{`"0"`, `{"audience": 10}`, 200},
		{`"0"`, `{"audience": 10}`, 409},
		{`W/"1"`, `{"audience": 11}`, 200},
		{`*`, `{"audience": 10, "version": 2}`, 200},
		{`*`, `{"audience": 10}`, 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/campaigns/weekly/start", strings.NewReader(row.body))
		r.Header.Set("Authorization", "Bearer "+secrets["Jon"])
		r.Header.Set("If-Match", row.match)
		got := httptest.NewRecorder()
		if w.handler.ServeHTTP(got, r); got.Code != row.status {
			t.Errorf("row %d: If-Match %s: %d %s", i, row.match, got.Code, got.Body)
		}
	}
}

// A name that no store has a place for is one that nobody knows, and asking again would not help.
func TestNamesThatNothingCanHaveAreUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{strings.Repeat("a", 3_000), "%00", "%FF", "%0A", "a%2Fb"} {
		for _, row := range []struct{ method, path, key, code string }{
			{"GET", "/v1/campaigns/" + name, "all", "campaign_unknown"},
			{"GET", "/v1/campaigns/" + name + "/results", "all", "campaign_unknown"},
			{"POST", "/v1/campaigns/" + name + "/kill", "Mira", "campaign_unknown"},
			{"POST", "/v1/campaigns/" + name + "/approve", "Mira", "campaign_unknown"},
			{"PUT", "/v1/lists/" + name + "/cards/" + w.card(1), "all", "list_unknown"},
			{"DELETE", "/v1/lists/" + name + "/cards/" + w.card(1), "all", "list_unknown"},
		} {
			if got := w.ask(row.method, row.path, row.key, `{"why": "x"}`); got.Code != http.StatusNotFound || !strings.Contains(got.Body.String(), row.code) {
				t.Errorf("%s %.60s: %d %.200s", row.method, row.path, got.Code, got.Body)
			}
		}
	}
}

// The entry of a receipt says over HTTP which campaigns would have spoken with it and were not allowed to.
func TestAnEntrySaysWhatWasWithheld(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t), readSpec(t)
	if got := w.ask("POST", "/v1/campaigns/big/kill", "Mira", `{"why": "A wrong price"}`); got.Code != http.StatusOK {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	body := `{"receipt": {"store": "0042", "till": "03", "number": "1"}, "occurred_at": "2026-11-21T09:00:00Z", "card": "` + w.card(1) + `",
		"lines": [{"id": "1", "quantity": 1, "amount": {"amount": 6000, "currency": "EUR"}}], "total": {"amount": 6000, "currency": "EUR"}}`
	if got := w.ask("POST", "/v1/checkouts", "0042", body); got.Code != http.StatusCreated {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	for path, name := range map[string]string{"/v1/cards/" + w.card(1): "Card", "/v1/cards/" + w.card(1) + "/entries": "Entries"} {
		got := w.ask("GET", path, "0042", "")
		if !strings.Contains(got.Body.String(), `"campaigns_withheld":[{"campaign":"big","state":"killed"}]`) {
			t.Errorf("%s: %s", path, got.Body)
		}
		value, err := jsonschema.UnmarshalJSON(got.Body)
		if err == nil {
			err = s.judge(value, "components", "schemas", name)
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	got := w.ask("GET", "/v1/receipts/0042/03/1/explanation", "0042", "")
	value, err := jsonschema.UnmarshalJSON(got.Body)
	if err == nil {
		err = s.judge(value, "components", "schemas", "Explanation")
	}
	if err != nil {
		t.Error(err)
	}
}
