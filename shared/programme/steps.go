package programme

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/journey"
)

// JourneyStep is one step of a campaign with steps. Each has exactly one of Wait, If, Split, Message, Grant, Tag, Event, Webhook and Exit; a
// Message may have a Grant beside it.
type JourneyStep struct {
	ID        string        `json:"id,omitempty"`         // a name for it; its number if missing, as "2" or "3.then.1"
	MovedFrom []string      `json:"moved_from,omitempty"` // of a wait: the steps of earlier versions whose shoppers `regulars journey move` brings here
	Wait      *Wait         `json:"wait,omitempty"`       // nothing happens until it is over
	If        Condition     `json:"if,omitzero"`          // of the card and its shopper, and of the journey
	Then      []JourneyStep `json:"then,omitempty"`       // the steps where the condition holds, or the event has come
	Else      []JourneyStep `json:"else,omitempty"`       // the steps where it does not
	Split     []Way         `json:"split,omitempty"`      // 2 to 10 ways of which each card takes one, always the same
	Message   *Letter       `json:"message,omitempty"`    // an e-mail; a coupon that is granted with it is made when it is sent
	Grant     *Grant        `json:"grant,omitempty"`      // a coupon, points, or both
	Tag       string        `json:"tag,omitempty"`        // what the shopper is marked with
	Event     string        `json:"event,omitempty"`      // your own word for what is reached, such as "lapsed": the fact journey.reached.v1 tells others of it
	Webhook   *Webhook      `json:"webhook,omitempty"`    // the same, posted to an address of your choice
	Exit      string        `json:"exit,omitempty"`       // ends the journey; says why
}

// Wait is how long a step waits, by the shopper's clock: For, the next At, the next Weekday, On a day, until a Date, or for an Event.
type Wait struct {
	For        string `json:"for,omitempty"`         // "90m", "36h", "3d" or "2w"; days are those of the calendar
	At         string `json:"at,omitempty"`          // "09:00"; "07:00" if missing where a day is named
	Weekday    string `json:"weekday,omitempty"`     // "monday", "tuesday", ... "sunday"
	On         string `json:"on,omitempty"`          // a day, YYYY-MM-DD; one that has passed is no wait
	Date       string `json:"date,omitempty"`        // "birthday", "enrolled", "first_purchase" or "attribute." and the id of one: the next time that the day comes
	DaysBefore int    `json:"days_before,omitempty"` // of a date: so many days ahead of it
	Event      string `json:"event,omitempty"`       // "checkout", "return", "coupon_redeemed", "points_spent", "tier_changed", "click" on a link of this campaign's e-mails, or "touch." and the name of one
	Within     string `json:"within,omitempty"`      // of an event: the longest wait, written as `for` is
}

// Way is one way of a split.
type Way struct {
	Name   string        `json:"name"`   // how the journey's lines tell of it
	Weight int           `json:"weight"` // 1 to 1000; of two ways with 1 and 3 the second is taken by three cards in four
	Steps  []JourneyStep `json:"steps,omitempty"`
}

// What a Wait may wait for.
const (
	HeardCheckout = "checkout"
	HeardReturn   = "return"
	HeardRedeemed = "coupon_redeemed"
	HeardSpent    = "points_spent"
	HeardTier     = "tier_changed"
	HeardClick    = TouchClick
	heardTouch    = "touch." // before the name of one
)

var heardEvents = []string{HeardCheckout, HeardReturn, HeardRedeemed, HeardSpent, HeardTier, HeardClick}

const (
	maxWays   = 10
	maxWeight = 1000
	maxSays   = 100 // bytes
)

// journeyRules makes the steps of a campaign ready; nil where it has none.
func (c *compiler) journeyRules(at string, k Campaign) *route {
	if len(k.Steps) == 0 {
		if !k.ExitWhen.IsZero() || !k.Goal.IsZero() {
			c.fault(at, "exit_when and goal are for campaigns with steps")
		}
		return nil
	}
	if k.Grant != nil || k.Message != nil {
		c.fault(at, "a campaign with steps grants and writes in its steps; move grant and message there")
	}
	if k.On == OnCart {
		c.fault(at+"/steps", "a campaign of carts has reminders in the place of steps: see then")
	}
	w := stepper{compiler: c, seen: map[string]bool{}, route: &route{docs: map[string]JourneyStep{}, at: map[string]string{}}}
	w.plan.First = w.list(at+"/steps", "", k.Steps, nil, 1)
	if !k.ExitWhen.IsZero() {
		w.plan.Exit = c.when(at+"/exit_when", k.ExitWhen, c.p.onJourney)
	}
	if !k.Goal.IsZero() {
		w.plan.Goal = c.when(at+"/goal", k.Goal, c.p.onJourney)
	}
	c.count(at+"/steps", len(w.plan.Steps), journey.MaxSteps)
	w.looks = c.looksOf(at, k)
	return w.route
}

