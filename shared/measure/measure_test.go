package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s = %v, want %v within %v", what, got, want, within)
	}
}

// The published e-mail experiment of Hillstrom (2008): 64,000 people, three groups, visits and spend of the two weeks after.
var (
	noMail    = Rate{People: 21306, Did: 2262}
	mensMail  = Rate{People: 21307, Did: 3894}
	womenMail = Rate{People: 21387, Did: 3238}
)

func TestThePublishedEmailExperimentComesOut(t *testing.T) {
	t.Parallel()
	men, women := Rates(mensMail, noMail), Rates(womenMail, noMail)
	near(t, "men's mail, visits", men.Value, .076590, 5e-7)
	near(t, "its error", men.Error, .003386, 5e-7)
	near(t, "its low", men.Low, .0700, 5e-5)
	near(t, "its high", men.High, .0832, 5e-5)
	near(t, "women's mail, visits", women.Value, .045233, 5e-7)
	near(t, "its error", women.Error, .003234, 5e-7)
	near(t, "its low", women.Low, .0389, 5e-5)
	near(t, "its high", women.High, .0516, 5e-5)

	// Mean and variance of spend over all people of a group; their differences and errors are the published ones.
	none := Amount{People: 21306, Mean: .652789, Variance: 134.908}
	mens := Amount{People: 21307, Mean: 1.422617, Variance: 314.592}
	womens := Amount{People: 21387, Mean: 1.077202, Variance: 227.697}
	spentMen, spentWomen := Amounts(mens, none), Amounts(womens, none)
	near(t, "men's mail, spend", spentMen.Value, .769827, 2e-6)
	near(t, "its error", spentMen.Error, .145247, 2e-4)
	near(t, "its low", spentMen.Low, .485, 1e-3)
	near(t, "its high", spentMen.High, 1.055, 1e-3)
	near(t, "women's mail, spend", spentWomen.Value, .4244, 5e-5)
	near(t, "its error", spentWomen.Error, .1303, 2e-4)
}

func TestSmallAndLargeCampaigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times             int64
		low, high         float64 // points
		buyersLow, buyers float64
		buyersHigh        float64
		outcome           Outcome
	}{
		{1, -.55, 3.95, -25, 90, 178, NotProven},
		{10, 1.26, 2.67, 569, 900, 1204, Better},
	} {
		treated, held := Rate{People: 4500 * c.times, Did: 360 * c.times}, Rate{People: 500 * c.times, Did: 30 * c.times}
		lift := Rates(treated, held)
		near(t, "low", 100*lift.Low, c.low, .006)
		near(t, "high", 100*lift.High, c.high, .006)
		extra := lift.Times(treated.People)
		near(t, "buyers", extra.Value, c.buyers, .001)
		near(t, "buyers, low", extra.Low, c.buyersLow, 1)
		near(t, "buyers, high", extra.High, c.buyersHigh, 1)
		if got := Judge(treated, held, Amount{}, Amount{}, .9); got.Outcome != c.outcome {
			t.Errorf("%d people: %s, want %s: %s", treated.People, got.Outcome, c.outcome, got.Sentence)
		}
	}
}

func TestGroupsOfTheWrongSizeAreNoResult(t *testing.T) {
	t.Parallel()
	chi, p := Split(5000, 5300, .5)
	near(t, "chi-square", chi, 8.74, .005)
	near(t, "p", p, .0031, 5e-5)
	j := Judge(Rate{5000, 400}, Rate{5300, 300}, Amount{}, Amount{}, .5)
	if j.Outcome != Unequal || !strings.Contains(j.Sentence, "No result") {
		t.Errorf("%s: %s", j.Outcome, j.Sentence)
	}
}

func TestHowManyPeopleATestWants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to float64
		want     int64
	}{{.06, .07, 9540}, {.06, .08, 2554}, {.06, .06, math.MaxInt64}} {
		if got := PeopleNeeded(c.from, c.to); got != c.want {
			t.Errorf("from %v to %v: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestWhenItIsTooEarly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ treated, held Rate }{
		"nobody":        {},
		"few people":    {Rate{99, 50}, Rate{1000, 5}},
		"few purchases": {Rate{1000, 5}, Rate{1000, 4}},
	} {
		j := Judge(c.treated, c.held, Amount{}, Amount{}, .5)
		if j.Outcome != TooEarly || !strings.HasPrefix(j.Sentence, "It is too early to tell") {
			t.Errorf("%s: %s: %s", name, j.Outcome, j.Sentence)
		}
	}
}

func TestStudentsQuantiles(t *testing.T) {
	t.Parallel()
	for freedom, want := range map[float64]float64{1: 12.7062, 2: 4.3027, 5: 2.5706, 10: 2.2281, 30: 2.0423, 120: 1.9799, 1e6: 1.95997} {
		near(t, "t of 97.5 %", student(.975, freedom), want, 5e-5)
	}
}

// Where nothing was done to anybody, the interval excludes nothing in about one case of twenty.
func TestNoEffectIsRarelyFound(t *testing.T) {
	t.Parallel()
	const campaigns, people = 1000, 800
	found, chance := 0, rand.New(rand.NewPCG(11, 12))
	draw := func() (did int64) {
		for range people {
			if chance.IntN(10) == 0 {
				did++
			}
		}
		return did
	}
	for range campaigns {
		if Rates(Rate{people, draw()}, Rate{people, draw()}).Proven() {
			found++
		}
	}
	if found < 37 || found > 64 {
		t.Errorf("%d of %d campaigns without effect look proven, want 37 to 64", found, campaigns)
	}
}

func TestSumsGiveTheSameAsAList(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spent := rapid.SliceOfN(rapid.Int64Range(0, 100_000), 2, 50).Draw(t, "spent")
		var sum, squares float64
		for _, s := range spent {
			sum += float64(s)
			squares += float64(s) * float64(s)
		}
		a := AmountOf(int64(len(spent)), sum, squares)
		var off float64
		for _, s := range spent {
			off += (float64(s) - a.Mean) * (float64(s) - a.Mean)
		}
		want := off / float64(len(spent)-1)
		if math.Abs(a.Variance-want) > 1e-6*(1+want) {
			t.Fatalf("variance %v, want %v", a.Variance, want)
		}
		if l := Amounts(a, a); l.Value != 0 || l.Low > 0 || l.High < 0 {
			t.Fatalf("a group against itself: %+v", l)
		}
	})
}
