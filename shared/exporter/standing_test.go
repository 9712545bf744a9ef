package exporter_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/exporter"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// What a card has counted towards a tier, and the tier that a person gave it, leave the shop with it; so does the first day of points that
// wait.
func TestStandingIsExported(t *testing.T) {
	t.Parallel()
	db, err := bolt.Open(t.TempDir()+"/regulars.db", atNoon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	march := card.Monthly.Of(day.Date(2026, 3, 1))
	head := card.Head{ID: "77000001", EnrolledOn: day.Date(2026, 3, 1), Tier: "gold", Given: card.GivenTier{Tier: "gold", Until: day.Date(2027, 12, 31)}}
	head.Standing = card.Standing{
		By: card.BySpend, Unit: card.Monthly, First: march, Counts: []int64{1_200, 0, 45}, Back: []card.Taken{{In: march + 2, Of: march, Count: 300}},
		Best: []card.Counted{{Unit: march - 6, Count: 9_000}},
	}
	head.Book = head.Book.PostTo(ledger.Entry{Cause: "0042/03/1", Kind: ledger.Earn, At: noon, Points: 5}, ledger.Lot{From: day.Date(2026, 12, 5)})
	s := store.New(db, atNoon)
	if _, err := s.PutHead(t.Context(), head, 0); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := exporter.Write(t.Context(), db, atNoon, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"standing":{"by":"spend","counts":{"2026-03":1200,"2026-05":45},"returned":[{"in":"2026-05","of":"2026-03","count":300}],"decided":{"2025-09":9000}}`,
		`"given_tier":{"tier":"gold","until":"2027-12-31"}`, `"lots":[{"points":5,"usable_on":"2026-12-05"}]`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nis not in\n%s", want, out.String())
		}
	}
}
