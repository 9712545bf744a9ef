package journey

import (
	"errors"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Facts are what a step is judged by.
type Facts struct {
	Rules *rule.Facts // of the card and its shopper, as of now
	Heard []Happening // on the card since it has entered, without what made it enter; in any order
	Zone  *time.Location
	Dates map[string][]Date
	Leap  day.Leap
}

func (f Facts) zone() *time.Location {
	if f.Zone == nil {
		return time.UTC
	}
	return f.Zone
}

// heard is the earliest happening of a kind within two moments, on the card's book or told to the place, both counted to the second, as books write them.
func (f Facts) heard(p Place, event string, from, to time.Time) (time.Time, bool) {
	var first time.Time
	for _, h := range slices.Concat(f.Heard, p.Heard) {
		if h.Event == event && !h.At.Before(from.Truncate(time.Second)) && !h.At.After(to) && (first.IsZero() || h.At.Before(first)) {
			first = h.At
		}
	}
	return first, !first.IsZero()
}

// last is the newest happening of any kind.
func (f Facts) last() (newest Happening) {
	for _, h := range f.Heard {
		if h.At.After(newest.At) {
			newest = h
		}
	}
	return newest
}

// Why says why a journey is over by what has come about.
func (f Facts) Why(end End) string {
	says := map[End]string{EndGoal: "the goal is reached", EndExit: "exit_when holds"}[end]
	if last := f.last(); !last.At.IsZero() {
		says += "; " + last.Event + " at " + shown(last.At)
	}
	return says
}

// lookAgain is when a wait for an event is looked at once more: what came about while it was being written down woke nobody.
const lookAgain = time.Minute

// Left reports whether the journey is over by what is true of the card now: its goal is reached, or its exit condition holds.
func (p *Plan) Left(f Facts) End {
	switch {
	case p.Goal != nil && p.Goal.Match(f.Rules):
		return EndGoal
	case p.Exit != nil && p.Exit.Match(f.Rules):
		return EndExit
	}
	return ""
}

// Advance walks on from a place without anything pending: to the next effect, which is then pending, to a wait that is not over, or to the
// end. Each step on the way leaves a line. The same place with the same facts at the same moment comes to the same. A plan whose steps lead
// back, which none does that was published, ends there.
func (p *Plan) Advance(place Place, f Facts, now time.Time) Place {
	for passed := 0; place.End == "" && place.Pending == nil; passed++ {
		if passed > len(p.Steps)+1 {
			return place.Back(place.Step, now)
		}
		if end := p.Left(f); end != "" {
			return place.left(end, f, now)
		}
		if place.Step == "" {
			return place.Over(EndDone, now, "came to the end")
		}
		s := p.step(place.Step)
		if s == nil {
			return place.Over(EndMissing, now, "the step is not in the version by which the card has entered")
		}
		if s.Kind == KindWait {
			var over bool
			if place, over = s.wait(place, f, now); !over {
				return place
			}
			continue
		}
		place = s.pass(place, f, now)
	}
	return place
}

// left ends a journey by its goal or its exit condition. Where that cuts a wait short, or comes with its end, both moments are told.
func (p Place) left(end End, f Facts, now time.Time) Place {
	says := f.Why(end)
	if p.Waits {
		says += "; the wait ends at " + shown(p.Until)
	}
	return p.Over(end, now, "%s", says)
}

// wait begins a wait or asks whether it is over.
func (s *Step) wait(p Place, f Facts, now time.Time) (Place, bool) {
	event := s.Wait.Kind == ForEvent
	if !p.Waits {
		until, err := s.Wait.until(now, f)
		switch {
		case errors.Is(err, errNoDate):
			return p.told(s.ID, now, "the shopper has no %s; goes on", s.Wait.Date).at(s.Next, now), true
		case !until.After(now):
			return p.told(s.ID, now, "%s has passed; goes on", shown(until)).at(s.Next, now), true
		case event:
			p = p.told(s.ID, now, "waits for %s until %s", s.Wait.Event, shown(until))
		default:
			p = p.told(s.ID, now, "waits until %s", shown(until))
		}
		p.Waits, p.Until, p.Due = true, until, until
		if again := now.Add(lookAgain); event && again.Before(until) {
			p.Due = again
		}
		return p, false
	}
	if event {
		if at, heard := f.heard(p, s.Wait.Event, p.Since, p.Until); heard {
			return p.told(s.ID, now, "%s came at %s; the wait would have ended at %s", s.Wait.Event, shown(at), shown(p.Until)).at(s.Then, now), true
		}
	}
	if now.Before(p.Until) {
		p.Due = p.Until
		return p, false
	}
	if event {
		return p.told(s.ID, now, "no %s until %s", s.Wait.Event, shown(p.Until)).at(s.Else, now), true
	}
	return p.told(s.ID, now, "the wait ended at %s", shown(p.Until)).at(s.Next, now), true
}

// pass goes through any other step.
func (s *Step) pass(p Place, f Facts, now time.Time) Place {
	switch {
	case s.Kind == KindIf && s.If.Match(f.Rules):
		return p.told(s.ID, now, "yes").at(s.Then, now)
	case s.Kind == KindIf:
		return p.told(s.ID, now, "no").at(s.Else, now)
	case s.Kind == KindSplit:
		arm := s.arm(p.Campaign, p.Card)
		return p.told(s.ID, now, saysTakes+"%s", arm.Name).at(arm.First, now)
	case s.Kind.effects():
		effect := p.effect(s)
		p = p.told(s.ID, now, "%s is due", s.Kind).at(s.Next, now)
		p.Pending = effect
		return p
	case s.Says != "":
		return p.Over(EndDone, now, saysExit+"%s", s.Says)
	}
	return p.Over(EndDone, now, "exit")
}

func shown(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
