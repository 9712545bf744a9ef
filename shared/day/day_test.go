package day

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// zones with midnights that are skipped or shown twice, days that never were, and offsets of a half and a quarter hour.
var zones = []string{
	"UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Asia/Gaza", "Pacific/Apia", "Asia/Kathmandu",
	"Australia/Lord_Howe", "America/New_York", "Africa/Cairo", "America/Asuncion",
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2027-01-31": true, "2024-02-29": true, "2100-12-31": true, "1969-12-31": true,
		"": false, "2027-02-29": false, "2027-1-31": false, "31.01.2027": false, "2027-01-31T00:00:00Z": false, "2027-13-01": false,
	} {
		d, err := Parse(text)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && d.String() != text {
			t.Errorf("%q became %q", text, d)
		}
	}
	if Day(0).String() != "" {
		t.Error("no day is written as a day")
	}
}

func TestMonthsAreReckonedFromTheDayItself(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		from   string
		months int
		want   string
		end    string
	}{
		{"2027-01-31", 1, "2027-02-28", "2027-02-28"}, {"2028-01-31", 1, "2028-02-29", "2028-02-29"},
		{"2027-01-31", 2, "2027-03-31", "2027-03-31"}, {"2026-11-21", 12, "2027-11-21", "2027-11-30"},
		{"2024-02-29", 12, "2025-02-28", "2025-02-28"}, {"2027-03-31", -1, "2027-02-28", "2027-02-28"},
		{"2026-12-15", 1, "2027-01-15", "2027-01-31"}, {"2026-01-15", -13, "2024-12-15", "2024-12-31"}, {"2026-05-05", 0, "2026-05-05", "2026-05-31"},
	} {
		from, err := Parse(row.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := from.AddMonths(row.months); got.String() != row.want || got.EndOfMonth().String() != row.end {
			t.Errorf("%s and %d months is %s, its month ends %s; want %s and %s", row.from, row.months, got, got.EndOfMonth(), row.want, row.end)
		}
	}
}

// The start of a day is its first instant: a second earlier it is a day before. So points that expire at the end of a day can be spent
// to its last second, in whatever zone.
func TestStartIsTheFirstInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		d := Date(rapid.IntRange(1995, 2040).Draw(t, "year"), time.January, rapid.IntRange(1, 366).Draw(t, "day"))
		start := d.Start(z)
		if Of(start, z) < d || Of(start.Add(-time.Second), z) >= d {
			t.Fatalf("%s in %s begins at %s", d, z, start)
		}
	})
}

func TestStartWhereMidnightIsOdd(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ zone, day, want string }{
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"}, // there is no midnight
		{"America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00"},    // there are two
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},      // the day never was
		{"Europe/Berlin", "2026-03-29", "2026-03-29T00:00:00+01:00"},
	} {
		d, err := Parse(row.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Start(zone(t, row.zone)).Format(time.RFC3339); got != row.want {
			t.Errorf("%s in %s begins at %s, want %s", row.day, row.zone, got, row.want)
		}
	}
}

func TestDaysCountLikeTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-3_000_000_000, 6_000_000_000).Draw(t, "at"), 0)
		d := Of(at, time.UTC)
		y, m, dom := at.UTC().Date()
		if d != Date(y, m, dom) || d.Year() != y || d.Weekday() != at.UTC().Weekday() || (d+1).Weekday() != (d.Weekday()+1)%7 {
			t.Fatalf("%s is day %d", at.UTC(), d)
		}
	})
}

func TestYearlyReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12-24": "12-24", "02-29": "02-29", "1990-12-24": "12-24", "1992-02-29": "02-29",
		"": "-", "13-01": "-", "02-30": "-", "1-1": "-", "1990-02-30": "-", "24.12": "-", "199x-12-24": "-", "birth12-24": "-",
		"1991-02-29": "-", // a day that never was
		"1990/12-24": "-", "1990-12-2": "-",
	} {
		got, err := ParseYearly(text)
		if want == "-" {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%q is read as %s, %v", text, got, err)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
	}
	if (Yearly{}).String() != "" {
		t.Error("no day of the year is written as one")
	}
}

// Each day of the year is kept on exactly one day of every year, and KeptOn finds it there.
func TestEveryBirthdayIsKeptOnceAYear(t *testing.T) {
	t.Parallel()
	for n, year := range []int{2024, 2026, 2100, 2400, 2024, 2026, 2100, 2400} {
		custom := Leap(n / 4)
		kept := map[Yearly]int{}
		for d := Date(year, time.January, 1); d.Year() == year; d++ {
			for _, y := range KeptOn(d, custom) {
				kept[y]++
				if y.In(year, custom) != d {
					t.Errorf("%s is kept on %s, not on %s", y, y.In(year, custom), d)
				}
			}
		}
		if len(kept) != 366 {
			t.Errorf("in %d there are %d birthdays", year, len(kept))
		}
		for y, n := range kept {
			if n != 1 {
				t.Errorf("%s is kept %d times in %d", y, n, year)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"2027-01-31", "0000-01-01", "9999-12-31", "12-24", "1990-12-24", "02-29"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := Parse(text); err == nil && d != 0 && d.String() != text {
			t.Errorf("%q became %q", text, d)
		}
		if y, err := ParseYearly(text); err == nil {
			if again, err := ParseYearly(y.String()); err != nil || again != y {
				t.Errorf("%q became %q", text, y)
			}
		}
	})
}
