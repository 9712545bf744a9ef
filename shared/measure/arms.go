package measure

import (
	"fmt"
	"math"
)

// Group is the people of one arm as they were assigned: what they did, what they spent, and for what part of all it was meant.
type Group struct {
	Name   string
	Did    Rate
	Spent  Amount
	Weight int64
}

// Uneven tells whether groups have the sizes that their weights meant them to have: chi is Pearson's chi-square with one degree of freedom
// less than there are groups, p the probability of sizes at least so far off by chance.
func Uneven(groups []Group) (chi, p float64) {
	var people, weights int64
	for _, g := range groups {
		people, weights = people+g.Did.People, weights+g.Weight
	}
	if people == 0 || weights == 0 || len(groups) < 2 {
		return 0, 1
	}
	for _, g := range groups {
		want := float64(people) * float64(g.Weight) / float64(weights)
		off := float64(g.Did.People) - want
		chi += off * off / want
	}
	return chi, beyond(chi, float64(len(groups)-1))
}

// Suspicious reports that sizes so improbable are taken for a mistake and not for chance.
func Suspicious(p float64) bool { return p < suspicious }

// beyond is the probability of a chi-square beyond the given one: the upper incomplete gamma function (Abramowitz and Stegun 26.4.19), by
// its series below the mean and by its continued fraction above.
func beyond(chi, freedom float64) float64 {
	a, x := freedom/2, chi/2
	if x <= 0 {
		return 1
	}
	lg, _ := math.Lgamma(a)
	front := math.Exp(-x + a*math.Log(x) - lg)
	if x < a+1 {
		term, sum := 1/a, 1/a
		for n := 1.0; n <= maxTerms && term > sum*enough; n++ {
			term *= x / (a + n)
			sum += term
		}
		return 1 - front*sum
	}
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for n := 1.0; n <= maxTerms; n++ {
		an := -n * (n - a)
		b += 2
		d, c = 1/away(an*d+b), away(b+an/c)
		h *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return front * h
}

// Compared is what may be said of two arms.
type Compared struct {
	Outcome  Outcome // Better: the first is
	Sentence string
	Rate     Lift // of the first over the second
	Spent    Lift // likewise, a person, in minor units
}

// By says by what arms are compared: by how many people did something, which Did says as "bought", or where Money is given, which writes
// minor units, by what people spent.
type By struct {
	Did   string
	Money func(minor int64) string
}

// Compare holds two arms against one another.
func Compare(a, b Group, by By) Compared {
	c := Compared{Rate: Rates(a.Did, b.Did), Spent: Amounts(a.Spent, b.Spent)}
	lift, says := c.Rate, fmt.Sprintf("%.1f %% of %d %s, against %.1f %% of %d", 100*a.Did.Of(), a.Did.People, by.Did, 100*b.Did.Of(), b.Did.People)
	if by.Money != nil {
		lift, says = c.Spent, fmt.Sprintf("%s were spent by each of %d, against %s by each of %d", by.Money(int64(a.Spent.Mean)), a.Spent.People, by.Money(int64(b.Spent.Mean)), b.Spent.People)
	}
	switch more := wanting(a, b); {
	case more > 0:
		c.Outcome, c.Sentence = TooEarly, fmt.Sprintf("It is too early to tell %s from %s: about %d more cards are wanted.", a.Name, b.Name, more)
	case lift.Low > 0:
		c.Outcome, c.Sentence = Better, fmt.Sprintf("%s does better than %s: %s.", a.Name, b.Name, says)
	case lift.High < 0:
		c.Outcome, c.Sentence = Worse, fmt.Sprintf("%s does worse than %s: %s.", a.Name, b.Name, says)
	default:
		c.Outcome, c.Sentence = NotProven, fmt.Sprintf("Between %s and %s nothing is proven: %s. The difference may be chance.", a.Name, b.Name, says)
	}
	return c
}

// wanting is how many more people two arms want.
func wanting(a, b Group) int64 {
	share := .5
	if a.Weight > 0 && b.Weight > 0 {
		share = float64(a.Weight) / float64(a.Weight+b.Weight)
	}
	return MoreNeeded(a.Did, b.Did, share)
}

// MoreNeeded is how many more people both groups together want before anything is said of them; 0 where there are enough. share is the
// part that is meant for the first.
func MoreNeeded(a, b Rate, share float64) int64 {
	people, did := a.People+b.People, a.Did+b.Did
	var more int64
	if a.People < LeastPeople || b.People < LeastPeople {
		lacks := math.Max(float64(LeastPeople-a.People)/share, float64(LeastPeople-b.People)/(1-share))
		more = int64(math.Ceil(lacks - 1e-6)) // a share of 0.9 leaves a little more than 0.1
	}
	if did < LeastDid {
		each := float64(max(people, 1)) / float64(max(did, 1))
		more = max(more, int64(math.Ceil(float64(LeastDid-did)*each)))
	}
	return more
}

// Unevenness is how many times the people of two equal groups it takes to see as much with groups of other shares.
func Unevenness(share float64) float64 { return 1 / (4 * share * (1 - share)) }

// Best is the arm that is proven to be better than each of the others; "" where none is. It is asked once: then the chance that one of
// equal arms is taken for the best is at most 1-Confidence, however many they are, for it would have to beat all of them.
func Best(groups []Group, by By) string {
	for i, a := range groups {
		best := len(groups) > 1
		for j, b := range groups {
			if i != j && Compare(a, b, by).Outcome != Better {
				best = false
				break
			}
		}
		if best {
			return a.Name
		}
	}
	return ""
}
