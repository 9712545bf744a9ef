package journey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/rule"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	m, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// bought is a rule that holds once the fact is set.
func bought(t *testing.T) (*rule.Compiled, func(int64) *rule.Facts) {
	t.Helper()
	schema, err := rule.NewSchema("EUR", rule.Field{Name: "bought", Kind: rule.Int, Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	compiled, problems := rule.Compile(rule.Rule{Field: "bought", Op: rule.Gte, Value: int64(1)}, schema)
	if problems != nil {
		t.Fatal(problems)
	}
	return compiled, func(n int64) *rule.Facts {
		f := schema.Facts()
		slot, _ := schema.Slot("bought")
		f.SetInt(slot, n)
		return f
	}
}

// series is a message, a wait of three days, another message.
func series(exit *rule.Compiled) *journey.Plan {
	last := &journey.Step{ID: "3", Kind: journey.KindMessage}
	pause := &journey.Step{ID: "2", Kind: journey.KindWait, Wait: journey.Wait{For: journey.Span{Days: 3}}, Next: last}
	first := &journey.Step{ID: "1", Kind: journey.KindMessage, Next: pause}
	return &journey.Plan{First: first, Steps: []*journey.Step{first, pause, last}, Exit: exit}
}

// told is the lines of a place, each as its step and what it says.
func told(p journey.Place) string {
	var lines []string
	for _, l := range p.Lines {
		lines = append(lines, strings.TrimPrefix(l.Step+": "+l.Says, ": "))
	}
	return strings.Join(lines, "\n")
}

func TestASeriesGoesStepByStep(t *testing.T) {
	t.Parallel()
	plan, start := series(nil), at(t, "2026-11-21T10:00")
	p := plan.Enter("7001", "welcome", "enrolled", start, start, start)
	p = plan.Advance(p, journey.Facts{}, start)
	if p.Pending == nil || p.Pending.Step != "1" || p.Due != start {
		t.Fatalf("%+v", p)
	}
	first := p.Pending.Key
	p = plan.Advance(p.Done(start, ""), journey.Facts{}, start)
	if p.Pending != nil || !p.Waits || p.Due != at(t, "2026-11-24T10:00") {
		t.Fatalf("%+v", p)
	}
	if again := plan.Advance(p, journey.Facts{}, start.Add(time.Hour)); again.Due != p.Due || len(again.Lines) != len(p.Lines) {
		t.Errorf("a wait that is not over has moved: %+v", again)
	}
	p = plan.Advance(p, journey.Facts{}, p.Due)
	if p.Pending == nil || p.Pending.Step != "3" || p.Pending.Key == first {
		t.Fatalf("%+v", p)
	}
	p = plan.Advance(p.Done(p.Due, "ordered"), journey.Facts{}, p.Due)
	if p.End != journey.EndDone || !p.Due.IsZero() || p.End.Cuts() {
		t.Fatalf("%+v", p)
	}
	want := "entered\n1: message is due\n2: waits until 2026-11-24 10:00:00\n2: the wait ended at 2026-11-24 10:00:00\n3: message is due\n3: ordered\ncame to the end"
	if told(p) != want {
		t.Errorf("told\n%s\nwant\n%s", told(p), want)
	}
}

// J-4: a purchase at the instant at which the wait ends comes first; both moments are told.
func TestTheExitConditionIsAskedBeforeTheStep(t *testing.T) {
	t.Parallel()
	exit, facts := bought(t)
	plan, start := series(exit), at(t, "2026-11-21T10:00")
	p := plan.Advance(plan.Enter("7001", "welcome", "enrolled", start, start, start), journey.Facts{Rules: facts(0)}, start)
	p = plan.Advance(p.Done(start, ""), journey.Facts{Rules: facts(0)}, start)
	f := journey.Facts{Rules: facts(1), Heard: []journey.Happening{{Event: "checkout", At: p.Until}}}
	p = plan.Advance(p, f, p.Until)
	if p.End != journey.EndExit || p.Pending != nil || !p.End.Cuts() {
		t.Fatalf("%+v", p)
	}
	if last := p.Lines[len(p.Lines)-1]; last.Says != "exit_when holds; checkout at 2026-11-24 10:00:00; the wait ends at 2026-11-24 10:00:00" {
		t.Error(last.Says)
	}
}

func TestAWaitForAnEvent(t *testing.T) {
	t.Parallel()
	yes, no := &journey.Step{ID: "yes", Kind: journey.KindTag}, &journey.Step{ID: "no", Kind: journey.KindTag}
	pause := &journey.Step{ID: "w", Kind: journey.KindWait, Wait: journey.Wait{Kind: journey.ForEvent, Event: "checkout", For: journey.Span{Days: 7}}, Then: yes, Else: no}
	plan := &journey.Plan{First: pause, Steps: []*journey.Step{pause, yes, no}}
	start := at(t, "2026-11-21T10:00")
	for _, c := range []struct{ name, event, came, asked, step string }{
		{"it comes", "checkout", "2026-11-23T10:00", "2026-11-23T10:00", "yes"},
		{"another comes", "return", "2026-11-23T10:00", "2026-11-23T10:00", ""},
		{"it comes at the last instant", "checkout", "2026-11-28T10:00", "2026-11-28T10:00", "yes"},
		{"it came in time and is heard of late", "checkout", "2026-11-28T09:59", "2026-11-28T18:00", "yes"},
		{"it comes too late", "checkout", "2026-11-28T10:01", "2026-11-28T10:02", "no"},
		{"it came before", "checkout", "2026-11-21T09:59", "2026-11-22T10:00", ""},
		{"nothing comes", "return", "2026-11-22T10:00", "2026-11-28T10:00", "no"},
	} {
		p := plan.Advance(plan.Enter("7001", "welcome", "enrolled", start, start, start), journey.Facts{}, start)
		if p.Due != start.Add(time.Minute) {
			t.Errorf("%s: what came while the wait was written down is looked for at %s", c.name, p.Due)
		}
		p = plan.Advance(p, journey.Facts{}, p.Due)
		if p.Due != at(t, "2026-11-28T10:00") {
			t.Errorf("%s: due %s", c.name, p.Due)
		}
		p = plan.Advance(p, journey.Facts{Heard: []journey.Happening{{Event: c.event, At: at(t, c.came)}}}, at(t, c.asked))
		got := ""
		if p.Pending != nil {
			got = p.Pending.Step
		}
		if got != c.step {
			t.Errorf("%s: goes to %q, want %q\n%s", c.name, got, c.step, told(p))
		}
	}
}

// J-7, J-8: waits end by the shopper's clock, also in the nights in which the clocks are changed.
func TestWaitsEndByTheShoppersClock(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	dates := map[string][]journey.Date{
		"birthday": {{Yearly: day.Yearly{Month: time.February, Day: 29}}},
		"children": {{Yearly: day.Yearly{Month: time.May, Day: 1}}, {Yearly: day.Yearly{Month: time.March, Day: 9}}},
		"wedding":  {{Yearly: day.Yearly{Month: time.June, Day: 5}, First: day.Date(2028, 6, 5)}},
	}
	for _, c := range []struct {
		name, now string // UTC
		wait      journey.Wait
		want      string // UTC; "" for no wait
	}{
		{"three days over the change, the same hour", "2027-03-12T15:00", journey.Wait{For: journey.Span{Days: 3}}, "2027-03-15T14:00"},
		{"72 hours over it, another hour", "2027-03-12T15:00", journey.Wait{For: journey.Span{Minutes: 72 * 60}}, "2027-03-15T15:00"},
		{"08:00 in the night that jumps", "2027-03-14T04:30", journey.Wait{Kind: journey.UntilTime, Minute: 480}, "2027-03-14T12:00"},
		{"08:00 in the night with an hour twice", "2026-11-01T03:30", journey.Wait{Kind: journey.UntilTime, Minute: 480}, "2026-11-01T13:00"},
		{"02:30 that does not exist", "2027-03-14T05:00", journey.Wait{Kind: journey.UntilTime, Minute: 150}, "2027-03-14T07:00"},
		{"01:30 that comes twice", "2027-11-07T04:00", journey.Wait{Kind: journey.UntilTime, Minute: 90}, "2027-11-07T05:30"},
		{"Monday at nine, on a Monday before nine", "2026-11-23T13:59", journey.Wait{Kind: journey.UntilWeekday, Weekday: time.Monday, Minute: 540}, "2026-11-23T14:00"},
		{"Monday at nine, on a Monday at nine", "2026-11-23T14:00", journey.Wait{Kind: journey.UntilWeekday, Weekday: time.Monday, Minute: 540}, "2026-11-30T14:00"},
		{"a day", "2026-11-23T14:00", journey.Wait{Kind: journey.UntilDay, On: day.Date(2026, 12, 24), Minute: 420}, "2026-12-24T12:00"},
		{"a day that has passed", "2026-12-25T14:00", journey.Wait{Kind: journey.UntilDay, On: day.Date(2026, 12, 24), Minute: 420}, ""},
		{"two days before a birthday on the 29th of February", "2027-01-01T12:00", journey.Wait{Kind: journey.UntilDate, Date: "birthday", Before: 2, Minute: 540}, "2027-02-26T14:00"},
		{"the next one, where this year's has passed", "2027-03-01T12:00", journey.Wait{Kind: journey.UntilDate, Date: "birthday", Before: 2, Minute: 540}, "2028-02-27T14:00"},
		{"the next of several", "2027-03-01T12:00", journey.Wait{Kind: journey.UntilDate, Date: "children", Minute: 540}, "2027-03-09T14:00"},
		{"one that lies ahead, in its own year", "2027-03-01T12:00", journey.Wait{Kind: journey.UntilDate, Date: "wedding", Before: 7, Minute: 540}, "2028-05-29T13:00"},
		{"and from then on each year", "2028-06-05T14:00", journey.Wait{Kind: journey.UntilDate, Date: "wedding", Minute: 540}, "2029-06-05T13:00"},
		{"a date that the shopper does not have", "2027-03-01T12:00", journey.Wait{Kind: journey.UntilDate, Date: "enrolled", Minute: 540}, ""},
	} {
		s := &journey.Step{ID: "w", Kind: journey.KindWait, Wait: c.wait}
		plan := &journey.Plan{First: s, Steps: []*journey.Step{s}}
		now := at(t, c.now)
		p := plan.Advance(plan.Enter("7001", "x", "y", now, now, now), journey.Facts{Zone: newYork, Dates: dates}, now)
		got := ""
		if p.Waits {
			got = p.Due.UTC().Format("2006-01-02T15:04")
		}
		if got != c.want {
			t.Errorf("%s: waits until %q, want %q", c.name, got, c.want)
		}
	}
}

// J-3: who waits is moved to the step of the same name, or to the one that says so; a number is no name.
func TestMoving(t *testing.T) {
	t.Parallel()
	wait := func(id string, named bool, moved ...string) *journey.Step {
		return &journey.Step{ID: id, Named: named, Moved: moved, Kind: journey.KindWait, Wait: journey.Wait{For: journey.Span{Days: 3}}}
	}
	plan := func(steps ...*journey.Step) *journey.Plan { return &journey.Plan{First: steps[0], Steps: steps} }
	start := at(t, "2026-11-21T10:00")
	next := start.AddDate(0, 0, 1)
	for _, c := range []struct {
		name     string
		from, to *journey.Plan
		step     string
		why      string
	}{
		{"the same name", plan(wait("week", true)), plan(wait("1", false), wait("week", true)), "week", ""},
		{"another name", plan(wait("week", true)), plan(wait("pause", true, "week")), "pause", ""},
		{"a number that is told", plan(wait("1", false)), plan(wait("pause", true, "1")), "pause", ""},
		{"a number that is not", plan(wait("1", false)), plan(wait("1", false)), "1", "step 1 has no target: give a wait the same id, or moved_from: [1]"},
		{"a step that is gone", plan(wait("week", true)), plan(wait("1", false)), "week", "step week has no target: give a wait the same id, or moved_from: [week]"},
	} {
		p := c.from.Advance(c.from.Enter("7001", "x", "y", start, start, start), journey.Facts{}, start)
		moved, why := c.to.Move(p, c.from, next, start)
		if moved.Step != c.step || why != c.why || moved.Due != p.Due || moved.Version.Equal(next) == (why != "") {
			t.Errorf("%s: %+v, %q", c.name, moved, why)
		}
		if _, why := c.to.Move(moved, c.from, moved.Version, start); why != "it is there already" {
			t.Errorf("%s, again: %q", c.name, why)
		}
	}
	over := journey.Place{End: journey.EndDone}
	if _, why := plan(wait("week", true)).Move(over, plan(wait("week", true)), next, start); why != "it is over" {
		t.Error(why)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]journey.Span{"90m": {Minutes: 90}, "36h": {Minutes: 2160}, "3d": {Days: 3}, "2w": {Days: 14}, "400d": {Days: 400}} {
		if got, err := journey.ParseSpan(text); err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "0d", "-1d", "+1d", "1.5d", "3", "3 d", "401d", "58w", "9601h", "3x", "99999999999999999999d"} {
		if got, err := journey.ParseSpan(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// No plan leads back that was published. One that does all the same ends, in place of going round for ever.
func TestStepsThatLeadBackEnd(t *testing.T) {
	t.Parallel()
	rule, facts := bought(t)
	round := &journey.Step{ID: "1", Kind: journey.KindIf, If: rule}
	round.Then, round.Else = round, round
	plan, now := &journey.Plan{First: round, Steps: []*journey.Step{round}}, at(t, "2026-11-21T10:00")
	p := plan.Advance(plan.Enter("7001", "welcome", "1", now, now, now), journey.Facts{Rules: facts(0)}, now)
	if p.End != journey.EndMissing || !strings.HasSuffix(told(p), "1: step 1 comes again and again") {
		t.Errorf("%s: %s", p.End, told(p))
	}
}
