package programme_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const welcomed = onePoint + `
points: {months: 12}
campaigns:
  - {id: welcome, on: enrolled, grant: {points: 50}}
  - {id: opening, on: enrolled, when: {field: receipt.store, op: eq, value: "0042"}, grant: {points: 5}}
  - {id: cake, on: anniversary, date: birthday, grant: {points: 200}}
`

// Points for an enrolment come once, with the first swipe or with a form, and stay when what was bought comes back.
func TestEnrolmentBringsPointsOnce(t *testing.T) {
	t.Parallel()
	p, when := rules(t, welcomed), at(t, "2026-11-21T10:00")
	r := sale("1", when, 1_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, when)
	sold := last(h)
	h = p.Checkout(h, card.Profile{}, sale("2", when, 500), when)
	bonuses, err := card.Bonuses(h.Book.Tail[0])
	if sold.Points != 10 || h.Book.Balance != 70 || h.Qualifying.Points != 15 || fmt.Sprint(bonuses) != "[{welcome 50} {opening 5}]" || err != nil {
		t.Errorf("%d points, %d together, %d for the tier, bonuses %v %v", sold.Points, h.Book.Balance, h.Qualifying.Points, bonuses, err)
	}
	if h, _ = giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all"}}, when); h.Book.Balance != 60 {
		t.Errorf("balance %d", h.Book.Balance)
	}
	form := p.Begin("7002", "0043", card.Profile{ID: "7002"}, when)
	form = p.Checkout(form, card.Profile{}, sale("3", when, 500), when)
	if form.Book.Balance != 55 || form.Book.Lots[0].ExpiresOn == 0 || form.Book.Sound(nil) != "" {
		t.Errorf("by a form: %d points in lots %v", form.Book.Balance, form.Book.Lots)
	}
	if plain := rules(t, onePoint).Begin("7003", "0042", card.Profile{}, when); plain.Book.Posted != 0 {
		t.Errorf("nothing is granted, and %d entries are posted", plain.Book.Posted)
	}
}

// Points for a birthday come with its campaign, once for the day, and live like others.
func TestBirthdayBringsPoints(t *testing.T) {
	t.Parallel()
	p, day := rules(t, welcomed), at(t, "2027-05-15T09:00")
	h := p.Begin("7001", "0042", card.Profile{}, day.AddDate(0, -6, 0))
	for _, k := range p.Kept(day.Add(-24*time.Hour), day) {
		if k.Cause() != "cake~2027" {
			continue
		}
		h, spoken := p.Occasion(h, card.Profile{}, k, day)
		bonuses, err := card.Bonuses(last(h))
		if e := last(h); !spoken || e.Points != 200 || h.Book.Balance != 255 || fmt.Sprint(bonuses) != "[{cake 200}]" || err != nil || len(h.Book.Lots) != 2 {
			t.Errorf("%v: %+v, balance %d, bonuses %v %v", spoken, e, h.Book.Balance, bonuses, err)
		}
		return
	}
	t.Error("no birthday is kept")
}

// V-11: a new card that is held out of a campaign of enrolment is not welcomed by it, and is measured once, by whatever it was enrolled. What
// was bought with the first swipe brought the card about, and so was bought in both groups: it is counted for neither.
func TestAHeldOutCardIsNotWelcomed(t *testing.T) {
	t.Parallel()
	const hello = onePoint + "%s\ncampaigns:\n  - {id: hello, on: enrolled, %sgrant: {points: 50}}\n"
	when := at(t, "2026-11-21T10:00")
	for name, row := range map[string]struct {
		document string
		held     bool
		points   int64 // that the enrolment brings
		measured string
	}{
		"nobody is held out": {fmt.Sprintf(hello, "", ""), false, 50, "[]"},
		"of the campaign":    {fmt.Sprintf(hello, "", "holdout: 30, "), true, 0, "[{hello held 2026-11-21 %d false}]"},
		"welcomed":           {fmt.Sprintf(hello, "", "holdout: 30, "), false, 50, "[{hello treated 2026-11-21 %d false}]"},
		"of all":             {fmt.Sprintf(hello, "holdout: 30", ""), true, 0, "[{* held 2026-11-21 %d false}]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := rules(t, row.document)
			id := first(t, p, "hello", row.held)
			want := func(what string, h card.Head, balance, spent int64) {
				t.Helper()
				measured := row.measured
				if measured != "[]" {
					measured = fmt.Sprintf(measured, spent)
				}
				if h.Book.Balance != balance || fmt.Sprint(h.Assignments) != measured || h.Book.Sound(nil) != "" {
					t.Errorf("%s: %d points, %v, want %d and %s", what, h.Book.Balance, h.Assignments, balance, measured)
				}
			}
			form := p.Begin(id, "0042", card.Profile{ID: id}, when)
			want("form", form, row.points, 0)
			want("form, then a purchase", p.Checkout(form, card.Profile{}, sale("9", when, 500), when), row.points+5, 500)
			r := sale("1", when, 1_000)
			swiped := p.Checkout(card.Head{ID: id}, card.Profile{}, r, when)
			sold := last(swiped)
			want("swipe", swiped, row.points+10, 0)
			swiped = p.Checkout(swiped, card.Profile{}, sale("2", when, 700), when)
			want("second purchase", swiped, row.points+17, 700)
			swiped, _ = giveBack(t, p, swiped, r, sold, []receipt.Return{{ID: "all"}}, when)
			want("the first comes back", swiped, row.points+7, 700)
		})
	}
}
