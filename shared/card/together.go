package card

import "slices"

// Plus is what two cards have earned towards a tier together. What one is short of does not lessen the other: a merge never lowers a tier.
func (q Qualifying) Plus(o Qualifying) Qualifying {
	year := max(q.Year, o.Year)
	return Qualifying{Year: year, Points: max(0, q.In(year)) + max(0, o.In(year)), Before: max(0, q.In(year-1)) + max(0, o.In(year-1))}
}

// Minus takes off again what Plus has added.
func (q Qualifying) Minus(o Qualifying) Qualifying {
	q.Points -= max(0, o.In(q.Year))
	q.Before -= max(0, o.In(q.Year-1))
	return q
}

// Plus is what two cards have counted together, unit by unit. Both count the same in the same units. What is summed up already is not
// added: the better of the two holds.
func (s Standing) Plus(o Standing) Standing {
	if s.Empty() {
		return o
	}
	for i, n := range o.Counts {
		s = s.Add(o.First+i, max(0, n), 0)
	}
	for _, b := range o.Back {
		s = s.Return(b.Of, b.In, b.Count, true, 0).Add(b.Of, b.Count, 0) // its count lies in Counts already
	}
	for _, b := range o.Best {
		s = s.Recall(b)
	}
	return s
}

// Minus takes off again what Plus has added, as far as it is not forgotten.
func (s Standing) Minus(o Standing) Standing {
	for i, n := range o.Counts {
		if unit := o.First + i; unit >= s.First {
			s = s.Add(unit, -max(0, n), 0)
		}
	}
	s.Back = slices.DeleteFunc(slices.Clone(s.Back), func(b Taken) bool { return slices.Contains(o.Back, b) })
	s.Best = slices.DeleteFunc(slices.Clone(s.Best), func(b Counted) bool { return slices.Contains(o.Best, b) })
	return s
}

// plus adds the sums of another card, or takes them off again with the sign -1. The first and the last day stay known.
func (b Habits) plus(o Habits, sign int64) Habits {
	b.MostVisits, b.MostSpent = 0, 0
	b.Visits += sign * o.Visits
	b.Spent += sign * o.Spent
	b.LastOn = max(b.LastOn, o.LastOn)
	if b.FirstOn == 0 || o.FirstOn != 0 && o.FirstOn < b.FirstOn {
		b.FirstOn = o.FirstOn
	}
	return b
}