// route is the steps of a campaign, ready to be walked.
type route struct {
	plan journey.Plan
	docs map[string]JourneyStep // by id
	at   map[string]string      // their pointers

	looks Who // what its rules want to be read of a card
}

// stepper reads the steps of one campaign.
type stepper struct {
	*compiler
	*route
	seen map[string]bool
}

// list reads steps that follow one another; after is what follows them.
func (w *stepper) list(at, prefix string, list []JourneyStep, after *journey.Step, depth int) *journey.Step {
	if len(list) == 0 {
		return after
	}
	if depth > journey.MaxDepth {
		w.fault(at, "steps lie more than %d deep within one another", journey.MaxDepth)
		return after
	}
	nodes := make([]*journey.Step, len(list))
	for i := range list {
		nodes[i] = &journey.Step{Next: after}
		if i > 0 {
			nodes[i-1].Next = nodes[i]
		}
	}
	for i, s := range list {
		w.step(at+"/"+strconv.Itoa(i), prefix+strconv.Itoa(i+1), s, nodes[i], depth)
	}
	return nodes[0]
}

// step reads one step.
func (w *stepper) step(at, number string, s JourneyStep, node *journey.Step, depth int) {
	node.ID, node.Named, node.Moved, node.Says = number, s.ID != "", s.MovedFrom, s.Exit
	if node.Named {
		node.ID = s.ID
		w.id(at+"/id", s.ID, w.seen)
		if strings.Contains(s.ID, "#") || s.ID[0] >= '0' && s.ID[0] <= '9' {
			w.fault(at+"/id", "the name of a step begins with a letter and has no #; numbers are for steps without a name")
		}
	} else {
		if w.seen[number] {
			w.fault(at, "this step is called %q by its place, and another one has that name; name it otherwise", number)
		}
		w.seen[number] = true
	}
	w.plan.Steps = append(w.plan.Steps, node)
	w.docs[node.ID], w.at[node.ID] = s, at
	kinds := s.kinds()
	if len(kinds) != 1 {
		w.unreadable(at, "a step does one thing: wait, if, split, message, grant, tag, event, webhook or exit; here are %d", len(kinds))
		node.Kind = journey.KindExit
		return
	}
	node.Kind = kinds[0]
	w.belongs(at, s, node.Kind)
	w.detail(at, s, node)
	w.ways(at, node.ID, s, node, depth)
}

// kinds lists what a step does.
func (s JourneyStep) kinds() (list []journey.Kind) {
	for _, k := range []struct {
		is   bool
		kind journey.Kind
	}{
		{s.Wait != nil, journey.KindWait}, {!s.If.IsZero(), journey.KindIf}, {len(s.Split) > 0, journey.KindSplit},
		{s.Message != nil, journey.KindMessage}, {s.Grant != nil && s.Message == nil, journey.KindGrant}, {s.Tag != "", journey.KindTag},
		{s.Event != "", journey.KindEvent}, {s.Webhook != nil, journey.KindWebhook}, {s.Exit != "", journey.KindExit},
	} {
		if k.is {
			list = append(list, k.kind)
		}
	}
	return list
}

// belongs refuses what a step of its kind cannot have.
func (w *stepper) belongs(at string, s JourneyStep, kind journey.Kind) {
	forEvent := kind == journey.KindWait && s.Wait.Event != ""
	if len(s.Then)+len(s.Else) > 0 && kind != journey.KindIf && !forEvent {
		w.fault(at, "then and else belong to if, and to a wait for an event")
	}
	if len(s.MovedFrom) > 0 && kind != journey.KindWait {
		w.fault(at+"/moved_from", "people are moved only from wait to wait")
	}
	if kind == journey.KindExit && len(s.Exit) > maxSays {
		w.fault(at+"/exit", "say in at most %d bytes why it ends", maxSays)
	}
}

// detail checks what a step does.
func (w *stepper) detail(at string, s JourneyStep, node *journey.Step) {
	switch node.Kind {
	case journey.KindWait:
		node.Wait = w.wait(at+"/wait", *s.Wait)
	case journey.KindIf:
		node.If = w.when(at+"/if", s.If, w.p.onJourney)
	case journey.KindMessage:
		w.letter(at, Campaign{Message: s.Message})
		w.showcase(at, Campaign{Message: s.Message, Grant: s.Grant})
		if s.Grant != nil && s.Grant.Points != 0 {
			w.fault(at+"/grant/points", "a coupon is made with a message; grant points in a step before it")
		}
	case journey.KindTag:
		if !ids.ValidPart(s.Tag) || len(s.Tag) > maxTag {
			w.fault(at+"/tag", "a tag is 1 to %d of A-Z a-z 0-9 . _ - #", maxTag)
		}
	case journey.KindEvent, journey.KindWebhook:
		w.tells(at, node.ID, s)
	}
	if s.Grant != nil {
		w.given(at+"/grant", *s.Grant)
	}
}

