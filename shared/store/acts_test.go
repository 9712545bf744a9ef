package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Acts come back in the order in which they were asked, each once with its end, over months and within a span; a line that lies there is
// never changed.
func TestActsAreKeptAsTheyWere(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), func() time.Time { return noon }, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := store.New(db, func() time.Time { return noon })
	put := func(id string, days int, state loyalty.ActState, after string) {
		t.Helper()
		a := loyalty.Act{ID: id, At: noon.AddDate(0, 0, days), State: state, By: "Mira", What: "card.adjust", After: after}
		if state != loyalty.ActAsked {
			a.EndedAt = a.At.Add(time.Second)
		}
		if err := s.PutAct(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	put("b", 0, loyalty.ActAsked, "")
	put("b", 0, loyalty.ActDone, "5")
	put("b", 0, loyalty.ActDone, "6") // changes nothing
	put("a", 0, loyalty.ActAsked, "")
	put("c", 3, loyalty.ActAsked, "")
	put("c", 3, loyalty.ActRefused, "")
	put("d", 40, loyalty.ActAsked, "")
	listed := func(from, to int) string {
		t.Helper()
		var list []string
		err := s.EachAct(t.Context(), noon.AddDate(0, 0, from), noon.AddDate(0, 0, to), func(a loyalty.Act) error {
			list = append(list, fmt.Sprintf("%s %s %s", a.ID, a.State, a.After))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, ", ")
	}
	for _, row := range []struct {
		from, to int
		want     string
	}{
		{-400, 400, "a asked , b done 5, c refused , d asked "}, {1, 40, "c refused "}, {0, 1, "a asked , b done 5"}, {50, 60, ""}, {1, 1, ""},
	} {
		if got := listed(row.from, row.to); got != row.want {
			t.Errorf("from day %d to %d: %q, want %q", row.from, row.to, got, row.want)
		}
	}
}
