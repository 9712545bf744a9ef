package loyaltytest

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// Shop is a small shop on the embedded store, for the tests of functions: the use cases with one campaign of each occasion, a clock
// that the test moves, and what is outside as parts that refuse what the real ones refuse.
type Shop struct {
	*loyalty.Service
	Store  *store.Store
	Queue  *Queue
	Parts  *Queue // of runs
	Bus    *Bus
	Post   *Post
	Called *Hooks // webhooks
	Counts *Counts

	t     *testing.T
	db    *bolt.DB
	now   time.Time
	rules *programme.Programme
	told  uint64 // the last change of the cards table that Stream gave out
}

// Open makes a shop of its own for the test. It is 10:00 in the shop on 21 November 2026.
func Open(t *testing.T) *Shop {
	t.Helper()
	s := &Shop{t: t, Counts: &Counts{}}
	s.Set("2026-11-21T10:00")
	db, err := bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), s.Clock, bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.db, s.Store = db, store.New(db, s.Clock)
	s.Service = newService(t, db, s.Clock, "testdata/campaigns.yaml")
	s.Queue, s.Bus, s.Post = &Queue{t: t, now: s.Clock}, &Bus{t: t}, &Post{t: t}
	s.Parts = &Queue{t: t, now: s.Clock, parts: true}
	s.Service.BroadcastQueue = s.Parts
	s.Called = &Hooks{t: t}
	s.Service.Hooks = s.Called
	s.Service.MailQueue, s.Service.Bus, s.Service.Mailer = s.Queue, s.Bus, s.Post
	s.Service.Letters = &loyalty.Letters{From: "Test shop <cards@shop.example>", PublicURL: "https://shop.example", Secrets: []string{"a secret for the links of tests"}}
	if s.rules, err = s.Programmes.At(t.Context(), s.now); err != nil {
		t.Fatal(err)
	}
	return s
}

// Clock is the shop's time.
func (s *Shop) Clock() time.Time { return s.now }

// At is a moment in the shop's zone, written "2026-11-21T10:00".
func (s *Shop) At(text string) time.Time {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

// Set moves the clock to a moment.
func (s *Shop) Set(text string) { s.now = s.At(text) }

// Wait moves the clock on.
func (s *Shop) Wait(d time.Duration) { s.now = s.now.Add(d) }

// Number is the n-th card number of the shop.
func (s *Shop) Number(n uint64) string { return s.rules.IssueNumber(n) }

// Enrol makes the n-th card with an owner: ana1@shopper.example for the first, who allows the topics and was born on a day of the
// year ("12-24"; "" if that is not known).
func (s *Shop) Enrol(n uint64, birthday string, topics ...string) string {
	s.t.Helper()
	p := card.Profile{Given: "Ana", Email: fmt.Sprintf("ana%d@shopper.example", n), Consents: map[string]card.Consent{}}
	for _, topic := range topics {
		p.Consents[topic] = card.Consent{Allowed: true, At: s.now, Source: "test"}
	}
	if birthday != "" {
		var err error
		if p.Birthday, err = day.ParseYearly(birthday); err != nil {
			s.t.Fatal(err)
		}
	}
	number := s.Number(n)
	if _, err := s.Service.Enrol(s.t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: p}, nil); err != nil {
		s.t.Fatal(err)
	}
	return number
}

// Book writes the ledger of a card as text, the oldest entry first: "+12 0042/03/173, +0 birthday~2026".
func (s *Shop) Book(number string) string {
	s.t.Helper()
	entries, err := s.Entries(s.t.Context(), number, 0, store.MaxPage)
	if errors.Is(err, loyalty.ErrNotFound) {
		return "no card"
	}
	if err != nil {
		s.t.Fatal(err)
	}
	out := ""
	for i := len(entries) - 1; i >= 0; i-- {
		if out != "" {
			out += ", "
		}
		out += fmt.Sprintf("%+d %s", entries[i].Points, entries[i].Cause)
	}
	return out
}

// Messages writes the states of a card's e-mails as text, in the order of their orders: "sent big, refused basket no_consent".
func (s *Shop) Messages(number string) string {
	s.t.Helper()
	list, err := s.CardMessages(s.t.Context(), number)
	if err != nil {
		s.t.Fatal(err)
	}
	out := ""
	for i := len(list) - 1; i >= 0; i-- {
		if out != "" {
			out += ", "
		}
		out += string(list[i].State) + " " + list[i].Campaign
		if list[i].Reason != "" {
			out += " " + string(list[i].Reason)
		}
	}
	return out
}

// Inbox writes what waits for a person: "checkout: card 123 is not one of ours".
func (s *Shop) Inbox() []string {
	s.t.Helper()
	letters, err := s.Store.Letters(s.t.Context(), time.Time{}, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, l := range letters {
		list = append(list, l.Topic+": "+l.Reason)
	}
	return list
}
