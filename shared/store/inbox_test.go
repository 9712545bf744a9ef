package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func now() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

func inbox(t *testing.T) *store.Store {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), now, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return store.New(db, now)
}

func parked(n int) loyalty.Parked {
	return loyalty.Parked{
		ID: fmt.Sprintf("ID%d", n), Vendor: "shopify", Topic: "orders/paid", Shop: "teas", Reason: "no card", Message: []byte("{}"),
		At: time.Date(2026, 11, 21, 9, 0, n, 0, time.UTC),
	}
}

func TestALetterStaysAsAPersonLeftIt(t *testing.T) {
	t.Parallel()
	s := inbox(t)
	want := store.Letter{Parked: parked(1), State: store.LetterOpen, Version: 1}
	for range 2 { // a redelivery
		if err := s.Park(t.Context(), parked(1)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Letter(t.Context(), "2026-11-21T09:00:01Z/ID1")
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Fatalf("%s %v", d, err)
		}
	}
	if err := s.SettleLetter(t.Context(), want, store.LetterDropped, "it was a test"); err != nil {
		t.Fatal(err)
	}
	if err := s.SettleLetter(t.Context(), want, store.LetterReplayed, ""); !errors.Is(err, loyalty.ErrConflict) {
		t.Errorf("a letter was settled twice: %v", err)
	}
	if err := s.Park(t.Context(), parked(1)); err != nil {
		t.Fatal(err)
	}
	want.State, want.Note, want.Version = store.LetterDropped, "it was a test", 2
	if got, err := s.Letter(t.Context(), want.Name()); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Letter(t.Context(), "2026-11-21T09:00:01Z/ID2"); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("a letter that nobody wrote: %v", err)
	}
}

func TestTheInboxShowsTheNewestFirst(t *testing.T) {
	t.Parallel()
	s := inbox(t)
	for n := range 5 {
		p := parked(n)
		p.Message = make([]byte, 390_000) // letters may be large, so that a page of the store ends early; and need not be text
		p.Message[n] = 0xff
		if err := s.Park(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		before int // second; 0 for now
		limit  int
		want   string
	}{{0, 10, "ID4 ID3 ID2 ID1 ID0 "}, {0, 2, "ID4 ID3 "}, {3, 10, "ID2 ID1 ID0 "}, {3, 3, "ID2 ID1 ID0 "}} {
		before := time.Time{}
		if row.before > 0 {
			before = parked(row.before).At
		}
		letters, err := s.Letters(t.Context(), before, row.limit)
		got := ""
		for _, l := range letters {
			got += l.ID + " "
			if len(l.Message) != 390_000 {
				t.Errorf("%s comes with %d bytes", l.Name(), len(l.Message))
			}
		}
		if err != nil || got != row.want {
			t.Errorf("%d before second %d: %q, %v; want %q", row.limit, row.before, got, err, row.want)
		}
	}
}
