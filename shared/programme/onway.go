package programme

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Steps may ask and wait for what lies neither in a card's head nor in its newest entries: windows of time, dates that are attributes, and
// touches that another system tells of.

// onTheWay yields the conditions of a journey with their pointers.
func (k Campaign) onTheWay(at string) iter.Seq2[string, Condition] {
	return func(yield func(string, Condition) bool) {
		if !k.HasSteps() {
			return
		}
		_ = (k.ExitWhen.IsZero() || yield(at+"/exit_when", k.ExitWhen)) && (k.Goal.IsZero() || yield(at+"/goal", k.Goal)) &&
			conditionsOf(at+"/steps", k.Steps, 1, yield)
	}
}

func conditionsOf(at string, steps []JourneyStep, depth int, yield func(string, Condition) bool) bool {
	for i, s := range steps {
		here := at + "/" + strconv.Itoa(i)
		if depth > journey.MaxDepth {
			return true // refused where the steps are read
		}
		if !s.If.IsZero() && !yield(here+"/if", s.If) || !conditionsOf(here+"/then", s.Then, depth+1, yield) || !conditionsOf(here+"/else", s.Else, depth+1, yield) {
			return false
		}
		for n, way := range s.Split {
			if !conditionsOf(here+"/split/"+strconv.Itoa(n)+"/steps", way.Steps, depth+1, yield) {
				return false
			}
		}
	}
	return true
}

// looksOf is what the rules of a journey want to be read of a card. A programme with a fault has none.
func (c *compiler) looksOf(at string, k Campaign) Who {
	w := Who{rules: c.p, schema: c.p.onJourney}
	if len(c.list) > 0 {
		return w
	}
	for pointer, when := range k.onTheWay(at) {
		parsed, _ := rule.Parse(c.withSegments(pointer, when.Tree)) // it has been read without a fault
		for _, win := range c.p.windows {
			if !slices.Contains(w.windows, win) && parsed.Asks(func(field string) bool { return field == win.name }) {
				w.windows = append(w.windows, win)
			}
		}
		w.scores = w.scores || parsed.Asks(isScore)
	}
	return w
}

// JourneyLooks is what the rules of a campaign with steps want to be read of a card beside its head and its entries since it has entered;
// only Reads and Scores of it have a meaning.
func (p *Programme) JourneyLooks(campaign string) Who {
	if r := p.campaigns[campaign].route; r != nil {
		return r.looks
	}
	return Who{rules: p}
}

// AwaitsTouch reports whether a step of some campaign waits for a touch.
func (p *Programme) AwaitsTouch(name string) bool {
	for _, c := range p.campaigns {
		if c.route != nil && c.route.plan.Awaits(TouchHeard(name)) {
			return true
		}
	}
	return false
}

// TouchHeard is the event that a touch is to those who wait for it.
func TouchHeard(name string) string {
	if name == TouchClick {
		return HeardClick
	}
	return heardTouch + name
}

func isHeard(event string) bool {
	name, touch := strings.CutPrefix(event, heardTouch)
	return slices.Contains(heardEvents, event) || touch && touchName.MatchString(name)
}

// knownDate refuses a date that no shopper can have.
func (w *stepper) knownDate(at, name string) {
	id, own := strings.CutPrefix(name, ofAttribute)
	a, known := w.p.attributes[id]
	if own && !(known && a.isDate()) {
		w.fault(at, "there is no attribute %q of type date or dates", id)
	}
	if !own && !slices.Contains([]string{dateBirthday, dateEnrolled, dateFirst}, name) {
		w.fault(at, "a date is \"birthday\", \"enrolled\", \"first_purchase\" or \"attribute.\" and the id of one")
	}
}

// datesOnWay are the dates that a wait may be for.
func (p *Programme) datesOnWay(h card.Head, shopper card.Profile, dates map[string]day.Yearly) map[string][]journey.Date {
	list := map[string][]journey.Date{}
	for name, yearly := range dates {
		list[name] = []journey.Date{{Yearly: yearly}}
	}
	if h.Habits.FirstOn != 0 {
		list[dateFirst] = []journey.Date{{Yearly: yearlyOf(h.Habits.FirstOn)}}
	}
	for id, a := range p.attributes {
		if !a.isDate() {
			continue
		}
		for _, v := range shopper.Attributes[id] {
			if yearly, err := day.ParseYearly(v); err == nil { // else of a programme that took it for something else
				first, _ := day.Parse(v) // 0 where nobody has told the year
				list[ofAttribute+id] = append(list[ofAttribute+id], journey.Date{Yearly: yearly, First: first})
			}
		}
	}
	return list
}
