package ledger

// Spent lists what a spending of points took from which lots: the difference between the lots before and after it. What the lots did not
// hold is owed and stands in none.
func Spent(before, after Book) []Lot {
	left := make(map[Lot]int64, len(after.Lots))
	for _, l := range after.Lots {
		left[nameOf(l)] += l.Points
	}
	var taken []Lot
	for _, l := range before.Lots {
		name := nameOf(l)
		stays := min(l.Points, left[name])
		left[name] -= stays
		if l.Points -= stays; l.Points > 0 {
			taken = append(taken, l)
		}
	}
	return taken
}

// nameOf is a lot without its points.
func nameOf(l Lot) Lot {
	l.Points = 0
	return l
}

// Restore adds an entry that gives spent points back into lots of their own, after what the card owes is paid. The lots are together the
// points of the entry.
func (b Book) Restore(e Entry, lots []Lot) Book {
	b.Lots = append([]Lot(nil), b.Lots...)
	owed := max(-b.Balance, 0)
	for _, l := range lots {
		paid := min(owed, l.Points)
		owed -= paid
		l.Points -= paid
		b.fill(l)
	}
	b.Balance += e.Points
	b.Posted++
	b.Tail = append(append([]Entry(nil), b.Tail...), e)
	return b
}
