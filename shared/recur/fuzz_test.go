package recur_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/recur"
)

// Whatever stands in a rule, its days come one after the other, none before its first.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "FREQ=MONTHLY;BYMONTHDAY=31,-1", "FREQ=DAILY;INTERVAL=1000;UNTIL=20271231", "FREQ=YEARLY", ";", "FREQ=DAILY;FREQ=DAILY"} {
		f.Add(seed, uint16(20_000))
	}
	f.Fuzz(func(t *testing.T, text string, start uint16) {
		r, err := recur.Parse(text, day.Day(start))
		if err != nil {
			return
		}
		last := day.Day(start) - 1
		for range 5 {
			next, found := r.Next(last)
			if !found {
				return
			}
			if next <= last {
				t.Fatalf("%q: %s comes after %s", text, next, last)
			}
			last = next
		}
	})
}
