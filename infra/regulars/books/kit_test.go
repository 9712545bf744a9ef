package books_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/books"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// rules has everything that moves points. They are worth 5 for 3 of them in January, and another worth and expectation hold later.
const rules = `
programme: books
from: 2025-01-01T00:00:00Z
currency: EUR
time_zone: Europe/Berlin
language: en
shop: {name: Test shop, address: "1 Test Street, Testing"}
stores: [{id: "0042", name: First}]
cards: {secret: a secret of the test shop}
topics: [{id: offers, name: Offers}]
earn: [{id: base, points: 1, per: "1.00"}]
points: {pending_days: 14, months: 3, round_to: day, debt_limit: 0, carry_over: true, pay: {worth: "0.01"}, books: {worth: "0.05", points: 3, expected: "80"}}
gift_cards: {years: 2}
`

// shop is a store with a virtual clock and some cards.
type shop struct {
	t       *testing.T
	db      *bolt.DB
	now     time.Time
	service *loyalty.Service
	random  *rand.Rand
	cards   []string
	sold    []receipt.Receipt
	n       int
}

func open(t *testing.T, now time.Time, seed uint64) *shop {
	t.Helper()
	s := bare(t, now, seed)
	first := s.publish(rules)
	s.service, _ = store.NewService(s.db, s.clock)
	for n := range 4 {
		s.cards = append(s.cards, first.IssueNumber(seed*100+uint64(n)))
	}
	return s
}

// bare is a shop without rules and cards.
func bare(t *testing.T, now time.Time, seed uint64) *shop {
	t.Helper()
	s := &shop{t: t, now: now, random: rand.New(rand.NewPCG(seed, 1))}
	var err error
	if s.db, err = bolt.Open(filepath.Join(t.TempDir(), "regulars.db"), s.clock); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *shop) clock() time.Time { return s.now }

func (s *shop) publish(text string) *programme.Programme {
	s.t.Helper()
	parsed, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		s.t.Fatal(err, faults)
	}
	if err := store.New(s.db, s.clock).Publish(s.t.Context(), parsed.From, document); err != nil {
		s.t.Fatal(err)
	}
	return parsed
}

// draw is the report of what is asked for. It fails the test if it does not tie.
func (s *shop) draw(ask books.Ask) books.Report {
	s.t.Helper()
	r, err := books.Draw(s.t.Context(), s.db, s.now, ask, func(string, int64) {})
	if err != nil {
		s.t.Fatal(err)
	}
	if !r.Ties() {
		s.t.Fatalf("on %s: %v, %+v", s.now, r.Faults, r.Days)
	}
	return r
}

// happens lets one thing happen to some card: what is refused is refused.
func (s *shop) happens() {
	s.t.Helper()
	s.n++
	id, number := fmt.Sprint("a", s.n), s.cards[s.random.IntN(len(s.cards))]
	hand := loyalty.ByHand{ID: id, Reason: "a test", By: "Mira"}
	var err error
	switch s.random.IntN(12) {
	case 0:
		_, err = s.service.Adjust(s.t.Context(), number, int64(s.random.IntN(80)-30), hand)
	case 1:
		_, err = s.service.HoldPoints(s.t.Context(), number, id, int64(1+s.random.IntN(20)), 0)
	case 2, 3, 4:
		err = s.giveBack(id)
	case 5:
		_, err = s.service.Activate(s.t.Context(), number, 0, hand)
	default:
		err = s.buy(number)
	}
	if err != nil && !loyalty.Permanent(err) {
		s.t.Fatal(err)
	}
}

func (s *shop) buy(number string) error {
	r := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "1", Number: fmt.Sprint(s.n)}, Card: number, At: s.now, Source: "till",
		Total: money.Amount{Minor: int64(100 + s.random.IntN(9_000)), Currency: "EUR"},
	}
	r.Lines = []receipt.Line{{ID: "1", Quantity: 3, Amount: r.Total.Minor}}
	if s.random.IntN(3) == 0 {
		r.Tenders = []receipt.Tender{{Kind: receipt.TenderPoints, Points: int64(1 + s.random.IntN(90))}}
	}
	s.sold = append(s.sold, r)
	_, err := s.service.Checkout(s.t.Context(), r)
	return err
}

func (s *shop) giveBack(id string) error {
	if len(s.sold) == 0 {
		return nil
	}
	sale := s.sold[len(s.sold)-1-s.random.IntN(min(len(s.sold), 30))]
	_, err := s.service.Return(s.t.Context(), sale.Key, receipt.Return{ID: id, At: s.now, Lines: []receipt.ReturnedLine{{ID: "1", Quantity: int64(1 + s.random.IntN(3))}}})
	return err
}

// merge makes two cards one, or two again.
func (s *shop) merge() {
	s.t.Helper()
	hand := loyalty.ByHand{ID: fmt.Sprint("m", s.n), Reason: "one shopper", By: "Mira"}
	s.n++
	_, err := s.service.Merge(s.t.Context(), s.cards[0], s.cards[1], hand)
	if errors.Is(err, loyalty.ErrRefused) || errors.Is(err, loyalty.ErrConflict) {
		_, err = s.service.Unmerge(s.t.Context(), s.cards[0], hand)
	}
	if err != nil && !loyalty.Permanent(err) {
		s.t.Fatal(err)
	}
}

func (s *shop) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// plant changes an attribute of the first card's head behind the back of the shop.
func (s *shop) plant(attribute string, value any) error {
	item, err := s.db.Get(s.t.Context(), store.Key{Table: store.Cards, Partition: "card/" + s.cards[0], Sort: "HEAD"}, store.Strong)
	if err != nil {
		return err
	}
	item.Attrs[attribute] = value
	_, err = s.db.Put(s.t.Context(), item, store.Always())
	return err
}
