package importer

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// B-11: more than three times the mean day on the first of January is a default, not a birthday; a handful says nothing.
func TestB11BirthdaysOnNewYearAreDoubted(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		newYear, others, unknown int
		doubtful                 bool
	}{
		{0, 0, 100, false},
		{9, 100, 0, false},
		{10, 1206, 0, true},  // 10 x 365 = 3,650 against 3 x 1,216 = 3,648
		{10, 1207, 0, false}, // 3,651
		{10, 1206, 5000, true},
		{40, 0, 0, true},
	} {
		var people []person
		for n, of := range []struct {
			count int
			on    day.Yearly
		}{{row.newYear, day.Yearly{Month: 1, Day: 1}}, {row.others, day.Yearly{Month: 1, Day: 2}}, {row.unknown, day.Yearly{}}} {
			for range of.count {
				people = append(people, person{line: n, profile: card.Profile{Birthday: of.on}})
			}
		}
		var r ShopperReport
		r.countBirthdays(people)
		if r.NewYearDoubtful != row.doubtful || r.NewYear != int64(row.newYear) || r.Birthdays != int64(row.newYear+row.others) {
			t.Errorf("%+v: %+v", row, r)
		}
	}
}
