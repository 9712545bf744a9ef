package limit

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/day"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// step is a row of an account book: what is asked of one tally, and what it answers.
type step struct {
	minutes int // since noon
	act     string
	id      string
	take    Take
	want    Reason
	used    Take
	over    Take
	held    int // live holds after it
}

func play(t *testing.T, l Limit, steps []step) {
	t.Helper()
	var tally Tally
	for n, s := range steps {
		now, why := noon.Add(time.Duration(s.minutes)*time.Minute), Reason("")
		switch s.act {
		case "hold":
			tally, why = tally.Hold(l, Hold{ID: s.id, Take: s.take, Until: now.Add(15 * time.Minute)}, now)
		case "redeem":
			if tally, why = tally.Redeem(l, s.id, s.take, now); why != "" {
				tally = tally.Exceed(s.take)
			}
		case "release":
			tally = tally.Release(s.id, now)
		case "back":
			tally = tally.GiveBack(s.take, false)
		case "ask":
			why = tally.Refuses(l, s.id, s.take, now)
		}
		live := 0
		for _, h := range tally.Holds {
			if now.Before(h.Until) {
				live++
			}
		}
		if why != s.want || tally.Used != s.used || tally.Over != s.over || live != s.held {
			t.Errorf("row %d, %s %s: %q, used %v, over %v, %d held; want %q, %v, %v, %d", n+1, s.act, s.id, why, tally.Used, tally.Over, live, s.want, s.used, s.over, s.held)
		}
	}
}

// C-2: a budget of 10000 and three holds of 4000. The first is settled at 3500: 3500 are spent, 4000 held and 2500 free.
func TestBudgetC2(t *testing.T) {
	t.Parallel()
	play(t, Limit{Money: 10_000}, []step{
		{act: "hold", id: "a", take: Take{1, 4000}, held: 1},
		{act: "hold", id: "b", take: Take{1, 4000}, held: 2},
		{act: "hold", id: "c", take: Take{1, 4000}, want: Reserved, held: 2},
		{act: "redeem", id: "a", take: Take{1, 3500}, used: Take{1, 3500}, held: 1},
		{act: "ask", id: "c", take: Take{1, 2501}, want: Reserved, used: Take{1, 3500}, held: 1},
		{act: "ask", id: "c", take: Take{1, 2500}, used: Take{1, 3500}, held: 1},
		{act: "ask", id: "c", take: Take{1, 6501}, want: Spent, used: Take{1, 3500}, held: 1},
	})
}

// C-4: the hold ends after 15 minutes. What is settled later counts if there is room, and is booked beyond the limit if there is none.
func TestLateSettleC4(t *testing.T) {
	t.Parallel()
	play(t, Limit{Uses: 1}, []step{
		{act: "hold", id: "a", take: Take{Uses: 1}, held: 1},
		{minutes: 14, act: "hold", id: "b", take: Take{Uses: 1}, want: Reserved, held: 1},
		{minutes: 15, act: "ask", id: "b", take: Take{Uses: 1}},
		{minutes: 40, act: "redeem", id: "a", take: Take{Uses: 1}, used: Take{Uses: 1}},
	})
	play(t, Limit{Uses: 1}, []step{
		{act: "hold", id: "a", take: Take{Uses: 1}, held: 1},
		{minutes: 20, act: "redeem", id: "b", take: Take{Uses: 1}, used: Take{Uses: 1}},
		{minutes: 40, act: "redeem", id: "a", take: Take{Uses: 1}, want: Reached, used: Take{Uses: 1}, over: Take{Uses: 1}},
	})
}

// C-10: what a basket holds itself never stands in its way, however often it is reckoned anew.
func TestOwnHoldIsLeftOutC10(t *testing.T) {
	t.Parallel()
	steps := []step{}
	for range 10 {
		steps = append(steps, step{act: "hold", id: "a", take: Take{1, 900}, held: 1}, step{act: "ask", id: "a", take: Take{1, 1000}, held: 1})
	}
	play(t, Limit{Uses: 1, Money: 1000}, append(steps,
		step{act: "release", id: "a"},
		step{act: "hold", id: "b", take: Take{1, 1000}, held: 1},
		step{act: "redeem", id: "b", take: Take{1, 1000}, used: Take{1, 1000}},
		step{act: "back", take: Take{1, 1000}},
		step{act: "ask", id: "c", take: Take{1, 1000}}))
}

// Whatever is held, redeemed, released and given back: what is used and held never passes the limit, and what is booked beyond is told.
func TestNeverOverByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := Limit{Uses: rapid.Int64Range(0, 5).Draw(t, "uses"), Money: rapid.Int64Range(0, 500).Draw(t, "money")}
		var tally Tally
		var redeemed []Take
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "minutes")) * time.Minute)
			id := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id")
			take := Take{1, rapid.Int64Range(0, 200).Draw(t, "take")}
			why := Reason("")
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				tally, _ = tally.Hold(l, Hold{ID: id, Take: take, Until: now.Add(15 * time.Minute)}, now)
			case 1:
				if tally, why = tally.Redeem(l, id, take, now); why == "" {
					redeemed = append(redeemed, take)
				}
			case 2:
				tally = tally.Release(id, now)
			case 3:
				if len(redeemed) > 0 {
					tally, redeemed = tally.GiveBack(redeemed[0], false), redeemed[1:]
				}
			}
			sum := Take{}
			for _, r := range redeemed {
				sum = sum.Plus(r)
			}
			if tally.Used != sum || tally.Used.Plus(tally.heldByOthers("", now)).within(l) != "" {
				t.Fatalf("used %v of %v, redeemed %v, held %v", tally.Used, l, sum, tally.Holds)
			}
		}
	})
}

func TestPeriodsBeginAnew(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ per, on, want string }{
		{Ever, "2026-11-21", "ever"}, {Day, "2026-11-21", "20261121"}, {Month, "2026-11-30", "202611"}, {Year, "2026-01-01", "2026"},
		{Week, "2026-11-21", "2026W47"}, {Week, "2026-11-22", "2026W47"}, {Week, "2026-11-23", "2026W48"}, {Week, "2027-01-01", "2026W53"},
	} {
		on, err := day.Parse(row.on)
		if err != nil {
			t.Fatal(err)
		}
		if got := Period(row.per, on); got != row.want {
			t.Errorf("%s of %s is %s, want %s", row.per, row.on, got, row.want)
		}
	}
}

// C-9: two cards that have used an offer once each have used it twice together, whichever comes first.
func TestCountsOfCardsAddUpC9(t *testing.T) {
	t.Parallel()
	a := Counts{}.Add("welcome", "ever", 1).Add("daily", "20261120", 2)
	b := Counts{}.Add("welcome", "ever", 1).Add("daily", "20261121", 1).Add("other", "ever", 1)
	for _, both := range []Counts{a.Plus(b), b.Plus(a)} {
		if both.Of("welcome", "ever") != 2 || both.Of("daily", "20261121") != 1 || both.Of("daily", "20261120") != 0 || both.Of("other", "ever") != 1 || len(both) != 3 {
			t.Errorf("together %v", both)
		}
	}
	if left := a.Add("welcome", "ever", -1); len(left) != 1 || a.Of("welcome", "ever") != 1 {
		t.Errorf("given back %v of %v", left, a)
	}
	if !slices.Equal(a.Add("daily", "20261119", 5), a) {
		t.Error("a period long past counts")
	}
}
