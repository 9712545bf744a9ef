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
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// slow is a rule and what it says of a card, asked one condition after another of all that the card did.
type slow struct {
	text  string
	holds func(h card.Head, history programme.History, now time.Time) bool
}

var categories = []string{"tea", "drinks", "drinks/coffee"}

// condition draws a condition that head or history decides.
func condition(t *rapid.T) slow {
	days := rapid.IntRange(1, 40).Draw(t, "days")
	n := rapid.IntRange(0, 4).Draw(t, "n")
	within := func(at, now time.Time) bool {
		begins := day.Of(now, now.Location()) - day.Day(days)
		return day.Of(at, now.Location()) >= begins && at.Before(now)
	}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return slow{fmt.Sprintf("{field: card.visits, op: gte, value: %d}", n), func(h card.Head, _ programme.History, _ time.Time) bool { return h.Habits.Visits >= int64(n) }}
	case 1:
		return slow{fmt.Sprintf("{field: visits.last_%d_days, op: gte, value: %d}", days, n), func(_ card.Head, history programme.History, now time.Time) bool {
			visits := 0
			for _, b := range history.Bought {
				if within(b.At, now) {
					visits++
				}
			}
			return visits >= n
		}}
	case 2:
		return slow{fmt.Sprintf("{field: mailed.last_%d_days, op: lte, value: %d}", days, n), func(_ card.Head, history programme.History, now time.Time) bool {
			mails := 0
			for _, at := range history.Mailed {
				if within(at, now) {
					mails++
				}
			}
			return mails <= n
		}}
	}
	category := rapid.SampledFrom(categories).Draw(t, "category")
	return slow{fmt.Sprintf("{field: bought.last_%d_days, op: contains, value: %s}", days, category), func(_ card.Head, history programme.History, now time.Time) bool {
		return slices.ContainsFunc(history.Bought, func(b programme.Purchase) bool {
			in := b.Kept.Lines[0].Category
			return within(b.At, now) && (in == category || strings.HasPrefix(in, category+"/"))
		})
	}}
}

// tree draws a rule of conditions.
func tree(t *rapid.T, depth int) slow {
	kind := rapid.IntRange(0, 3).Draw(t, "node")
	if depth == 0 || kind == 0 {
		return condition(t)
	}
	if kind == 1 {
		inner := tree(t, depth-1)
		return slow{"{not: " + inner.text + "}", func(h card.Head, history programme.History, now time.Time) bool { return !inner.holds(h, history, now) }}
	}
	a, b := tree(t, depth-1), tree(t, depth-1)
	if kind == 2 {
		return slow{"{all: [" + a.text + ", " + b.text + "]}", func(h card.Head, history programme.History, now time.Time) bool {
			return a.holds(h, history, now) && b.holds(h, history, now)
		}}
	}
	return slow{"{any: [" + a.text + ", " + b.text + "]}", func(h card.Head, history programme.History, now time.Time) bool {
		return a.holds(h, history, now) || b.holds(h, history, now)
	}}
}

// life draws what a card did, and the head that it has of it.
func life(t *rapid.T, now time.Time) (card.Head, programme.History) {
	h, history := card.Head{ID: "7001", EnrolledOn: 1}, programme.History{}
	moment := func() time.Time {
		return now.Add(-time.Duration(rapid.Int64Range(1, 45*86_400).Draw(t, "ago")) * time.Second)
	}
	for range rapid.IntRange(0, 5).Draw(t, "purchases") {
		at := moment()
		kept := receipt.Kept{Net: 100, Lines: []receipt.Line{{ID: "1", Category: rapid.SampledFrom(categories).Draw(t, "bought"), Quantity: 1, Amount: 100}}}
		history.Bought = append(history.Bought, programme.Purchase{At: at, Store: "0042", Kept: kept})
		h.Habits.Visits++
		h.Habits.LastOn = max(h.Habits.LastOn, day.Of(at, now.Location()))
	}
	for range rapid.IntRange(0, 3).Draw(t, "mails") {
		history.Mailed = append(history.Mailed, moment())
	}
	return h, history
}

// A rule answers what the slow reference answers, what is read for it is enough, and a card that is out by its head alone is out.
func TestAnAudienceIsThatOfASlowReference(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(r *rapid.T) {
		asked := tree(r, 2)
		p, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "segments: [{id: they, who: " + asked.text + "}]\n"))
		if err != nil || len(faults) > 0 {
			r.Fatal(asked.text, err, faults)
		}
		who, _ := p.WhoIn("they")
		h, history := life(r, now)
		want := asked.holds(h, history, now)
		reads := who.Reads(h, card.Profile{}, now)
		read := programme.History{}
		for _, b := range history.Bought {
			if reads.Receipts && !b.At.Before(reads.Since) {
				read.Bought = append(read.Bought, b)
			}
		}
		if reads.Messages {
			read.Mailed = history.Mailed
		}
		if got := who.Holds(h, card.Profile{}, read, now); got != want {
			r.Errorf("%s: %v, want %v", asked.text, got, want)
		}
		if want && !who.May(h, card.Profile{}, now) {
			r.Errorf("%s: the head alone turns the card away, and it is meant", asked.text)
		}
		if why := who.Why(h, card.Profile{}, read, now); want != (len(why) == 0) {
			r.Errorf("%s: %v, explained by %v", asked.text, want, why)
		}
	})
}

// What no till reads is refused wherever a till decides, with the pointer of who asks for it.
func TestATillIsNotAskedForHistory(t *testing.T) {
	t.Parallel()
	const deep = "{field: visits.last_30_days, op: gte, value: 3}"
	segment := "segments: [{id: often, who: " + deep + "}]\n"
	offer := "offers: [{id: ten, name: Ten, percent: '10', on: basket, coupon: true}]\n"
	for document, want := range map[string]string{
		"offers: [{id: ten, name: Ten, percent: '10', on: basket, when: {all: [" + deep + "]}}]":              "/offers/0/when/all/0/field",
		segment + "offers: [{id: ten, name: Ten, percent: '10', on: basket, when: {segment: often}}]":         "/offers/0/when",
		segment + offer + "campaigns: [{id: c, on: checkout, who: often, grant: {offer: ten, days: 5}}]":      "/campaigns/0/when",
		offer + "campaigns: [{id: c, on: checkout, when: {not: " + deep + "}, grant: {offer: ten, days: 5}}]": "/campaigns/0/when/not/field",
		"segments: [{id: s, who: {field: visits.last_30_day, op: gte, value: 1}}]":                            "/segments/0/who/field",
		"segments: [{id: s, who: {field: visits.last_2000_days, op: gte, value: 1}}]":                         "/segments/0/who/field",
		"segments: [{id: s, who: {field: bought.last_3_days, op: eq, value: tea}}]":                           "/segments/0/who/op",
		offer + "segments: [{id: s, who: {field: redeemed.ever, op: contains, value: nothing}}]":              "/segments/0/who/value",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + document))
		if err != nil || len(faults) == 0 || faults[0].Pointer != want {
			t.Errorf("%s: %v %v, want a fault at %s", document, faults, err, want)
		}
	}
}
