package loyaltytest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
)

// editors publish at the same time.
const editors = 6

// RunPublishing checks that a version which was judged by older ones is stored only if nobody has published since. The store that open
// returns holds no programme.
func RunPublishing(t *testing.T, open func(*testing.T) store.Items) {
	ctx, first := t.Context(), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	s := store.New(open(t), func() time.Time { return first })
	publish := func(days int, text string, over *int64) error {
		return s.PublishOver(ctx, store.Publication{From: first.AddDate(0, 0, days), Document: []byte(text), Over: over})
	}
	seen := int64(0)
	if err := publish(0, "{}", &seen); err != nil {
		t.Fatal(err)
	}
	if err := publish(0, "{}", &seen); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := publish(1, "{}", &seen); !errors.Is(err, store.ErrOvertaken) {
		t.Errorf("by versions that are no longer all: %v", err)
	}
	if seen = edition(t, s); seen != 1 {
		t.Fatalf("the edition is %d after one publication", seen)
	}
	if err := publish(0, "{ }", &seen); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("another one for the same moment: %v", err)
	}
	got := make([]error, editors)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = publish(10+i, "{}", &seen) })
	}
	all.Wait()
	stored := slices.DeleteFunc(slices.Clone(got), func(err error) bool { return errors.Is(err, store.ErrOvertaken) })
	if now := edition(t, s); len(stored) != 1 || stored[0] != nil || now != seen+1 {
		t.Errorf("%d published at once, from edition %d to %d: %v", editors, seen, now, got)
	}
	if err := publish(30, "{}", nil); err != nil || edition(t, s) != seen+2 {
		t.Errorf("who asks nothing is counted, too: %v", err)
	}
	if list, err := s.Versions(ctx); err != nil || len(list) != 3 {
		t.Errorf("%d versions are stored: %v", len(list), err)
	}
}

func edition(t *testing.T, s *store.Store) int64 {
	t.Helper()
	n, err := s.Edition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}
