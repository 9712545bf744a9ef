package campaign_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"

	"github.com/regulars-dev/regulars/functions/campaign"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// ask sends the event as AWS delivers it, with another path, and tells status and code of the answer.
func ask(t *testing.T, s *loyaltytest.Shop, path string) (int, string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	if path != "" {
		event["rawPath"] = path
	}
	if raw, err = json.Marshal(event); err != nil {
		t.Fatal(err)
	}
	keys := loyalty.KeysFunc(func(context.Context, string) (loyalty.TillKey, error) {
		return loyalty.TillKey{Store: loyalty.AllStores, Name: "Mira", May: []loyalty.Right{loyalty.RightCampaigns}}, nil
	})
	nobody := func(context.Context, string, string) ([]string, error) { return nil, nil }
	out, err := campaign.New(s.Service, keys, nobody, slog.New(slog.DiscardHandler))(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		StatusCode int
		Body       string
	}
	var body struct{ State, Code string }
	if err = json.Unmarshal(out, &answer); err == nil {
		err = json.Unmarshal([]byte(answer.Body), &body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, body.State + body.Code
}

func TestTheEventAsAWSDeliversItPausesACampaign(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	for range 2 { // the second time it is so already
		if status, state := ask(t, s, ""); status != 200 || state != "paused" {
			t.Errorf("%d %s", status, state)
		}
	}
}

// What tills do has no door here: this function has no right to do it.
func TestNothingElseIsDoneHere(t *testing.T) {
	t.Parallel()
	s := loyaltytest.Open(t)
	for _, path := range []string{"/v1/checkouts", "/v1/campaigns", "/unsubscribe/x", "/v1/campaigns/big/results"} {
		if status, code := ask(t, s, path); status != 404 || code != "no_such_path" {
			t.Errorf("%s: %d %s", path, status, code)
		}
	}
}
