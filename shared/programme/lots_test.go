package programme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// lots writes a card as "60 pending 20: 2028-04-03:40 2028-04-03:20/2027-04-03".
func lots(h card.Head, today day.Day) string {
	text := []string{fmt.Sprintf("%d pending %d:", h.Book.Available(today), h.Book.Pending(today))}
	for _, l := range h.Book.Lots {
		part := fmt.Sprintf("%s:%d", l.ExpiresOn, l.Points)
		if l.From != 0 {
			part += "/" + l.From.String()
		}
		text = append(text, part)
	}
	return strings.Join(text, " ")
}

// expires is the last day of points that are earned on a day.
func expires(t *testing.T, points, earned string) string {
	t.Helper()
	p := rules(t, onePoint+"points: "+points+"\n")
	r := sale("1", at(t, earned+"T14:00"), 10_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	return h.Book.Lots[0].ExpiresOn.String()
}

func TestWhenPointsExpire(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, points, earned, want string }{
		{"X-1", "{months: 1, round_to: day}", "2027-01-31", "2027-02-28"},
		{"X-1", "{months: 2, round_to: day}", "2027-01-31", "2027-03-31"},
		{"X-1", "{months: 3, round_to: day}", "2027-01-31", "2027-04-30"},
		{"X-1", "{months: 4, round_to: day}", "2027-01-31", "2027-05-31"},
		{"X-1", "{months: 5, round_to: day}", "2027-01-31", "2027-06-30"},
		{"X-1", "{months: 6, round_to: day}", "2027-01-31", "2027-07-31"},
		{"X-2", "{months: 6, round_to: day}", "2027-08-31", "2028-02-29"},
		{"X-2", "{months: 12, round_to: day}", "2028-02-29", "2029-02-28"},
		{"X-2", "{months: 12, round_to: day}", "2027-02-28", "2028-02-28"},
		{"X-8", "{months: 6, since: activity}", "2027-01-10", "2027-07-10"},
		{"X-9", "{months: 1, round_to: quarter}", "2027-02-25", "2027-03-31"},
		{"X-9", "{months: 2, round_to: quarter}", "2027-02-25", "2027-06-30"},
		{"PD-4", "{pending_days: 14, months: 12, round_to: day}", "2027-03-20", "2028-04-03"},
		{"days", "{days: 90}", "2027-01-31", "2027-05-01"},
		{"months, as ever", "{months: 12}", "2027-01-31", "2028-01-31"},
		{"the end of the month", "{months: 12}", "2027-01-05", "2028-01-31"},
		{"half-year", "{months: 6, round_to: half_year}", "2027-01-05", "2027-12-31"},
		{"year", "{months: 12, round_to: year}", "2027-01-05", "2028-12-31"},
		{"the next 31 March", "{round_to: 03-31}", "2027-03-31", "2027-03-31"},
		{"the next 31 March", "{round_to: 03-31}", "2027-04-01", "2028-03-31"},
		{"and not before a year", "{months: 12, round_to: 03-31}", "2027-04-01", "2029-03-31"},
		{"29 February", "{round_to: 02-29}", "2027-01-01", "2027-02-28"},
		{"for ever", "{}", "2027-01-01", ""},
	} {
		if got := expires(t, row.points, row.earned); got != row.want {
			t.Errorf("%s: %s from %s: %s, want %s", row.name, row.points, row.earned, got, row.want)
		}
	}
}

// the last day is whole, in the programme's zone.
func TestTheLastDayEndsAtLocalMidnight(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 1, round_to: day}\n")
	r := sale("1", at(t, "2027-05-30T12:00"), 10_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	for moment, want := range map[string]int64{"2027-06-30T21:59:59Z": 100, "2027-06-30T22:00:00Z": 0} {
		now, _ := time.Parse(time.RFC3339, moment)
		if got := p.AsOf(h, now).Book.Balance; got != want {
			t.Errorf("%s: %d, want %d", moment, got, want)
		}
	}
}

func TestATierMayLetPointsLiveLonger(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 12}\ntiers: [{id: gold, name: Gold, points: 100, points_months: 24}]\n")
	first, second := sale("1", at(t, "2027-01-05T12:00"), 10_000), sale("2", at(t, "2027-01-06T12:00"), 5_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, first, first.At)
	h = p.Checkout(h, card.Profile{}, second, second.At)
	if got := lots(h, 0); got != "150 pending 0: 2028-01-31:100 2029-01-31:50" {
		t.Error(got)
	}
	h, _ = giveBack(t, p, h, second, last(h), []receipt.Return{{ID: "all", At: second.At}}, second.At)
	if got := lots(h, 0); got != "100 pending 0: 2028-01-31:100" {
		t.Error(got)
	}
}

const held = "points: {pending_days: 14, months: 12, round_to: day}\n"

