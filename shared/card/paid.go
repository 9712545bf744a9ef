package card

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// MaxHolds is how many tills may hold points of one card at a time.
const MaxHolds = 10

// Hold is points that a till keeps for a basket until a moment. They stay in the balance and nobody else may spend them. ID is the till's
// own.
type Hold struct {
	ID     string
	Points int64
	Until  time.Time // whole seconds; from then on the hold is nothing
}

// Held is the hold of that id which is good at a moment.
func (h Head) Held(id string, now time.Time) (Hold, bool) {
	for _, held := range h.Holds {
		if held.ID == id && now.Before(held.Until) {
			return held, true
		}
	}
	return Hold{}, false
}

// Available is what may be spent at a moment by who has none of the holds but that of id. The head's book has been brought to that moment:
// a lot that still has a first day is pending.
func (h Head) Available(id string, now time.Time) int64 {
	left := h.Book.Available(0)
	for _, held := range h.Holds {
		if held.ID != id && now.Before(held.Until) {
			left -= held.Points
		}
	}
	return max(left, 0)
}

// Release ends the hold of an id and those that have run out.
func (h Head) Release(id string, now time.Time) Head {
	h.Holds = slices.DeleteFunc(slices.Clone(h.Holds), func(held Hold) bool { return held.ID == id || !now.Before(held.Until) })
	return h
}

// MarkPaid is the mark of a receipt that was paid in part with points: how many were taken, what they and those that were missing are
// worth, and the lots they came from. See Paid.
const MarkPaid = '$'

// Paid is what a receipt took in points.
type Paid struct {
	Points  int64 // taken
	Minor   int64 // what they pay for
	Missing int64 // points that the till took and the card did not have; they are not among Points
	Unpaid  int64 // what those would have paid for
	Owed    int64 // of Points: more than the card had, and now owes
	Lots    []ledger.Lot
}

// Mark writes it as the mark of an entry: "400:2000:0:0:0:20270131-100,-300": a lot has its last day, points,
// and which joined card's they are where they are one's.
func (p Paid) Mark() ledger.Mark {
	lots := make([]string, len(p.Lots))
	for i, l := range p.Lots {
		lots[i] = strings.ReplaceAll(l.ExpiresOn.String(), "-", "") + "-" + strconv.FormatInt(l.Points, 10)
		if l.Of != 0 {
			lots[i] += "-" + strconv.Itoa(l.Of)
		}
	}
	return ledger.Mark{Kind: MarkPaid, Text: fmt.Sprintf("%d:%d:%d:%d:%d:%s", p.Points, p.Minor, p.Missing, p.Unpaid, p.Owed, strings.Join(lots, ","))}
}

// PaidOf reads what Paid.Mark wrote; false where the receipt was not paid with points. It fails on a mark that cannot be read.
func PaidOf(sale ledger.Entry) (Paid, bool, error) {
	m, ok := find(sale, MarkPaid)
	if !ok {
		return Paid{}, false, nil
	}
	var p Paid
	part := strings.Split(m.Text, ":")
	into := []*int64{&p.Points, &p.Minor, &p.Missing, &p.Unpaid, &p.Owed}
	wrong := fmt.Errorf("entry %s: mark %q does not say what was paid in points", sale.Cause, m.Text)
	if len(part) != len(into)+1 {
		return p, true, wrong
	}
	for i, n := range into {
		var err error
		if *n, err = strconv.ParseInt(part[i], 10, 64); err != nil {
			return p, true, wrong
		}
	}
	for _, text := range strings.FieldsFunc(part[len(into)], func(c rune) bool { return c == ',' }) {
		l, err := lotOf(text)
		if err != nil {
			return p, true, fmt.Errorf("%w: %w", wrong, err)
		}
		p.Lots = append(p.Lots, l)
	}
	return p, true, nil
}

func lotOf(text string) (l ledger.Lot, err error) {
	on, points, _ := strings.Cut(text, "-")
	points, of, joined := strings.Cut(points, "-")
	if l.Points, err = strconv.ParseInt(points, 10, 64); err != nil {
		return l, err
	}
	if joined {
		if l.Of, err = strconv.Atoi(of); err != nil {
			return l, err
		}
	}
	if on == "" {
		return l, nil
	}
	if len(on) != len("20270131") {
		return l, fmt.Errorf("%q is no day", on)
	}
	l.ExpiresOn, err = day.Parse(on[:4] + "-" + on[4:6] + "-" + on[6:])
	return l, err
}

// GivenBack is the lots of the first so many points that come back, the ones spent last first: so what stays spent is what would have been
// spent if less had been. What the card owed comes back first of all; it lay in no lot and expires on owed.
func (p Paid) GivenBack(points int64, owed day.Day) []ledger.Lot {
	var back []ledger.Lot
	if n := min(points, p.Owed); n > 0 {
		back, points = append(back, ledger.Lot{Points: n, ExpiresOn: owed}), points-n
	}
	for _, l := range slices.Backward(p.Lots) {
		if l.Points = min(l.Points, points); l.Points > 0 {
			back, points = append(back, l), points-l.Points
		}
	}
	return back
}
