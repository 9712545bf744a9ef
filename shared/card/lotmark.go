package card

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// LotMark writes a lot that an entry touched, and by how many points: "2027-11-30:40", with ":1" behind it if the lot is a joined card's.
func LotMark(l ledger.Lot) ledger.Mark {
	text := l.ExpiresOn.String() + ":" + strconv.FormatInt(l.Points, 10)
	if l.Of != 0 {
		text += ":" + strconv.Itoa(l.Of)
	}
	return ledger.Mark{Kind: MarkLot, Text: text}
}

// LotOf reads what LotMark wrote; false from a mark of another kind or make.
func LotOf(m ledger.Mark) (l ledger.Lot, ok bool) {
	field := strings.Split(m.Text, ":")
	if m.Kind != MarkLot || len(field) < 2 {
		return l, false
	}
	var err1, err2, err3 error
	if field[0] != "" {
		l.ExpiresOn, err1 = day.Parse(field[0])
	}
	l.Points, err2 = strconv.ParseInt(field[1], 10, 64)
	if len(field) > 2 {
		l.Of, err3 = strconv.Atoi(field[2])
	}
	return l, err1 == nil && err2 == nil && err3 == nil
}

// Expired lists what has expired of the card's lots and was not given back, in the order of their last days, as far as the tail and
// Past tell. What ended in the book of a card that was merged into this one is in it, and what left with a card is not.
func (h Head) Expired() []ledger.Lot {
	var gone []ledger.Lot
	for e := range h.entries {
		if e.Kind != ledger.Expire && e.Kind != ledger.Move {
			continue
		}
		for _, m := range e.Marks {
			l, ok := LotOf(m)
			if !ok {
				continue
			}
			at := slices.IndexFunc(gone, func(g ledger.Lot) bool { return g.ExpiresOn == l.ExpiresOn && g.Of == l.Of })
			if at < 0 {
				gone = append(gone, l)
				continue
			}
			gone[at].Points += l.Points
		}
	}
	slices.SortFunc(gone, func(a, b ledger.Lot) int {
		if a.ExpiresOn != b.ExpiresOn {
			return int(a.ExpiresOn - b.ExpiresOn)
		}
		return a.Of - b.Of
	})
	return gone
}

// entries goes through what Past and the tail hold, in the order in which it was posted.
func (h Head) entries(yield func(ledger.Entry) bool) {
	for _, p := range h.Past {
		if p.Number > h.Book.Pages {
			break // put by a commit that has not won; its entries still lie in the tail
		}
		for _, e := range p.Entries {
			if !yield(e) {
				return
			}
		}
	}
	for _, e := range h.Book.Tail {
		if !yield(e) {
			return
		}
	}
}

// Active lists the days after from on which the card bought or spent, as far as the tail and Past tell, in their order.
func (h Head) Active(from day.Day, dayOf func(ledger.Entry) day.Day) []day.Day {
	var days []day.Day
	for e := range h.entries {
		if on := dayOf(e); on > from && (e.Kind == ledger.Earn || e.Kind == ledger.Spend && e.Points < 0) {
			days = append(days, on)
		}
	}
	slices.Sort(days)
	return days
}
