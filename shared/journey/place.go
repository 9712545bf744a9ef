package journey

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// End says how a journey has ended; "" while it goes on.
type End string

// The ends.
const (
	EndDone    End = "done"      // by its last step, or by an exit
	EndGoal    End = "goal"      // what it was for has come about
	EndExit    End = "exit_when" // its exit condition holds
	EndHeldOut End = "held_out"  // the card is left alone, to measure by
	EndStopped End = "stopped"   // by a person, or with its campaign
	EndClosed  End = "card_closed"
	EndMerged  End = "merged"  // the card that it was merged into is in the same campaign
	EndMissing End = "missing" // its version or its step is not there any more
	EndErased  End = "erased"  // with the shopper
)

// Cuts reports whether an end also keeps back what was ordered before it.
func (e End) Cuts() bool { return e != "" && e != EndDone }

// Place is where a card stands in a campaign of steps.
type Place struct {
	Card     string // id
	Campaign string
	Occasion string    // the one time this journey began
	Version  time.Time // from which the rules hold by which the card has entered
	Entered  time.Time
	Step     string      // at which it stands; "" before the end
	Since    time.Time   // it has come to that step
	Waits    bool        // at a wait, that has begun
	Until    time.Time   // its end
	Due      time.Time   // when to look at it again; zero when it is over
	Pending  *Effect     // decided, and perhaps done
	Heard    []Happening // touches of the shopper, which no book knows: the newest maxHeard
	End      End
	Ended    time.Time
	Lines    []Line
}

// Line says what a step has come to.
type Line struct {
	Step string    `json:"step,omitempty"`
	At   time.Time `json:"at"`
	Says string    `json:"says"`
}

// Enter is the place of a card that begins a journey. It is looked at from due on.
func (p *Plan) Enter(card, campaign, occasion string, version, at, due time.Time) Place {
	place := Place{Card: card, Campaign: campaign, Occasion: occasion, Version: version, Entered: at, Since: at, Due: due}
	if p.First != nil {
		place.Step = p.First.ID
	}
	return place.told("", at, "entered")
}

// told adds a line. A journey has fewer steps than a place has lines; only one that is moved again and again comes to the limit.
func (p Place) told(step string, at time.Time, format string, args ...any) Place {
	if len(p.Lines) < maxLines {
		p.Lines = append(p.Lines[:len(p.Lines):len(p.Lines)], Line{Step: step, At: at.UTC().Truncate(time.Second), Says: fmt.Sprintf(format, args...)})
	}
	return p
}

// Over ends a journey.
func (p Place) Over(end End, at time.Time, format string, args ...any) Place {
	p = p.told(p.Step, at, format, args...)
	p.End, p.Ended, p.Due, p.Waits, p.Pending = end, at, time.Time{}, false, nil
	return p
}

// Back ends a journey whose steps lead back to one that was passed.
func (p Place) Back(step string, now time.Time) Place {
	return p.Over(EndMissing, now, "step %s comes again and again", step)
}

// at moves the place to a step; nil is the end.
func (p Place) at(s *Step, now time.Time) Place {
	p.Step, p.Since, p.Waits, p.Until = "", now, false, time.Time{}
	if s != nil {
		p.Step = s.ID
	}
	return p
}

// effect is what a step asks for.
func (p Place) effect(s *Step) *Effect {
	return &Effect{Kind: s.Kind, Step: s.ID, Key: ids.Derive(keyLength, p.Campaign, p.Occasion, p.Card, s.ID)}
}

const keyLength = 20 // characters: 100 bits

// Done takes the effect off the place, with what came of it ("" for nothing worth a line).
func (p Place) Done(now time.Time, says string) Place {
	if p.Pending != nil && says != "" {
		p = p.told(p.Pending.Step, now, "%s", says)
	}
	p.Pending = nil
	return p
}
