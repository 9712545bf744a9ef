package books_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/infra/regulars/books"
	"github.com/regulars-dev/regulars/shared/giftcard"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
)

var january = time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)

// Ledger, lots and report agree to the point on every day of a year, and a report of a past day says what was said on that day.
func TestEveryDayOfAYearTies(t *testing.T) {
	t.Parallel()
	s := open(t, january, 0)
	var told []books.Day
	for range 365 {
		for range s.random.IntN(4) {
			s.now = s.now.Add(time.Hour)
			s.happens()
		}
		told = append(told, s.draw(books.Ask{}).Days[0])
		s.now = s.now.Add(24 * time.Hour).Truncate(24 * time.Hour).Add(9 * time.Hour)
	}
	s.now = s.now.Add(-24 * time.Hour)
	again := s.draw(books.Ask{From: "2026-01-01", To: "2026-12-31", By: books.ByDay})
	if len(again.Days) != len(told) {
		t.Fatalf("%d days, want %d", len(again.Days), len(told))
	}
	for i, was := range told {
		is := again.Days[i]
		free(&was)
		free(&is)
		if diff := cmp.Diff(was, is); diff != "" {
			t.Fatalf("%s is told otherwise at the end of the year (- then, + now):\n%s", was.On, diff)
		}
	}
	last := told[len(told)-1]
	for _, account := range []string{"earned", "given", "redeemed", "expired", "clawed_back", "adjusted", "written_off"} {
		if last.Points[account] == 0 {
			t.Errorf("nothing ever moved to %s, so this proves nothing of it", account)
		}
	}
}

// free sets together what only the day itself can tell apart: points that are held, which nobody keeps; those that wait, where a return has
// taken others for want of its own; and whether somebody has posted an expiry.
func free(d *books.Day) {
	for _, amounts := range []map[string]int64{d.Points, d.Minor} {
		amounts["available"] += amounts["held"] + amounts["pending"]
		delete(amounts, "held")
		delete(amounts, "pending")
	}
	d.Balances, d.Unposted = d.Balances-d.Unposted, 0
}

func TestCardsThatBecomeOneAndTwoAgainTie(t *testing.T) {
	t.Parallel()
	s := open(t, january, 9)
	for n := range 150 {
		s.now = s.now.Add(13 * time.Hour)
		s.happens()
		if n%20 == 19 {
			s.merge()
		}
		s.draw(books.Ask{})
	}
	s.draw(books.Ask{From: "2026-01-01", By: books.ByDay})
}

// The worth of a point and how many are expected to be redeemed have a history: each day is valued by the version of that day.
func TestEachDayIsValuedByItsOwnVersion(t *testing.T) {
	t.Parallel()
	s := open(t, january, 1)
	s.publish(strings.NewReplacer("2025-01-01T00:00:00Z", "2026-02-01T00:00:00+01:00", `worth: "0.05", points: 3, expected: "80"`, `worth: "0.02"`).Replace(rules))
	for range 5 {
		s.ok(s.buy(s.cards[0]))
		s.n++
	}
	s.now = time.Date(2026, 2, 20, 9, 0, 0, 0, time.UTC)
	r := s.draw(books.Ask{From: "2026-01-01"})
	first, second := r.Days[0], r.Days[1]
	if first.On != "2026-01-31" || first.Expected != 8_000 || first.Per != 3 || first.Minor[books.Issued] != (first.Points[books.Issued]*5*2+3)/6 {
		t.Errorf("January: %+v", first)
	}
	if second.On != "2026-02-20" || second.Expected != 10_000 || second.Minor[books.Issued] != 2*second.Points[books.Issued] || second.Breakage.Points != 0 {
		t.Errorf("February: %+v", second)
	}
	if first.Liability.Points+first.Breakage.Points != first.Points[books.Outstanding] || first.Liability.Minor+first.Breakage.Minor != first.Minor[books.Outstanding] {
		t.Errorf("liability and breakage are not what is out: %+v", first)
	}
}

func TestGiftCardsAreLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := open(t, january, 2)
	g, err := s.service.IssueGiftCard(t.Context(), loyalty.GiftIssue{Number: giftcard.NewNumber("a secret of the test shop", "g1"), Amount: money.Amount{Minor: 5_000, Currency: "EUR"}, ID: "g1", Store: "0042"})
	s.ok(err)
	s.now = s.now.Add(40 * 24 * time.Hour)
	_, err = s.service.RedeemGiftCard(t.Context(), g.Card.ID, "r1", 1_800, "")
	s.ok(err)
	s.now = time.Date(2029, 9, 1, 9, 0, 0, 0, time.UTC)
	r := s.draw(books.Ask{From: "2025-12-01", By: books.ByYear})
	var told []string
	for _, d := range r.Days {
		g := d.GiftCards[0]
		told = append(told, fmt.Sprintf("%s %d cards: %d issued, %d redeemed, %d expired, %d left", d.On, g.Cards, g.Issued, g.Redeemed, g.Expired, g.Balance))
	}
	want := []string{
		"2025-12-31 0 cards: 0 issued, 0 redeemed, 0 expired, 0 left", "2026-12-31 1 cards: 5000 issued, 1800 redeemed, 0 expired, 3200 left",
		"2027-12-31 1 cards: 5000 issued, 1800 redeemed, 0 expired, 3200 left", "2028-12-31 1 cards: 5000 issued, 1800 redeemed, 3200 expired, 0 left",
		"2029-09-01 1 cards: 5000 issued, 1800 redeemed, 3200 expired, 0 left",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	var rows bytes.Buffer
	s.ok(r.WriteCSV(&rows))
	if row := "2028-12-31,gift_cards_balance,,,0.00,-32.00,EUR,true\n"; !strings.Contains(rows.String(), row) {
		t.Errorf("%q is not in the rows", row)
	}
}

// A book that has lost a page, or a head with another balance than its entries have, is told and not summed over.
func TestWhatDoesNotTieIsSaid(t *testing.T) {
	t.Parallel()
	s := open(t, january, 3)
	s.ok(s.buy(s.cards[0]))
	s.ok(s.plant("p", int64(1)))
	r, err := books.Draw(t.Context(), s.db, s.now, books.Ask{}, func(string, int64) {})
	if err != nil || r.Ties() || r.Wrong == 0 || !strings.Contains(strings.Join(r.Faults, " "), s.cards[0]) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatIsAskedForIsChecked(t *testing.T) {
	t.Parallel()
	s := open(t, january, 4)
	for says, ask := range map[string]books.Ask{
		"has not come":            {At: "2026-01-02"},
		"is no day such as":       {At: "yesterday"},
		"--from is missing":       {To: "2025-12-31"},
		"either --at":             {At: "2025-12-31", From: "2025-12-31"},
		"lies before":             {From: "2025-12-31", To: "2025-12-30"},
		"is not one of day":       {From: "2025-12-31", By: "week"},
		"more than 600":           {From: "2020-12-31", By: books.ByDay},
		"2026-01-05 has not come": {From: "2025-12-31", To: "2026-01-05"},
	} {
		if _, err := books.Draw(t.Context(), s.db, s.now, ask, func(string, int64) {}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", ask, err, says)
		}
	}
}

// Whatever tills, faults and late messages do to the cards of random histories, the book ties.
func TestRandomHistoriesTie(t *testing.T) {
	t.Parallel()
	s := bare(t, january, 5)
	for seed := range uint64(3) {
		if _, err := loyaltytest.Play(t.Context(), s.db, loyaltytest.Wild(seed)); err != nil {
			t.Fatal(err)
		}
	}
	s.now = time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC)
	r := s.draw(books.Ask{From: "2026-02-28", By: books.ByMonth})
	if last := r.Days[len(r.Days)-1]; last.Points["clawed_back"] == 0 || last.Points["expired"] == 0 || last.Unposted == 0 {
		t.Errorf("the histories prove nothing: %+v", last)
	}
}
