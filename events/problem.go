package events

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknown says that no event of this name is published. A reader of the bus may count and drop it; a door refuses it.
var ErrUnknown = errors.New("unknown event type")

// ErrInvalid says that an event breaks its contract. The same event will break it again: never retry. What is wrong stands in
// *Invalid, which every such error is.
var ErrInvalid = errors.New("invalid event")

// MaxProblems bounds the report of one event; whoever sent 500 wrong lines learns enough from the first.
const MaxProblems = 50 // problems

// Problem is one thing wrong with a document: where (a JSON pointer into it, "" for the whole) and why, as a half sentence
// that goes on from the name of the field: "must be at least 1".
type Problem struct {
	Pointer string
	Why     string
}

// Invalid lists everything that is wrong with one event, in the order of its fields.
type Invalid struct {
	Type     string
	Problems []Problem
}

func (e *Invalid) Error() string {
	parts := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		parts = append(parts, strings.TrimSpace(p.Pointer+" "+p.Why))
	}
	return fmt.Sprintf("%v %s: %s", ErrInvalid, e.Type, strings.Join(parts, "; "))
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *Invalid) Unwrap() error { return ErrInvalid }

// checks gathers problems while a document is read and judged.
type checks struct {
	found []Problem
}

func (c *checks) add(pointer, why string, args ...any) {
	if len(c.found) < MaxProblems {
		c.found = append(c.found, Problem{Pointer: pointer, Why: fmt.Sprintf(why, args...)})
	}
}

// within puts the problems of a part under its place in the whole.
func within(pointer string, found []Problem) []Problem {
	out := make([]Problem, 0, len(found))
	for _, p := range found {
		out = append(out, Problem{Pointer: pointer + p.Pointer, Why: p.Why})
	}
	return out
}

// pointer adds one step to a JSON pointer (RFC 6901: "~" and "/" are escaped).
func pointer(at, step string) string {
	return at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
}
