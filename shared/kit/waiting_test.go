package kit_test

import (
	"testing"
	"time"
)

// A return that overtakes its receipt waits for it where the receipt will lie; nothing is wrong with the books meanwhile.
func TestBooksHoldWhileAReturnWaits(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := open(t)
	w.Begin(calm)
	p := &play{World: w}
	card := p.enrol(ctx, "")
	if err := w.Publish(ctx, "checkout.refunded.v1", "", `{"metadata":{"id":"e-r1","occurred_at":"`+w.Now().Format(time.RFC3339)+`","source":"partner"},`+
		`"data":{"return":"r1","receipt":{"store":"0042","till":"03","number":"1"}}}`); err != nil {
		t.Fatal(err)
	}
	if err := w.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if err := w.Audit(ctx); err != nil || len(w.Broken()) > 0 {
		t.Fatalf("while it waits: %v, %v", err, w.Broken())
	}
	p.sell(ctx, card, "1", 2000, "")
	p.balance(ctx, card, 0, 0)
	if broken, err := w.End(ctx); err != nil || p.err != nil || len(broken) > 0 {
		t.Errorf("%v, %v, %v", broken, err, p.err)
	}
}
