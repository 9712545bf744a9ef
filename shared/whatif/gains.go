package whatif

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// MicroMinor is how many parts a minor unit has where points are given a worth: one may be worth less than the smallest coin.
const MicroMinor = 1_000_000

// Price is what things are worth to the shop, for those who look at a report.
type Price struct {
	Point     int64 // of one point, in parts of a minor unit
	Margin    int64 // basis points of the price before discounts that are not the cost of the goods; only if HasMargin
	HasMargin bool
}

// PointsWorth is what points are worth in minor units, rounded to the nearest.
func (p Price) PointsWorth(points int64) int64 { return rounded(p.worth(0, points)) }

// worth is money and points together, in parts of a minor unit.
func (p Price) worth(minor, points int64) *big.Int {
	sum := new(big.Int).Mul(big.NewInt(minor), big.NewInt(MicroMinor))
	return sum.Add(sum, new(big.Int).Mul(big.NewInt(points), big.NewInt(p.Point)))
}

// rounded is parts as whole minor units, halves away from zero.
func rounded(parts *big.Int) int64 {
	half := big.NewInt(MicroMinor / 2)
	sign := int64(parts.Sign())
	n := new(big.Int).Abs(parts)
	return sign * n.Add(n, half).Quo(n, big.NewInt(MicroMinor)).Int64()
}

// MarginOf is what is left of what was paid after the cost of the goods and the worth of the points that stand.
func (p Price) MarginOf(s *Side) int64 {
	kept := s.Gross - s.GrossBack
	cost := new(big.Int).Mul(big.NewInt(kept), big.NewInt(10_000-p.Margin))
	cost.Quo(cost, big.NewInt(10_000))
	return s.Net() - cost.Int64() - p.PointsWorth(s.Issued-s.Reversed)
}

// Net is what was paid and not paid back.
func (s *Side) Net() int64 { return s.Gross - s.Discount - s.Refund }

// Gains is who the draft is better and worse for. Money is in minor units: discounts, and points at their worth.
type Gains struct {
	Gain    int64    `json:"cards_gaining"`
	Lose    int64    `json:"cards_losing"`
	Same    int64    `json:"cards_unchanged"`
	Gained  int64    `json:"gained"`
	Lost    int64    `json:"lost"`
	Deciles []Decile `json:"deciles"` // of the cards, from who loses most to who gains most
}

// Decile is a tenth of the cards: the least and the most that one of them gains, and their mean.
type Decile struct {
	Cards int64 `json:"cards"`
	From  int64 `json:"from"`
	To    int64 `json:"to"`
	Mean  int64 `json:"mean"`
}

// Ranked is a card with what it gains, in minor units.
type Ranked struct {
	Mover
	Gain int64
}

// Rank puts the cards in order, who gains most first, and sums them up.
func (r Report) Rank(p Price) ([]Ranked, Gains) {
	list := make([]Ranked, len(r.Movers))
	var g Gains
	for i, m := range r.Movers {
		worth := p.worth(m.Discount, m.Points)
		list[i] = Ranked{m, rounded(worth)}
		switch worth.Sign() {
		case 1:
			g.Gain++
			g.Gained += list[i].Gain
		case -1:
			g.Lose++
			g.Lost -= list[i].Gain
		default:
			g.Same++
		}
	}
	slices.SortFunc(list, func(a, b Ranked) int { return cmp.Or(cmp.Compare(b.Gain, a.Gain), strings.Compare(a.Card, b.Card)) })
	n := len(list)
	for d := 9; d >= 0 && n > 0; d-- {
		part := list[n*d/10 : n*(d+1)/10]
		if len(part) == 0 {
			continue
		}
		tenth := Decile{Cards: int64(len(part)), From: part[len(part)-1].Gain, To: part[0].Gain}
		sum := int64(0)
		for _, c := range part {
			sum += c.Gain
		}
		tenth.Mean = sum / tenth.Cards
		g.Deciles = append(g.Deciles, tenth)
	}
	return list, g
}
