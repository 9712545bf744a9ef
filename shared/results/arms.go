package results

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/measure"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// ArmResult is what one arm of a campaign has brought, beside those who were left alone.
type ArmResult struct {
	ID     string `json:"id"`
	Weight int    `json:"weight"`
	Arm
	Sent        int64  `json:"sent"`
	Delivered   int64  `json:"delivered"`
	Bounced     int64  `json:"bounced"`
	Clicked     int64  `json:"clicked"`
	ClickedBots int64  `json:"clicked_bots"`
	Outcome     string `json:"outcome"` // against those who were left alone
	Sentence    string `json:"sentence"`
	Incremental *Range `json:"incremental_revenue,omitempty"`
}

// Pair is two arms against one another.
type Pair struct {
	Arm      string `json:"arm"`
	Against  string `json:"against"`
	Outcome  string `json:"outcome"` // of the first
	Sentence string `json:"sentence"`
}

// compare tells what each arm has brought, and what may be said of them against one another. Arms of other sizes than they were meant to
// have are no result at all: somebody is missing, and nobody knows who.
func (r *Results) compare(rules *programme.Programme, k programme.Campaign, counts loyalty.Counts, trial loyalty.Trial) {
	held := groupOf(counts, k.ID, card.ArmHeld)
	groups := groupsOf(k, counts, byOf(k))
	for _, g := range groups {
		n := groupOf(counts, k.ID, g.Name)
		a := ArmResult{
			ID: g.Name, Weight: int(g.Weight), Arm: armOf(n), Sent: n.Sent, Delivered: n.Delivered, Bounced: n.Bounced, Clicked: n.Clicked, ClickedBots: n.Machines,
			Outcome: NotMeasured, Sentence: notMeasured,
		}
		if k.Holdout > 0 {
			treated := float64(100-k.Holdout) * float64(g.Weight) / float64(weights(groups))
			j := measure.Judge(rateOf(n), rateOf(held), amountOf(n), amountOf(held), treated/(treated+float64(k.Holdout)))
			a.Outcome, a.Sentence, a.Incremental = string(j.Outcome), j.Sentence, rangeOf(j.Outcome, j.Spent.Times(n.People))
		}
		r.Arms = append(r.Arms, a)
	}
	if trial.Winner != "" || !trial.Looked.IsZero() {
		r.Winner = &trial
	}
	if chi, p := measure.Uneven(groups); measure.Suspicious(p) {
		r.ArmsSay = fmt.Sprintf("No result: the arms have other sizes than they were meant to have (chi-square %.2f, p = %.4f). Find out who is missing first.", chi, p)
		for i := range r.Arms {
			r.Arms[i].Outcome, r.Arms[i].Sentence, r.Arms[i].Incremental = string(measure.Unequal), r.ArmsSay, nil
		}
		return
	}
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			c := measure.Compare(a, b, comparedBy(byOf(k), r.Currency))
			r.Compared = append(r.Compared, Pair{Arm: a.Name, Against: b.Name, Outcome: string(c.Outcome), Sentence: c.Sentence})
		}
	}
}

// byOf is by what the arms of a campaign are compared: by what its winner rule says, else by buyers.
func byOf(k programme.Campaign) string {
	if k.Winner != nil {
		return k.Winner.By
	}
	return programme.ByBuyers
}

// groupsOf is the arms of a campaign as they are compared. By clicks, an arm's people are all who are assigned to it, also those whose
// e-mail did not go out.
func groupsOf(k programme.Campaign, counts loyalty.Counts, by string) []measure.Group {
	groups := make([]measure.Group, 0, len(k.Arms))
	for _, a := range k.Arms {
		weight, _ := k.Share(a.ID)
		n := groupOf(counts, k.ID, a.ID)
		g := measure.Group{Name: a.ID, Did: rateOf(n), Spent: amountOf(n), Weight: int64(weight)}
		if by == programme.ByClicks {
			g.Did.Did = min(n.Clicked, n.People) // a card may get several e-mails
		}
		groups = append(groups, g)
	}
	return groups
}

func weights(groups []measure.Group) (sum int64) {
	for _, g := range groups {
		sum += g.Weight
	}
	return sum
}

func comparedBy(by string, currency money.Currency) measure.By {
	switch by {
	case programme.ByRevenue:
		return measure.By{Money: func(minor int64) string { return money.Amount{Minor: minor, Currency: currency}.String() }}
	case programme.ByClicks:
		return measure.By{Did: "followed a link"}
	}
	return measure.By{Did: "bought"}
}
