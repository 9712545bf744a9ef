package programme_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const thanksAndMore = onePoint + `
offers: [{id: ten, name: Ten, coupon: true, percent: "10", on: basket}]
`

func campaigns(global, thanks, more string) string {
	return thanksAndMore + global + `
campaigns:
  - {id: thanks, on: checkout, ` + thanks + ` grant: {offer: ten, days: 30}}
  - {id: more, on: checkout, ` + more + ` grant: {points: 100}}
`
}

// V-1
func TestAHoldoutIsAStableShareOfTheCards(t *testing.T) {
	t.Parallel()
	p := rules(t, campaigns("", "holdout: 10,", "holdout: 10,"))
	wider := rules(t, campaigns("", "holdout: 20,", ""))
	later := nextVersion(p)
	var held, both int
	for i := range 10_000 {
		id := fmt.Sprint(7_000_000 + i)
		is, overAll := p.HeldOut("thanks", id)
		again, _ := later.HeldOut("thanks", id)
		still, _ := wider.HeldOut("thanks", id)
		other, _ := p.HeldOut("more", id)
		if is != again || is && !still || overAll {
			t.Fatalf("card %s: %t, again %t, of twenty per cent %t", id, is, again, still)
		}
		if is {
			held++
			if other {
				both++
			}
		}
	}
	if math.Abs(float64(held-1_000)) > 4*30 {
		t.Errorf("%d of 10,000 are held out, want 1,000 give or take 30 as a rule", held)
	}
	if math.Abs(float64(both-100)) > 4*10 {
		t.Errorf("%d are held out of two campaigns, want about 100: two campaigns have nothing to do with each other", both)
	}
	// Who they are is a promise to every host and every later version.
	var first []string
	for i := 0; len(first) < 5; i++ {
		if is, _ := p.HeldOut("thanks", fmt.Sprint(7_000_000+i)); is {
			first = append(first, fmt.Sprint(7_000_000+i))
		}
	}
	if got, want := fmt.Sprint(first), "[7000015 7000017 7000047 7000071 7000080]"; got != want {
		t.Errorf("the first that are held out are %s, want %s", got, want)
	}
}

// nextVersion is the same programme as another version of it.
func nextVersion(p *programme.Programme) *programme.Programme {
	next := p.Document
	next.From = next.From.AddDate(1, 0, 0)
	made, _ := programme.Compile(next)
	return made
}

// first finds the first card that is, or is not, held out of a campaign.
func first(t *testing.T, p *programme.Programme, campaign string, want bool) string {
	t.Helper()
	for i := range 10_000 {
		id := fmt.Sprint(7_000_000 + i)
		if held, _ := p.HeldOut(campaign, id); held == want {
			return id
		}
	}
	t.Fatal("no card")
	return ""
}

// V-11
func TestAHeldOutCardEarnsAsUsualAndIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		document    string
		held        bool
		points      int64
		coupons     int
		marks       string
		assignments string
	}{
		"nobody is held out": {campaigns("", "", ""), false, 110, 1, "", "[]"},
		"of one campaign":    {campaigns("", "holdout: 30,", ""), true, 110, 0, "thanks:held thanks", "[{thanks held 2026-11-21 0 false}]"},
		"treated by it":      {campaigns("", "holdout: 30,", ""), false, 110, 1, "thanks:treated", "[{thanks treated 2026-11-21 0 false}]"},
		"of all":             {campaigns("holdout: 30", "", ""), true, 10, 0, "*:held thanks more", "[{* held 2026-11-21 0 false}]"},
		"of all, beside one": {campaigns("holdout: 30", "holdout: 10,", ""), true, 10, 0, "*:held thanks more", "[{* held 2026-11-21 0 false}]"},
		"treated, with both": {campaigns("holdout: 30", "holdout: 10,", ""), false, 110, 1, "*:treated thanks:treated", "[{* treated 2026-11-21 0 false} {thanks treated 2026-11-21 0 false}]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := rules(t, row.document)
			id := first(t, p, "thanks", row.held)
			r := sale("1", at(t, "2026-11-21T10:00"), 1_000)
			r.Card = id
			h := p.Checkout(card.Head{ID: id}, card.Profile{}, r, r.At)
			e := last(h)
			marks := ""
			for _, m := range e.Marks {
				if m.Kind == card.MarkAssigned || m.Kind == card.MarkHeldOut {
					marks += " " + m.Text
				}
			}
			if marks != "" {
				marks = marks[1:]
			}
			if e.Points != row.points || len(h.Wallet) != row.coupons || marks != row.marks || fmt.Sprint(h.Assignments) != row.assignments {
				t.Errorf("%d points, %d coupons, marks %q, %v", e.Points, len(h.Wallet), marks, h.Assignments)
			}
		})
	}
}

