package kit_test

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/kit"
)

// further are the kinds of fault beside those that TestSweep goes through. What is held up for a day, and what a clock has run over, may
// come too late for its story: of these a world is only demanded to be right.
var further = []kit.Fault{kit.Stale, kit.Twice, kit.Overtaken, kit.Clash, kit.Dies, kit.DiesAfter, kit.Held, kit.Leap}

// A story comes to the same end under each of the further faults, at whichever call it means anything.
func TestFurtherFaults(t *testing.T) {
	t.Parallel()
	for _, s := range stories {
		if !s.short && !*whole {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var befallen [][]kit.Fault // by call
			undisturbed, err := s.ends(t, func(_ int, c kit.Call) kit.Fault {
				var kinds []kit.Fault
				for _, f := range further {
					if f.Befalls(c) {
						kinds = append(kinds, f)
					}
				}
				befallen = append(befallen, kinds)
				return kit.None
			})
			if err != nil {
				t.Fatalf("undisturbed: %v", err)
			}
			played := 0
			for _, n := range worth(undisturbed.calls) {
				for i, f := range befallen[n-1] {
					if *whole || (n+i)%oneOf == 0 {
						played++
						s.once(t, undisturbed, n, f)
					}
				}
			}
			t.Logf("%d worlds", played)
		})
	}
}

// oneOf is of how many faults make test plays one; make sweep plays all.
const oneOf = 16

// A story comes to the same end whichever two of its calls fail: a return, of which make sweep plays all pairs, and
// those of a merge too.
func TestPairs(t *testing.T) {
	t.Parallel()
	both := []kit.Fault{kit.NotDone, kit.ButDone}
	for _, s := range stories {
		if s.name != "a return" && (s.name != "two cards become one" || !*whole) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			undisturbed, err := s.ends(t, calm)
			if err != nil {
				t.Fatalf("undisturbed: %v", err)
			}
			calls, played := len(undisturbed.calls), 0
			for first := 1; first <= calls; first++ {
				for second := first + 1; second <= calls+1; second++ { // a fault makes more calls; the second falls on what it has brought about
					for kinds := range len(both) * len(both) {
						a, b := both[kinds/len(both)], both[kinds%len(both)]
						if !*whole && (first*calls+second)%oneOf != kinds {
							continue
						}
						played++
						s.under(t, undisturbed, pair(first, a, second, b), fmt.Sprintf("call %d %s, then call %d %s", first, a, second, b), true)
					}
				}
			}
			t.Logf("%d worlds", played)
		})
	}
}

// pair is the plan of two faults.
func pair(first int, a kit.Fault, second int, b kit.Fault) kit.Plan {
	return func(n int, _ kit.Call) kit.Fault {
		switch n {
		case first:
			return a
		case second:
			return b
		}
		return kit.None
	}
}
