package ledger

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/day"
)

// any sequence of posts, with expiry and pages turned at whatever moment, is an account book that adds up; pages change nothing that a
// reader of the whole can see.
func TestAnySequenceStaysSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b, unturned Book
		var pages []Page
		sum := int64(0)
		days := rapid.SampledFrom([]day.Day{0, 100, 131, 162, 400})
		for i := range rapid.IntRange(0, 60).Draw(t, "entries") {
			e := Entry{Cause: fmt.Sprint(i), Kind: Earn, Points: rapid.Int64Range(-30, 40).Draw(t, "points")}
			e.At = time.Unix(rapid.Int64Range(0, 1_000).Draw(t, "at"), 0)
			on := days.Draw(t, "expires")
			if today := days.Draw(t, "today"); rapid.Bool().Draw(t, "expire") {
				points, _ := b.Expired(today)
				e.Kind, e.Points, on = Expire, -points, 0
			}
			b, unturned = b.Post(e, on), unturned.Post(e, on)
			sum += e.Points
			if rapid.IntRange(0, 9).Draw(t, "turn") == 0 {
				var page Page
				b, page = b.TurnPage(rapid.IntRange(1, PageSize).Draw(t, "size"))
				pages = append(pages, page)
			}
			if b.Balance != sum {
				t.Fatalf("the balance is %d, the entries add up to %d", b.Balance, sum)
			}
			if wrong := b.Sound(pages); wrong != "" {
				t.Fatal(wrong)
			}
		}
		if diff := cmp.Diff(unturned.Lots, b.Lots); diff != "" {
			t.Fatal(diff)
		}
		for _, e := range unturned.Tail {
			findEverywhere(t, unturned, b, pages, e)
		}
	})
}

// findEverywhere demands that an entry is found once, in the tail or in a page, with the balance that it had.
func findEverywhere(t *rapid.T, whole, b Book, pages []Page, e Entry) {
	_, want, _ := whole.Find(e.Cause)
	found := 0
	if _, balance, ok := b.Find(e.Cause); ok && balance == want {
		found++
	}
	for _, p := range pages {
		if _, balance, ok := p.Find(e.Cause); ok && balance == want {
			found++
			if !b.MayHold(e.At) {
				t.Fatalf("entry %s lies in a page, and the book says no page may hold it", e.Cause)
			}
		}
	}
	if found != 1 {
		t.Fatalf("entry %s is found %d times with balance %d", e.Cause, found, want)
	}
}

// A lot that a reversal filled from is emptied before the earlier ones, so that a receipt and its return leave the other lots alone.
func TestReversalUndoesItsOwnLot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b Book
		for i := range rapid.IntRange(0, 5).Draw(t, "lots") {
			b = b.Post(Entry{Cause: fmt.Sprint(i), Points: rapid.Int64Range(1, 50).Draw(t, "points")}, day.Day(rapid.IntRange(0, 4).Draw(t, "on")))
		}
		n, on := rapid.Int64Range(1, 50).Draw(t, "sale"), day.Day(rapid.IntRange(0, 4).Draw(t, "sale on"))
		after := b.Post(Entry{Cause: "sale", Points: n}, on).Post(Entry{Cause: "return", Points: -n}, on)
		if on == 0 {
			return // never-expiring points have no day to name; the earliest go
		}
		if told(after) != told(b) {
			t.Fatalf("a receipt and its return changed %s to %s", told(b), told(after))
		}
	})
}
