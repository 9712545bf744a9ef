package programme_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

const journeys = onePoint + `
segments: [{id: seen, who: {field: card.visits, op: gte, value: 1}}]
offers: [{id: ten, name: 10 % off, percent: "10", on: basket, coupon: true}]
templates: [{id: mail, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}]
campaigns:
  - id: welcome
    on: checkout
    exit_when: {field: journey.returns, op: gte, value: 1}
    goal: {field: journey.purchases, op: gte, value: 2}
    steps:
      - message: {template: mail, topic: offers}
      - {id: pause, wait: {event: checkout, within: 7d}, then: [{tag: back}], else: [{message: {template: mail, topic: offers}, grant: {offer: ten, days: 14}}]}
      - if: {all: [{segment: seen}, {field: journey.days, op: gte, value: 3}]}
        then: [{grant: {points: 50}}]
      - split: [{name: a, weight: 1, steps: [{exit: enough}]}, {name: b, weight: 1}]
      - wait: {weekday: monday, at: "09:00"}
`

func TestStepsOfACampaign(t *testing.T) {
	t.Parallel()
	p := rules(t, journeys)
	plan, ok := p.Journey("welcome")
	if !ok {
		t.Fatal("no journey")
	}
	var ids []string
	for _, s := range plan.Steps {
		ids = append(ids, s.ID+" "+string(s.Kind))
	}
	want := "1 message, pause wait, pause.then.1 tag, pause.else.1 message, 3 if, 3.then.1 grant, 4 split, 4.a.1 exit, 5 wait"
	if got := strings.Join(ids, ", "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if s, ok := p.StepOf("welcome", "pause.else.1"); !ok || s.Grant.Offer != "ten" {
		t.Errorf("%+v, %t", s, ok)
	}
	if _, ok := p.Journey("other"); ok || !p.HasJourneys() {
		t.Error("a campaign that is not there has steps")
	}
	now := at(t, "2026-11-21T10:00")
	place := plan.Enter("7001", "welcome", "0042.1.1", p.From, now, now)
	later := now.AddDate(0, 0, 4)
	bought := func(kind ledger.Kind, at time.Time) ledger.Entry { return ledger.Entry{Kind: kind, At: at} }
	for _, row := range []struct {
		what    string
		entries []ledger.Entry
		left    journey.End
	}{
		{"nothing", nil, ""},
		{"a purchase before", []ledger.Entry{bought(ledger.Earn, now.Add(-time.Hour)), bought(ledger.Earn, later)}, ""},
		{"two purchases", []ledger.Entry{bought(ledger.Earn, now), bought(ledger.Earn, later)}, journey.EndGoal},
		{"a return", []ledger.Entry{bought(ledger.Reverse, later)}, journey.EndExit},
	} {
		facts := p.OnJourney(place, card.Head{ID: "7001"}, card.Profile{}, row.entries, nil, programme.History{}, later)
		if got := plan.Left(facts); got != row.left {
			t.Errorf("%s: %q, want %q", row.what, got, row.left)
		}
	}
}

func TestStepsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ from, to, pointer string }{
		{"{tag: back}", "{tag: back, exit: now}", "/campaigns/0/steps/1/then/0"},
		{"{tag: back}", "{id: pause, tag: back}", "/campaigns/0/steps/1/then/0/id"},
		{"{tag: back}", "{id: 1st, tag: back}", "/campaigns/0/steps/1/then/0/id"},
		{"{tag: back}", "{id: pause.else.1, tag: back}", "/campaigns/0/steps/1/else/0"},
		{"{tag: back}", "{tag: back, then: [{tag: again}]}", "/campaigns/0/steps/1/then/0"},
		{"{tag: back}", "{tag: back, moved_from: [x]}", "/campaigns/0/steps/1/then/0/moved_from"},
		{"{tag: back}", "{tag: two words}", "/campaigns/0/steps/1/then/0/tag"},
		{"{tag: back}", "{event: Back}", "/campaigns/0/steps/1/then/0/event"},
		{"{tag: back}", "{webhook: {url: \"http://shop.example/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://127.0.0.1/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://[::1]/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://localhost/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://a:b@shop.example/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://shop.example:8080/\"}}", "/campaigns/0/steps/1/then/0/webhook/url"},
		{"{tag: back}", "{webhook: {url: \"https://shop.example/\", name: Back}}", "/campaigns/0/steps/1/then/0/webhook/name"},
		{"{tag: back}", "{}", "/campaigns/0/steps/1/then/0"},
		{"within: 7d", "within: 7", "/campaigns/0/steps/1/wait/within"},
		{", within: 7d", "", "/campaigns/0/steps/1/wait/within"},
		{"event: checkout", "event: birth", "/campaigns/0/steps/1/wait/event"},
		{"{event: checkout, within: 7d}", "{event: checkout, for: 3d}", "/campaigns/0/steps/1/wait"},
		{"weekday: monday", "weekday: Monday", "/campaigns/0/steps/4/wait/weekday"},
		{"weekday: monday", "on: 2026-02-30", "/campaigns/0/steps/4/wait/on"},
		{"weekday: monday", "date: attribute.wedding", "/campaigns/0/steps/4/wait/date"},
		{"event: checkout", "event: touch.", "/campaigns/0/steps/1/wait/event"},
		{"journey.days", "visits.last_5_years", "/campaigns/0/steps/2/if/all/1/field"},
		{"weekday: monday", "date: wedding", "/campaigns/0/steps/4/wait/date"},
		{"weekday: monday", "for: 3d", "/campaigns/0/steps/4/wait/at"},
		{`at: "09:00"`, `at: "24:00"`, "/campaigns/0/steps/4/wait/at"},
		{`at: "09:00"`, `days_before: 3`, "/campaigns/0/steps/4/wait/days_before"},
		{"journey.days", "journey.weeks", "/campaigns/0/steps/2/if/all/1/field"},
		{"{segment: seen}", "{segment: heard}", "/campaigns/0/steps/2/if/all/0"},
		{"journey.returns", "receipt.total", "/campaigns/0/exit_when/field"},
		{"{offer: ten, days: 14}", "{offer: ten, days: 14, points: 5}", "/campaigns/0/steps/1/else/0/grant/points"},
		{"{offer: ten, days: 14}", "{offer: six, days: 14}", "/campaigns/0/steps/1/else/0/grant/offer"},
		{"- message: {template: mail", "- message: {template: other", "/campaigns/0/steps/0/message/template"},
		{"weight: 1, steps", "weight: 0, steps", "/campaigns/0/steps/3/split/0/weight"},
		{", {name: b, weight: 1}]", "]", "/campaigns/0/steps/3/split"},
		{"on: checkout", "on: checkout\n    grant: {points: 5}", "/campaigns/0"},
		{"on: checkout", "on: cart\n    after_minutes: 60", "/campaigns/0/steps"},
	} {
		if !strings.Contains(journeys, row.from) {
			t.Fatalf("%q is not there", row.from)
		}
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + strings.Replace(journeys, row.from, row.to, 1)))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range faults {
			found = found || f.Pointer == row.pointer
		}
		if !found {
			t.Errorf("%s: no fault at %s: %v", row.to, row.pointer, faults)
		}
	}
}

// Facts of a journey are for its steps alone.
func TestOnlyStepsKnowTheJourney(t *testing.T) {
	t.Parallel()
	_, _, faults, err := yamldoc.Read(strings.NewReader(basics + strings.Replace(journeys, "card.visits, op: gte", "journey.days, op: gte", 1)))
	if err != nil || len(faults) == 0 {
		t.Errorf("%v, %v", faults, err)
	}
	var p programme.Campaign
	if p.HasSteps() {
		t.Error("a campaign without steps is a journey")
	}
}
