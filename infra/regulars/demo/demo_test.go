package demo_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// The demo is made from a seed: the same day gives the same shop.
func TestSeedIsTheSameForEverybody(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	seed := func() demo.Seeded {
		db, err := bolt.Open(filepath.Join(t.TempDir(), "demo.db"), func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		seeded, err := demo.Seed(t.Context(), db, now, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		underWay(t, db, now)
		return seeded
	}
	first := seed()
	if first.Cards != demo.Cards || first.Receipts < 1000 || first.Returns == 0 || first.FirstCard == "" {
		t.Errorf("the shop begins with %+v", first)
	}
	if again := seed(); again != first {
		t.Errorf("seeded again: %+v, first %+v", again, first)
	}
}

// underWay wants cards at each wait of the journey, so that there is something to look at.
func underWay(t *testing.T, items store.Items, now time.Time) {
	t.Helper()
	service, _ := store.NewService(items, func() time.Time { return now })
	under, err := service.UnderWay(t.Context(), "welcome")
	if err != nil {
		t.Fatal(err)
	}
	stand := map[string]int{}
	for _, at := range under.Steps {
		stand[at.Step] = int(at.Cards)
	}
	if stand["settle"] < 3 || stand["beans"] < 3 || len(stand) != 2 {
		t.Errorf("cards stand at %v, want some at settle and at beans", stand)
	}
}
