package edge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/edge"
)

func TestBatchReportsOnlyWhatFailed(t *testing.T) {
	t.Parallel()
	var seen []string
	h := edge.Batch(func(ctx context.Context, m edge.Message) error {
		seen = append(seen, m.ID+"/"+edge.Correlation(ctx))
		switch string(m.Body) {
		case "panic":
			if m.ReceiveCount != 3 {
				t.Errorf("receive count %d", m.ReceiveCount)
			}
			panic("one bad message")
		case "bad":
			return errors.New("not now")
		}
		return nil
	})
	out, err := h(context.Background(), sample(t, "queue.json"))
	if err != nil || string(out) != `{"batchItemFailures":[{"itemIdentifier":"m-2"},{"itemIdentifier":"m-3"}]}` {
		t.Errorf("%s %v", out, err)
	}
	if d := cmp.Diff([]string{"m-1/walk-7", "m-2/m-2", "m-3/m-3", "m-4/m-4"}, seen); d != "" {
		t.Error(d)
	}
}

func TestBatchOutOfTimeTriesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	h := edge.Batch(func(context.Context, edge.Message) error { n++; cancel(); return nil })
	out, _ := h(ctx, sample(t, "queue.json"))
	if n != 1 || string(out) != `{"batchItemFailures":[{"itemIdentifier":"m-2"},{"itemIdentifier":"m-3"},{"itemIdentifier":"m-4"}]}` {
		t.Errorf("%d tried, %s", n, out)
	}
}

func TestChangesStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	var got []edge.Change
	h := edge.Changes(func(_ context.Context, c edge.Change) error {
		got = append(got, c)
		if c.Name == edge.Remove {
			return errors.New("not now")
		}
		return nil
	})
	out, err := h(context.Background(), sample(t, "stream.json"))
	if err != nil || string(out) != `{"batchItemFailures":[{"itemIdentifier":"101"}]}` {
		t.Errorf("%s %v", out, err)
	}
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	want := []edge.Change{
		{ID: "e-1", Name: edge.Modify, Table: "regulars-cards", Sequence: "100", At: at,
			Keys: map[string]any{"pk": "C#7001", "sk": "HEAD"},
			Old:  map[string]any{"pk": "C#7001", "sk": "HEAD", "v": int64(1)},
			New: map[string]any{"pk": "C#7001", "sk": "HEAD", "v": int64(2), "b": []byte{0, 1, 2},
				"big": json.Number("12345678901234567890123456789012345678"), "l": json.RawMessage(`[{"S": "x"}]`)}},
		{ID: "e-2", Name: edge.Remove, Table: "regulars-cards", Sequence: "101", At: at.Add(time.Second), Expired: true,
			Keys: map[string]any{"pk": "CART#1", "sk": "CART"}, Old: map[string]any{"pk": "CART#1", "sk": "CART"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestEventReadsScheduleAndCorrelation(t *testing.T) {
	t.Parallel()
	var got edge.Envelope
	var id string
	h := edge.Event(func(ctx context.Context, e edge.Envelope) error { got, id = e, edge.Correlation(ctx); return nil })
	if out, err := h(context.Background(), sample(t, "schedule.json")); err != nil || string(out) != "null" {
		t.Errorf("%s %v", out, err)
	}
	if string(got.Detail) != "{}" || !got.Time.Equal(time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC)) || id != "s-1" {
		t.Errorf("got %+v, correlation %s", got, id)
	}
	ours := `{"id":"1","source":"regulars","detail-type":"points.earned.v1","detail":{"metadata":{"correlation_id":"walk-9"},"data":{}}}`
	if _, err := h(context.Background(), []byte(ours)); err != nil || id != "walk-9" {
		t.Errorf("correlation %s, %v", id, err)
	}
	if _, err := h(context.Background(), []byte(`{"hello":1}`)); err == nil {
		t.Error("a payload without source passed")
	}
}

func TestMuxGoesByShape(t *testing.T) {
	t.Parallel()
	name := func(s string) edge.Handler {
		return func(context.Context, []byte) ([]byte, error) { return []byte(s), nil }
	}
	m := edge.Mux{HTTP: name("http"), Batch: name("batch"), Changes: name("changes"), Event: name("event")}
	for file, want := range map[string]string{"http-api.json": "http", "function-url.json": "http", "queue.json": "batch", "stream.json": "changes", "schedule.json": "event"} {
		if out, err := m.Handle(context.Background(), sample(t, file)); err != nil || string(out) != want {
			t.Errorf("%s went to %s, %v", file, out, err)
		}
		if _, err := (edge.Mux{}).Handle(context.Background(), sample(t, file)); err == nil {
			t.Errorf("%s passed where there is no trigger", file)
		}
	}
}

func TestLogKeepsCardsAndPersonsOut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := edge.NewLogger(&out, slog.LevelInfo)
	ctx := edge.WithCorrelation(context.Background(), "walk-1")
	log.WithGroup("g").InfoContext(ctx, "swiped 4111111111111111", "error", errors.New("bad 4111111111111111"), "n", 4111111111111111,
		"Email", "a@example.com", "profile", map[string]any{"first_name": "A", "note": "x 4111111111111111"}, slog.Group("address", "zip", "1"))
	log.Debug("not this")
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "time")
	want := map[string]any{"level": "INFO", "msg": "swiped [payment card]", "g": map[string]any{
		"error": "bad [payment card]", "n": "[payment card]", "Email": "[left out]", "address": map[string]any{"zip": "[left out]"},
		"profile": map[string]any{"note": "x [payment card]", "first_name": "[left out]"}, "correlation_id": "walk-1"}}
	if d := cmp.Diff(want, line); d != "" {
		t.Error(d)
	}
}

func TestCountWritesOneMetricLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	edge.Count(context.Background(), "nobody_listens", 1)
	ctx := edge.WithMeter(context.Background(), edge.EMF(&out, "ingest-dev", func() time.Time { return time.UnixMilli(7) }))
	edge.Count(ctx, "webhooks_refused", 2, "vendor", "shopify")
	want := `{"FunctionName":"ingest-dev","_aws":{"CloudWatchMetrics":[{"Dimensions":[["FunctionName"],["FunctionName","vendor"]],"Metrics":[{"Name":"webhooks_refused","Unit":"Count"}],"Namespace":"Regulars"}],"Timestamp":7},"vendor":"shopify","webhooks_refused":2}` + "\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

func FuzzTriggers(f *testing.F) {
	f.Add([]byte(`{"Records":[{"eventSource":"aws:sqs","messageId":"1"}]}`))
	f.Add([]byte(`{"Records":[{"eventSource":"aws:dynamodb","dynamodb":{"NewImage":{"a":{"N":"1"}}}}]}`))
	f.Add([]byte(`{"detail-type":"x","source":"y","detail":"{}"}`))
	m := edge.Mux{Batch: edge.Batch(func(context.Context, edge.Message) error { return nil }),
		Changes: edge.Changes(func(context.Context, edge.Change) error { return nil }),
		Event:   edge.Event(func(context.Context, edge.Envelope) error { return nil })}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if out, err := m.Handle(context.Background(), payload); err == nil && !json.Valid(out) {
			t.Errorf("%q", out)
		}
	})
}
