package offer

import (
	"slices"
	"strconv"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
)

// offer finds what is wrong with an offer by itself, and offers that could never apply.
func (p *problems) offer(o *Offer, at string) {
	p.refuse(!ids.ValidPart(o.ID), at+"/id", "an offer needs an id of letters, digits and . _ - #, at most %d", ids.MaxPart)
	p.refuse(len(o.Name) > MaxName, at+"/name", "a name is longer than %d bytes", MaxName)
	targets := []Target{OnLines, OnBasket, OnCheapest, OnDearest, OnSets}
	p.refuse(!slices.Contains(targets, o.Target), at+"/on", "an offer is on lines, basket, cheapest, dearest, sets or shipping")
	p.refuse(!slices.Contains([]Spread{"", ByAmount, ByQuantity}, o.Spread), at+"/spread", "the spread is amount or quantity")
	p.refuse(!slices.Contains([]Stack{"", StackCommon, StackNever, StackAlways}, o.Stack), at+"/stack", "an offer stacks common, never or always")
	p.refuse(o.Group != "" && !ids.ValidPart(o.Group), at+"/group", "a group has letters, digits and . _ - #, at most %d", ids.MaxPart)
	p.amounts(o, at)
	p.pieces(o, at)
	p.conditions(o, at)
}

// amounts looks at what an offer takes off.
func (p *problems) amounts(o *Offer, at string) {
	known := o.Kind == Percent || o.Kind == Fixed || o.Kind == NewPrice
	p.refuse(!known, at, "an offer takes off a percent or an amount, or names a price; give one of the three, or steps")
	if known && len(o.Steps) == 0 {
		p.benefit(o.Kind, o.BasisPoints, o.AmountMinor, at)
	}
	p.refuse(len(o.Steps) > 0 && (o.BasisPoints != 0 || o.AmountMinor != 0), at+"/steps", "each step says what it takes off; the offer itself then does not")
	p.refuse(len(o.Steps) > MaxSteps, at+"/steps", "an offer has at most %d steps", MaxSteps)
	for i, s := range o.Steps[:min(len(o.Steps), MaxSteps)] {
		here := at + "/steps/" + strconv.Itoa(i)
		if known {
			p.benefit(o.Kind, s.BasisPoints, s.AmountMinor, here)
		}
		p.refuse((s.From > 0) == (s.Pieces > 0), here, "a step begins from an amount or from a number of pieces; give one of the two")
		p.refuse(s.From < 0 || s.From > money.MaxMinor, here+"/from", "a step begins from an amount above 0")
		p.refuse(s.Pieces < 0 || s.Pieces > MaxPieces, here+"/pieces", "a step begins from 1 to %d pieces", MaxPieces)
		if i > 0 {
			before := o.Steps[i-1]
			p.refuse((s.From > 0) != (before.From > 0), here, "the steps of an offer all begin from amounts, or all from pieces")
			p.refuse(s.From < before.From || s.Pieces < before.Pieces || s.From == before.From && s.Pieces == before.Pieces, here, "a step begins above the one before it")
		}
	}
	p.refuse(o.Cap < 0 || o.Cap > money.MaxMinor, at+"/cap", "a cap is an amount above 0, or left out")
	p.refuse(o.CapPiece < 0 || o.CapPiece > money.MaxMinor, at+"/cap_piece", "a cap is an amount above 0, or left out")
	p.refuse(o.Every < 0 || o.Every > money.MaxMinor, at+"/every", "it is an amount above 0, or left out")
	p.refuse(o.Every > 0 && (o.Kind != Fixed || o.Target != OnBasket || len(o.Steps) > 0), at+"/every", "only a fixed amount on the basket comes off for every so much")
	p.refuse(o.Every > 0 && o.AmountMinor > o.Every && o.Counts == "", at+"/every", "more would come off than is paid")
}

func (p *problems) benefit(k Kind, basisPoints, minor int64, at string) {
	if k == Percent {
		p.refuse(basisPoints < 1 || basisPoints > money.WholeInBasisPoints, at+"/percent", "a percentage is above 0 and at most 100")
		p.refuse(minor != 0, at+"/amount", "an offer takes off a percentage or an amount, not both")
		return
	}
	field := map[Kind]string{Fixed: "/amount", NewPrice: "/price"}[k]
	p.refuse(minor < 1 || minor > money.MaxMinor, at+field, "it is an amount above 0")
	p.refuse(basisPoints != 0, at+"/percent", "an offer takes off a percentage or an amount, not both")
}

