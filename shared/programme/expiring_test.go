package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

func TestWhatEndsSoonAndWhenToLookAgain(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 12, warn_days: 10}\n")
	d := func(text string) day.Day { return day.Of(at(t, text+"T12:00"), p.Zone("")) }
	var h card.Head
	for _, l := range []ledger.Lot{
		{Points: 40, ExpiresOn: d("2026-11-30")}, {Points: 5, ExpiresOn: d("2026-11-30"), Of: 1}, {Points: 7, ExpiresOn: d("2026-12-31"), From: d("2026-12-24")}, {Points: 9},
	} {
		h.Book = h.Book.PostTo(ledger.Entry{Points: l.Points}, l)
	}
	for _, row := range []struct{ at, told, soon, again string }{
		{"2026-11-19T23:59", "", "", "2026-11-20"},
		{"2026-11-20T00:00", "", "45 on 2026-11-30", "2026-12-21"},
		{"2026-11-21T00:00", "2026-11-30", "", "2026-12-21"},
		{"2026-12-21T00:00", "2026-11-30", "7 on 2026-12-31", ""},
		{"2026-12-22T00:00", "", "45 on 2026-11-30, 7 on 2026-12-31", ""}, // as they stand; Ending does not let points expire
	} {
		var told []day.Day
		if row.told != "" {
			told = append(told, d(row.told))
		}
		lots, again := p.Ending(h, told, at(t, row.at))
		var list []string
		for _, l := range lots {
			list = append(list, fmt.Sprintf("%d on %s", l.Points, l.ExpiresOn))
		}
		next := ""
		if again != 0 {
			next = again.String()
		}
		if got := strings.Join(list, ", "); got != row.soon || next != row.again {
			t.Errorf("at %s: %q, again %q; want %q, %q", row.at, got, next, row.soon, row.again)
		}
	}
}

// Whoever listens for points that end has points that do.
func TestWhoIsToldOfPointsThatEnd(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		document string
		warns    bool
	}{
		{"points: {months: 12}\n", true},
		{"points: {round_to: 03-31}\n", true},
		{"points: {months: 12}\npublish: [points.earned.v1]\n", false},
		{"points: {months: 12}\npublish: [points.expiring.v1]\n", true},
		{"", false},
	} {
		if got := rules(t, onePoint+row.document).Warns(); got != row.warns {
			t.Errorf("%q: %v", row.document, got)
		}
	}
	_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "publish: [tier.changed.v1, points.expiring.v1]\n"))
	if err != nil || len(faults) != 1 || faults[0].Pointer != "/publish/1" {
		t.Errorf("%v %v", faults, err)
	}
}
