package programme

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Again is how often a campaign speaks to one card: "once", "always", or after_days and at_most.
type Again struct {
	AfterDays int   `json:"after_days,omitempty"` // at least so many days after the last time
	AtMost    int64 `json:"at_most,omitempty"`    // so often in the life of a card
}

// What Again may say in one word.
const (
	againOnce   = "once"
	againAlways = "always"
)

// Limits of speaking again.
const (
	maxAgainDays = 1_100
	maxAgain     = 1_000 // times
)

// UnmarshalJSON takes one of the two words, or the fields.
func (a *Again) UnmarshalJSON(b []byte) error {
	var word string
	if json.Unmarshal(b, &word) == nil {
		switch word {
		case againOnce:
			*a = Again{AtMost: 1}
			return nil
		case againAlways:
			*a = Again{}
			return nil
		}
		return errors.New("again is once, always, or after_days and at_most")
	}
	type plain Again
	fields := json.NewDecoder(bytes.NewReader(b))
	fields.DisallowUnknownFields()
	if fields.Decode((*plain)(a)) != nil {
		return errors.New("again is once, always, or after_days and at_most, both whole numbers")
	}
	return nil
}

// MarshalJSON writes a word where there is one.
func (a Again) MarshalJSON() ([]byte, error) {
	switch a {
	case Again{}:
		return json.Marshal(againAlways)
	case Again{AtMost: 1}:
		return json.Marshal(againOnce)
	}
	type plain Again
	return json.Marshal(plain(a))
}

// bounds reports whether there is something to be remembered of a card. A campaign with steps counts who enters, beside the card.
func (c Campaign) bounds() bool { return c.Bounded() && !c.HasSteps() }

// Bounded reports whether a campaign says how often it may.
func (c Campaign) Bounded() bool { return c.Again != nil && *c.Again != Again{} }

// MayAgain reports whether a campaign may speak to a card on a day, after what it has said before.
func (c Campaign) MayAgain(h card.Head, on day.Day) bool {
	if !c.bounds() {
		return true
	}
	return c.after(h.SpokenBy(c.ID), on)
}

// MayEnter reports whether a card may enter a campaign with steps on a day, after it has entered so many times, the last time on another.
func (c Campaign) MayEnter(times int64, last, on day.Day) bool {
	return !c.Bounded() || c.after(card.Spoken{Times: times, On: last}, on)
}

func (c Campaign) after(s card.Spoken, on day.Day) bool {
	return s.Times == 0 || (c.Again.AtMost == 0 || s.Times < c.Again.AtMost) && on >= s.On+day.Day(c.Again.AfterDays)
}

// noteSpoken remembers that a campaign has its occasion, for the cards that are held out of it too.
func (c Campaign) noteSpoken(h card.Head, on day.Day) card.Head {
	if !c.bounds() {
		return h
	}
	return h.Speak(c.ID, on)
}

// again checks how often a campaign speaks.
func (c *compiler) again(at string, k Campaign) {
	if k.Again == nil {
		return
	}
	if !k.Decides() && !k.HasSteps() || k.On == OnEnrolled {
		c.fault(at, "again is not for campaigns on: %s", k.On)
	}
	if k.Again.AfterDays < 0 || k.Again.AfterDays > maxAgainDays {
		c.fault(at+"/after_days", "a campaign speaks again after 1 to %d days", maxAgainDays)
	}
	if k.Again.AtMost < 0 || k.Again.AtMost > maxAgain {
		c.fault(at+"/at_most", "a campaign speaks 1 to %d times to a card", maxAgain)
	}
}