// PD-1: whole days from local midnight, also over the night on which the clocks change.
func TestPendingPointsAreUsableFromLocalMidnight(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+held)
	r := sale("1", at(t, "2027-03-20T14:00"), 6_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	for _, row := range []struct{ now, want string }{
		{"2027-03-20T13:00:00Z", "0 pending 60: 2028-04-03:60/2027-04-03"},
		{"2027-04-02T21:59:59Z", "0 pending 60: 2028-04-03:60/2027-04-03"},
		{"2027-04-02T22:00:00Z", "60 pending 0: 2028-04-03:60"},
	} {
		now, _ := time.Parse(time.RFC3339, row.now)
		if got := lots(p.AsOf(h, now), 0); got != row.want {
			t.Errorf("%s: %s, want %s", row.now, got, row.want)
		}
	}
}

func TestAReturnTakesWhatWaitsFirst(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+held)
	old := sale("old", at(t, "2027-01-10T14:00"), 3_000)
	r := sale("1", at(t, "2027-03-20T14:00"), 1_000, 4_000, 1_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, old, old.At)
	h = p.Checkout(h, card.Profile{}, r, r.At)
	sold, soon := last(h), r.At.Add(time.Hour)
	for _, row := range []struct {
		name     string
		activate int64
		back     []string
		want     string
	}{
		{"PD-2", 0, []string{"2"}, "30 pending 20: 2028-01-24:30 2028-04-03:20/2027-04-03"},
		{"PD-3", 25, []string{"2", "1"}, "40 pending 0: 2028-01-24:30 2028-04-03:10"},
		{"all of it", 25, []string{"2", "1", "3"}, "30 pending 0: 2028-01-24:30"},
	} {
		h := h
		if row.activate > 0 {
			h = p.ByHand(h, programme.Act{Cause: "by hand", Activate: row.activate, Reason: "kind", By: "Mira"}, soon)
		}
		var returns []receipt.Return
		for _, id := range row.back {
			back := lineBack(id, 1)
			back.At = soon
			returns = append(returns, back)
		}
		if h, _ = giveBack(t, p, h, r, sold, returns, soon); lots(h, 0) != row.want {
			t.Errorf("%s: %s, want %s", row.name, lots(h, 0), row.want)
		}
	}
}

// what ends first is spent first, and nothing is taken off twice.
func TestSpentPointsDoNotExpireAgain(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 3}\n")
	h := card.Head{ID: "7001"}
	for i, on := range []string{"2026-12-10T10:00", "2027-02-10T10:00"} {
		r := sale(fmt.Sprint(i), at(t, on), 10_000)
		h = p.Checkout(h, card.Profile{}, r, r.At)
	}
	h = p.ByHand(h, programme.Act{Cause: "spent", Points: -80}, at(t, "2027-02-20T10:00"))
	h = p.AsOf(h, at(t, "2027-04-01T00:00"))
	if e := last(h); h.Book.Balance != 100 || e.Points != -20 || len(e.Marks) != 1 || e.Marks[0].Text != "2027-03-31:20" {
		t.Errorf("balance %d, expired %d, %v", h.Book.Balance, e.Points, e.Marks)
	}
}

// A receipt that comes back when its points have expired leaves what it would have left on the day before.
func TestAReturnFindsItsExpiredPoints(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 1}\n")
	r, other := sale("1", at(t, "2026-01-10T10:00"), 5_000), sale("2", at(t, "2026-06-01T10:00"), 7_000)
	for _, row := range []struct {
		name  string
		spent int64
		want  int64
	}{{"nothing was spent", 0, 70}, {"20 were spent", -20, 50}} {
		h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
		sold := last(h)
		if row.spent != 0 {
			h = p.ByHand(h, programme.Act{Cause: "spent", Points: row.spent}, r.At)
		}
		h = p.Checkout(h, card.Profile{}, other, other.At)
		h, _ = giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all", At: other.At}}, other.At)
		if h.Book.Balance != row.want || h.Book.Sound(nil) != "" {
			t.Errorf("%s: %d, want %d %s", row.name, h.Book.Balance, row.want, h.Book.Sound(nil))
		}
	}
}

// activity begins the life of all points anew, also of those that have expired when it is heard of; a return does not.
func TestActivityProlongsPoints(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 6, since: activity}\n")
	buy := func(h card.Head, on string, now string) card.Head {
		return p.Checkout(h, card.Profile{}, sale(on, at(t, on), 1_000), at(t, now))
	}
	h := buy(card.Head{ID: "7001"}, "2027-01-10T10:00", "2027-01-10T10:00")
	first := last(h)
	h = buy(h, "2027-05-05T10:00", "2027-05-05T10:00")
	if got := lots(h, 0); got != "20 pending 0: 2027-11-05:20" {
		t.Error(got)
	}
	back := []receipt.Return{{ID: "all", At: at(t, "2027-06-01T10:00")}}
	h, _ = giveBack(t, p, h, sale("2027-01-10T10:00", at(t, "2027-01-10T10:00"), 1_000), first, back, back[0].At)
	if got := lots(h, 0); got != "10 pending 0: 2027-11-05:10" {
		t.Error(got)
	}
	// The points have ended and others have come, when a receipt of before the end is brought: it bridges the gap.
	h = buy(h, "2028-01-05T10:00", "2028-01-05T10:00")
	if got := lots(h, 0); got != "10 pending 0: 2028-07-05:10" {
		t.Error(got)
	}
	if h = buy(h, "2027-11-05T10:00", "2028-01-06T10:00"); lots(h, 0) != "30 pending 0: 2028-07-05:30" || h.Book.Sound(nil) != "" {
		t.Error(lots(h, 0), h.Book.Sound(nil))
	}
}