// pieces looks at what an offer touches.
func (p *problems) pieces(o *Offer, at string) {
	picks := o.Target == OnCheapest || o.Target == OnDearest
	p.refuse(o.EachLine && (o.Kind != Fixed || o.Target != OnLines), at+"/each", "only a fixed amount on lines comes off each line")
	p.refuse(o.Pieces < 0 || o.Pieces > MaxPieces, at+"/pieces", "1 to %d pieces are meant", MaxPieces)
	p.refuse(o.Pieces > 0 && !picks, at+"/pieces", "only an offer on the cheapest or dearest says how many")
	p.refuse(o.Times < 0, at+"/times", "it is 1 or more, or left out")
	p.refuse((o.Times > 0 || len(o.Set) > 0) && o.Target != OnSets, at+"/set", "only an offer on sets has parts and times")
	p.selector(o.Select, at+"/lines")
	if o.Target != OnSets {
		return
	}
	p.refuse(!o.Select.IsZero(), at+"/lines", "the parts of a set say which lines are meant")
	p.refuse(len(o.Set) == 0 || len(o.Set) > MaxParts, at+"/set", "a set has 1 to %d parts", MaxParts)
	pay, pieces := false, int64(0)
	for i, part := range o.Set[:min(len(o.Set), MaxParts)] {
		here := at + "/set/" + strconv.Itoa(i)
		p.refuse(part.Pieces < 1 || part.Pieces > MaxPieces, here+"/pieces", "a part has 1 to %d pieces", MaxPieces)
		p.selector(part.Select, here+"/lines")
		pay, pieces = pay || !part.Get, pieces+part.Pieces
	}
	p.refuse(len(o.Set) > 0 && !pay, at+"/set", "some part of the set must be bought; leave get out there")
	p.refuse(len(o.Set) > 0 && pieces < 2, at+"/set", "a set of one piece is an offer on lines")
}

// conditions looks at when an offer applies.
func (p *problems) conditions(o *Offer, at string) {
	p.refuse(o.MinBasket < 0 || o.MinBasket > money.MaxMinor, at+"/min_basket", "the least basket is an amount above 0, or left out")
	p.refuse(o.MinPieces < 0 || o.MinPieces > MaxPieces, at+"/min_pieces", "at least 1 to %d pieces are asked for, or it is left out", MaxPieces)
	p.refuse(!slices.Contains([]Counts{"", CountChosen, CountGoods, CountOthers}, o.Counts), at+"/counts", "what counts is chosen, goods or others")
	p.refuse(!slices.Contains([]Tax{"", TaxIncluded, TaxExcluded}, o.Tax), at+"/tax", "the tax is included or excluded")
	byMoney := o.MinBasket > 0 || o.Every > 0 || len(o.Steps) > 0 && o.Steps[0].From > 0
	p.refuse(!byMoney && (o.Counts != "" || o.After || o.Tax != ""), at+"/counts", "counts, after and tax say how min_basket, steps and every are measured; there is none of them")
	p.refuse(o.From != 0 && o.Until != 0 && o.Until < o.From, at+"/until", "the last day %s lies before the first, %s", o.Until, o.From)
	p.refuse(len(o.Windows) > MaxWindows, at+"/windows", "an offer has at most %d windows", MaxWindows)
	for i, w := range o.Windows[:min(len(o.Windows), MaxWindows)] {
		bad := w.From < 0 || w.From >= minutesPerDay || w.To < 0 || w.To > minutesPerDay
		p.refuse(bad, at+"/windows/"+strconv.Itoa(i), "a window goes from 00:00 to 24:00")
		p.refuse(!bad && w.From == w.To && w.From != 0, at+"/windows/"+strconv.Itoa(i), "a window that ends where it begins is no window; leave both out for the whole day")
		p.refuse(w.Weekdays > 1<<7-1 || w.MonthDays&1 != 0, at+"/windows/"+strconv.Itoa(i), "weekdays are 0 to 6 and days of a month 1 to 31")
	}
	p.refuse(o.neverOpens(), at+"/windows", "no day from %s to %s lies in a window, so the offer could never apply", o.From, o.Until)
}
