package card

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Counter is what a card has gathered for one end within one window of time: stamps, visits or money towards a reward, or the points
// that a cap of the time bounds. It is a sum over what the card has bought and kept, so receipts and returns lead to the same counter
// in any order, and the counter of two cards is that of both: see MergeCounters.
type Counter struct {
	ID     string  // of the stamps, or of a cap, which begins with "~"
	Since  day.Day // first day of the window; 0 for one that has none
	Sum    int64   // pieces, visits or minor units; points of a cap. Below zero where what is gone was kept too early
	Grains int64   // of a cap: what is below a point
	Given  int64   // rewards that came of it; of a cap: what counts towards the tier, where that is another sum
	Places []Place // days or stores, where they are told apart, in order
	Recent []int64 // visits of the newest days in seconds, where they may be too close to each other, in order
}

// Place is a day or a store with visits: its name, how many of them are kept, and what they count for.
type Place struct {
	Name   string
	Visits int64
	Sum    int64
}

// CounterOf finds a counter; a new one where the card has none.
func (h Head) CounterOf(id string, since day.Day) Counter {
	for _, c := range h.Counters {
		if c.ID == id && c.Since == since {
			return c
		}
	}
	return Counter{ID: id, Since: since}
}

// Count keeps a counter in place of the one of its name and window. One that holds nothing is not kept.
func (h Head) Count(c Counter) Head {
	list := slices.DeleteFunc(slices.Clone(h.Counters), func(o Counter) bool { return o.ID == c.ID && o.Since == c.Since })
	if c.Sum != 0 || c.Grains != 0 || c.Given != 0 || len(c.Places)+len(c.Recent) > 0 {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Counter) int { return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(a.Since, b.Since)) })
	h.Counters = list
	return h
}

// Add counts n at a place, and visits of it. A place that is left without both is gone.
func (c Counter) Add(name string, visits, n int64) Counter {
	c.Places = slices.Clone(c.Places)
	at, found := slices.BinarySearchFunc(c.Places, name, func(p Place, name string) int { return strings.Compare(p.Name, name) })
	if !found {
		c.Places = slices.Insert(c.Places, at, Place{Name: name})
	}
	c.Places[at].Visits += visits
	c.Places[at].Sum += n
	if c.Places[at].Visits == 0 && c.Places[at].Sum == 0 {
		c.Places = slices.Delete(c.Places, at, at+1)
	}
	return c
}

// MergeCounters is the counters of two cards as those of one: each count is the sum of both.
func MergeCounters(a, b []Counter) []Counter { return joined(a, b, 1) }

// UnmergeCounters takes the counters that came in with MergeCounters out of a card again. What the card has counted since stays.
func UnmergeCounters(all, b []Counter) []Counter { return joined(all, b, -1) }

func joined(a, b []Counter, sign int64) []Counter {
	h := Head{Counters: a}
	for _, c := range b {
		sum := h.CounterOf(c.ID, c.Since)
		have, more := ledger.Worth{Points: sum.Sum, Grains: sum.Grains}, ledger.Worth{Points: c.Sum, Grains: c.Grains}
		if have = have.Plus(more); sign < 0 {
			have = have.Minus(more).Minus(more)
		}
		sum.Sum, sum.Grains, sum.Given = have.Points, have.Grains, sum.Given+sign*c.Given
		for _, p := range c.Places {
			sum = sum.Add(p.Name, sign*p.Visits, sign*p.Sum)
		}
		for _, at := range c.Recent {
			sum = sum.Visit(at, sign > 0)
		}
		h = h.Count(sum)
	}
	return h.Counters
}

// Visit adds a moment to the newest visits, or takes it out.
func (c Counter) Visit(at int64, comes bool) Counter {
	c.Recent = slices.Clone(c.Recent)
	i, found := slices.BinarySearch(c.Recent, at)
	switch {
	case comes:
		c.Recent = slices.Insert(c.Recent, i, at)
	case found:
		c.Recent = slices.Delete(c.Recent, i, i+1)
	}
	return c
}

// Stamp is what one entry has counted on a card of stamps, and why it counted less than it might; "" for no such reason.
type Stamp struct {
	ID     string
	Count  int64
	Reason string
}

// Mark writes a stamp as the mark of an entry: "coffee:2", "coffee:0:too_soon".
func (s Stamp) Mark() ledger.Mark {
	text := s.ID + ":" + strconv.FormatInt(s.Count, 10)
	if s.Reason != "" {
		text += ":" + s.Reason
	}
	return ledger.Mark{Kind: MarkStamp, Text: text}
}

// Stamps lists what an entry has counted. A mark that cannot be read is an error.
func Stamps(e ledger.Entry) ([]Stamp, error) {
	var list []Stamp
	for _, m := range e.Marks {
		if m.Kind != MarkStamp {
			continue
		}
		id, rest, _ := strings.Cut(m.Text, ":")
		count, reason, _ := strings.Cut(rest, ":")
		n, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("entry %s: mark %q holds no stamps", e.Cause, m.Text)
		}
		list = append(list, Stamp{ID: id, Count: n, Reason: reason})
	}
	return list, nil
}

// Bonus is points of an entry that no purchase earned: a campaign granted them, or a full card of stamps brought them. They count for no
// tier.
type Bonus struct {
	By     string // id of the campaign or of the stamps
	Points int64  // below zero where a return takes them back
}

// Mark writes a bonus as the mark of an entry: "thanks:100".
func (b Bonus) Mark() ledger.Mark {
	return ledger.Mark{Kind: MarkBonus, Text: b.By + ":" + strconv.FormatInt(b.Points, 10)}
}

// Bonuses lists the bonuses of an entry. A mark that cannot be read is an error.
func Bonuses(e ledger.Entry) ([]Bonus, error) {
	var list []Bonus
	for _, m := range e.Marks {
		if m.Kind != MarkBonus {
			continue
		}
		by, text, _ := strings.Cut(m.Text, ":")
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("entry %s: mark %q holds no points", e.Cause, m.Text)
		}
		list = append(list, Bonus{By: by, Points: n})
	}
	return list, nil
}

// Purchased is the points of an entry that a purchase earned or a return of it took: all but its bonuses.
func Purchased(e ledger.Entry) (int64, error) {
	bonuses, err := Bonuses(e)
	points := e.Points
	for _, b := range bonuses {
		points -= b.Points
	}
	return points, err
}
