// Package rfm scores shoppers by recency, frequency and money: where each stands among the fifths of all who buy. It counts exactly, in
// integers, and knows no card.
package rfm

import (
	"slices"
	"strconv"
	"time"
)

// Parts is how many scores there are, from 1 to Parts; the best is Parts.
const Parts = 5

// Cuts part a population into fifths. Each is in fifths of the unit of what was measured, so that it is exact: quintiles by linear
// interpolation between the two values beside (type 7 of Hyndman and Fan).
type Cuts [Parts - 1]int64

// CutsOf reckons the cuts of values, which it puts in order. Of no value there are none that tell anything.
func CutsOf(values []int64) Cuts {
	var c Cuts
	if len(values) == 0 {
		return c
	}
	slices.Sort(values)
	for k := range c {
		at := (len(values) - 1) * (k + 1)
		below, rest := values[at/Parts], int64(at%Parts)
		c[k] = Parts * below
		if rest > 0 {
			c[k] += rest * (values[at/Parts+1] - below)
		}
	}
	return c
}

// High scores a value of which more is better: 1, and one more for each cut that it reaches. A value at a cut has reached it.
func (c Cuts) High(value int64) int {
	score := 1
	for _, cut := range c {
		if Parts*value >= cut {
			score++
		}
	}
	return score
}

// Low scores a value of which less is better, such as days since the last purchase: 5, and one less for each cut that it exceeds. A value
// at a cut keeps the higher score.
func (c Cuts) Low(value int64) int {
	score := Parts
	for _, cut := range c {
		if Parts*value > cut {
			score--
		}
	}
	return score
}

// String writes a cut of the units it was measured in, times ten to the decimals: 140 of whole units is "28", 142 is "28.4".
func String(cut int64, decimals int) string {
	tenths := 2 * cut
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	text := strconv.FormatInt(tenths, 10)
	for len(text) <= decimals+1 {
		text = "0" + text
	}
	whole, rest := text[:len(text)-decimals-1], text[len(text)-decimals-1:]
	for len(rest) > decimals && rest[len(rest)-1] == '0' {
		rest = rest[:len(rest)-1]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}

// Measure is one of the three, over the population.
type Measure struct {
	Cuts   Cuts         `json:"cuts"`   // in fifths of a unit
	Counts [Parts]int64 `json:"counts"` // cards by score, from 1 up
}

// Table is the scores' cuts as of a moment. Of who has bought nothing there is no score.
type Table struct {
	At        time.Time `json:"at"`
	Cards     int64     `json:"cards"`     // that have bought something
	Recency   Measure   `json:"recency"`   // days since the last purchase: less is better
	Frequency Measure   `json:"frequency"` // purchases
	Money     Measure   `json:"money"`     // minor units
}

// Population is what was measured of cards.
type Population struct{ Recency, Frequency, Money []int64 }

// Add measures a card.
func (p *Population) Add(recency, frequency, money int64) {
	p.Recency, p.Frequency, p.Money = append(p.Recency, recency), append(p.Frequency, frequency), append(p.Money, money)
}

// Table reckons the cuts and counts the scores. It puts the population in order.
func (p *Population) Table(at time.Time) Table {
	t := Table{At: at, Cards: int64(len(p.Recency))}
	t.Recency = measured(p.Recency, Cuts.Low)
	t.Frequency = measured(p.Frequency, Cuts.High)
	t.Money = measured(p.Money, Cuts.High)
	return t
}

func measured(values []int64, score func(Cuts, int64) int) Measure {
	m := Measure{Cuts: CutsOf(values)}
	for _, v := range values {
		m.Counts[score(m.Cuts, v)-1]++
	}
	return m
}
