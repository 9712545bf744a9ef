package anniversary_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/functions/anniversary"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/store"
)

func open(t *testing.T) (*loyaltytest.Shop, func(payload []byte) string) {
	s := loyaltytest.Open(t)
	h := anniversary.New(s.Service, s.Store, store.DateChange, slog.New(slog.DiscardHandler))
	return s, func(payload []byte) string { t.Helper(); return s.Do(h, payload) }
}

func TestTheTickAsAWSDeliversItSpeaks(t *testing.T) {
	t.Parallel()
	payload, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	s, do := open(t)
	card := s.Enrol(1, "12-24", "offers")
	s.Set("2026-12-24T07:03")
	for range 2 { // schedules are delivered at least once
		if got := do(payload); got != "null" {
			t.Error(got)
		}
		if got := s.Book(card); got != "+0 birthday~2026" {
			t.Errorf("book %s", got)
		}
	}
	if one, two := s.Counts.Of("anniversaries outcome spoken"), s.Counts.Of("anniversaries outcome repeated"); one != 1 || two != 0 {
		t.Errorf("%d spoken, %d repeated", one, two)
	}
}

// The moment is the tick's, whatever the clock says; what no tick reached is made good for, up to three days.
func TestWhichDayATickMeans(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ what, birthday, tick, clock, book string }{
		{"on the day", "12-24", "2026-12-24T07:00", "2026-12-24T07:00", "+0 birthday~2026"},
		{"delivered after midnight", "12-24", "2026-12-24T23:59", "2026-12-25T00:10", "+0 birthday~2026"},
		{"the day before, delivered after the hour", "12-24", "2026-12-23T23:59", "2026-12-24T07:10", ""},
		{"the minute before the hour", "12-24", "2026-12-24T06:59", "2026-12-24T06:59", ""},
		{"almost three days missed", "12-24", "2026-12-27T06:59", "2026-12-27T06:59", "+0 birthday~2026"},
		{"three days missed", "12-24", "2026-12-27T07:00", "2026-12-27T07:00", ""},
		{"missed over the turn of the year", "12-30", "2027-01-02T06:45", "2027-01-02T06:45", "+0 birthday~2026"},
		{"29 February in a common year", "02-29", "2027-02-28T07:00", "2027-02-28T07:00", "+0 birthday~2027"},
		{"29 February in a leap year", "02-29", "2028-02-28T07:00", "2028-02-28T07:00", ""},
		{"the card is a year old", "", "2027-11-21T07:00", "2027-11-21T07:00", "+0 years~2027"},
		{"the card is new", "", "2026-11-21T11:00", "2026-11-21T11:00", ""},
		{"born the day before the card was made", "11-20", "2026-11-21T11:00", "2026-11-21T11:00", ""},
	} {
		s, do := open(t)
		do(loyaltytest.Tick(s.Clock()))
		card := s.Enrol(1, row.birthday, "offers")
		s.Set(row.clock)
		if got := do(loyaltytest.Tick(s.At(row.tick))); got != "null" {
			t.Errorf("%s: %s", row.what, got)
		}
		if got := s.Book(card); got != row.book {
			t.Errorf("%s: book %q; want %q", row.what, got, row.book)
		}
	}
}

// Ten years in which every second tick is missed are ten birthdays and nine anniversaries.
func TestTenYears(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	card := s.Enrol(1, "02-29", "offers")
	for d := s.At("2026-11-22T07:00"); d.Before(s.At("2036-11-21T06:00")); d = d.AddDate(0, 0, 2) {
		if got := do(loyaltytest.Tick(d)); got != "null" {
			t.Fatal(got)
		}
	}
	book := s.Book(card)
	if one, two := strings.Count(book, "birthday~"), strings.Count(book, "years~"); one != 10 || two != 9 {
		t.Errorf("%d birthdays, %d anniversaries: %s", one, two, book)
	}
}

func TestATickWithoutAMomentIsRefused(t *testing.T) {
	t.Parallel()
	_, do := open(t)
	if got := do([]byte(`{"source":"aws.scheduler","detail-type":"Scheduled Event","detail":"{}"}`)); !strings.Contains(got, "which moment") {
		t.Error(got)
	}
}

// broken has one card that cannot be read.
type broken struct {
	loyalty.Cards
	number string
}

func (b broken) Open(ctx context.Context, number string, fresh bool) (loyalty.Opened, error) {
	if number == b.number {
		return loyalty.Opened{}, errors.New("this card cannot be read")
	}
	return b.Cards.Open(ctx, number, fresh)
}

func TestACardThatFailsKeepsNoOtherWaitingAndIsReachedByTheNextTick(t *testing.T) {
	t.Parallel()
	s, do := open(t)
	var cards []string
	for n := range uint64(6) {
		cards = append(cards, s.Enrol(n+1, "12-24", "offers"))
	}
	whole := s.Cards
	s.Cards = broken{whole, cards[2]}
	tick := loyaltytest.Tick(s.At("2026-12-24T07:00"))
	if got := do(tick); !strings.Contains(got, "this card cannot be read") {
		t.Errorf("told %s", got)
	}
	s.Cards = whole
	if got := s.Counts.Of("anniversaries outcome spoken"); got != 5 {
		t.Errorf("%d of 5 were spoken to", got)
	}
	if got := do(loyaltytest.Tick(s.At("2026-12-25T07:00"))); got != "null" || s.Book(cards[2]) != "+0 birthday~2026" {
		t.Errorf("told %s, book %s", got, s.Book(cards[2]))
	}
}
