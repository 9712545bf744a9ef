package liability_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/liability"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// on is a sheet of the entries of one card.
func on(entries ...ledger.Entry) liability.Sheet {
	var s liability.Sheet
	for _, e := range entries {
		if p, ok := liability.Of(e); ok {
			s.Post(p)
		}
	}
	return s
}

func entry(kind ledger.Kind, points int64, marks ...ledger.Mark) ledger.Entry {
	return ledger.Entry{Cause: fmt.Sprintf("%c%d", kind, points), Kind: kind, At: noon, Points: points, Marks: marks}
}

// A sale of 100.00 brings 100 points worth 5 cents, of which 80 are expected to be redeemed.
var five = liability.Worth{Minor: 5, Points: 1, Expected: 8_000}

func TestL1ASaleIsSharedByStandAlonePrices(t *testing.T) {
	t.Parallel()
	if revenue, deferred := five.Share(10_000, 100); revenue != 9_615 || deferred != 385 {
		t.Errorf("revenue %d and deferred %d, want 9615 and 385", revenue, deferred)
	}
	if n := five.Of(five.Redeemable(on(entry(ledger.Earn, 100)))); n != 400 {
		t.Errorf("the stand-alone value is %d, want 400", n)
	}
}

// The illustrative case of IFRS 15 and ASC 606: the expectation changes in the second year and is caught up with at once.
func TestL2RevenueFollowsRedemptionAndItsExpectation(t *testing.T) {
	t.Parallel()
	w := liability.Worth{Minor: 1, Points: 1, Expected: 9_500}
	revenue, deferred := w.Share(100_000, 10_000)
	first := liability.Recognised(deferred, 4_500, 9_500)
	second := liability.Recognised(deferred, 8_500, 9_700) - first
	if got, want := fmt.Sprint(revenue, deferred, first, second, deferred-first-second), "91324 8676 4110 3493 1073"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestL3WhatIsRedeemedWholeLeavesNothing(t *testing.T) {
	t.Parallel()
	s := on(entry(ledger.Earn, 100), entry(ledger.Spend, -100))
	_, deferred := five.Share(10_000, 100)
	if left, out := five.Redeemable(s), s.Outstanding(); left != 0 || out-left != 0 || liability.Recognised(deferred, 100, 80) != deferred {
		t.Errorf("liability %d, breakage %d, recognised %d of %d", left, out-left, liability.Recognised(deferred, 100, 80), deferred)
	}
}

func TestL4WhatIsReturnedWholeIsUndone(t *testing.T) {
	t.Parallel()
	s := on(entry(ledger.Earn, 100), entry(ledger.Reverse, -100))
	if five.Redeemable(s) != 0 || s.Outstanding() != 0 || s.Points(liability.ClawedBack) != s.Issued() || !s.Ties() {
		t.Errorf("%v", s)
	}
	revenue, deferred := five.Share(10_000, 100)
	back, released := five.Share(-10_000, 100)
	if revenue+deferred+back+released != 0 {
		t.Errorf("%d and %d are not undone by %d and %d", revenue, deferred, back, released)
	}
}

// every is one movement of each kind that there is.
func every() []ledger.Entry {
	return []ledger.Entry{
		entry(ledger.Earn, 500), entry(ledger.Grant, 70), entry(ledger.Adjust, 30), entry(ledger.Move, 1), entry(ledger.Spend, -200), entry(ledger.Spend, 20),
		entry(ledger.Expire, -40), entry(ledger.Expire, 10), entry(ledger.Reverse, -90), entry(ledger.Adjust, 25, ledger.Mark{Kind: card.MarkWrittenOff, Text: "r"}),
		entry(ledger.Adjust, -15), entry(ledger.Review, 0), entry(ledger.Kind('?'), -3),
	}
}

func TestL5EveryMovementStandsInOneSetOfAccounts(t *testing.T) {
	t.Parallel()
	s := on(every()...)
	s.Post(liability.Posting{From: liability.Available, To: liability.Pending, Points: 33})
	s.Post(liability.Posting{From: liability.Available, To: liability.Held, Points: 44})
	told := map[liability.Account]int64{}
	for _, a := range liability.Accounts() {
		told[a] = s.Points(a)
	}
	want := fmt.Sprint(map[liability.Account]int64{
		liability.Earned: 500, liability.Granted: 70, liability.Given: 30, liability.Joined: 1, liability.Available: 231, liability.Pending: 33, liability.Held: 44,
		liability.Redeemed: 180, liability.Expired: 30, liability.ClawedBack: 90, liability.WrittenOff: -25, liability.Adjusted: 18,
	})
	if fmt.Sprint(told) != want {
		t.Errorf("\n%v, want\n%s", told, want)
	}
	adds(t, s)
	adds(t, liability.Worth{Minor: 7, Points: 3}.Money(s))
}

// adds demands both sides of the book to be the same.
func adds(t interface{ Fatalf(string, ...any) }, s liability.Sheet) {
	right := int64(0)
	for _, a := range liability.Accounts()[liability.Available:] {
		right += s.Points(a)
	}
	if s.Issued() != right || !s.Ties() {
		t.Fatalf("issued %d, on the other side %d: %v", s.Issued(), right, s)
	}
}

// Whatever moves, at whatever worth, both sides are the same in points and in money, and what is expected is a part of what is out.
func TestBothSidesAreTheSameInMoney(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s liability.Sheet
		kinds := rapid.SampledFrom([]ledger.Kind{ledger.Earn, ledger.Reverse, ledger.Grant, ledger.Spend, ledger.Expire, ledger.Adjust, ledger.Move})
		for range rapid.IntRange(0, 30).Draw(t, "entries") {
			if p, ok := liability.Of(entry(kinds.Draw(t, "kind"), rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "points"))); ok {
				s.Post(p)
			}
		}
		w := liability.Worth{
			Minor: rapid.Int64Range(0, 1_000).Draw(t, "worth"), Points: rapid.Int64Range(1, 1_000).Draw(t, "of"), Expected: rapid.Int64Range(1, 10_000).Draw(t, "expected"),
		}
		adds(t, s)
		adds(t, w.Money(s))
		if n := w.Redeemable(s); n < 0 || n > max(0, s.Outstanding()) {
			t.Fatalf("%d of %d are expected", n, s.Outstanding())
		}
	})
}

