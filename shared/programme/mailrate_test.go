package programme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// mailing is a programme with rules for its mail, and the pointers of its faults.
func mailing(t *testing.T, mail string) (*programme.Programme, string) {
	t.Helper()
	rules, _, faults, err := yamldoc.Read(strings.NewReader(`
programme: test
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing", url: https://shop.example}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
mail: {` + mail + "}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, f := range faults {
		at = append(at, f.Pointer)
	}
	return rules, strings.Join(at, " ")
}

func TestRatesAreChecked(t *testing.T) {
	t.Parallel()
	for mail, want := range map[string]string{
		"rate: {per_second: 14, per_day: 50000}":                       "",
		"rate: {per_day: 50000, reserve: 0}":                           "",
		"rate: {per_second: -1}":                                       "/mail/rate/per_second",
		"rate: {per_day: -5}":                                          "/mail/rate/per_day",
		"rate: {per_day: 5, reserve: 5}":                               "/mail/rate/reserve",
		"rate: {warm_up: {from: 2027-01-05, days: [50, 100]}}":         "",
		"rate: {warm_up: {from: soon, days: [50]}}":                    "/mail/rate/warm_up/from",
		"rate: {warm_up: {from: 2027-01-05, days: []}}":                "/mail/rate/warm_up/days",
		"rate: {warm_up: {from: 2027-01-05, days: [50, 0]}}":           "/mail/rate/warm_up/days/1",
		"rate: {per_second: 14}, cap: {count: 5, days: 7}, caps: [{}]": "/mail/caps/0",
	} {
		if _, got := mailing(t, mail); got != want {
			t.Errorf("%s: faults at %q, want %q", mail, got, want)
		}
	}
}

func TestANewAddressIsWarmedUp(t *testing.T) {
	t.Parallel()
	rules, faults := mailing(t, "rate: {per_second: 14, per_day: 900, warm_up: {from: 2027-01-05, days: [50, 400, 2000]}}")
	if faults != "" {
		t.Fatal(faults)
	}
	for day, want := range map[string]message.Rate{
		"2027-01-04T12:00:00Z": {PerSecond: 14, PerDay: 50, Reserve: 1},
		"2027-01-05T12:00:00Z": {PerSecond: 14, PerDay: 50, Reserve: 1},
		"2027-01-05T23:30:00Z": {PerSecond: 14, PerDay: 400, Reserve: 4}, // it is the next day in the shop
		"2027-01-07T12:00:00Z": {PerSecond: 14, PerDay: 900, Reserve: 9},
		"2027-02-07T12:00:00Z": {PerSecond: 14, PerDay: 900, Reserve: 9},
	} {
		now, err := time.Parse(time.RFC3339, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.MailRate(now); got != want {
			t.Errorf("%s: %+v, want %+v", day, got, want)
		}
	}
}

// Z-5, Z-6: how long a sending takes is known before it begins.
func TestHowLongASendingTakes(t *testing.T) {
	t.Parallel()
	nine := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) // in the shop
	for _, row := range []struct {
		mail  string
		mails int64
		days  int
		took  time.Duration
	}{
		{"rate: {per_second: 14}", 20_000, 1, 1429 * time.Second},
		{"rate: {per_second: 50}", 20_000, 1, 400 * time.Second},
		{"rate: {per_second: 14, per_day: 2000, reserve: 0}", 5_000, 3, 39*time.Hour + 72*time.Second}, // 1,000 from midnight of the third day on
		{"rate: {per_day: 2000}", 1_000, 1, 0},
		{"cap: {count: 1, days: 1}", 1_000_000, 1, 0},
	} {
		rules, faults := mailing(t, row.mail)
		if faults != "" {
			t.Fatal(faults)
		}
		days, until, ok := rules.SendingTime(row.mails, nine)
		if !ok || days != row.days || until.Sub(nine) != row.took {
			t.Errorf("%s: %d mails take %d days, %s (%v); want %d, %s", row.mail, row.mails, days, until.Sub(nine), ok, row.days, row.took)
		}
	}
	rules, _ := mailing(t, "rate: {per_day: 1}")
	if _, _, ok := rules.SendingTime(1_000_000, nine); ok {
		t.Error("a million mails at one a day end within a year")
	}
}
