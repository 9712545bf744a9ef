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

// Allot makes the lots of one card hold exactly so many of the points, as far as there are so many: theirs says which are its own. What
// they hold beyond that becomes the book's own, from the lot that is spent last; what they lack comes from the others, the earliest first,
// and is the card's at the place of. Each point keeps its days.
func (b Book) Allot(points int64, of int, theirs func(Lot) bool) Book {
	lots := b.Lots
	b.Lots = nil
	part := func(l Lot, n int64, to int) {
		l.Points, l.Of = n, to
		b.fill(l)
	}
	for _, l := range lots {
		if theirs(l) {
			n := min(points, l.Points)
			points -= n
			part(l, n, l.Of)
			part(l, l.Points-n, 0)
		}
	}
	for _, l := range lots {
		if !theirs(l) {
			n := min(points, l.Points)
			points -= n
			part(l, n, of)
			part(l, l.Points-n, l.Of)
		}
	}
	return b
}
