package journey_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/journey"
)

// grow draws steps that follow one another, up to a depth, and returns the first.
func grow(t *rapid.T, plan *journey.Plan, after *journey.Step, depth int) *journey.Step {
	first := after
	for range rapid.IntRange(0, 4).Draw(t, "steps") {
		if len(plan.Steps) >= journey.MaxSteps {
			break
		}
		s := &journey.Step{ID: fmt.Sprint(len(plan.Steps)), Next: first}
		plan.Steps = append(plan.Steps, s)
		kinds := []journey.Kind{journey.KindWait, journey.KindMessage, journey.KindGrant, journey.KindTag, journey.KindExit}
		if depth < journey.MaxDepth {
			kinds = append(kinds, journey.KindSplit, journey.KindWait)
		}
		s.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		switch s.Kind {
		case journey.KindWait:
			s.Wait = journey.Wait{For: journey.Span{Minutes: rapid.IntRange(1, 5000).Draw(t, "for")}}
			if rapid.Bool().Draw(t, "event") {
				s.Wait.Kind, s.Wait.Event = journey.ForEvent, rapid.SampledFrom([]string{"checkout", "touch.x"}).Draw(t, "waits for")
				s.Then, s.Else = grow(t, plan, first, depth+1), grow(t, plan, first, depth+1)
			}
		case journey.KindSplit:
			for n := range rapid.IntRange(2, 4).Draw(t, "ways") {
				s.Arms = append(s.Arms, journey.Arm{Name: fmt.Sprint(n), Weight: rapid.IntRange(1, 9).Draw(t, "weight"), First: grow(t, plan, first, depth+1)})
			}
		}
		first = s
	}
	return first
}

// Whatever the steps, the events and the moments at which somebody looks: the journey ends, no effect has the key of another, each is what
// it was when it is decided again, and each step that was passed has left a line.
func TestAnyJourneyEndsAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plan := &journey.Plan{}
		plan.First = grow(t, plan, nil, 1)
		now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		p := plan.Enter("7001", "welcome", fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "occasion")), now, now, now)
		keys, lines := map[string]bool{}, map[string]bool{}
		var f journey.Facts
		for looks := 0; p.End == ""; looks++ {
			if looks > 40*journey.MaxSteps {
				t.Fatalf("still under way: %+v", p)
			}
			if rapid.IntRange(0, 3).Draw(t, "buys") == 0 {
				f.Heard = append(f.Heard, journey.Happening{Event: "checkout", At: now})
			}
			if rapid.IntRange(0, 3).Draw(t, "touches") == 0 {
				p, _ = plan.Hear(p, journey.Happening{Event: "touch.x", At: now}, now)
			}
			step := p.Step
			next := plan.Advance(p, f, now)
			if again := plan.Advance(p, f, now); again.Step != next.Step || again.Due != next.Due || (again.Pending == nil) != (next.Pending == nil) {
				t.Fatalf("decided anew it is %+v, and was %+v", again, next)
			}
			for _, l := range next.Lines[len(p.Lines):] {
				lines[l.Step] = true
			}
			if next.Step != step && !lines[step] {
				t.Fatalf("step %q was passed without a word", step)
			}
			if e := next.Pending; e != nil {
				if keys[e.Key] {
					t.Fatalf("effect %+v comes twice", e)
				}
				keys[e.Key] = true
				next = next.Done(now, "")
			} else if next.End == "" && !next.Due.After(now) {
				t.Fatalf("it waits for a moment that has passed: %+v", next)
			}
			p = next
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "minutes")) * time.Minute)
		}
		if !p.Due.IsZero() || p.Pending != nil {
			t.Fatalf("over, and still due: %+v", p)
		}
	})
}

// Ways of a split are taken by their weights, and by a card always the same.
func TestASplitIsFairAndSteady(t *testing.T) {
	t.Parallel()
	a, b := &journey.Step{ID: "a", Kind: journey.KindTag}, &journey.Step{ID: "b", Kind: journey.KindTag}
	s := &journey.Step{ID: "s", Kind: journey.KindSplit, Arms: []journey.Arm{{"a", 1, a}, {"b", 3, b}}}
	plan := &journey.Plan{First: s, Steps: []*journey.Step{s, a, b}}
	now, took := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC), map[string]int{}
	for n := range 4000 {
		card := fmt.Sprint(7000000 + n)
		way := plan.Advance(plan.Enter(card, "x", "1", now, now, now), journey.Facts{}, now).Pending.Step
		if other := plan.Advance(plan.Enter(card, "x", "2", now, now, now), journey.Facts{}, now).Pending.Step; other != way {
			t.Fatalf("card %s takes %s and then %s", card, way, other)
		}
		took[way]++
	}
	if took["a"] < 900 || took["a"] > 1100 { // 1000, and 3.6 times its deviation
		t.Errorf("%v", took)
	}
}
