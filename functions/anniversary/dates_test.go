package anniversary_test

import (
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
)

// change gives a shopper another birthday or zone.
func change(t *testing.T, s *loyaltytest.Shop, number, birthday, zone string) {
	t.Helper()
	_, _, err := s.Service.UpdateProfile(t.Context(), number, func(p card.Profile) (card.Profile, error) {
		var err error
		if birthday != "" {
			p.Birthday, err = day.ParseYearly(birthday)
		}
		p.TimeZone = zone
		return p, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tick runs the schedule at a moment of the shop's zone.
func tick(t *testing.T, s *loyaltytest.Shop, do func([]byte) string, at string) {
	t.Helper()
	s.Set(at)
	if got := do(loyaltytest.Tick(s.Clock())); got != "null" {
		t.Fatal(got)
	}
}

func TestEveryShopperIsGreetedByTheirOwnClock(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	tick(t, s, do, "2026-11-21T10:00")
	far, near := s.Enrol(1, "12-24", "offers"), s.Enrol(2, "12-24", "offers")
	change(t, s, far, "", "Pacific/Auckland")
	for _, row := range []struct{ at, far, near string }{
		{"2026-12-23T18:45", "", ""},
		{"2026-12-23T19:00", "+0 birthday~2026", ""}, // seven in the morning in Auckland
		{"2026-12-24T06:45", "+0 birthday~2026", ""},
		{"2026-12-24T07:00", "+0 birthday~2026", "+0 birthday~2026"},
		{"2026-12-26T07:00", "+0 birthday~2026", "+0 birthday~2026"},
	} {
		tick(t, s, do, row.at)
		if a, b := s.Book(far), s.Book(near); a != row.far || b != row.near {
			t.Errorf("at %s: %q and %q; want %q and %q", row.at, a, b, row.far, row.near)
		}
	}
	change(t, s, far, "", "America/Los_Angeles") // whoever moves west has a second morning, and no second gift
	tick(t, s, do, "2026-12-26T20:00")
	if got := s.Book(far); got != "+0 birthday~2026" {
		t.Error(got)
	}
}

func TestWhoTellsAnotherBirthdayDoesNotCelebrateTwice(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	tick(t, s, do, "2026-11-21T10:00")
	number := s.Enrol(1, "12-24", "offers")
	tick(t, s, do, "2026-12-24T07:00")
	for _, row := range []struct{ birthday, at, want string }{
		{"12-28", "2026-12-28T07:00", "+0 birthday~2026"},
		{"01-05", "2027-01-05T07:00", "+0 birthday~2026"},
		{"12-22", "2027-12-22T07:00", "+0 birthday~2026, +0 years~2027"}, // 363 days
		{"12-23", "2027-12-23T07:00", "+0 birthday~2026, +0 years~2027, +0 birthday~2027"},
	} {
		change(t, s, number, row.birthday, "")
		for at := s.Clock(); at.Before(s.At(row.at)); at = at.Add(24 * time.Hour) {
			if got := do(loyaltytest.Tick(at)); got != "null" {
				t.Fatal(got)
			}
		}
		tick(t, s, do, row.at)
		if got := s.Book(number); got != row.want {
			t.Errorf("on %s: %s; want %s", row.at, got, row.want)
		}
	}
}

// The morning's tick has passed when somebody enrols on their birthday: the change of their date is looked at by itself.
func TestABirthdayToldOnTheDayItselfIsKept(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	tick(t, s, do, "2026-12-24T10:00")
	number := s.Enrol(1, "12-24", "offers")
	other := s.Enrol(2, "12-23", "offers")
	stream, _ := s.Stream()
	for range 2 { // streams deliver at least once
		if got := do(stream); got != "done" {
			t.Fatal(got)
		}
	}
	tick(t, s, do, "2026-12-24T10:15")
	if got := s.Book(number); got != "+0 birthday~2026" {
		t.Errorf("book %q", got)
	}
	if got := s.Book(other); got != "" {
		t.Errorf("who was born the day before has %q", got)
	}
}

// A date that the shop has thought of itself is no birthday, and is kept as one: the stream tells when a shopper has told it.
func TestADateOfTheShoppersOwnIsKept(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	s.Publish("campaigns:\n", "attributes: [{id: kids, type: dates}]\ncampaigns:\n  - {id: child, on: anniversary, date: attribute.kids, grant: {points: 5}}\n")
	tick(t, s, do, "2026-12-24T10:00")
	number := s.Enrol(1, "", "offers")
	_, _, err := s.Service.UpdateProfile(t.Context(), number, func(p card.Profile) (card.Profile, error) {
		p.Attributes = p.Attributes.With("kids", []string{"12-24", "2019-01-05"})
		return p, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stream, _ := s.Stream()
	for range 2 { // streams deliver at least once
		if got := do(stream); got != "done" {
			t.Fatal(got)
		}
	}
	for _, row := range []struct{ at, want string }{
		{"2026-12-24T10:15", "+5 child~2026-1224"},
		{"2027-01-05T06:45", "+5 child~2026-1224"},
		{"2027-01-05T07:00", "+5 child~2026-1224, +5 child~2027-0105"},
		{"2027-01-05T07:15", "+5 child~2026-1224, +5 child~2027-0105"},
	} {
		tick(t, s, do, row.at)
		if got := s.Book(number); got != row.want {
			t.Errorf("at %s: %s; want %s", row.at, got, row.want)
		}
	}
}
