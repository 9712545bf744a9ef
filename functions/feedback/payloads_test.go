package feedback_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
)

// The folder of real reports is not ours to publish: REGULARS_PAYLOADS, or shared/payloads beside the repository. Without it the
// repository's own samples are all there is, and the test says so. Each file is told of our message, and of our shopper where it
// names the address.
func TestRealReportsComeToTheirEnd(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("REGULARS_PAYLOADS")
	if dir == "" {
		dir = "../../../shared/payloads"
	}
	files, err := filepath.Glob(filepath.Join(dir, "ses", "*.json"))
	more, err2 := filepath.Glob(filepath.Join(dir, "eventbridge", "*ses*.json"))
	if errors.Join(err, err2) != nil || len(files) == 0 {
		t.Log("no folder of real payloads here (set REGULARS_PAYLOADS to it); checked against the repository's own samples only")
		return
	}
	for _, file := range append(files, more...) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		want, ok := map[string][]string{ // as to which shopper: what is true then
			"notification-01-Bounce_notification_with_a_DSN": {"jane@example.com: bounced big; suppressed by bounce offers news", "mary@example.com: bounced big; offers news"},
			"notification-03-Complaint_notification_with_a_feedback_report": {
				"richard@example.com: complained big; suppressed by complaint news", "jane@example.com: complained big; offers news"},
			"sns-01-Bounce_record":            {"recipient@example.com: bounced big; suppressed by bounce offers news"},
			"sns-02-Complaint_record":         {"recipient@example.com: complained big; suppressed by complaint news"},
			"sns-03-Delivery_record":          {"recipient@example.com: delivered big; offers news"},
			"sns-04-Send_record":              {"recipient@example.com: sent big; offers news"},
			"sns-06-Open_record":              {"recipient@example.com: sent big; offers news"},
			"sns-07-Click_record":             {"recipient@example.com: sent big; offers news"},
			"sns-08-Rendering_Failure_record": {"recipient@example.com: refused big; offers news"},
			"sns-10-Subscription_record":      {"recipient@example.com: sent big;"},
			"own-ses-bounce-permanent":        {"gone@example.com: bounced big; suppressed by bounce offers news"},
		}[name]
		if !ok {
			t.Errorf("%s: nobody has said what it should come to", name)
		}
		for _, line := range want {
			address, want, _ := strings.Cut(line, ": ")
			if got := real(t, file, address); got != want {
				t.Errorf("%s, %s: %s; want %s", name, address, got, want)
			}
		}
	}
}

// real feeds one file, first as it is (it is not about our message), then as if it were about ours.
func real(t *testing.T, file, address string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var envelope map[string]any
	if err := json.Unmarshal(text, &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope["detail"] == nil {
		envelope = map[string]any{"source": "aws.ses", "detail-type": "Email Something", "time": "2026-11-21T09:30:00Z", "detail": envelope}
	}
	s, do, id, _ := open(t)
	_, _, err = s.UpdateProfile(t.Context(), s.Number(1), func(p card.Profile) (card.Profile, error) {
		p.Email = address
		for topic, c := range p.Consents {
			c.At = s.At("2010-01-01T00:00") // the files are older than our shopper
			p.Consents[topic] = c
		}
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		payload, err := json.Marshal(envelope)
		if err != nil {
			t.Fatal(err)
		}
		if got := do(payload); got != "null" || len(s.Inbox()) != 0 {
			t.Errorf("%s: %s, inbox %q", file, got, s.Inbox())
		}
		mail := envelope["detail"].(map[string]any)["mail"].(map[string]any)
		if tags, ok := mail["tags"].(map[string]any); ok {
			tags["message"] = []string{id}
		} else {
			mail["headers"] = []any{map[string]string{"name": "Message-ID", "value": "<" + id + "@shop.example>"}}
		}
	}
	return stand(t, s)
}
