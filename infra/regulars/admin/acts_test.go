package admin_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

// onlyReads are doors that are asked with a body and change nothing.
var onlyReads = []string{
	"POST /local/simulate", "POST /local/why", "POST /local/journeys", "POST /local/journeys/list", "POST /local/templates/preview",
	"POST /local/verify", "POST /local/verify/replay", "POST /local/report/liability", "POST /local/export", "POST /local/segments/{id}/count",
	"POST /local/scores", "POST /local/lists/{id}/count",
}

// recorded reads the acts that are on record.
func recorded(t *testing.T, client *admin.Client) (list []admin.Act) {
	t.Helper()
	body, err := client.Stream(t.Context(), http.MethodGet, "/acts", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	for lines := bufio.NewScanner(body); lines.Scan(); {
		var line admin.ActLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Act == nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		list = append(list, *line.Act)
	}
	return list
}

// Every door of this machine by which a person changes something leaves a line, also where it is refused.
func TestEveryDoorThatChangesIsOnRecord(t *testing.T) {
	t.Parallel()
	client := admin.Direct(admin.Handler(admin.Offline(open(t), atNoon, "t")), "t")
	client.By = "mira"
	for _, d := range admin.Doors() {
		method, path, _ := strings.Cut(d.Pattern, " ")
		if d.Changes == "" {
			if method != http.MethodGet && !slices.Contains(onlyReads, d.Pattern) {
				t.Errorf("%s leaves no line on record; does it only read?", d.Pattern)
			}
			continue
		}
		path = strings.NewReplacer("/local", "", "{id}", "x1", "{verb}", "kill", "{batch}", "1", "{code}", "ABCDEF").Replace(path)
		_ = client.Do(t.Context(), method, path, []byte(`{}`), nil) // most are refused, for there is nothing yet
		if !slices.ContainsFunc(recorded(t, client), func(a admin.Act) bool { return a.What == d.Changes && a.State != "asked" && a.By == "mira" }) {
			t.Errorf("%s leaves no line of %s", d.Pattern, d.Changes)
		}
	}
}

// A line of a key says which, and never its secret; a programme's says which version came after which.
func TestLinesOfKeysAndProgrammes(t *testing.T) {
	t.Parallel()
	client := admin.Direct(admin.Handler(admin.Offline(open(t), atNoon, "t")), "t")
	var made admin.Key
	if err := client.Do(t.Context(), http.MethodPost, "/keys", admin.NewKey{Store: "0042", Name: "till 1"}, &made); err != nil {
		t.Fatal(err)
	}
	if err := client.Do(t.Context(), http.MethodPost, "/keys/"+made.ID+"/revoke", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := client.Do(t.Context(), http.MethodPost, "/suppressions", admin.SuppressAsk{Addresses: []string{"lena@shop.example"}, Reason: "request"}, nil); err != nil {
		t.Fatal(err)
	}
	list := recorded(t, client)
	raw, err := json.Marshal(list)
	if err != nil || strings.Contains(string(raw), made.Key) || strings.Contains(string(raw), "lena") || len(list) != 3 {
		t.Fatalf("%s %v", raw, err)
	}
	byWhat := map[string]admin.Act{}
	for _, a := range list {
		byWhat[a.What] = a
	}
	if a := byWhat["key.create"]; a.On != made.ID || a.Before != "none" || a.After != `key `+made.ID+` of store 0042, "till 1"` || a.By != "the command" {
		t.Errorf("%+v", a)
	}
	if a := byWhat["key.revoke"]; a.Before == a.After || !strings.Contains(a.After, "good until 2026-11-21 12:00") {
		t.Errorf("%+v", a)
	}
}

// forgetful is a record that takes no line of how an act ended.
type forgetful struct{ loyalty.Acts }

func (f forgetful) PutAct(ctx context.Context, a loyalty.Act) error {
	if a.State != loyalty.ActAsked {
		return errors.New("the disk is full")
	}
	return f.Acts.PutAct(ctx, a)
}

// A change whose end is not on record is made, and somebody is told of the gap.
func TestAnActWhoseEndIsLostIsToldOf(t *testing.T) {
	t.Parallel()
	deps := admin.Offline(open(t), atNoon, "t")
	deps.Service.Acts = forgetful{deps.Service.Acts}
	var told []error
	deps.Fault = func(_ context.Context, err error) { told = append(told, err) }
	client := admin.Direct(admin.Handler(deps), "t")
	var made admin.Key
	if err := client.Do(t.Context(), http.MethodPost, "/keys", admin.NewKey{Store: "0042", Name: "till 1"}, &made); err != nil || made.Key == "" {
		t.Fatal(err)
	}
	if list := recorded(t, client); len(told) != 1 || len(list) != 1 || list[0].State != "asked" {
		t.Errorf("%v %+v", told, list)
	}
}
