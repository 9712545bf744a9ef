package edge_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
)

type basket struct {
	Card  string            `json:"card,omitempty"`
	Paid  *money            `json:"paid,omitempty"`
	Lines []line            `json:"lines"`
	At    time.Time         `json:"at"`
	Flags map[string]bool   `json:"flags,omitempty"`
	Raw   json.RawMessage   `json:"raw,omitempty"`
	Tags  map[string]string `json:"tags,omitempty"`
	inner int
}

type money struct {
	Minor int64 `json:"amount"`
}

type line struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

func TestReadJSONTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	body := `{"card": 7, "card": "x", "Lines": [], "paid": {"amount": 12.5, "a/b": 1},
		"lines": [{"id": "1", "quantity": "two"}, 5, {"id": null, "quantity": 99999999999999999999}], "at": "yesterday", "flags": {"a": 1}, "raw": {"any": [1]}}`
	var b basket
	p := edge.ReadJSON(httptest.NewRequest("POST", "/", strings.NewReader(body)), &b, 0)
	if p == nil || p.Status != 422 || p.Code != "invalid_fields" {
		t.Fatalf("got %+v", p)
	}
	var got []string
	for _, e := range p.Errors {
		got = append(got, e.Pointer+" "+e.Code)
	}
	want := []string{"/card wrong_type", "/card duplicate", "/Lines unknown_field", "/paid/amount wrong_type", "/paid/a~1b unknown_field",
		"/lines/0/quantity wrong_type", "/lines/1 wrong_type", "/lines/2/id wrong_type", "/lines/2/quantity wrong_type", "/at invalid", "/flags/a wrong_type"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestReadJSONTakesWhatIsRight(t *testing.T) {
	t.Parallel()
	var b basket
	body := `{"card":"7001","paid":null,"lines":[{"id":"1","quantity":2}],"at":"2026-11-21T10:00:00+01:00","flags":null,"raw":[{"x":1}]}`
	if p := edge.ReadJSON(httptest.NewRequest("POST", "/", strings.NewReader(body)), &b, 0); p != nil {
		t.Fatalf("%+v", p)
	}
	if b.Card != "7001" || b.Paid != nil || b.Lines[0].Quantity != 2 || string(b.Raw) != `[{"x":1}]` || b.inner != 0 {
		t.Errorf("got %+v", b)
	}
}

func TestReadJSONRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	for body, code := range map[string]string{
		``: "malformed_json", `{"card":"1"`: "malformed_json", `{"card":"1"} {}`: "malformed_json", `{"card":"1"}]`: "malformed_json", `{card:1}`: "malformed_json",
		`[]`: "invalid_fields", `null`: "invalid_fields", `"x"`: "invalid_fields",
		`{"raw":` + strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40) + `}`:                        "", // raw is its owner's to judge
		`{"lines":` + strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40) + `}`:                      "malformed_json",
		`{"card":"` + strings.Repeat("x", 2000) + `"}`:                                             "body_too_large",
		`{"lines":[{"id":"1","quantity":1}],"at":"2026-11-21T10:00:00Z","tags":{"a":"1","a":"2"}}`: "invalid_fields",
	} {
		var b basket
		p := edge.ReadJSON(httptest.NewRequest("POST", "/", strings.NewReader(body)), &b, 1000)
		if got := ""; p != nil && p.Code != code || p == nil && got != code {
			t.Errorf("%.60s: got %+v, want %q", body, p, code)
		}
	}
}

func TestLoadConfigNamesEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	type config struct {
		Table  string        `env:"CARDS_TABLE"`
		Bus    string        `env:"BUS_NAME"`
		Rounds int           `env:"ROUNDS" default:"5"`
		Lease  time.Duration `env:"LEASE" default:"90s"`
		Strict bool          `env:"STRICT" default:"false"`
		Stores []string      `env:"STORES" default:""`
		Other  string
	}
	env := map[string]string{"CARDS_TABLE": "cards", "BUS_NAME": "bus", "STORES": "a, b,", "STRICT": "true"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	var c config
	if err := edge.LoadConfig(&c, lookup); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(config{"cards", "bus", 5, 90 * time.Second, true, []string{"a", "b"}, ""}, c); d != "" {
		t.Error(d)
	}
	env = map[string]string{"ROUNDS": "many", "LEASE": "long", "BUS_NAME": ""}
	err := edge.LoadConfig(&c, lookup)
	want := "load configuration: CARDS_TABLE is not set; BUS_NAME is not set; ROUNDS is not a whole number; LEASE is not a duration such as 90s or 24h"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := edge.LoadConfig(c, lookup); err == nil {
		t.Error("a struct by value passed")
	}
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"lines":[{"id":"1","quantity":2}],"at":"2026-11-21T10:00:00Z"}`))
	f.Add([]byte(`{"card":null,"raw":1e9,"flags":{"":true}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var b basket
		if p := edge.DecodeJSON(body, &b); p == nil && !json.Valid(body) {
			t.Errorf("%q is no JSON and passed", body)
		}
	})
}