// a return may owe as much as the programme says; the rest is written off by an entry of its own, and the book adds up.
func TestDebtEndsAtTheFloor(t *testing.T) {
	t.Parallel()
	r := sale("1", at(t, "2027-01-10T10:00"), 5_000)
	for limit, want := range map[string]string{"": "-50 of 3, then -20", ", debt_limit: 0": "0 of 4, then 30", ", debt_limit: 20": "-20 of 4, then 10", ", debt_limit: 50": "-50 of 3, then -20"} {
		p := rules(t, onePoint+"points: {months: 12"+limit+"}\n")
		h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
		sold := last(h)
		h = p.ByHand(h, programme.Act{Cause: "spent", Points: -50}, r.At)
		h, points := giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all", At: r.At}}, r.At)
		got := fmt.Sprintf("%d of %d, then ", h.Book.Balance, len(h.Book.Tail))
		next := sale("2", r.At.Add(time.Hour), 3_000)
		h = p.Checkout(h, card.Profile{}, next, next.At)
		if got += fmt.Sprint(h.Book.Balance); got != want || points[0] != -50 || h.Book.Sound(nil) != "" {
			t.Errorf("%q: %s, want %s; returned %d %s", limit, got, want, points[0], h.Book.Sound(nil))
		}
	}
}

// heard is a receipt or its return, and when we hear of it.
type heard struct {
	sale receipt.Receipt
	back bool
	at   time.Time
}

// Receipts and returns that are heard of early or late, before their points have begun or after they have ended, leave the same card.
func TestWhenAMovementIsHeardOfDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, life := range []string{"{months: 2}", "{days: 40, pending_days: 14}", "{round_to: 03-31}", "{months: 1, round_to: quarter}"} {
		p := rules(t, onePoint+"points: "+life+"\n"+tiers)
		start := at(t, "2026-01-01T10:00")
		rapid.Check(t, func(t *rapid.T) {
			now := start
			var history []heard
			for i := range rapid.IntRange(1, 7).Draw(t, "receipts") {
				now = now.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "days"))
				history = append(history, heard{sale: sale(fmt.Sprint(i), now, rapid.Int64Range(0, 20_000).Draw(t, "amount")), at: now})
			}
			for _, h := range history {
				if rapid.Bool().Draw(t, "returned") {
					h.back, h.at = true, h.sale.At.AddDate(0, 0, rapid.IntRange(0, 120).Draw(t, "after"))
					history = append(history, h)
				}
			}
			end := now.AddDate(0, 0, 150)
			slices.SortStableFunc(history, func(a, b heard) int { return a.at.Compare(b.at) })
			prompt := played(t, p, history, func(h heard) time.Time { return h.at }, end)
			late := played(t, p, history, func(heard) time.Time { return end }, end)
			if prompt.Book.Balance != late.Book.Balance || !slices.Equal(prompt.Book.Lots, late.Book.Lots) {
				t.Fatalf("%s: heard of at once %s, at the end %s", life, lots(prompt, 0), lots(late, 0))
			}
			order := rapid.Permutation(history).Draw(t, "order")
			if mixed := played(t, p, sorted(order), func(heard) time.Time { return end }, end); mixed.Book.Balance != prompt.Book.Balance || !slices.Equal(mixed.Book.Lots, prompt.Book.Lots) {
				t.Fatalf("%s: in their order %s, mixed %s", life, lots(prompt, 0), lots(mixed, 0))
			}
		})
	}
}

// sorted brings each return behind its receipt and leaves the rest as it is.
func sorted(order []heard) []heard {
	var list []heard
	done := map[receipt.Key]bool{}
	for _, h := range order {
		if h.back && !done[h.sale.Key] {
			continue
		}
		list, done[h.sale.Key] = append(list, h), true
		if !h.back {
			for _, b := range order[:slices.IndexFunc(order, func(o heard) bool { return !o.back && o.sale.Key == h.sale.Key })] {
				if b.back && b.sale.Key == h.sale.Key {
					list = append(list, b)
				}
			}
		}
	}
	return list
}

func played(t *rapid.T, p *programme.Programme, history []heard, hear func(heard) time.Time, end time.Time) card.Head {
	h := card.Head{ID: "7001"}
	for _, m := range history {
		now := hear(m)
		if !m.back {
			h = p.Checkout(h, card.Profile{}, m.sale, now)
			continue
		}
		sold, _, _ := h.Book.Find(m.sale.Key.String())
		var err error
		if h, err = p.Return(h, card.Profile{}, m.sale, sold, []receipt.Return{{ID: "all", At: m.at}}, m.sale.Key.String()+"~1", now); err != nil {
			t.Fatal(err)
		}
		if wrong := h.Book.Sound(nil); wrong != "" {
			t.Fatal(wrong)
		}
	}
	return p.AsOf(h, end)
}
