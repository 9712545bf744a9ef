package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// However many items of other kinds lie between, and wherever a page ends, the parts hold each card once, with its own shopper.
func TestThePartsHoldEachCardOnce(t *testing.T) {
	t.Parallel()
	const cards = 900 // some pages
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := store.New(db, now)
	for n := range cards {
		id := fmt.Sprintf("%013d", n)
		if _, err := s.PutHead(t.Context(), card.Head{ID: id}, 0); err != nil {
			t.Fatal(err)
		}
		if n%5 == 0 { // no shopper is known
			continue
		}
		if _, err := s.PutProfile(t.Context(), card.Profile{ID: id, Given: id}, 0); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for part := range 3 {
		for after, more := "", true; more; more = after != "" {
			page, next, err := s.CardsOf(t.Context(), part, 3, after)
			if err != nil {
				t.Fatal(err)
			}
			for i, o := range page {
				want := o.Head.ID
				if o.Profile.Given == "" && o.Profile.ID == want {
					var n int
					if _, err := fmt.Sscanf(want, "%d", &n); err != nil || n%5 != 0 {
						t.Errorf("card %s, %d of %d in its page, has lost its shopper", want, i, len(page))
					}
				} else if o.Profile.Given != want {
					t.Errorf("card %s has the shopper %s", want, o.Profile.Given)
				}
				if seen[want] {
					t.Errorf("card %s comes twice", want)
				}
				seen[want] = true
			}
			after = next
		}
	}
	if len(seen) != cards {
		t.Errorf("%d of %d cards", len(seen), cards)
	}
}

func TestARunIsReadAsItWasPut(t *testing.T) {
	t.Parallel()
	s := inbox(t)
	run := loyalty.Run{Campaign: "winter", Occasion: "2026-12-24", At: now(), Parts: 2}
	if err := s.PutRun(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if err := s.PutRun(t.Context(), run); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("another scheduler: %v", err)
	}
	part, over, err := s.Part(t.Context(), "winter", "2026-12-24", 1)
	if err != nil || over != 0 || part.Number != 1 {
		t.Errorf("%+v %d %v", part, over, err)
	}
	part.After, part.Chosen, part.Counts = "here", []loyalty.Choice{{Card: "1"}, {Card: "2", Before: now()}}, loyalty.RunCounts{Cards: 9, Audience: 2, Ordered: 2}
	if over, err = s.PutPart(t.Context(), part, 0); err != nil || over != 1 {
		t.Fatal(over, err)
	}
	if _, err := s.PutPart(t.Context(), part, 0); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("another worker: %v", err)
	}
	got, _, err := s.Part(t.Context(), "winter", "2026-12-24", 1)
	if diff := cmp.Diff(part, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	run.Version = 1
	list, err := s.RunsOf(t.Context(), "winter")
	if diff := cmp.Diff([]loyalty.RunReport{{Run: run, Begun: []loyalty.RunPart{part}, Counts: part.Counts}}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
