package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/functions/ingest"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/vendor"
)

const (
	secret    = "sample-secret"
	squareURL = "https://loyalty.teas.example/webhooks/square"
	miraCard  = "0400123456782"
)

var errDown = errors.New("connection lost")

// world stands in for everything outside. Its parts refuse what the real ones refuse. fail names the next call that fails, with "+"
// behind it for one that fails and yet has worked.
type world struct {
	t      *testing.T
	mu     sync.Mutex
	fail   string
	queue  [][]byte
	bus    []events.Event
	inbox  map[string]loyalty.Parked
	counts map[string]int64
	calls  int
	handle edge.Handler
	deps   ingest.Deps
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, inbox: map[string]loyalty.Parked{}, counts: map[string]int64{}}
	w.deps = ingest.Deps{
		Queue: w, Bus: w, Cards: w, Inbox: w,
		Now:   func() time.Time { return time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC) },
		Shops: map[string]vendor.ShopConfig{vendor.Shopify: {Topics: []string{"offers"}}},
	}
	w.handle = ingest.New(ingest.Config{ShopifySecrets: []string{"new-secret", secret}, SquareSecrets: []string{secret}, SquareURL: squareURL}, w.deps)
	return w
}

// outside runs one call, with the failure that is due.
func (w *world) outside(name string, do func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.fail == name {
		w.fail = ""
		return errDown
	}
	do()
	if w.fail == name+"+" {
		w.fail = ""
		return errDown
	}
	return nil
}

func (w *world) Send(_ context.Context, body []byte, _ time.Duration) error {
	if len(body) > 256<<10 {
		return errors.New("message too long")
	}
	return w.outside("queue", func() { w.queue = append(w.queue, body) })
}

func (w *world) Publish(_ context.Context, list []events.Event) error {
	for _, e := range list {
		if _, err := events.Encode(e); err != nil {
			return err
		}
	}
	return w.outside("bus", func() { w.bus = append(w.bus, list...) })
}

func (w *world) CardFor(_ context.Context, s vendor.Shopper) (string, error) {
	if err := w.outside("cards", func() {}); err != nil {
		return "", err
	}
	if s.ID == "9102030405060708090" || s.ID == "CMIRA77" {
		return miraCard, nil
	}
	return "", fmt.Errorf("%w: no such shopper", loyalty.ErrNotFound)
}

func (w *world) Park(_ context.Context, p loyalty.Parked) error {
	if p.ID == "" || p.Reason == "" || p.At.IsZero() || len(p.Message) == 0 {
		w.t.Errorf("parked without what a person needs: %+v", p)
	}
	return w.outside("inbox", func() { w.inbox[p.ID] = p })
}

func (w *world) ctx() context.Context {
	return edge.WithMeter(context.Background(), func(name string, n int64, dims ...string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.counts[strings.Join(append([]string{name}, dims...), " ")] += n
	})
}

// post sends a webhook as the gateway hands it over and returns the status.
func (w *world) post(path string, headers map[string]string, body []byte) int {
	w.t.Helper()
	lower := map[string]string{}
	for name, value := range headers {
		lower[strings.ToLower(name)] = value // as HTTP APIs do
	}
	payload, err := json.Marshal(map[string]any{
		"version": "2.0", "rawPath": path, "headers": lower, "body": body, "isBase64Encoded": true, // []byte is base64 in JSON
		"requestContext": map[string]any{"requestId": "walk-1=", "stage": "$default", "http": map[string]any{"method": "POST", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.status(payload)
}

func (w *world) status(payload []byte) int {
	w.t.Helper()
	out, err := w.handle(w.ctx(), payload)
	var answer struct {
		StatusCode int `json:"statusCode"`
	}
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.StatusCode
}

// sign is a good delivery of a sample of shared/vendor.
func (w *world) sign(name string) (path string, headers map[string]string, body []byte) {
	w.t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "shared", "vendor", "testdata", name+".json"))
	if err != nil {
		w.t.Fatal(err)
	}
	who, rest, _ := strings.Cut(name, ".")
	header, value := vendor.Sign(who, squareURL, body, secret)
	headers = map[string]string{header: value}
	if who == vendor.Shopify {
		topic, _, _ := strings.Cut(rest, ".")
		at := strings.LastIndexByte(topic, '_')
		if topic == "customers_data_request" {
			at = len("customers")
		}
		headers["X-Shopify-Topic"] = topic[:at] + "/" + topic[at+1:]
		headers["X-Shopify-Shop-Domain"] = "teas.myshopify.example"
	}
	return "/webhooks/" + who, headers, body
}

// drain gives the queue to the function until it is empty, five rounds at most, and returns how many messages failed on the way.
func (w *world) drain() (failed int) {
	w.t.Helper()
	for round := 0; len(w.queue) > 0; round++ {
		if round == 5 {
			w.t.Fatal("the queue does not drain")
		}
		type record map[string]any
		var records []record
		for i, body := range w.queue {
			records = append(records, record{"messageId": fmt.Sprint(i), "body": string(body), "eventSource": "aws:sqs"})
		}
		payload, err := json.Marshal(map[string]any{"Records": records})
		if err != nil {
			w.t.Fatal(err)
		}
		raw, err := w.handle(w.ctx(), payload)
		if err != nil {
			w.t.Fatal(err)
		}
		var out struct {
			Items []struct {
				ID string `json:"itemIdentifier"`
			} `json:"batchItemFailures"`
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			w.t.Fatal(err)
		}
		var left [][]byte
		for _, item := range out.Items {
			var i int
			fmt.Sscan(item.ID, &i)
			left = append(left, w.queue[i])
		}
		failed += len(left)
		w.queue = left
	}
	return failed
}

// told is the bus in short, each event once for its id: "checkout.completed.v1 0400123456782".
func (w *world) told() string {
	seen := map[string]string{}
	for _, e := range w.bus {
		raw, _ := json.Marshal(e.Data)
		var data struct{ Card string }
		_ = json.Unmarshal(raw, &data)
		seen[e.Metadata.ID] = strings.TrimSpace(e.Type + " " + data.Card)
	}
	return strings.Join(slices.Sorted(maps.Values(seen)), ", ")
}

func (w *world) reasons() string {
	var out []string
	for _, p := range w.inbox {
		out = append(out, p.Reason)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
