package loyaltytest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/store"
)

// Where the payloads of tests come from.
const (
	account = "000000000000"
	region  = "eu-central-1"
)

// Batch is an SQS event with these bodies, as Lambda delivers it. Messages are called m-1, m-2, ...
func Batch(bodies ...[]byte) []byte {
	type record struct {
		ID         string            `json:"messageId"`
		Handle     string            `json:"receiptHandle"`
		Body       string            `json:"body"`
		Attributes map[string]string `json:"attributes"`
		More       struct{}          `json:"messageAttributes"`
		Source     string            `json:"eventSource"`
		ARN        string            `json:"eventSourceARN"`
		Region     string            `json:"awsRegion"`
	}
	var records []record
	for i, body := range bodies {
		n := strconv.Itoa(i + 1)
		records = append(records, record{
			ID: "m-" + n, Handle: "r-" + n, Body: string(body), Source: "aws:sqs", Region: region,
			ARN:        "arn:aws:sqs:" + region + ":" + account + ":queue",
			Attributes: map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": "1795251600000"},
		})
	}
	return marshal(map[string]any{"Records": records})
}

// Body is an event as a bus rule puts it on a queue.
func (s *Shop) Body(at time.Time, id string, data events.Body) []byte {
	s.t.Helper()
	body, err := events.Envelope(events.New(events.Metadata{ID: id, OccurredAt: at.UTC(), Source: "till", CorrelationID: "walk-" + id}, data), account, region)
	if err != nil {
		s.t.Fatal(err)
	}
	return body
}

// Tick is what a schedule delivers for a moment.
func Tick(at time.Time) []byte {
	return marshal(map[string]any{
		"version": "0", "id": "tick-1", "detail-type": "Scheduled Event", "source": "aws.scheduler", "account": account, "region": region,
		"time": at.UTC().Format(time.RFC3339), "resources": []string{"arn:aws:scheduler:" + region + ":" + account + ":schedule/default/tick"}, "detail": "{}",
	})
}

// Stream is a stream event with what was put into the cards table since the last call, and how many changes it holds.
func (s *Shop) Stream() ([]byte, int) {
	s.t.Helper()
	changes, err := s.db.Changes(s.t.Context(), store.Cards, s.told, store.MaxPage)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(changes) > 0 {
		s.told = changes[len(changes)-1].Seq
	}
	return s.StreamOf(store.Cards, changes), len(changes)
}

// StreamOf is a stream event with changes of a table, from a source that has a window.
func (s *Shop) StreamOf(table store.Table, changes []store.Change) []byte {
	s.t.Helper()
	records := []any{}
	for _, c := range changes {
		body := map[string]any{
			"ApproximateCreationDateTime": s.now.Unix(), "SequenceNumber": strconv.FormatUint(c.Seq, 10), "StreamViewType": "NEW_AND_OLD_IMAGES",
			"Keys": store.Image{store.NamePartition: c.New.Key.Partition, store.NameSort: c.New.Key.Sort}, "NewImage": store.ImageOf(*c.New),
		}
		name := edge.Insert
		if c.Old != nil {
			name, body["OldImage"] = edge.Modify, store.ImageOf(*c.Old)
		}
		records = append(records, map[string]any{
			"eventID": fmt.Sprintf("e-%d", c.Seq), "eventName": name, "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": region,
			"eventSourceARN": "arn:aws:dynamodb:" + region + ":" + account + ":table/" + string(table) + "/stream/2026-11-21T00:00:00.000", "dynamodb": body,
		})
	}
	return marshal(map[string]any{"Records": records, "shardId": "shardId-1", "state": map[string]string{}})
}

// Do invokes a function and returns its answer, or "error: ..." where the invocation fails.
func (s *Shop) Do(h edge.Handler, payload []byte) string {
	out, err := h(s.Counts.Context(s.t.Context()), payload)
	if err != nil {
		return "error: " + err.Error()
	}
	return strings.ReplaceAll(strings.Replace(string(out), `,"state":{}`, "", 1), `{"batchItemFailures":[]}`, "done")
}

// marshal writes what is made of texts, numbers and images alone, which always have JSON.
func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
