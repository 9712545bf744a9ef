package results

import (
	"cmp"
	"math"
	"slices"

	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/measure"
)

// Journey is how far cards have come in a campaign with steps. Entered = UnderWay + all Ends; those who are left alone to measure by are not
// in it.
type Journey struct {
	Entered  int64       `json:"entered"`
	UnderWay int64       `json:"under_way"`
	Goals    int64       `json:"goals"`               // reached
	GoalRate *Range      `json:"goal_rate,omitempty"` // of those that are over, in basis points
	Ends     []End       `json:"ends"`                // by why, the most frequent first
	Ways     []WayResult `json:"ways,omitempty"`      // of splits, of those that are over
}

// End is why journeys were over: "goal", "exit_when", "done" or what an exit says.
type End struct {
	Why   string `json:"why"`
	Cards int64  `json:"cards"`
}

// WayResult is a way of a split.
type WayResult struct {
	Step     string `json:"step"`
	Way      string `json:"way"`
	Cards    int64  `json:"cards"`
	Goals    int64  `json:"goals"`
	GoalRate *Range `json:"goal_rate,omitempty"`
}

// journeyOf tells it; nil where nobody ever entered.
func journeyOf(campaign string, counts loyalty.Counts) *Journey {
	all := groupOf(counts, campaign, "")
	j := Journey{Entered: all.Journeys, UnderWay: all.Journeys, Goals: all.Goals, Ends: []End{}}
	for g, n := range counts {
		if g.Campaign != campaign {
			continue
		}
		if why, ok := g.OfEnd(); ok {
			j.UnderWay -= n.Journeys
			if why == string(journey.EndHeldOut) {
				j.Entered -= n.Journeys
			} else {
				j.Ends = append(j.Ends, End{Why: why, Cards: n.Journeys})
			}
		}
		if step, way, ok := g.OfWay(); ok {
			j.Ways = append(j.Ways, WayResult{Step: step, Way: way, Cards: n.Journeys, Goals: n.Goals, GoalRate: goalRate(n.Goals, n.Journeys)})
		}
	}
	if all.Journeys == 0 {
		return nil
	}
	j.GoalRate = goalRate(j.Goals, j.Entered-j.UnderWay)
	slices.SortFunc(j.Ends, func(a, b End) int { return cmp.Or(cmp.Compare(b.Cards, a.Cards), cmp.Compare(a.Why, b.Why)) })
	slices.SortFunc(j.Ways, func(a, b WayResult) int { return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Way, b.Way)) })
	return &j
}

// goalRate is how many of so many have reached it, with its interval; nil of nobody.
func goalRate(goals, of int64) *Range {
	if of <= 0 {
		return nil
	}
	l := measure.Alone(measure.Rate{People: of, Did: goals})
	points := func(f float64) int64 { return int64(math.Round(f * fullPrice)) }
	return &Range{Value: points(l.Value), Low: points(max(l.Low, 0)), High: points(min(l.High, 1))}
}
