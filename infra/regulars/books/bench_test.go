package books_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/books"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// BenchmarkAYearByMonths draws the books of 500 cards with 40 entries each, three pages and a tail, at the ends of twelve months.
func BenchmarkAYearByMonths(b *testing.B) {
	const cards = 500
	now := january.AddDate(1, 0, 0)
	db, err := bolt.Open(filepath.Join(b.TempDir(), "regulars.db"), func() time.Time { return now })
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	s := store.New(db, func() time.Time { return now })
	parsed, document, _, err := yamldoc.Read(strings.NewReader(rules))
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Publish(b.Context(), parsed.From, document); err != nil {
		b.Fatal(err)
	}
	for n := range cards {
		fill(b, s, parsed, uint64(n))
	}
	for b.Loop() {
		r, err := books.Draw(b.Context(), db, now, books.Ask{From: "2026-01-01", To: "2026-12-31"}, func(string, int64) {})
		if err != nil || !r.Ties() || r.Cards != cards {
			b.Fatal(err, r.Cards, r.Faults)
		}
	}
	b.ReportMetric(float64(cards)*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
}

// fill stores a card that bought 40 times in a year.
func fill(b *testing.B, s *store.Store, rules *programme.Programme, n uint64) {
	h := card.Head{ID: rules.IssueNumber(n), EnrolledOn: 20_000}
	for i := range 40 {
		e := ledger.Entry{Cause: fmt.Sprintf("0042/%d/%d", n, i), Kind: ledger.Earn, At: january.AddDate(0, 0, 9*i), Points: int64(i)}
		h.Book = h.Book.PostTo(e, ledger.Lot{})
		if h.Book.Full() {
			var page ledger.Page
			h.Book, page = h.Book.TurnPage(ledger.PageSize)
			if err := s.PutPage(b.Context(), h.ID, page); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := s.PutHead(b.Context(), h, 0); err != nil {
		b.Fatal(err)
	}
}
