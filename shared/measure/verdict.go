package measure

import "fmt"

// Outcome is what may be said of a campaign.
type Outcome string

// The outcomes.
const (
	TooEarly  Outcome = "too_early"  // too few people or purchases to say anything
	Unequal   Outcome = "unequal"    // the groups have other sizes than they were meant to have: something is wrong, and no figure is to be trusted
	NotProven Outcome = "not_proven" // the difference may be chance
	Better    Outcome = "better"
	Worse     Outcome = "worse"
)

// What a result wants at least. Below it intervals are so wide, and the groups so few, that a figure would be read as more than it is.
const (
	LeastPeople = 100 // in each group
	LeastDid    = 10  // in both together

	// suspicious is the probability below which groups of the wrong sizes are taken for a mistake and not for chance. It is asked of every
	// campaign, so it is small.
	suspicious = 0.005
)

// Judged is a result in figures and in a sentence.
type Judged struct {
	Outcome  Outcome
	Sentence string
	Buyers   Lift  // of the rate at which people bought
	Spent    Lift  // of what a person spent, in minor units
	Needed   int64 // people that each group wants to find a difference like this one, where it is not proven yet
}

// Judge tells what a campaign brought, from two groups as they were assigned. share is the part of the people that were meant to be treated.
func Judge(treated, held Rate, spent, spentHeld Amount, share float64) Judged {
	j := Judged{Buyers: Rates(treated, held), Spent: Amounts(spent, spentHeld)}
	chi, p := Split(treated.People, held.People, share)
	rise := fmt.Sprintf("%.1f %% of %d people bought, against %.1f %% of the %d who were left alone",
		100*treated.Of(), treated.People, 100*held.Of(), held.People)
	switch {
	case treated.People < LeastPeople || held.People < LeastPeople || treated.Did+held.Did < LeastDid:
		j.Outcome = TooEarly
		j.Sentence = fmt.Sprintf("It is too early to tell: a result wants %d people in each group and %d purchases; there are %d and %d people and %d purchases. About %d more cards are wanted.",
			LeastPeople, LeastDid, treated.People, held.People, treated.Did+held.Did, MoreNeeded(treated, held, share))
	case p < suspicious:
		j.Outcome = Unequal
		j.Sentence = fmt.Sprintf("No result: the groups have %d and %d people, which is not the split that was asked for (chi-square %.2f, p = %.4f). Find out who is missing first.",
			treated.People, held.People, chi, p)
	case j.Buyers.Low > 0:
		j.Outcome = Better
		j.Sentence = fmt.Sprintf("It works: %s. That is %s.", rise, more(j.Buyers.Times(treated.People)))
	case j.Buyers.High < 0:
		j.Outcome = Worse
		j.Sentence = fmt.Sprintf("It does harm: %s. That is %s.", rise, more(j.Buyers.Times(treated.People)))
	default:
		j.Outcome = NotProven
		j.Needed = PeopleNeeded(held.Of(), treated.Of())
		j.Sentence = fmt.Sprintf("Not proven: %s. The difference may be chance: %s.%s", rise, more(j.Buyers.Times(treated.People)), j.wants(treated.People+held.People, share))
	}
	return j
}

// wants says how many more people it takes to find a difference like the one that was seen, where it may be found at all.
func (j Judged) wants(people int64, share float64) string {
	const unlikely = 1e9
	all := 2 * float64(j.Needed) * Unevenness(share)
	if all > unlikely || all <= float64(people) {
		return ""
	}
	return fmt.Sprintf(" To tell a difference like this one, about %d more cards are wanted.", int64(all)-people)
}

// more says how many buyers a lift comes to.
func more(l Lift) string {
	return fmt.Sprintf("%+.0f buyers, between %+.0f and %+.0f with %.0f %% confidence", l.Value, l.Low, l.High, 100*Confidence)
}
