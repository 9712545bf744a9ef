package recur_test

import (
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/recur"
)

func on(t *testing.T, text string) day.Day {
	t.Helper()
	d, err := day.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOnWhichDaysARuleFalls(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ rule, start, want string }{
		{"FREQ=DAILY;COUNT=3", "2027-02-27", "2027-02-27 2027-02-28 2027-03-01"},
		{"RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20270120", "2027-01-01", "2027-01-01 2027-01-11"},
		{"FREQ=DAILY;BYDAY=SA,SU;COUNT=3", "2027-01-01", "2027-01-02 2027-01-03 2027-01-09"},
		{"FREQ=WEEKLY;COUNT=2", "2027-01-06", "2027-01-06 2027-01-13"},
		{"FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", "2027-01-06", "2027-01-07 2027-01-11 2027-01-14 2027-01-18"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=4", "2027-01-05", "2027-01-05 2027-01-10 2027-01-19 2027-01-24"},
		{"FREQ=MONTHLY;COUNT=3", "2027-01-31", "2027-01-31 2027-03-31 2027-05-31"}, // a month without the day has none
		{"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2027-01-01", "2027-01-31 2027-02-28 2027-03-31"},
		{"FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=3", "2027-01-02", "2027-01-15 2027-02-01 2027-02-15"},
		{"FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "2027-01-01", "2027-01-12 2027-02-09"},
		{"FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2027-01-01", "2027-01-29 2027-02-26"},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "2026-01-01", "2026-02-13 2026-03-13"},
		{"FREQ=YEARLY;COUNT=2", "2028-02-29", "2028-02-29 2032-02-29"},
	} {
		r, err := recur.Parse(row.rule, on(t, row.start))
		if err != nil {
			t.Errorf("%s: %v", row.rule, err)
			continue
		}
		var days []string
		for d, ok := r.Next(0); ok && len(days) < 10; d, ok = r.Next(d) {
			days = append(days, d.String())
		}
		if got := strings.Join(days, " "); got != row.want {
			t.Errorf("%s from %s: %s; want %s", row.rule, row.start, got, row.want)
		}
	}
}

func TestARuleThatMeansLessThanItSaysIsRefused(t *testing.T) {
	t.Parallel()
	for rule, says := range map[string]string{
		"":                                  "not known",
		"INTERVAL=2":                        "FREQ is missing",
		"FREQ=HOURLY":                       "FREQ",
		"FREQ=DAILY;BYHOUR=9":               "BYHOUR",
		"FREQ=DAILY;FREQ=WEEKLY":            "twice",
		"FREQ=DAILY;COUNT=0":                "COUNT",
		"FREQ=DAILY;COUNT=2;UNTIL=20270101": "both",
		"FREQ=DAILY;UNTIL=tomorrow":         "UNTIL",
		"FREQ=WEEKLY;BYDAY=XX":              "BYDAY",
		"FREQ=WEEKLY;BYDAY=2MO":             "MONTHLY",
		"FREQ=WEEKLY;BYMONTHDAY=1":          "WEEKLY",
		"FREQ=MONTHLY;BYMONTHDAY=0":         "BYMONTHDAY",
		"FREQ=MONTHLY;BYDAY=6MO":            "BYDAY",
		"FREQ=YEARLY;BYDAY=MO":              "YEARLY",
	} {
		if _, err := recur.Parse(rule, on(t, "2027-01-01")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want a word about %s", rule, err, says)
		}
	}
}

// A rule that never falls again says so within its years.
func TestARuleEnds(t *testing.T) {
	t.Parallel()
	r, err := recur.Parse("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", on(t, "2027-02-01"))
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := r.Next(on(t, "2027-02-01")); ok {
		t.Errorf("a 31 February on %s", d)
	}
}
