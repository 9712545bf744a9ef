package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// Progress is how far a card is on its way to a reward of stamps.
type Progress struct {
	ID      string
	Name    string
	Goals   []Goal
	Rewards int64   // that this window has brought
	Until   day.Day // last day of the window; 0 for none
}

// Goal is one of the goals of stamps. Have may be below zero: what was kept too early is owed.
type Goal struct {
	Kind string // "buy", "visits", "spend" (minor units), "days", "stores"
	Have int64
	Of   int64
}

// Progress tells how far a card is on every card of stamps and every challenge that is open now. A goal that is reached again and again is
// told for the next reward alone.
func (p *Programme) Progress(h card.Head, now time.Time) []Progress {
	today := day.Of(now, p.zone)
	var list []Progress
	for i := range p.stamps {
		s := &p.stamps[i]
		first, last, open := s.window(today)
		if !open {
			continue
		}
		c := h.CounterOf(s.ID, first)
		list = append(list, Progress{ID: s.ID, Name: s.Name, Goals: s.goals(c, today), Rewards: c.Given, Until: last})
	}
	return list
}

func (s *stamping) goals(c card.Counter, today day.Day) []Goal {
	sum, places := c.Sum, placesSeen(c.Places)
	switch {
	case s.again():
		sum -= c.Given * s.target()
	case s.Within > 0:
		sum, places = 0, 0
		for i, place := range c.Places {
			if place.Name > dayName(today-day.Day(s.Within)) {
				sum, places = s.windowFrom(c.Places[i:])
				break
			}
		}
	}
	var list []Goal
	for _, g := range []Goal{{"buy", sum, s.Buy}, {"visits", sum, s.Visits}, {"spend", sum, s.spend}, {"days", places, s.Days}, {"stores", places, s.Stores}} {
		if g.Of > 0 {
			list = append(list, g)
		}
	}
	return list
}
