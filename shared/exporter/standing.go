package exporter

import (
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
)

// standingLine is what a card has counted towards a tier. Its units are years ("2026") or months ("2026-03").
type standingLine struct {
	By     string           `json:"by"` // points, spend (minor units) or visits
	Counts map[string]int64 `json:"counts"`
	Back   []backLine       `json:"returned,omitempty"` // lately: it still counts up to the end of the unit in which it came
	Best   map[string]int64 `json:"decided,omitempty"`  // counts of units that are summed up, and still keep a tier
}

// backLine is what a return in one unit took off another.
type backLine struct {
	In    string `json:"in"`
	Of    string `json:"of"`
	Count int64  `json:"count"`
}

// GivenTier is a tier that a person gave. Without a last day it is for ever.
type GivenTier struct {
	Tier  string `json:"tier"`
	Until string `json:"until,omitempty"`
}

var countedBy = map[card.CountedBy]string{card.ByPoints: "points", card.BySpend: "spend", card.ByVisits: "visits"}

// standingOf is nil for a card that has counted nothing by months or years.
func standingOf(s card.Standing) *standingLine {
	if s.Empty() {
		return nil
	}
	unit := func(n int) string {
		text := s.Unit.Start(n).String()
		if s.Unit == card.Yearly {
			return text[:len("2026")]
		}
		return text[:len("2026-03")]
	}
	l := &standingLine{By: countedBy[s.By], Counts: map[string]int64{}}
	for i, n := range s.Counts {
		if n != 0 {
			l.Counts[unit(s.First+i)] = n
		}
	}
	for _, b := range s.Back {
		l.Back = append(l.Back, backLine{unit(b.In), unit(b.Of), b.Count})
	}
	for _, b := range s.Best {
		if l.Best == nil {
			l.Best = map[string]int64{}
		}
		l.Best[unit(b.Unit)] = b.Count
	}
	return l
}

func givenOf(g card.GivenTier) *GivenTier {
	if g.Tier == "" {
		return nil
	}
	return &GivenTier{g.Tier, g.Until.String()}
}

// Read is the tier as a card has it; none from nil. It fails on a last day that cannot be read.
func (g *GivenTier) Read() (card.GivenTier, error) {
	if g == nil {
		return card.GivenTier{}, nil
	}
	given := card.GivenTier{Tier: g.Tier}
	if g.Until == "" {
		return given, nil
	}
	var err error
	given.Until, err = day.Parse(g.Until)
	return given, err
}
