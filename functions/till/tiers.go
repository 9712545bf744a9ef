package till

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

type tierAnswer struct {
	ID   string `json:"id"` // "" is the base
	Name string `json:"name"`
}

// nextTierAnswer is what a card lacks of its next tier: in points, in money or in visits, as the programme counts. Where it counts points,
// the money is what brings them at the base rate, on one receipt.
type nextTierAnswer struct {
	tierAnswer
	Missing int64         `json:"points_missing,omitempty"`
	Amount  *money.Amount `json:"amount_missing,omitempty"`
	Visits  int64         `json:"visits_missing,omitempty"`
}

// standingAnswer is what a tier brings and how long it holds, as of now.
type standingAnswer struct {
	Tier       tierAnswer  `json:"tier"`
	Benefits   []string    `json:"benefits"`
	HoldsUntil string      `json:"holds_until,omitempty"` // last day if nothing more is counted; absent: it is not lost
	Then       *tierAnswer `json:"then,omitempty"`        // the tier after that day
	AtRisk     bool        `json:"at_risk"`               // that day is near
	ByHand     bool        `json:"by_hand"`               // a person gave it
}

// givenAnswer is a tier that a person gave; an empty one was taken back.
type givenAnswer struct {
	Tier  tierAnswer `json:"tier"`
	Until string     `json:"until,omitempty"` // last day; absent: for ever
}

func tierOf(rules *programme.Programme, id string) *tierAnswer {
	return &tierAnswer{ID: id, Name: rules.TierName(id)}
}

func nextTierOf(rules *programme.Programme, n *programme.NextTier) *nextTierAnswer {
	if n == nil {
		return nil
	}
	a := &nextTierAnswer{tierAnswer: tierAnswer{ID: n.ID, Name: n.Name}, Missing: n.Missing, Visits: n.MissingVisits}
	if n.Amount > 0 {
		a.Amount = &money.Amount{Minor: n.Amount, Currency: rules.Currency}
	}
	return a
}

// standingOf is nil for the base, which brings nothing and is not lost.
func standingOf(rules *programme.Programme, s programme.Stand) *standingAnswer {
	if s.Tier == "" {
		return nil
	}
	a := &standingAnswer{Tier: *tierOf(rules, s.Tier), Benefits: listed(s.Benefits), HoldsUntil: s.Until.String(), AtRisk: s.AtRisk, ByHand: s.ByHand}
	if s.Until != 0 {
		a.Then = tierOf(rules, s.Then)
	}
	return a
}

// tiersNow is how a card stands now, behind what was done to it.
func tiersNow(rules *programme.Programme, h card.Head, now time.Time) (*nextTierAnswer, *standingAnswer) {
	if h.ID == "" {
		return nil, nil
	}
	var next *nextTierAnswer
	if n, ok := rules.NextTier(h, now); ok {
		next = nextTierOf(rules, &n)
	}
	return next, standingOf(rules, rules.Stand(h, now))
}

func givenOf(rules *programme.Programme, p loyalty.Posted) (*givenAnswer, error) {
	given, ok, err := card.GivenOf(p.Entry)
	if err != nil || !ok {
		return nil, err
	}
	return &givenAnswer{Tier: *tierOf(rules, given.Tier), Until: given.Until.String()}, nil
}

type tierBody struct {
	Tier  string `json:"tier"`  // "" takes back the one that was given
	Until string `json:"until"` // last day; absent: for ever
	handBody
}

// setTier gives a card a tier, or takes back the one it was given: 201 the first time, 200 at a repeat.
func (d *door) setTier(a *ask) (reply, error) {
	return byHand(d, a, func(body tierBody, f *faults) (handBody, act) {
		given := card.GivenTier{Tier: body.Tier}
		if body.Until != "" {
			var err error
			if given.Until, err = day.Parse(body.Until); err != nil {
				f.add("/until", "invalid", "must be a day such as 2027-12-31")
			}
		}
		if body.Tier == "" && body.Until != "" {
			f.add("/until", "invalid", "cannot stand beside an empty tier, which takes back the one that was given")
		}
		return body.handBody, func(number string, by loyalty.ByHand) (loyalty.Answer, error) {
			return d.Service.SetTier(a.Context(), number, given, by)
		}
	})
}
