package loyalty

import (
	"context"
	"time"
)

// ActState is how far something that a person changes has come.
type ActState string

// The states. An act that stays asked was broken off: nobody knows whether it was done, and asking again tells.
const (
	ActAsked   ActState = "asked"
	ActDone    ActState = "done"
	ActRefused ActState = "refused"
	ActFailed  ActState = "failed"
)

// Act is something that a person changes: who, when, what, what was before and what is after. It holds no name, address or birthday of a
// shopper; a card stands in it by its number.
type Act struct {
	ID      string    // made of what was asked and when: a repeat in the same moment is the same act
	At      time.Time // when it was asked
	EndedAt time.Time // zero while it is asked
	State   ActState
	By      string // the person, as they said or as the machine knows them
	Through string // the key or the command by which they came
	What    string // "card.adjust"
	On      string // "0400123456782", "spring": what it is done to
	Why     string
	Before  string
	After   string
	Code    string // of the refusal
}

// Acts keeps what people change. Lines are added and never changed.
type Acts interface {
	// PutAct adds the line of an act in its state. One that lies there already stays as it is.
	PutAct(ctx context.Context, a Act) error

	// EachAct calls each for every act that was asked from a moment on and before another, the oldest first.
	EachAct(ctx context.Context, from, to time.Time, each func(Act) error) error
}
