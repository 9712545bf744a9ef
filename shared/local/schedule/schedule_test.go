package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/local/schedule"
)

func TestSchedulesFireWhenTheyShould(t *testing.T) {
	t.Parallel()
	const berlin = "Europe/Berlin"
	for _, c := range []struct{ expression, zone, after, next string }{
		{"rate(1 minute)", "", "2026-11-21T10:00:30Z", "2026-11-21T10:01:30Z"},
		{"rate(12 hours)", berlin, "2026-11-21T10:00:00Z", "2026-11-21T22:00:00Z"},
		{"at(2026-12-24T07:00:00)", berlin, "2026-11-21T10:00:00Z", "2026-12-24T06:00:00Z"},
		{"at(2026-12-24T07:00:00)", berlin, "2026-12-24T06:00:00Z", "never"},
		{"cron(0 7 * * ? *)", berlin, "2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z"},
		{"cron(0 7 * * ? *)", berlin, "2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z"},
		{"cron(0 7 * * ? *)", berlin, "2026-07-01T12:00:00Z", "2026-07-02T05:00:00Z"},
		{"cron(0 7 * * ? *)", "Asia/Tokyo", "2026-07-01T12:00:00Z", "2026-07-01T22:00:00Z"},
		// 29 March 2026: 02:00 becomes 03:00, so 02:30 is skipped that day.
		{"cron(30 2 * * ? *)", berlin, "2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z"},
		{"cron(30 2 * * ? *)", berlin, "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"},
		// 25 October 2026: 03:00 becomes 02:00, so 02:30 comes twice and fires once.
		{"cron(30 2 * * ? *)", berlin, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"cron(30 2 * * ? *)", berlin, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"cron(0 3 * * ? *)", berlin, "2026-10-25T00:59:00Z", "2026-10-25T02:00:00Z"},
		{"cron(0/15 9-17 ? * MON-FRI *)", "", "2026-11-20T17:45:00Z", "2026-11-23T09:00:00Z"},
		{"cron(0/15 9-17 ? * MON-FRI *)", "", "2026-11-20T17:31:00Z", "2026-11-20T17:45:00Z"},
		{"cron(0 10 ? * 6#3 *)", "", "2026-11-01T00:00:00Z", "2026-11-20T10:00:00Z"},
		{"cron(0 10 ? * 6L *)", "", "2026-11-01T00:00:00Z", "2026-11-27T10:00:00Z"},
		{"cron(0 0 L * ? *)", "", "2028-02-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"cron(0 0 29 2 ? *)", "", "2026-11-21T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"cron(0 0 LW * ? *)", "", "2026-05-01T12:00:00Z", "2026-05-29T00:00:00Z"}, // the 31st is a Sunday
		{"cron(0 0 1W * ? *)", "", "2026-07-15T00:00:00Z", "2026-08-03T00:00:00Z"}, // the 1st is a Saturday
		{"cron(0 8 1,15 JAN,JUL ? 2027-2028)", "", "2026-11-21T00:00:00Z", "2027-01-01T08:00:00Z"},
		{"cron(0 8 1 1 ? 2020)", "", "2026-11-21T00:00:00Z", "never"},
		{"cron(0 0 30 2 ? *)", "", "2026-11-21T00:00:00Z", "never"},
		{"cron(0 0 ? 2 SAT#5 *)", "", "2026-11-21T00:00:00Z", "2048-02-29T00:00:00Z"},
		{"cron(59 23 31 12 ? 2199)", "", "2160-01-01T00:00:00Z", "2199-12-31T23:59:00Z"},
	} {
		s, err := schedule.Parse(c.expression, c.zone)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		got := "never"
		if next, ok := s.Next(after); ok {
			got = next.UTC().Format(time.RFC3339)
		}
		if got != c.next {
			t.Errorf("%s %s after %s: got %s, want %s", c.expression, c.zone, c.after, got, c.next)
		}
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "daily", "rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(2 weeks)", "at(2026-12-24)", "cron(0 7 * * *)",
		"cron(0 7 * * * *)", "cron(0 7 ? * ? *)", "cron(60 7 * * ? *)", "cron(0 24 * * ? *)", "cron(0 7 0 * ? *)", "cron(0 7 * 13 ? *)",
		"cron(0 7 ? * 8 *)", "cron(0 7 ? * FRI-MON *)", "cron(0 7 * * ? 1969)", "cron(*/0 7 * * ? *)", "cron(0 7 ? * 6#6 *)", "cron(0 7 * * ? *"} {
		if _, err := schedule.Parse(text, ""); err == nil || !strings.Contains(err.Error(), "read schedule") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := schedule.Parse("rate(1 minute)", "Europe/Atlantis"); err == nil {
		t.Error("an unknown zone passed")
	}
}

// TestTenYearsOfMornings adds up: one firing for each local day, whatever the clocks do.
func TestTenYearsOfMornings(t *testing.T) {
	t.Parallel()
	s, err := schedule.Parse("cron(0 7 * * ? *)", "Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, n := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0
	for {
		next, ok := s.Next(at)
		if !ok || next.Year() == 2036 {
			break
		}
		at = next
		n++
	}
	if n != 3652 {
		t.Errorf("%d firings in ten years, want 3652", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("cron(0/15 9-17 ? * MON-FRI *)")
	f.Add("cron(0 0 15W JAN ? 2026/2)")
	f.Add("rate(5 minutes)")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := schedule.Parse(text, "Europe/Berlin")
		if err != nil {
			return
		}
		from := time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC)
		if next, ok := s.Next(from); ok && !next.After(from) {
			t.Errorf("%s fires at %s, not after %s", text, next, from)
		}
	})
}
