package programme_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// spoken lists the moments at which a birthday campaign speaks to a shopper in a year, in UTC.
func spoken(t *testing.T, document, birthday, zone string, year int) string {
	t.Helper()
	p := rules(t, onePoint+document)
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	born, err := day.ParseYearly(birthday)
	if err != nil {
		t.Fatal(err)
	}
	var moments []string
	for _, k := range p.Kept(time.Date(year, 1, 1, 0, 0, 0, 0, loc), time.Date(year+1, 1, 1, 0, 0, 0, 0, loc)) {
		if at := k.At(loc); slices.Contains(k.Dates, born) && at.In(loc).Year() == year {
			moments = append(moments, at.UTC().Format("2006-01-02T15:04Z")+" "+k.Cause())
		}
	}
	return strings.Join(moments, ", ")
}

const onBirthday = `
templates: [{id: mail, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}]
campaigns: [{id: cake, on: anniversary, date: birthday, message: {template: mail, topic: offers}, `

func TestOnWhichDayABirthdayIsKept(t *testing.T) {
	t.Parallel()
	const march, week, nine = "dates: {leap_day: mar1}\n", "days_before: 7", `at: "09:00"`
	for _, row := range []struct {
		head, says, birthday, zone string
		year                       int
		want                       string
	}{
		// Who is born on 29 February: both customs.
		{"", nine, "02-29", "UTC", 2026, "2026-02-28T09:00Z cake~2026"}, {march, nine, "02-29", "UTC", 2026, "2026-03-01T09:00Z cake~2026"},
		{"", nine, "02-29", "UTC", 2028, "2028-02-29T09:00Z cake~2028"}, {march, nine, "02-29", "UTC", 2028, "2028-02-29T09:00Z cake~2028"},
		{"", nine, "02-29", "UTC", 2100, "2100-02-28T09:00Z cake~2100"}, {march, nine, "02-29", "UTC", 2100, "2100-03-01T09:00Z cake~2100"},
		{"", nine, "02-28", "UTC", 2026, "2026-02-28T09:00Z cake~2026"}, {march, nine, "03-01", "UTC", 2026, "2026-03-01T09:00Z cake~2026"},

		// A week ahead; the year is that of the day itself.
		{"", week, "02-29", "UTC", 2027, "2027-02-21T07:00Z cake~2027"}, {march, week, "02-29", "UTC", 2027, "2027-02-22T07:00Z cake~2027"},
		{"", week, "02-29", "UTC", 2028, "2028-02-22T07:00Z cake~2028"}, {march, week, "02-29", "UTC", 2028, "2028-02-22T07:00Z cake~2028"},
		{"", week, "01-02", "UTC", 2027, "2027-12-26T07:00Z cake~2028"},

		// Nine o'clock is everybody's own.
		{"", nine, "05-15", "Pacific/Kiritimati", 2027, "2027-05-14T19:00Z cake~2027"}, {"", nine, "05-15", "Pacific/Auckland", 2027, "2027-05-14T21:00Z cake~2027"},
		{"", nine, "05-15", "Asia/Kolkata", 2027, "2027-05-15T03:30Z cake~2027"}, {"", nine, "05-15", "Europe/Berlin", 2027, "2027-05-15T07:00Z cake~2027"},
		{"", nine, "05-15", "America/New_York", 2027, "2027-05-15T13:00Z cake~2027"}, {"", nine, "05-15", "America/Los_Angeles", 2027, "2027-05-15T16:00Z cake~2027"},
		{"", nine, "05-15", "Pacific/Pago_Pago", 2027, "2027-05-15T20:00Z cake~2027"},

		// Hours that the clocks skip, or show twice.
		{"", `at: "00:00"`, "09-08", "America/Santiago", 2024, "2024-09-08T04:00Z cake~2024"}, {"", `at: "00:00"`, "04-26", "Africa/Cairo", 2024, "2024-04-25T22:00Z cake~2024"},
		{"", `at: "00:00"`, "03-31", "Asia/Beirut", 2024, "2024-03-30T22:00Z cake~2024"}, {"", `at: "02:30"`, "03-14", "America/New_York", 2027, "2027-03-14T07:00Z cake~2027"},
		{"", `at: "01:30"`, "11-07", "America/New_York", 2027, "2027-11-07T05:30Z cake~2027"},
		{"", nine, "12-30", "Pacific/Apia", 2011, "2011-12-30T10:00Z cake~2011"}, // the day never was: the first moment of the next
	} {
		if got := spoken(t, row.head+onBirthday+row.says+"}]\n", row.birthday, row.zone, row.year); got != row.want {
			t.Errorf("%s%s, born %s, %s in %d: %s; want %s", row.head, row.says, row.birthday, row.zone, row.year, got, row.want)
		}
	}
}

// However runs are cut, each shopper's moment lies in exactly one of them.
func TestEveryMomentLiesInOneRun(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+onBirthday+`at: "09:00"}]`)
	for _, name := range []string{"Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Pacific/Pago_Pago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		heard := map[string]int{}
		for at := time.Date(2027, 12, 20, 0, 0, 0, 0, time.UTC); at.Year() < 2029; at = at.Add(7*time.Hour + 13*time.Minute) {
			until := at.Add(7*time.Hour + 13*time.Minute)
			for _, k := range p.Kept(at, until) {
				if moment := k.At(zone); moment.After(at) && !moment.After(until) {
					for _, d := range k.Dates {
						heard[d.String()+k.Cause()]++
					}
				}
			}
		}
		for d := day.Date(2028, 1, 1); d.Year() == 2028; d++ {
			if key := day.KeptOn(d, day.OnFebruary28)[0].String() + "cake~2028"; heard[key] != 1 {
				t.Errorf("%s: %s is kept %d times", name, key, heard[key])
			}
		}
	}
}

func TestWhatACampaignOfDatesMayNotSay(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]string{
		"days_before: 61": "/campaigns/0/days_before", "days_before: -1": "/campaigns/0/days_before", "late_days: 15": "/campaigns/0/late_days",
		"at: breakfast": "/campaigns/0/at", "at: \"25:00\"": "/campaigns/0/at", "at: \"07:00\"": "/dates/leap_day",
	} {
		if want == "/dates/leap_day" {
			says += "}]\ndates: {leap_day: feb29}\n#"
		}
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + onBirthday + says + "}]\n"))
		if err != nil || len(faults) != 1 || faults[0].Pointer != want {
			t.Errorf("%s: %v %v; want one at %s", says, faults, err, want)
		}
	}
}
