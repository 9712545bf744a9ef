// Package journey walks a shopper through the steps of a campaign: where a card stands, what its next step comes to, and what is to be
// done about it.
//
// It is pure. A place is data, never a timer: whoever brings a place, the facts of now and the moment gets the place that follows. Steps
// lead forward only, so every journey ends, and each thing to be done has a key of its own, so that it is done once.
package journey

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/rule"
)

// Limits of one journey, so that a place with all its lines fits a few kilobytes.
const (
	MaxSteps = 50 // over all branches
	MaxDepth = 5  // levels of branches
	maxLines = 150
	maxHeard = 10
)

// Kind is what a step does.
type Kind string

// The kinds. Those behind KindExit are effects: whoever holds the place carries them out.
const (
	KindWait    Kind = "wait"
	KindIf      Kind = "if"
	KindSplit   Kind = "split"
	KindExit    Kind = "exit"
	KindMessage Kind = "message"
	KindGrant   Kind = "grant"
	KindTag     Kind = "tag"
	KindEvent   Kind = "event"
	KindWebhook Kind = "webhook"
)

// effects reports whether somebody has to carry the step out.
func (k Kind) effects() bool {
	switch k {
	case KindMessage, KindGrant, KindTag, KindEvent, KindWebhook:
		return true
	}
	return false
}

// Step is one step. Next is what follows, Then and Else what follows an answer of yes and no; nil is the end of the journey.
type Step struct {
	ID    string
	Named bool // by the marketer, so that another version may have the same step
	Moved []string
	Kind  Kind
	Wait  Wait
	If    *rule.Compiled
	Arms  []Arm
	Says  string // of an exit: why
	Next  *Step
	Then  *Step
	Else  *Step
}

// Arm is one way of a split.
type Arm struct {
	Name   string
	Weight int // 1 or more
	First  *Step
}

// Plan is the steps of a campaign in one version.
type Plan struct {
	First *Step
	Steps []*Step        // all of them, in the order in which they are written
	Exit  *rule.Compiled // nil: nothing ends the journey early
	Goal  *rule.Compiled
}

// step finds a step by its id.
func (p *Plan) step(id string) *Step {
	for _, s := range p.Steps {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Effect is something to be done. Key is its own among all effects of all journeys, and the same whenever the same step of the same place
// is asked for it.
type Effect struct {
	Kind  Kind   `json:"kind"`
	Step  string `json:"step"`
	Key   string `json:"key"`
	Tries int    `json:"tries,omitempty"` // that came to nothing
}

// arm is the way that a card takes: the same for ever, by the weights, and by chance among cards.
func (s *Step) arm(campaign, card string) Arm {
	total := 0
	for _, a := range s.Arms {
		total += a.Weight
	}
	sum := sha256.Sum256([]byte(campaign + "\x00" + s.ID + "\x00" + card))
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(sum[:]), uint64(max(1, total)))
	left := int(hi) // below total
	for _, a := range s.Arms {
		if left -= a.Weight; left < 0 {
			return a
		}
	}
	return Arm{}
}

// Happening is something that came about on the card.
type Happening struct {
	Event string    `json:"event"`
	At    time.Time `json:"at"`
}

// Awaits reports whether some step waits for an event.
func (p *Plan) Awaits(event string) bool {
	return slices.ContainsFunc(p.Steps, func(s *Step) bool { return s.Kind == KindWait && s.Wait.Kind == ForEvent && s.Wait.Event == event })
}

// Hear tells a place of a touch for which some step of its plan waits, and brings a wait that may be over by it forward. The same again
// changes nothing; false where it concerns the place nothing.
func (p *Plan) Hear(place Place, h Happening, now time.Time) (Place, bool) {
	h.At = h.At.UTC().Truncate(time.Second)
	if place.End != "" || h.At.Before(place.Entered.Truncate(time.Second)) || !p.Awaits(h.Event) || slices.Contains(place.Heard, h) {
		return place, false
	}
	place.Heard = append(slices.Clone(place.Heard[max(0, len(place.Heard)+1-maxHeard):]), h)
	if s := p.step(place.Step); place.Waits && s != nil && s.Kind == KindWait && s.Wait.Event == h.Event && now.Before(place.Due) {
		place.Due = now
	}
	return place, true
}

// Listens reports whether what comes about on the card may move a place before its wait is over.
func (p *Plan) Listens(place Place) bool {
	s := p.step(place.Step)
	return p.Exit != nil || p.Goal != nil || s != nil && s.Kind == KindWait && s.Wait.Kind == ForEvent
}
