package tally_test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/regulars-dev/regulars/functions/tally"
	"github.com/regulars-dev/regulars/shared/edge"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
)

func open(t *testing.T) (*loyaltytest.Shop, edge.Handler) {
	s := loyaltytest.Open(t)
	return s, tally.New(s.Service, store.MessageChange, slog.New(slog.DiscardHandler))
}

func counted(t *testing.T, s *loyaltytest.Shop, campaign string) loyalty.Brought {
	t.Helper()
	counts, err := s.Store.Counted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := counts[loyalty.Group{Campaign: campaign}]; n != nil {
		return *n
	}
	return loyalty.Brought{}
}

func TestTheChangeAsAWSDeliversItIsCountedOnce(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, h := open(t)
	for range 2 {
		if got := s.Do(h, payload); got != "done" {
			t.Error(got)
		}
	}
	if n := counted(t, s, "big"); n.Sent != 1 || n.Delivered != 0 {
		t.Errorf("%+v", n)
	}
	end := []byte(`{"Records":[],"shardId":"shardId-1","state":{},"isFinalInvokeForWindow":true}`)
	if got := s.Do(h, end); got != "done" {
		t.Errorf("the end of a window: %s", got)
	}
}