// What a card buys within its window counts once, in either group; the receipt with which the campaign began does not.
func TestPurchasesOfAWindowAreCounted(t *testing.T) {
	t.Parallel()
	p := rules(t, campaigns("", "holdout: 30, window_days: 7,", ""))
	for _, held := range []bool{true, false} {
		id := first(t, p, "thanks", held)
		h := card.Head{ID: id}
		spent := func(what string, want int64, done bool) {
			t.Helper()
			a, ok := h.Assigned("thanks")
			if !ok || a.Spent != want || a.Done != done {
				t.Errorf("held out %t: %s: %+v, want %d, done %t", held, what, a, want, done)
			}
		}
		buy := func(number, when, told string, cents int64) receipt.Receipt {
			r := sale(number, at(t, when), cents)
			r.Card = id
			h = p.Checkout(h, card.Profile{}, r, at(t, told))
			return r
		}
		back := func(r receipt.Receipt, when string) {
			e, _, _ := h.Book.Find(r.Key.String())
			var err error
			if h, err = p.Return(h, card.Profile{}, r, e, []receipt.Return{{ID: "1", At: at(t, when)}}, r.Key.String()+"~1", at(t, when)); err != nil {
				t.Fatal(err)
			}
		}
		began := buy("1", "2026-11-01T10:00", "2026-11-01T10:00", 1_000)
		spent("the receipt that it began with", 0, false)
		second := buy("2", "2026-11-03T10:00", "2026-11-03T10:00", 500)
		spent("a purchase", 500, false)
		back(began, "2026-11-04T10:00")
		spent("a return of the first receipt", 500, false)
		buy("3", "2026-11-08T10:00", "2026-11-08T10:00", 700)
		spent("a purchase on the last day", 1_200, false)
		back(second, "2026-11-08T11:00")
		spent("a return", 700, false)
		buy("4", "2026-11-09T10:00", "2026-11-09T10:00", 900)
		spent("a purchase after the window", 700, false)
		buy("5", "2026-11-07T10:00", "2026-11-12T10:00", 100)
		spent("a receipt that arrives late", 800, false)
		buy("6", "2026-11-20T10:00", "2026-11-20T10:00", 100)
		spent("when all should be in", 0, true)
		buy("7", "2026-12-20T10:00", "2026-12-20T10:00", 100)
		spent("measured once", 0, true)
	}
}

func TestHoldoutsThatArePublishedAreSound(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		campaigns("holdout: 51", "", ""):                  "/holdout",
		campaigns("holdout: -1", "", ""):                  "/holdout",
		campaigns("", "holdout: 60,", ""):                 "/campaigns/0/holdout",
		campaigns("", "holdout: 5, window_days: 91,", ""): "/campaigns/0/window_days",
		campaigns("", "", "window_days: 7,"):              "/campaigns/1/window_days",
	} {
		refused(t, document, want)
	}
}

// refused checks that a document is refused with a fault at a pointer.
func refused(t *testing.T, document, pointer string) {
	t.Helper()
	_, _, faults, err := yamldoc.Read(strings.NewReader(basics + document))
	if err != nil || len(faults) != 1 || faults[0].Pointer != pointer {
		t.Errorf("%v %v, want one fault at %s", err, faults, pointer)
	}
}
