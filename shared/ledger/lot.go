package ledger

import (
	"slices"

	"github.com/regulars-dev/regulars/shared/day"
)

// Lot is the part of a balance that becomes usable and expires together, and that came from one card.
type Lot struct {
	Points    int64
	ExpiresOn day.Day // its last day; 0: it never expires
	From      day.Day // the first day on which it can be spent; 0: at once
	Of        int     // which of the cards joined in this one it was earned on; 0: the card's own
}

// same reports whether two lots are one: all but their points is equal.
func (l Lot) same(m Lot) bool {
	l.Points, m.Points = 0, 0
	return l == m
}

// before reports whether l is spent before m: what expires earlier first and what never does last; of one last day what is usable
// earlier, and of that the card's own.
func (l Lot) before(m Lot) bool {
	switch {
	case l.ExpiresOn != m.ExpiresOn:
		return l.ExpiresOn != 0 && (m.ExpiresOn == 0 || l.ExpiresOn < m.ExpiresOn)
	case l.From != m.From:
		return l.From < m.From
	}
	return l.Of < m.Of
}

// Pending is the points of lots whose first day has not come.
func (b Book) Pending(today day.Day) int64 {
	var points int64
	for _, l := range b.Lots {
		if l.From > today {
			points += l.Points
		}
	}
	return points
}

// Available is what can be spent today. It is below zero by what the card owes, for then it has no lots.
func (b Book) Available(today day.Day) int64 { return b.Balance - b.Pending(today) }

// Ripen makes lots usable whose first day has come, and joins them to those that they are now the same as.
func (b Book) Ripen(today day.Day) Book {
	lots := b.Lots
	b.Lots = nil
	for _, l := range lots {
		if l.From <= today {
			l.From = 0
		}
		b.fill(l)
	}
	return b
}

// Post is PostTo for points that are usable at once.
func (b Book) Post(e Entry, expiresOn day.Day) Book { return b.PostTo(e, Lot{ExpiresOn: expiresOn}) }

// PostTo adds an entry. Points that it adds go into the lot, after what the card owes is paid. Points that it takes leave that lot
// first (the one a reversed receipt filled), then the earliest that are usable, then those that wait; a reversal takes from those that
// wait before. The balance may go below zero.
//
// Lot.Points is not read. A lot with From waits until Ripen is told of its day.
func (b Book) PostTo(e Entry, lot Lot) Book {
	b.Lots = append([]Lot(nil), b.Lots...)
	if e.Points > 0 {
		lot.Points = e.Points + min(b.Balance, 0)
		b.fill(lot)
	} else {
		b.drain(-e.Points, lot, e.Kind == Reverse)
	}
	b.Balance += e.Points
	b.Posted++
	b.Tail = append(append([]Entry(nil), b.Tail...), e)
	return b
}

func (b *Book) fill(lot Lot) {
	if lot.Points <= 0 {
		return
	}
	at := len(b.Lots)
	for i, l := range b.Lots {
		if l.same(lot) {
			b.Lots[i].Points += lot.Points
			return
		}
		if lot.before(l) {
			at = i
			break
		}
	}
	b.Lots = append(b.Lots[:at], append([]Lot{lot}, b.Lots[at:]...)...)
}

// drain takes points from first: what waits of it, then what is usable. The rest comes from what is usable, the earliest first, and then
// from what waits; a reversal takes what waits before.
func (b *Book) drain(points int64, first Lot, back bool) {
	take := func(which func(Lot) bool) {
		for i, l := range b.Lots {
			if which(l) {
				n := min(points, l.Points)
				b.Lots[i].Points -= n
				points -= n
			}
		}
	}
	waits := func(l Lot) bool { return l.From != 0 }
	if waits(first) {
		take(first.same)
		first.From = 0
	}
	if first.ExpiresOn != 0 || first.Of != 0 {
		take(first.same)
	}
	if back {
		take(waits)
	}
	take(func(l Lot) bool { return !waits(l) })
	take(waits)
	left := b.Lots[:0]
	for _, l := range b.Lots {
		if l.Points > 0 {
			left = append(left, l)
		}
	}
	b.Lots = left
}

// Expired is the sum of the lots whose last day lies before today, and the last of those days.
func (b Book) Expired(today day.Day) (points int64, last day.Day) {
	for _, l := range b.Lots {
		if l.ExpiresOn != 0 && l.ExpiresOn < today {
			points += l.Points
			last = max(last, l.ExpiresOn)
		}
	}
	return points, last
}

// Ended lists the lots whose last day lies before today.
func (b Book) Ended(today day.Day) []Lot {
	var list []Lot
	for _, l := range b.Lots {
		if l.ExpiresOn != 0 && l.ExpiresOn < today {
			list = append(list, l)
		}
	}
	return list
}

// With is the book as if it also held the lots, with what it would then take for an entry: so a late entry is seen as it would have been
// posted before they ended.
func (b Book) With(lots []Lot) Book {
	b.Lots = append([]Lot(nil), b.Lots...)
	for _, l := range lots {
		b.fill(l)
	}
	return b
}

// Points is what the lot of a last day and a card holds.
func (b Book) Points(of Lot) int64 {
	var points int64
	for _, l := range b.Lots {
		if l.ExpiresOn == of.ExpiresOn && l.Of == of.Of {
			points += l.Points
		}
	}
	return points
}

// Prolong brings the last day of every lot forward to at least the day. What never expires stays so.
func (b Book) Prolong(to day.Day) Book {
	lots := b.Lots
	b.Lots = nil
	for _, l := range lots {
		if l.ExpiresOn != 0 {
			l.ExpiresOn = max(l.ExpiresOn, to)
		}
		b.fill(l)
	}
	return b
}

// Activate makes points usable that wait, those first whose day comes first. They keep their last day.
func (b Book) Activate(points int64) Book {
	waiting := append([]Lot(nil), b.Lots...)
	slices.SortStableFunc(waiting, func(l, m Lot) int { return int(l.From - m.From) })
	b.Lots = nil
	for _, l := range waiting {
		if l.From != 0 {
			n := min(points, l.Points)
			points -= n
			l.Points -= n
			b.fill(Lot{Points: n, ExpiresOn: l.ExpiresOn, Of: l.Of})
		}
		b.fill(l)
	}
	return b
}