// maxTag is the most characters of a tag, as card.MaxTag.
const maxTag = 40

// ways reads the branches of a step.
func (w *stepper) ways(at, id string, s JourneyStep, node *journey.Step, depth int) {
	node.Then = w.list(at+"/then", id+".then.", s.Then, node.Next, depth+1)
	node.Else = w.list(at+"/else", id+".else.", s.Else, node.Next, depth+1)
	if node.Kind != journey.KindSplit {
		return
	}
	if len(s.Split) < 2 || len(s.Split) > maxWays {
		w.fault(at+"/split", "a split has 2 to %d ways", maxWays)
	}
	names := map[string]bool{}
	for i, way := range s.Split {
		here := at + "/split/" + strconv.Itoa(i)
		w.id(here+"/name", way.Name, names)
		if way.Weight < 1 || way.Weight > maxWeight {
			w.fault(here+"/weight", "a weight is 1 to %d", maxWeight)
		}
		first := w.list(here+"/steps", id+"."+way.Name+".", way.Steps, node.Next, depth+1)
		node.Arms = append(node.Arms, journey.Arm{Name: way.Name, Weight: way.Weight, First: first})
	}
}

// wait reads what a step waits for.
func (w *stepper) wait(at string, s Wait) journey.Wait {
	var wait journey.Wait
	forms := 0
	form := func(is bool, kind journey.WaitKind) {
		if is {
			forms, wait.Kind = forms+1, kind
		}
	}
	form(s.For != "", journey.ForSpan)
	form(s.Weekday != "", journey.UntilWeekday)
	form(s.On != "", journey.UntilDay)
	form(s.Date != "", journey.UntilDate)
	form(s.Event != "", journey.ForEvent)
	if forms == 0 {
		form(s.At != "", journey.UntilTime)
	}
	if forms != 1 {
		w.unreadable(at, "say one thing to wait for: for, at, weekday, on, date, or event with within")
		return journey.Wait{For: journey.Span{Days: 1}}
	}
	w.waitFits(at, s, wait.Kind)
	var err error
	switch wait.Kind {
	case journey.ForSpan:
		wait.For = w.span(at+"/for", s.For)
	case journey.ForEvent:
		wait.Event, wait.For = s.Event, w.span(at+"/within", s.Within)
		if !isHeard(s.Event) {
			w.fault(at+"/event", "%q is not one of %s, or %s and the name of a touch", s.Event, strings.Join(heardEvents, ", "), heardTouch)
		}
	case journey.UntilWeekday:
		if wait.Weekday = time.Weekday(slices.Index(weekdays, s.Weekday)); wait.Weekday < 0 {
			w.unreadable(at+"/weekday", "%q is not one of %s", s.Weekday, strings.Join(weekdays, ", "))
			wait.Weekday = time.Monday
		}
	case journey.UntilDay:
		if wait.On, err = day.Parse(s.On); err != nil {
			w.unreadable(at+"/on", "%q is no day such as 2026-12-24", s.On)
		}
	case journey.UntilDate:
		wait.Date, wait.Before = s.Date, s.DaysBefore
		w.knownDate(at+"/date", s.Date)
	}
	wait.Minute = w.minute(at+"/at", s.At)
	return wait
}

// waitFits refuses what belongs to another wait.
func (w *stepper) waitFits(at string, s Wait, kind journey.WaitKind) {
	if s.At != "" && (kind == journey.ForSpan || kind == journey.ForEvent) {
		w.fault(at+"/at", "a time of day belongs to a day; wait for the span first, and then until the time")
	}
	if (s.Within != "") != (kind == journey.ForEvent) {
		w.fault(at+"/within", "a wait for an event ends within a span, and no other wait has one")
	}
	if s.DaysBefore < 0 || s.DaysBefore > maxDaysBefore || s.DaysBefore != 0 && kind != journey.UntilDate {
		w.fault(at+"/days_before", "a wait for a date ends 0 to %d days before it", maxDaysBefore)
	}
}

func (w *stepper) span(at, text string) journey.Span {
	span, err := journey.ParseSpan(text)
	if err != nil {
		w.unreadable(at, "%v", err)
		return journey.Span{Days: 1}
	}
	return span
}

func (w *stepper) minute(at, clock string) int {
	if clock == "" {
		clock = morning
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		w.unreadable(at, "%q is no time of day such as 09:00", clock)
	}
	return t.Hour()*60 + t.Minute()
}
