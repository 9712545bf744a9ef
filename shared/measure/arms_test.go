package measure

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGroupsOfTheWrongSizesAreSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people, weights []int64
		chi, p          float64
	}{
		"V-7":            {[]int64{5_000, 5_300}, []int64{1, 1}, 8.738, .003117},
		"as meant":       {[]int64{100, 300}, []int64{1, 3}, 0, 1},
		"three":          {[]int64{1_000, 1_050, 950}, []int64{1, 1, 1}, 5, .082085},
		"far off":        {[]int64{100, 900}, []int64{1, 1}, 640, 0},
		"four, by a few": {[]int64{1_010, 990, 1_005, 995}, []int64{1, 1, 1, 1}, .25, .969140},
	} {
		var groups []Group
		for i, n := range c.people {
			groups = append(groups, Group{Did: Rate{People: n}, Weight: c.weights[i]})
		}
		chi, p := Uneven(groups)
		near(t, name+", chi-square", chi, c.chi, .001)
		near(t, name+", p", p, c.p, 5e-6)
		if len(groups) == 2 {
			_, same := Split(c.people[0], c.people[1], float64(c.weights[0])/float64(c.weights[0]+c.weights[1]))
			near(t, name+", as of two groups", p, same, 1e-9)
		}
	}
}

// V-8
func TestAnUnevenSplitWantsMorePeople(t *testing.T) {
	t.Parallel()
	near(t, "ninety to ten", Unevenness(.9), 2.78, .005)
	near(t, "halves", Unevenness(.5), 1, 1e-12)
}

func TestHowManyMoreCardsAreWanted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b  Rate
		share float64
		want  int64
	}{
		"enough":              {Rate{100, 5}, Rate{100, 5}, .5, 0},
		"few were left alone": {Rate{900, 50}, Rate{60, 5}, .9, 400},
		"few purchases":       {Rate{1_000, 4}, Rate{1_000, 1}, .5, 2_000},
		"nobody":              {Rate{}, Rate{}, .5, 200},
	} {
		if got := MoreNeeded(c.a, c.b, c.share); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// alike makes arms of people who buy alike.
func alike(r *rand.Rand, arms int, people int64) []Group {
	groups := make([]Group, arms)
	for i := range groups {
		groups[i] = Group{Name: fmt.Sprint(i), Weight: 1, Did: Rate{People: people}}
		groups[i].more(r, people)
	}
	return groups
}

func (g *Group) more(r *rand.Rand, people int64) {
	for range people {
		if r.Float64() < .1 {
			g.Did.Did++
		}
	}
}

// V-9: who looks five times and stops at the first alarm is wrong in one of seven; who looks once is wrong in one of twenty.
func TestLookingAgainAndAgainFindsWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const trials, looks, people = 2_000, 5, 500
	once, often := 0, 0
	for n := range uint64(trials) {
		r := rand.New(rand.NewPCG(9, n))
		a, b, alarm := Group{}, Group{}, false
		for range looks {
			for _, g := range []*Group{&a, &b} {
				g.Did.People += people
				g.more(r, people)
			}
			alarm = alarm || Rates(a.Did, b.Did).Proven()
		}
		if alarm {
			often++
		}
		if Rates(a.Did, b.Did).Proven() {
			once++
		}
	}
	near(t, "alarms of five looks", float64(often)/trials, .14, .02)
	near(t, "alarms of one look", float64(once)/trials, .05, .0135)
}

// Of equal arms one is taken for the best in at most one campaign of twenty, of two and of five.
func TestEqualArmsHaveNoWinner(t *testing.T) {
	t.Parallel()
	for _, arms := range []int{2, 3, 5} {
		won := 0
		for n := range uint64(1_000) {
			if Best(alike(rand.New(rand.NewPCG(10, n)), arms, 1_000), By{Did: "bought"}) != "" {
				won++
			}
		}
		if won > 64 {
			t.Errorf("of %d equal arms one wins in %d of 1,000", arms, won)
		}
	}
}

func TestWhatIsSaidOfTwoArms(t *testing.T) {
	t.Parallel()
	bought := By{Did: "bought"}
	group := func(name string, people, did int64, mean, variance float64) Group {
		return Group{Name: name, Did: Rate{people, did}, Spent: Amount{people, mean, variance}, Weight: 1}
	}
	a, b, c := group("short", 2_000, 300, 1_000, 4e6), group("long", 2_000, 200, 800, 4e6), group("new", 20, 3, 0, 0)
	for want, got := range map[string]Compared{
		"short does better than long: 15.0 % of 2000 bought, against 10.0 % of 2000.":          Compare(a, b, bought),
		"long does worse than short: 10.0 % of 2000 bought, against 15.0 % of 2000.":           Compare(b, a, bought),
		"Between short and short nothing is proven: 15.0 % of 2000 bought":                     Compare(a, a, bought),
		"It is too early to tell short from new: about 160 more cards are wanted.":             Compare(a, c, bought),
		"short does better than long: 1000 ct were spent by each of 2000, against 800 ct by e": Compare(a, b, By{Money: func(minor int64) string { return fmt.Sprint(minor, " ct") }}),
	} {
		if !strings.HasPrefix(got.Sentence, want) {
			t.Errorf("%q, want %q", got.Sentence, want)
		}
	}
	if got := Best([]Group{b, a}, bought); got != "short" {
		t.Errorf("the best is %q", got)
	}
	if got := Best([]Group{b, a, a}, bought); got != "" {
		t.Errorf("of two that are equally good %q is the best", got)
	}
}
