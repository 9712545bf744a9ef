package message

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// allowed is a shopper to whom everything may be sent.
func allowed(now time.Time) PermitInput {
	return PermitInput{Now: now, Class: Marketing, Email: "ana@shop.example", Consent: true}
}

func living(now time.Time, life time.Duration) Order {
	o := order()
	o.OrderedAt, o.ExpiresAt = now, now.Add(life)
	return o
}

func TestPermitRefusesWhatWaitingWillNotChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(*PermitInput)
		want  Verdict
	}{
		{"all is well", func(*PermitInput) {}, Verdict{Action: Send}},
		{"no address", func(in *PermitInput) { in.Email = "" }, Verdict{Action: Refuse, Reason: NoEmail}},
		{"consent withdrawn", func(in *PermitInput) { in.Consent = false }, Verdict{Action: Refuse, Reason: NoConsent}},
		{"a minor", func(in *PermitInput) { in.Minor = true }, Verdict{Action: Refuse, Reason: TooYoung}},
		{"a minor's receipt goes", func(in *PermitInput) { in.Class, in.Minor = Service, true }, Verdict{Action: Send}},
		{"complaint", func(in *PermitInput) { in.Suppressed = SuppressedMarketing }, Verdict{Action: Refuse, Reason: Suppressed}},
		{"dead address", func(in *PermitInput) { in.Suppressed = SuppressedAll }, Verdict{Action: Refuse, Reason: Suppressed}},
		{"card closed", func(in *PermitInput) { in.CardClosed = true }, Verdict{Action: Refuse, Reason: CardClosed}},
		{"too late", func(in *PermitInput) { in.Now = start.Add(time.Hour) }, Verdict{Action: Refuse, Reason: Expired}},
		{"a receipt needs no consent", func(in *PermitInput) { in.Class, in.Consent = Service, false }, Verdict{Action: Send}},
		{"a receipt goes in spite of a complaint", func(in *PermitInput) { in.Class, in.Suppressed = Service, SuppressedMarketing }, Verdict{Action: Send}},
		{"a receipt to a dead address", func(in *PermitInput) { in.Class, in.Suppressed = Service, SuppressedAll }, Verdict{Action: Refuse, Reason: Suppressed}},
		{"a class nobody named wants consent", func(in *PermitInput) { in.Class, in.Consent = "", false }, Verdict{Action: Refuse, Reason: NoConsent}},
	} {
		in := allowed(start)
		c.spoil(&in)
		if got := Permit(living(start, time.Hour), in); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// J-5: two a week; sent on Monday and Wednesday at ten; the third is due on Friday at ten.
func TestCapDefersToTheFirstFreeInstant(t *testing.T) {
	t.Parallel()
	friday := at(t, "2027-03-05T10:00:00Z")
	in := allowed(friday)
	in.Caps = []Cap{{Count: 2, Days: 7}}
	in.Agenda = had(at(t, "2027-03-03T10:00:00Z"), at(t, "2027-03-01T10:00:00Z"), at(t, "2027-02-26T10:00:00Z"))
	monday := at(t, "2027-03-08T10:00:00Z")
	if got, want := Permit(living(friday, 96*time.Hour), in), (Verdict{Action: Defer, Until: monday, Reason: Capped}); got != want {
		t.Errorf("with four days to live: %+v, want %+v", got, want)
	}
	if got, want := Permit(living(friday, 48*time.Hour), in), (Verdict{Action: Refuse, Reason: ExpiredByCap}); got != want {
		t.Errorf("with two days to live: %+v, want %+v", got, want)
	}
	in.Now = monday
	if got := Permit(living(friday, 96*time.Hour), in); got.Action != Send {
		t.Errorf("a mail of exactly seven days still counts: %+v", got)
	}
	in.Now, in.Class = friday, Service
	if got := Permit(living(friday, time.Hour), in); got.Action != Send {
		t.Errorf("service mail is capped: %+v", got)
	}
}

func TestCapThatEndsAtNightWaitsForMorning(t *testing.T) {
	t.Parallel()
	now := at(t, "2027-03-05T10:00:00Z")
	in := allowed(now)
	in.Caps, in.Quiet = []Cap{{Count: 1, Days: 1}}, Quiet{From: 21 * 60, To: 8 * 60}
	in.Agenda = had(at(t, "2027-03-04T23:00:00Z"))
	want := Verdict{Action: Defer, Until: at(t, "2027-03-06T08:00:00Z"), Reason: Capped}
	if got := Permit(living(now, 48*time.Hour), in); got.Action != want.Action || !got.Until.Equal(want.Until) || got.Reason != want.Reason {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// J-7, J-8, J-9: nights of 7.5 and 9.5 hours, ends that do not exist or come twice, and shoppers whose zone nobody knows.
func TestQuietHoursEndInTheShoppersMorning(t *testing.T) {
	t.Parallel()
	newYork, berlin := zone(t, "America/New_York"), zone(t, "Europe/Berlin")
	night := Quiet{From: 21 * 60, To: 8 * 60}
	for _, c := range []struct {
		name, now   string
		quiet       Quiet
		zone, store *time.Location
		until       string // empty: sent at once
	}{
		{"clocks jump ahead: 7.5 h later", "2027-03-14T04:30:00Z", night, newYork, berlin, "2027-03-14T12:00:00Z"},
		{"clocks go back: 9.5 h later", "2027-11-07T03:30:00Z", night, newYork, berlin, "2027-11-07T13:00:00Z"},
		{"an ordinary night", "2027-06-01T03:30:00Z", night, newYork, berlin, "2027-06-01T12:00:00Z"},
		{"after midnight", "2027-06-01T06:30:00Z", night, newYork, berlin, "2027-06-01T12:00:00Z"},
		{"noon there", "2027-06-01T16:00:00Z", night, newYork, berlin, ""},
		{"zone unknown: the store's night", "2027-06-01T20:00:00Z", night, nil, berlin, "2027-06-02T06:00:00Z"},
		{"zone unknown: the store's day", "2027-06-01T03:30:00Z", night, nil, zone(t, "Asia/Tokyo"), ""},
		{"eight o'clock is morning", "2027-06-01T12:00:00Z", night, newYork, berlin, ""},
		{"nine in the evening is night", "2027-06-02T01:00:00Z", night, newYork, berlin, "2027-06-02T12:00:00Z"},
		{"a nap after lunch", "2027-06-01T17:30:00Z", Quiet{From: 13 * 60, To: 15 * 60}, newYork, berlin, "2027-06-01T19:00:00Z"},
		{"no quiet hours", "2027-06-01T03:30:00Z", Quiet{}, newYork, berlin, ""},
		{"the end does not exist that night", "2027-03-14T06:30:00Z", Quiet{From: 0, To: 150}, newYork, berlin, "2027-03-14T07:00:00Z"},
		{"the end comes twice that night", "2027-11-07T05:00:00Z", Quiet{From: 0, To: 90}, newYork, berlin, "2027-11-07T05:30:00Z"},
		{"the second time round", "2027-11-07T06:10:00Z", Quiet{From: 0, To: 90}, newYork, berlin, ""},
	} {
		now := at(t, c.now)
		in := allowed(now)
		in.Quiet, in.Zone, in.StoreZone = c.quiet, c.zone, c.store
		got := Permit(living(now, 48*time.Hour), in)
		if c.until == "" {
			if got.Action != Send {
				t.Errorf("%s: %+v, want it sent", c.name, got)
			}
			continue
		}
		if got.Action != Defer || got.Reason != QuietHours || !got.Until.Equal(at(t, c.until)) {
			t.Errorf("%s: %+v, want it deferred until %s", c.name, got, c.until)
		}
	}
}

func TestAnOfferThatDiesInTheNightIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	now := at(t, "2027-06-01T22:00:00Z")
	in := allowed(now)
	in.Quiet = Quiet{From: 21 * 60, To: 8 * 60}
	if got, want := Permit(living(now, 3*time.Hour), in), (Verdict{Action: Refuse, Reason: QuietHours}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestLocalTimeAcrossGapsAndFolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone       string
		y          int
		m          time.Month
		d, minutes int
		want       string
	}{
		{"America/New_York", 2027, time.March, 14, 150, "2027-03-14T07:00:00Z"},
		{"America/New_York", 2027, time.November, 7, 90, "2027-11-07T05:30:00Z"},
		{"America/New_York", 2027, time.November, 7, 120, "2027-11-07T07:00:00Z"},
		{"America/Santiago", 2024, time.September, 8, 0, "2024-09-08T04:00:00Z"},
		{"Africa/Cairo", 2024, time.April, 26, 0, "2024-04-25T22:00:00Z"},
		{"Asia/Beirut", 2024, time.March, 31, 0, "2024-03-30T22:00:00Z"},
		{"Pacific/Apia", 2011, time.December, 30, 540, "2011-12-30T10:00:00Z"}, // a day that was left out
		{"Pacific/Kiritimati", 2027, time.May, 15, 540, "2027-05-14T19:00:00Z"},
		{"Pacific/Pago_Pago", 2027, time.May, 15, 540, "2027-05-15T20:00:00Z"},
		{"Asia/Kolkata", 2027, time.May, 15, 540, "2027-05-15T03:30:00Z"},
		{"Australia/Lord_Howe", 2027, time.October, 3, 135, "2027-10-02T15:30:00Z"}, // half an hour is left out
		{"UTC", 2027, time.May, 31 + 1, 0, "2027-06-01T00:00:00Z"},
	} {
		got := LocalTime(c.y, c.m, c.d, c.minutes, zone(t, c.zone))
		if !got.Equal(at(t, c.want)) {
			t.Errorf("%s %d-%02d-%02d minute %d: %s, want %s", c.zone, c.y, c.m, c.d, c.minutes, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}
