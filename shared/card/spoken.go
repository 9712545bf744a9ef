package card

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/day"
)

// Spoken is how often a campaign has spoken to a card and on which day it last did: kept for campaigns that say how often they may.
type Spoken struct {
	Campaign string
	On       day.Day
	Times    int64
}

// SpokenBy is what is kept of a campaign; the zero Spoken where it has not spoken, or says nothing of how often it may.
func (h Head) SpokenBy(campaign string) Spoken {
	for _, s := range h.Spoken {
		if s.Campaign == campaign {
			return s
		}
	}
	return Spoken{}
}

// Speak notes that a campaign speaks on a day.
func (h Head) Speak(campaign string, on day.Day) Head {
	h.Spoken = together(h.Spoken, []Spoken{{Campaign: campaign, On: on, Times: 1}})
	return h
}

// together is what campaigns have said to two cards as if it were one.
func together(a, b []Spoken) []Spoken {
	if len(b) == 0 {
		return a
	}
	a = slices.Clone(a)
	for _, s := range b {
		i := slices.IndexFunc(a, func(o Spoken) bool { return o.Campaign == s.Campaign })
		if i < 0 {
			a = append(a, s)
			continue
		}
		a[i].On, a[i].Times = max(a[i].On, s.On), a[i].Times+s.Times
	}
	return a
}

// Reached is the most visits that were ever kept and the most money that was ever spent.
func (b Habits) Reached() (visits, spent int64) {
	return max(b.Visits, b.MostVisits), max(b.Spent, b.MostSpent)
}

// Remember keeps what was reached before, as far as less is left of it now.
func (b Habits) Remember(before Habits) Habits {
	b.MostVisits, b.MostSpent = before.Reached()
	if b.MostVisits <= b.Visits && b.MostSpent <= b.Spent {
		b.MostVisits, b.MostSpent = 0, 0
	}
	return b
}
