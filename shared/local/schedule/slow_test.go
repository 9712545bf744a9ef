package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// slowly is next without a thought: minute by minute, the first that fits and that no clock on the wall has shown before on that day.
func slowly(c *cron, after, until time.Time) (time.Time, bool) {
	for at := after.Truncate(time.Minute).Add(time.Minute); at.Before(until); at = at.Add(time.Minute) {
		local := at.In(c.location)
		day := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC)
		fits := c.minutes.has(local.Minute()) && c.hours.has(local.Hour()) && c.months.has(int(local.Month())) &&
			c.year.has(local.Year()-firstYear) && c.dayOfMonth(day) && c.dayOfWeek(day)
		if fits && !shownBefore(local) {
			return at, true
		}
	}
	return time.Time{}, false
}

// shownBefore reports that a clock on the wall showed the same earlier on that day.
func shownBefore(local time.Time) bool {
	for back := time.Minute; back <= 3*time.Hour; back += time.Minute {
		earlier := local.Add(-back)
		if earlier.Hour() == local.Hour() && earlier.Minute() == local.Minute() && earlier.Day() == local.Day() {
			return true
		}
	}
	return false
}

// zones set their clocks by an hour, by half an hour, at midnight, by a whole day, or never.
var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Atlantic/Azores", "America/Havana",
	"Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"}

// unusual are moments around which clocks are set, somewhere in zones.
var unusual = []string{"2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z", "2026-11-01T06:00:00Z", "2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z",
	"2017-10-15T03:00:00Z", "2018-02-18T02:00:00Z", "2026-11-01T05:00:00Z", "2026-03-08T05:00:00Z", "2011-12-30T10:00:00Z", "2026-02-15T02:00:00Z"}

// The next moment is the one that a walk minute by minute comes to first, wherever and whenever clocks are set.
func TestNextIsWhatAWalkByMinutesFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		field := func(name string, forms ...string) string { return rapid.SampledFrom(forms).Draw(t, name) }
		days := field("days", "* * ?", "? * *", "? * SUN", "? * SAT,SUN", "L * ?", "29-31 * ?", "15W * ?", "? * 1L", "? * 1#1", "* MAR,OCT ?")
		body := fmt.Sprintf("%s %s %s *", field("minutes", "*", "0", "30", "59", "0/7", "15,45"), field("hours", "*", "0", "1", "2", "3", "23", "0,2", "22-23", "0/5"), days)
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		c, err := parseCron(body, location)
		if err != nil {
			t.Fatal(err)
		}
		near, err := time.Parse(time.RFC3339, rapid.SampledFrom(unusual).Draw(t, "near"))
		if err != nil {
			t.Fatal(err)
		}
		after := near.Add(time.Duration(rapid.Int64Range(-40*3600, 30*3600).Draw(t, "seconds")) * time.Second)
		until := after.Add(4 * 24 * time.Hour)
		want, found := slowly(c, after, until)
		got, ok := c.next(after)
		if ok = ok && got.Before(until); ok != found || ok && !got.Equal(want) {
			t.Errorf("cron(%s) %s after %s: %s, %t; a walk says %s, %t", body, zone, after.In(location), got, ok, want, found)
		}
	})
}

// A line for every minute and one for one minute cost about the same to ask.
func BenchmarkNext(b *testing.B) {
	for _, line := range []string{"* * * * ? *", "0 15 ? * SAT *", "0 7 * * ? *"} {
		b.Run(strings.ReplaceAll(line, " ", "_"), func(b *testing.B) {
			location, err := time.LoadLocation("Europe/Berlin")
			if err != nil {
				b.Fatal(err)
			}
			c, err := parseCron(line, location)
			if err != nil {
				b.Fatal(err)
			}
			after := time.Date(2026, 11, 21, 9, 0, 30, 0, time.UTC)
			for b.Loop() {
				c.next(after)
			}
		})
	}
}
