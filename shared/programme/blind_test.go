package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// goods worth 25.00 without a receipt cost 25 points at most, by the rates that hold for everybody and everything, and never more
// than there are.
func TestR9BlindReturn(t *testing.T) {
	t.Parallel()
	const base, more = "earn:\n  - {id: base, points: 1, per: \"1.00\"}", `
  - {id: tea, points: 9, per: "1.00", lines: {categories: [tea]}}
  - {id: rich, points: 9, per: "1.00", when: {field: receipt.total, op: gte, value: "20.00"}}
  - {id: week, points: 9, per: "1.00", from: 2026-11-22, until: 2026-11-28}
  - {id: visit, points: 9, per: visit}
returns: {without_receipt: {at_most: "40.00"}}
`
	when := at(t, "2026-11-21T10:00")
	for _, row := range []struct {
		name, earn     string
		balance, value int64
		want           int64
	}{
		{"R-9", base + more, 100, 2_500, -25},
		{"what is below a point stays", base + more, 100, 2_599, -25},
		{"never below nothing", base + more, 7, 2_500, -7},
		{"nothing to take", base + more, 0, 2_500, 0},
		{"a debt does not grow", base + more, -5, 2_500, 0},
		{"no rate holds for all goods", "earn:" + more, 100, 2_500, 0},
	} {
		p := rules(t, row.earn)
		h := card.Head{ID: "7001"}
		if row.balance != 0 {
			h = p.ByHand(h, programme.Act{Cause: "adjust:1", Points: row.balance, Reason: "begins", By: "Mira"}, when)
		}
		h = p.ByHand(h, programme.Act{Cause: "blind:1", Blind: row.value, Reason: "no receipt", By: "Mira"}, when)
		if value, err := card.BlindOf(last(h)); last(h).Points != row.want || value != row.value || err != nil || h.Book.Sound(nil) != "" {
			t.Errorf("%s: %d points, %d %v", row.name, last(h).Points, value, err)
		}
	}
	if _, ok := rules(t, onePoint).BlindAtMost(); ok {
		t.Error("a programme that says nothing takes goods back without a receipt")
	}
}
