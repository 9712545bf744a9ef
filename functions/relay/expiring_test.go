package relay_test

import (
	"errors"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/loyalty/loyaltytest"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

// ending is a shop whose points live a month, and of which the world hears ten days before.
type ending struct {
	*loyaltytest.Shop
	t  *testing.T
	do func([]byte) string
}

func openEnding(t *testing.T) ending {
	s, do := open(t)
	s.Under("ending")
	return ending{s, t, do}
}

// relay tells what was written since.
func (e ending) relay() {
	e.t.Helper()
	if payload, n := e.Stream(); n > 0 {
		if got := e.do(payload); got != "done" {
			e.t.Error(got)
		}
	}
}

// tick is the quarter of an hour that looks at cards, and the stream behind it.
func (e ending) tick(at string) int {
	e.t.Helper()
	e.Set(at)
	told, err := e.WarnExpiring(e.t.Context(), e.Clock())
	if err != nil {
		e.t.Error(err)
	}
	e.relay()
	return told
}

func TestPointsThatEndSoonAreToldOnceForEachLastDay(t *testing.T) {
	t.Parallel()
	e := openEnding(t)
	buy(t, e.Shop, "1", 1200) // ends on 21 December
	buy(t, e.Shop, "2", 300)  // with it
	e.relay()
	e.Set("2026-11-25T10:00")
	buy(t, e.Shop, "3", 500) // ends on 25 December
	e.relay()
	for _, row := range []struct {
		at   string
		told int
		bus  string
	}{
		{"2026-12-10T23:45", 0, ""},
		{"2026-12-11T00:00", 1, "15/20 until 2026-12-21"},
		{"2026-12-11T00:15", 0, "15/20 until 2026-12-21"},
		{"2026-12-16T09:00", 1, "15/20 until 2026-12-21, 5/20 until 2026-12-25"}, // a day late: the ticks before were lost
		{"2026-12-26T09:00", 0, "15/20 until 2026-12-21, 5/20 until 2026-12-25"},
	} {
		if told := e.tick(row.at); told != row.told || e.Bus.Ending() != row.bus {
			t.Errorf("at %s: %d told, bus %q; want %d, %q", row.at, told, e.Bus.Ending(), row.told, row.bus)
		}
	}
	buy(t, e.Shop, "4", 700) // on 26 December: ends on 26 January
	e.relay()
	e.tick("2027-01-16T00:00")
	if got := e.Bus.Ending(); got != "15/20 until 2026-12-21, 5/20 until 2026-12-25, 7/7 until 2027-01-26" {
		t.Errorf("bus %q", got)
	}
}

// What is spent before the day is not told of, and a receipt that comes late brings the look forward.
func TestOnlyWhatReallyEndsIsTold(t *testing.T) {
	t.Parallel()
	e := openEnding(t)
	e.Set("2026-12-01T10:00")
	buy(t, e.Shop, "1", 1000)
	e.relay()
	if _, err := e.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "2"}, Card: e.Number(1), At: e.At("2026-11-15T10:00"), Total: eur(200), // ends on 15 December
	}); err != nil {
		t.Fatal(err)
	}
	e.relay()
	if e.tick("2026-12-04T23:45"); e.Bus.Ending() != "" {
		t.Errorf("bus %q", e.Bus.Ending())
	}
	if e.tick("2026-12-05T00:00"); e.Bus.Ending() != "2/12 until 2026-12-15" {
		t.Errorf("bus %q", e.Bus.Ending())
	}
	if _, err := e.Checkout(t.Context(), receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: "03", Number: "3"}, Card: e.Number(1), At: e.Clock(), Total: eur(12),
		Tenders: []receipt.Tender{{Kind: receipt.TenderPoints, Points: 12}},
	}); err != nil {
		t.Fatal(err)
	}
	e.relay()
	if told := e.tick("2026-12-22T00:00"); told != 0 {
		t.Errorf("%d told of points that were spent: %q", told, e.Bus.Ending())
	}
}

// Each part outside fails once, before and after it did its work: the fact is told, with one name and one content.
func TestNoFaultLosesOrDoublesPointsThatEnd(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		e := openEnding(t)
		buy(t, e.Shop, "1", 1200)
		e.relay()
		e.Set("2026-12-11T00:00")
		if told, err := e.WarnExpiring(t.Context(), e.Clock()); told != 1 || err != nil {
			t.Fatal(told, err)
		}
		payload, _ := e.Stream()
		e.Bus.Fault = loyaltytest.Fault{Err: errors.New("the line broke"), ButDone: done}
		if got := e.do(payload); got == "done" {
			t.Error("a broken line is not reported")
		}
		e.Wait(1000)
		for range 2 {
			if got := e.do(payload); got != "done" {
				t.Error(got)
			}
		}
		if got := e.Bus.Ending(); got != "12/12 until 2026-12-21" {
			t.Errorf("but done %v: bus %q", done, got)
		}
	}
}

// The points of a card that was merged are told of on the card that has them, and again on their own when the two part.
func TestPointsOfMergedCardsAreToldWhereTheyLie(t *testing.T) {
	t.Parallel()
	for _, part := range []bool{false, true} {
		e := openEnding(t)
		buy(t, e.Shop, "1", 1200)
		other := e.Enrol(2, "")
		hand := loyalty.ByHand{ID: "m", Reason: "one shopper", By: "Mira"}
		if _, err := e.Merge(t.Context(), e.Number(1), other, hand); err != nil {
			t.Fatal(err)
		}
		want := other
		if part {
			hand.ID = "u"
			if _, err := e.Unmerge(t.Context(), e.Number(1), hand); err != nil {
				t.Fatal(err)
			}
			want = e.Number(1)
		}
		e.relay()
		e.tick("2026-12-11T00:00")
		if got := e.Bus.Ending(); got != "12/12 until 2026-12-21" || e.Bus.Cards() != want {
			t.Errorf("parted %v: bus %q of %s, want card %s", part, got, e.Bus.Cards(), want)
		}
	}
}

// A programme that says nothing of points that end writes nothing for it.
func TestNothingIsKeptWhereNobodyListens(t *testing.T) {
	t.Parallel()
	e := openEnding(t)
	e.Under("programme")
	buy(t, e.Shop, "1", 1200)
	e.relay()
	if _, n := e.Stream(); n == 0 {
		t.Error("points that end in a year are not noted, and all facts are published")
	}
	quiet := openEnding(t)
	quiet.Under("campaigns") // points that live for ever
	buy(t, quiet.Shop, "1", 1200)
	quiet.relay()
	if _, n := quiet.Stream(); n != 0 {
		t.Errorf("%d writes for points that live for ever", n)
	}
}
