package card

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Standing is what counts towards a tier, added up by months or years of its receipts. It is a sum, so the order in which receipts and
// returns come leaves no trace in it. A programme that says nothing of tiering counts in Qualifying instead, which is shorter.
type Standing struct {
	By     CountedBy // what the counts are; 0: nothing was counted yet
	Unit   Unit
	First  int       // unit of Counts[0]
	Counts []int64   // by unit of the receipt, less what came back
	Back   []Taken   // what came back lately: it counts up to the end of the unit in which it came
	Best   []Counted // of units that are no longer in Counts: what still matters of them, the oldest first
}

// CountedBy says what is counted. The letters are stored; they never change their meaning.
type CountedBy byte

const (
	ByPoints CountedBy = 'p'
	BySpend  CountedBy = 's' // minor units
	ByVisits CountedBy = 'v'
)

// Unit is the stretch of time that is counted together. The letters are stored; they never change their meaning.
type Unit byte

const (
	Monthly Unit = 'm'
	Yearly  Unit = 'y'
)

// monthsPerYear turns years into months.
const monthsPerYear = 12

// Of is the number of the unit in which a day lies: a year, or the months since the year 0.
func (u Unit) Of(d day.Day) int {
	if u == Yearly {
		return d.Year()
	}
	return d.Year()*monthsPerYear + int(d.Month()) - 1
}

// Start is the first day of a unit.
func (u Unit) Start(n int) day.Day {
	if u == Yearly {
		return day.Date(n, 1, 1)
	}
	return day.Date(n/monthsPerYear, 1, 1).AddMonths(n % monthsPerYear)
}

// Taken is what a return of unit In took off the count of a receipt of unit Of.
type Taken struct {
	In, Of int
	Count  int64
}

// Counted is a unit with the count that decided its tier.
type Counted struct {
	Unit  int
	Count int64
}

// GivenTier is a tier that a person has given, whatever was earned. Until is its last day, 0 is for ever.
type GivenTier struct {
	Tier  string
	Until day.Day
}

// Mark writes a given tier as the mark of an entry.
func (g GivenTier) Mark() ledger.Mark {
	return ledger.Mark{Kind: MarkTier, Text: g.Tier + ":" + g.Until.String()}
}

// GivenOf is the tier that an entry gave; false where it gave or took none. It fails on a mark that cannot be read.
func GivenOf(e ledger.Entry) (GivenTier, bool, error) {
	m, ok := find(e, MarkTier)
	if !ok {
		return GivenTier{}, false, nil
	}
	tier, until, _ := strings.Cut(m.Text, ":")
	g := GivenTier{Tier: tier}
	if until == "" {
		return g, true, nil
	}
	var err error
	if g.Until, err = day.Parse(until); err != nil {
		return g, false, fmt.Errorf("entry %s: mark %q: %w", e.Cause, m.Text, err)
	}
	return g, true, nil
}

// Empty reports whether nothing was counted yet.
func (s Standing) Empty() bool { return s.By == 0 }

// Count is the count of one unit, less what came back.
func (s Standing) Count(unit int) int64 {
	if i := unit - s.First; i >= 0 && i < len(s.Counts) {
		return s.Counts[i]
	}
	return 0
}

// Sum is the count of the units from first to last as it stood in the unit at: what came back then or later is still in it.
func (s Standing) Sum(first, last, at int) int64 {
	sum := int64(0)
	for i := max(first, s.First); i <= last && i < s.First+len(s.Counts); i++ {
		sum += s.Counts[i-s.First]
	}
	for _, b := range s.Back {
		if b.In >= at && b.Of >= first && b.Of <= last {
			sum += b.Count
		}
	}
	return sum
}

// Add counts n for a receipt of the unit. One older than oldest no longer counts.
func (s Standing) Add(unit int, n int64, oldest int) Standing {
	if unit < oldest || n == 0 {
		return s
	}
	s.Counts = slices.Clone(s.Counts)
	switch {
	case len(s.Counts) == 0:
		s.First = unit
	case unit < s.First:
		s.Counts = append(make([]int64, s.First-unit), s.Counts...)
		s.First = unit
	}
	for unit >= s.First+len(s.Counts) {
		s.Counts = append(s.Counts, 0)
	}
	s.Counts[unit-s.First] += n
	return s
}

// Return takes n off the unit of a receipt, for a return in the unit in; where lenient, it still counts up to the end of that unit. A
// return after which more counts than before has an n below zero.
func (s Standing) Return(of, in int, n int64, lenient bool, oldest int) Standing {
	if n == 0 || of < oldest {
		return s
	}
	s = s.Add(of, -n, oldest)
	if !lenient {
		return s
	}
	s.Back = slices.Clone(s.Back)
	if n < 0 { // what earlier returns took counts again, and so is no longer lent
		for i := len(s.Back) - 1; i >= 0; i-- {
			if s.Back[i].Of == of {
				again := min(-n, s.Back[i].Count)
				s.Back[i].Count, n = s.Back[i].Count-again, n+again
			}
		}
		s.Back = slices.DeleteFunc(s.Back, func(b Taken) bool { return b.Count == 0 })
		return s
	}
	i, found := slices.BinarySearchFunc(s.Back, Taken{In: in, Of: of}, func(a, b Taken) int {
		if a.In != b.In {
			return a.In - b.In
		}
		return a.Of - b.Of
	})
	if found {
		s.Back[i].Count += n
	} else {
		s.Back = slices.Insert(s.Back, i, Taken{In: in, Of: of, Count: n})
	}
	return s
}

// Forget drops counts of units before oldest, and what came back before the unit settled.
func (s Standing) Forget(oldest, settled int) Standing {
	if cut := min(oldest-s.First, len(s.Counts)); cut > 0 {
		s.Counts = slices.Clone(s.Counts[cut:])
		s.First += cut
	}
	s.Back = slices.DeleteFunc(slices.Clone(s.Back), func(b Taken) bool { return b.In < settled })
	if len(s.Back) == 0 {
		s.Back = nil
	}
	if len(s.Counts) == 0 {
		s.First, s.Counts = 0, nil
	}
	return s
}

// Recall keeps the count that decided a unit which is about to be forgotten. A later unit with no smaller count makes it needless.
func (s Standing) Recall(c Counted) Standing {
	for _, b := range s.Best {
		if b.Unit >= c.Unit && b.Count >= c.Count {
			return s
		}
	}
	best := slices.DeleteFunc(slices.Clone(s.Best), func(b Counted) bool { return b.Unit <= c.Unit && b.Count <= c.Count })
	s.Best = append(best, c)
	slices.SortFunc(s.Best, func(a, b Counted) int { return a.Unit - b.Unit })
	return s
}

// In is the standing in other units. Years become their last month, or the newest one that has begun; months become their year.
func (s Standing) In(unit Unit, today day.Day) Standing {
	if s.Unit == unit || s.Empty() {
		return s
	}
	onto := func(n int) int {
		last := s.Unit.Start(n+1) - 1
		return unit.Of(max(s.Unit.Start(n), min(last, today)))
	}
	next := Standing{By: s.By, Unit: unit}
	for i, n := range s.Counts {
		next = next.Add(onto(s.First+i), n, 0)
	}
	for _, b := range s.Back {
		next = next.Return(onto(b.Of), onto(b.In), b.Count, true, 0).Add(onto(b.Of), b.Count, 0)
	}
	for _, b := range s.Best {
		next = next.Recall(Counted{Unit: onto(b.Unit), Count: b.Count})
	}
	return next
}
