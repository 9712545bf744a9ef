package ledger

import "time"

// Hand posts an entry under which lots leave the book for another: those that which names. The entry's points are what they hold, taken
// off. Which lots have left comes back.
func (b Book) Hand(e Entry, which func(Lot) bool) (Book, []Lot) {
	var left, handed []Lot
	e.Points = 0
	for _, l := range b.Lots {
		if which(l) {
			e.Points -= l.Points
			handed = append(handed, l)
		} else {
			left = append(left, l)
		}
	}
	b = b.Post(e, 0) // of no lot in particular; the lots are put right below
	b.Lots = left
	return b, handed
}

// Receive posts an entry that brings whole lots, each with its own days and origin. What the card owes is paid from them, the earliest
// first. The entry's points are what the lots hold, and what it says beyond that goes into the lot rest, or is taken as PostTo does.
func (b Book) Receive(e Entry, lots []Lot, rest Lot) Book {
	lots = append([]Lot(nil), lots...)
	more := e.Points
	b.Lots = append([]Lot(nil), b.Lots...)
	for i := range lots {
		more -= lots[i].Points
	}
	sum := e.Points - more
	owed := max(0, -b.Balance)
	for _, l := range lots {
		pays := min(owed, l.Points)
		owed -= pays
		l.Points -= pays
		b.fill(l)
	}
	b.Balance += sum
	e.Points = more
	b = b.PostTo(e, rest)
	b.Tail[len(b.Tail)-1].Points += sum
	return b
}

// Newest is the newest moment of an entry in the book, in the tail or paged out.
func (b Book) Newest() time.Time {
	newest := b.Watermark
	for _, e := range b.Tail {
		if e.At.After(newest) {
			newest = e.At
		}
	}
	return newest
}
