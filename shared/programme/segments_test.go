package programme_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const segments = `
segments:
  - {id: regulars, who: {field: card.visits, op: gte, value: 3}}
  - {id: sleepers, name: Not seen for a month, who: {all: [{segment: regulars}, {field: card.days_since_visit, op: gt, value: 30}]}}
  - {id: friends, who: {any: [{field: shopper.tags, op: contains, value: friend}, {not: {segment: sleepers}}]}}
  - {id: important, who: {field: shopper.tags, op: contains, value: vip}}
offers: [{id: ten, name: 10 % off, percent: "10", on: basket, coupon: true}]
campaigns:
  - {id: back, on: checkout, who: regulars, not: [important], grant: {offer: ten, days: 5}}
`

func TestWhoIsInASegment(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+segments)
	now := at(t, "2026-11-21T10:00")
	today := day.Of(now, now.Location())
	for _, row := range []struct {
		what     string
		visits   int64
		idle     int
		tags     []string
		in, fail string
	}{
		{"who never came", 0, 0, nil, "friends", "regulars: card.visits is 0, wanted gte 3"},
		{"who was here yesterday", 5, 1, nil, "regulars friends", "sleepers: card.days_since_visit is 1, wanted gt 30"},
		{"who has not come for a month and a day", 5, 31, nil, "regulars sleepers", "friends: shopper.tags is {}, wanted contains friend"},
		{"a friend who has not", 5, 31, []string{"friend", "vip"}, "regulars sleepers friends important", ""},
	} {
		h := card.Head{ID: "7001", EnrolledOn: today - 100, Habits: card.Habits{Visits: row.visits}}
		if row.visits > 0 {
			h.Habits.FirstOn, h.Habits.LastOn = today-100, today-day.Day(row.idle)
		}
		shopper := card.Profile{Tags: row.tags}
		var in []string
		for _, s := range p.Segments {
			if inSegment(p, s.ID, h, shopper, now) {
				in = append(in, s.ID)
			}
		}
		if got := strings.Join(in, " "); got != row.in {
			t.Errorf("%s is in %q, want %q", row.what, got, row.in)
		}
		id, _, _ := strings.Cut(row.fail, ":")
		if row.fail != "" {
			who, _ := p.WhoIn(id)
			why := who.Why(h, shopper, programme.History{}, now)
			if len(why) == 0 || !strings.HasPrefix(row.fail, id+": "+why[0].Field) {
				t.Errorf("%s: %v, want %s", row.what, why, row.fail)
			}
		}
	}
}

func TestACampaignIsForItsSegment(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+segments)
	now := at(t, "2026-11-21T10:00")
	for _, row := range []struct {
		visits int64
		tags   []string
		want   string
	}{{1, nil, ""}, {2, nil, "+ten"}, {9, nil, "+ten"}, {9, []string{"vip"}, ""}} {
		h := card.Head{ID: "7001", EnrolledOn: 1, Habits: card.Habits{Visits: row.visits}}
		h = p.Checkout(h, card.Profile{Tags: row.tags}, sale("1", now, 500), now)
		if got := strings.ReplaceAll(marks(last(h)), "#", ""); got != row.want {
			t.Errorf("%d visits, %v: %q, want %q", row.visits, row.tags, got, row.want)
		}
	}
}

func TestWhatASegmentMayNotSay(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]string{
		"segments: [{id: a, who: {segment: b}}, {id: b, who: {any: [{segment: a}]}}]":  "would hold itself",
		"segments: [{id: a, who: {segment: a}}]":                                       "would hold itself",
		"segments: [{id: a, who: {segment: nobody}}]":                                  "there is no segment \"nobody\"",
		"segments: [{id: a, who: {field: card.tier, op: eq, value: platinum}}]":        "card.tier is never \"platinum\"",
		"segments: [{id: a, who: {field: shopper.birthday_month, op: eq, value: 13}}]": "never holds",
		"segments: [{id: a}]": "who is in the segment",
		"segments: [{id: a, who: {field: receipt.total, op: gt, value: \"1.00\"}}]":                                                                   "receipt.total",
		"segments: [{id: a, who: {field: card.visits, op: gt, value: 1}}, {id: a, who: {field: card.visits, op: gt, value: 1}}]":                      "stands twice",
		"stamps: []\nearn: [{id: x, points: 1, per: \"1.00\", when: {segment: a}}]\nsegments: [{id: a, who: {field: card.visits, op: gt, value: 1}}]": "card.visits",
	} {
		document := basics + onePoint + says
		if strings.Contains(says, "earn:") {
			document = basics + says
		}
		_, _, faults, err := yamldoc.Read(strings.NewReader(document))
		if err != nil || len(faults) == 0 || !strings.Contains(faults[0].Message, want) {
			t.Errorf("%s: %v %v; want %s", says, faults, err, want)
		}
	}
}

func TestAnOfferIsForASegment(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`
segments: [{id: vips, who: {field: shopper.tags, op: contains, value: vip}}]
offers: [{id: ten, name: 10 % off, percent: "10", on: basket, when: {segment: vips}}]
`)
	now := at(t, "2026-11-21T10:00")
	for _, row := range []struct {
		h       card.Head
		shopper card.Profile
		want    int64
	}{
		{card.Head{ID: "7001", EnrolledOn: 1}, card.Profile{ID: "7001", Tags: []string{"vip"}}, 900},
		{card.Head{ID: "7001", EnrolledOn: 1}, card.Profile{ID: "7001"}, 1000},
		{card.Head{}, card.Profile{}, 1000}, // no card
	} {
		priced, _, err := p.QuoteWithout(nil, row.h, row.shopper, sale("1", now, 1000), nil, now)
		if err != nil || priced.Total != row.want {
			t.Errorf("%v: %d, want %d (%v)", row.shopper.Tags, priced.Total, row.want, err)
		}
	}
}

// A chain in which each segment names the one before twice is told, and not written out.
func TestSegmentsThatDoubleAreBounded(t *testing.T) {
	t.Parallel()
	document := basics + onePoint + "segments:\n  - {id: s0, who: {field: card.visits, op: gte, value: 1}}\n"
	for n := 1; n < 60; n++ {
		document += fmt.Sprintf("  - {id: s%d, who: {all: [{segment: s%d}, {segment: s%d}]}}\n", n, n-1, n-1)
	}
	_, _, faults, err := yamldoc.Read(strings.NewReader(document))
	if err != nil || len(faults) == 0 || len(faults) > 120 || !strings.Contains(faults[0].Message, "segments are named here") {
		t.Errorf("%d faults, the first %.1v (%v)", len(faults), faults, err)
	}
}

// inSegment asks by head and profile alone.
func inSegment(p *programme.Programme, id string, h card.Head, shopper card.Profile, now time.Time) bool {
	who, ok := p.WhoIn(id)
	return ok && who.Holds(h, shopper, programme.History{}, now)
}
