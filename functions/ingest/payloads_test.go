package ingest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/vendor"
)

// The folder of real payloads is not ours to publish: REGULARS_PAYLOADS, or shared/payloads beside the repository. Without it the
// repository's own samples are all there is, and the test says so.
func TestRealDeliveriesComeToTheirEnd(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("REGULARS_PAYLOADS")
	if dir == "" {
		dir = "../../../shared/payloads"
	}
	batch, err := os.ReadFile(filepath.Join(dir, "aws-lambda", "own-sqs-batch-eventbridge.json"))
	if err != nil {
		t.Log("no folder of real payloads here (set REGULARS_PAYLOADS to it); checked against the repository's own samples only")
		return
	}
	w := newWorld(t)
	if out, err := w.handle(w.ctx(), batch); err != nil || string(out) != `{"batchItemFailures":[]}` || len(w.inbox) != 2 {
		t.Errorf("a batch of others' messages: %s, %v, %d parked", out, err, len(w.inbox))
	}
	for _, row := range []struct{ file, topic, bus string }{
		{"shopify/own-orders_paid-eur.json", "orders/paid", "checkout.completed.v1"},
		{"shopify/refund-two-lines.json", "refunds/create", "checkout.refunded.v1"},
		{"shopify/checkout-open.json", "checkouts/create", "cart.updated.v1"},
		{"shopify/own-checkouts_update-completed.json", "checkouts/update", "cart.cleared.v1"},
		{"square/payment.updated.json", "", "checkout.completed.v1"},
		{"square/refund.updated.json", "", "checkout.refunded.v1"},
	} {
		w := newWorld(t)
		who := filepath.Dir(row.file)
		body, err := os.ReadFile(filepath.Join(dir, row.file))
		if err != nil {
			t.Fatal(err)
		}
		name, value := vendor.Sign(who, squareURL, body, secret)
		got := w.post("/webhooks/"+who, map[string]string{name: value, "X-Shopify-Topic": row.topic}, body)
		if w.drain() != 0 || got != http.StatusOK || w.told() != row.bus || len(w.inbox) != 0 {
			t.Errorf("%s: answered %d, bus %q, inbox %q", row.file, got, w.told(), w.reasons())
		}
	}
}
