package main

import (
	"math/rand/v2"
	"strings"

	"github.com/regulars-dev/regulars/shared/kit"
)

// sky is what goes wrong in a world. Calls come in phases: most are calm, some are stormy, and in some a whole service is away.
type sky struct {
	chance *rand.Rand
	left   int // calls of this phase
	one    int // one call in so many fails
	away   string
}

// phases are how often one call in so many fails, and how many calls that lasts at most. The first is the most frequent.
var phases = []struct{ times, one, calls int }{{6, 400, 6000}, {6, 60, 3000}, {3, 15, 600}, {1, 5, 80}}

// services may be away for a while: whatever begins so fails.
var services = []string{"dynamodb:Get", "dynamodb:Put", "dynamodb:Transact", "dynamodb:", "sqs:", "events:", "ses:", "lambda:"}

// weights are how likely each fault is where one happens, of those that mean anything to the call.
var weights = []struct {
	fault kit.Fault
	times int
}{
	{kit.NotDone, 14}, {kit.ButDone, 16}, {kit.Throttled, 8}, {kit.Clash, 14}, {kit.Dies, 1}, {kit.DiesAfter, 1}, {kit.Meanwhile, 24},
	{kit.Stale, 60}, {kit.Twice, 14}, {kit.Leap, 1}, {kit.Held, 6}, {kit.Overtaken, 10},
}

// turn begins the next phase.
func (s *sky) turn() {
	sum := 0
	for _, p := range phases {
		sum += p.times
	}
	n := s.chance.IntN(sum)
	for _, p := range phases {
		if n -= p.times; n < 0 {
			s.one, s.left, s.away = p.one, 1+s.chance.IntN(p.calls), ""
			break
		}
	}
	if s.chance.IntN(12) == 0 {
		s.away, s.left = services[s.chance.IntN(len(services))], 1+s.chance.IntN(120)
	}
}

// plan is the kit.Plan of it.
func (s *sky) plan(_ int, c kit.Call) kit.Fault {
	if s.left--; s.left < 0 {
		s.turn()
	}
	if s.away != "" && strings.HasPrefix(c.Action, s.away) {
		return kit.NotDone
	}
	if s.chance.IntN(s.one) != 0 {
		return kit.None
	}
	sum := 0
	for _, w := range weights {
		if w.fault.Befalls(c) {
			sum += w.times
		}
	}
	n := s.chance.IntN(sum)
	for _, w := range weights {
		if !w.fault.Befalls(c) {
			continue
		}
		if n -= w.times; n < 0 {
			return w.fault
		}
	}
	return kit.None
}