// What has expired and is not told by the card, what came back for a late entry, and what waits, are found on the very day.
func TestADayIsSeenAsItWas(t *testing.T) {
	t.Parallel()
	jan, feb := day.Date(2026, 1, 31), day.Date(2026, 2, 28)
	at := func(d day.Day) time.Time { return d.Start(time.UTC).Add(9 * time.Hour) }
	b := ledger.Book{}.PostTo(ledger.Entry{Cause: "a/1/1", Kind: ledger.Earn, At: at(jan - 20), Points: 50}, ledger.Lot{ExpiresOn: jan})
	b = b.PostTo(ledger.Entry{Cause: "a/1/2", Kind: ledger.Earn, At: at(jan - 10), Points: 30}, ledger.Lot{ExpiresOn: feb, From: jan + 5})
	gone := ledger.Lot{ExpiresOn: jan, Points: 50}
	b = b.Post(ledger.Entry{Cause: "x", Kind: ledger.Expire, At: at(jan + 1), Points: -50, Marks: []ledger.Mark{card.LotMark(gone)}}, jan)
	back := gone
	back.Points = -20
	b = b.Restore(ledger.Entry{Cause: "restored", Kind: ledger.Expire, At: at(jan - 5), Points: 20, Marks: []ledger.Mark{card.LotMark(back)}}, []ledger.Lot{{ExpiresOn: jan, Points: 20}})
	b = b.Post(ledger.Entry{Cause: "late", Kind: ledger.Spend, At: at(jan - 5), Points: -20}, jan)
	days := []day.Day{jan - 21, jan - 20, jan - 10, jan - 5, jan, jan + 1, jan + 5, feb, feb + 1}
	tally := liability.NewTally(liability.Reckoning{Days: days, Zone: time.UTC, Now: at(feb + 1), Usable: func(e ledger.Entry) day.Day {
		if e.Cause == "a/1/2" {
			return jan + 5
		}
		return 0
	}})
	tally.Card(card.Head{ID: "7", Book: b}, nil)
	for i, want := range []string{"0 0 0 0", "50 0 0 0", "50 30 0 0", "30 30 20 0", "30 30 20 0", "0 30 20 30", "30 0 20 30", "30 0 20 30", "0 0 20 60"} {
		s := tally.Sheets[i]
		got := fmt.Sprint(s[liability.Available], s[liability.Pending], s[liability.Redeemed], s[liability.Expired])
		if wrong := tally.Check(i); got != want || wrong != "" {
			t.Errorf("%s: available, pending, redeemed, expired are %s, want %s; %s", days[i], got, want, wrong)
		}
	}
	if tally.Wrong != 0 || tally.Unposted[len(days)-1] != 30 {
		t.Errorf("%v, %v", tally.Faults, tally.Unposted)
	}
}
