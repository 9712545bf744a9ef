package programme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const onSchedule = onePoint + `
templates: [{id: mail, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}]
campaigns: [{id: weekly, on: schedule, message: {template: mail, topic: offers}, schedule: `

// planned lists what begins in a span of days, and when it speaks to a shopper of a zone.
func planned(t *testing.T, schedule, from, until, zone string) string {
	t.Helper()
	p := rules(t, onSchedule+schedule+"}]\n")
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	var moments []string
	for _, b := range p.Broadcasts(at(t, from), at(t, until)) {
		moments = append(moments, b.Occasion()+" "+b.At(loc).UTC().Format("01-02T15:04Z"))
		if found, ok := p.Broadcast("weekly", b.Occasion()); !ok || !found.Begins().Equal(b.Begins()) {
			t.Errorf("%s is not found by its occasion", b.Occasion())
		}
	}
	return strings.Join(moments, ", ")
}

func TestWhenASchedulesMomentComes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ schedule, from, until, zone, want string }{
		{`{at: "2026-12-24T09:00"}`, "2026-12-01T00:00", "2027-01-01T00:00", "Asia/Tokyo", "2026-12-24 12-24T08:00Z"},
		{`{at: "2026-12-24T09:00"}`, "2026-12-24T09:00", "2027-01-01T00:00", "UTC", ""}, // after the moment itself
		{`{at: "2026-12-24T09:00", zone: shopper}`, "2026-12-01T00:00", "2027-01-01T00:00", "Asia/Tokyo", "2026-12-24 12-24T00:00Z"},
		{`{at: "2026-12-24T09:00", zone: shopper}`, "2026-12-01T00:00", "2027-01-01T00:00", "America/New_York", "2026-12-24 12-24T14:00Z"},
		{`{cron: "0 9 ? * MON *"}`, "2026-12-01T00:00", "2026-12-15T00:00", "UTC", "2026-12-07 12-07T08:00Z, 2026-12-14 12-14T08:00Z"},
		{`{rrule: "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261210", start: "2026-12-01T18:30"}`, "2026-11-01T00:00", "2027-01-01T00:00", "UTC", "2026-12-03 12-03T17:30Z, 2026-12-07 12-07T17:30Z, 2026-12-10 12-10T17:30Z"},

		// J-8: an hour that the clocks skip ends with the first moment after it, one that comes twice is the first, once.
		{`{cron: "30 2 * * ? *"}`, "2027-03-27T12:00", "2027-03-29T12:00", "UTC", "2027-03-28 03-28T01:00Z, 2027-03-29 03-29T00:30Z"},
		{`{cron: "30 2 * * ? *"}`, "2027-10-30T12:00", "2027-11-01T12:00", "UTC", "2027-10-31 10-31T00:30Z, 2027-11-01 11-01T01:30Z"},
		{`{at: "2027-03-14T02:30", zone: shopper}`, "2027-03-01T00:00", "2027-04-01T00:00", "America/New_York", "2027-03-14 03-14T07:00Z"},
		{`{at: "2027-11-07T01:30", zone: shopper}`, "2027-11-01T00:00", "2027-12-01T00:00", "America/New_York", "2027-11-07 11-07T05:30Z"},
	} {
		if got := planned(t, row.schedule, row.from, row.until, row.zone); got != row.want {
			t.Errorf("%s in %s: %s; want %s", row.schedule, row.zone, got, row.want)
		}
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	t.Parallel()
	for campaign, pointer := range map[string]string{
		`schedule: {at: "2026-12-24"}`:                                "/campaigns/0/schedule",
		`schedule: {at: "2026-12-24T09:00", cron: "0 9 * * ? *"}`:     "/campaigns/0/schedule",
		`schedule: {cron: "0 9 * * *"}`:                               "/campaigns/0/schedule",
		`schedule: {cron: "0 9,15 * * ? *"}`:                          "/campaigns/0/schedule", // twice a day
		`schedule: {rrule: "FREQ=DAILY"}`:                             "/campaigns/0/schedule",
		`schedule: {rrule: "FREQ=HOURLY", start: "2026-12-24T09:00"}`: "/campaigns/0/schedule",
		`schedule: {at: "2026-12-24T09:00", zone: mars}`:              "/campaigns/0/schedule/zone",
		`name: none`: "/campaigns/0/schedule",
		`schedule: {at: "2026-12-24T09:00"}, late_days: 15`:               "/campaigns/0/late_days",
		`schedule: {at: "2026-12-24T09:00"}, grant: {points: 5}`:          "/campaigns/0/grant/points",
		`schedule: {at: "2026-12-24T09:00"}, date: birthday, at: "09:00"`: "/campaigns/0/at",
	} {
		text := basics + strings.TrimSuffix(onSchedule, "schedule: ") + campaign + "}]\n"
		_, _, faults, err := yamldoc.Read(strings.NewReader(text))
		if err != nil || len(faults) == 0 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v; want a fault at %s", campaign, faults, err, pointer)
		}
	}
}
