package card

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Kinds of mark on a card's ledger entries. The characters are stored; they never change their meaning. A coupon mark holds the
// whole coupon, so that one that was redeemed years ago can be given back.
const (
	MarkGranted    = '+' // coupon granted
	MarkRedeemed   = '-' // coupon redeemed
	MarkReinstated = '=' // coupon given back by a return
	MarkVoided     = '!' // coupon taken back by a return of the receipt that brought it
	MarkNotTaken   = '?' // coupon named on the receipt and not redeemed: its id and the reason
	MarkMessage    = '@' // a campaign asked for an e-mail without a coupon: its id
	MarkEnrolled   = '*' // the entry is the first of a card that a swipe enrolled
	MarkWorth      = '%' // what the receipt was worth to a fraction of a point, where that is not the entry's points: "19+99/100"
	MarkFirst      = '#' // the receipt is the card's first
	MarkThrough    = 'w' // what the cap of a time let through of the receipt's worth, where that is less, see Through
	MarkCapped     = '^' // whole points that a cap has cut off
	MarkReason     = ':' // why a person did this, see Noted
	MarkBy         = '&' // who did it, see Noted
	MarkLot        = '~' // a lot that an entry expired, or gave back where its points are below 0; of a move: that had expired, see LotMark
	MarkWrittenOff = '<' // the entry forgives what a return took below the programme's floor: the return's cause
	MarkActivated  = 'a' // points that a person made usable before their day
	MarkStamp      = 's' // what was counted on a card of stamps, see Stamp
	MarkBonus      = 'b' // points that no purchase earned, see Bonus
	MarkStatus     = '>' // the status that the card was given: "open", "blocked", "closed"
	MarkTier       = 'T' // the tier that the card was given, and its last day: "gold:2027-12-31", see GivenTier
	MarkMerged     = '{' // the card that was merged into this one: its id
	MarkMergedInto = '}' // the card that this one was merged into: its id
	MarkParted     = '[' // the card that was taken out of this one again: its id
	MarkPartedFrom = ']' // the card that this one was taken out of again: its id
	MarkBlind      = 'n' // goods came back without a receipt: their value in minor units
	MarkCame       = 'i' // coupon that came from another card
	MarkLeft       = 'o' // coupon that left for another card
	MarkMember     = 'h' // the member of a household that brought the entry, see Brought
)

// Mark writes a coupon as the mark of an entry: "Q7M4K2:tenoff:birthday:2027-01-31".
func (c Coupon) Mark(kind byte) ledger.Mark {
	return ledger.Mark{Kind: kind, Text: c.ID + ":" + c.Offer + ":" + c.Campaign + ":" + c.ExpiresOn.String()}
}

// CouponOf reads what Coupon.Mark wrote. It fails on a mark that holds no coupon.
func CouponOf(m ledger.Mark) (Coupon, error) {
	part := strings.Split(m.Text, ":")
	if len(part) != 4 {
		return Coupon{}, fmt.Errorf("mark %q holds no coupon", m.Text)
	}
	on, err := day.Parse(part[3])
	if err != nil {
		return Coupon{}, fmt.Errorf("mark %q: %w", m.Text, err)
	}
	return Coupon{ID: part[0], Offer: part[1], Campaign: part[2], ExpiresOn: on}, nil
}

// Coupons lists the coupons of an entry's marks of one kind. A mark that cannot be read is an error: nothing is passed over.
func Coupons(e ledger.Entry, kind byte) ([]Coupon, error) {
	var found []Coupon
	for _, m := range e.Marks {
		if m.Kind != kind {
			continue
		}
		c, err := CouponOf(m)
		if err != nil {
			return nil, fmt.Errorf("entry %s: %w", e.Cause, err)
		}
		found = append(found, c)
	}
	return found, nil
}

// NotTaken writes why a coupon was not redeemed as the mark of an entry.
func NotTaken(id, reason string) ledger.Mark {
	return ledger.Mark{Kind: MarkNotTaken, Text: id + ":" + reason}
}

// NotTakenOf reads what NotTaken wrote.
func NotTakenOf(m ledger.Mark) (id, reason string) {
	id, reason, _ = strings.Cut(m.Text, ":")
	return id, reason
}

// WorthOf is what a receipt was worth when its entry was posted: what its returns take back together. It fails on a mark that
// cannot be read.
func WorthOf(sale ledger.Entry) (ledger.Worth, error) {
	m, ok := find(sale, MarkWorth)
	if !ok {
		points, err := Purchased(sale)
		return ledger.Worth{Points: points}, err
	}
	w, err := ledger.ParseWorth(m.Text)
	if err != nil {
		return w, fmt.Errorf("entry %s: %w", sale.Cause, err)
	}
	return w, nil
}

// First reports whether a receipt was the first of its card.
func First(sale ledger.Entry) bool {
	_, ok := find(sale, MarkFirst)
	return ok
}

// Through writes what the cap of a time let through of what a receipt was worth as the mark of an entry.
func Through(w ledger.Worth) ledger.Mark {
	return ledger.Mark{Kind: MarkThrough, Text: w.String()}
}

// ThroughOf is what a receipt's worth brought when its entry was posted: all of it, unless the cap of a time cut. It fails on a mark that
// cannot be read.
func ThroughOf(sale ledger.Entry) (ledger.Worth, error) {
	m, ok := find(sale, MarkThrough)
	if !ok {
		return WorthOf(sale)
	}
	w, err := ledger.ParseWorth(m.Text)
	if err != nil {
		err = fmt.Errorf("entry %s: %w", sale.Cause, err)
	}
	return w, err
}

// Capped writes how many points a cap has cut off as the mark of an entry.
func Capped(points int64) ledger.Mark {
	return ledger.Mark{Kind: MarkCapped, Text: strconv.FormatInt(points, 10)}
}

// CappedOf is how many points a cap has cut off an entry, 0 for none. It fails on a mark that cannot be read.
func CappedOf(e ledger.Entry) (int64, error) { return pointsOf(e, MarkCapped) }

// Activated writes how many points became usable before their day as the mark of an entry.
func Activated(points int64) ledger.Mark {
	return ledger.Mark{Kind: MarkActivated, Text: strconv.FormatInt(points, 10)}
}

// ActivatedOf is how many points an entry made usable before their day, 0 for none. It fails on a mark that cannot be read.
func ActivatedOf(e ledger.Entry) (int64, error) { return pointsOf(e, MarkActivated) }

// BlindReturn writes the value of goods that came back without a receipt, in minor units, as the mark of an entry.
func BlindReturn(value int64) ledger.Mark {
	return ledger.Mark{Kind: MarkBlind, Text: strconv.FormatInt(value, 10)}
}

// BlindOf is the value of goods that came back without a receipt, in minor units, 0 for none. It fails on a mark that cannot be read.
func BlindOf(e ledger.Entry) (int64, error) { return pointsOf(e, MarkBlind) }

func pointsOf(e ledger.Entry, kind byte) (int64, error) {
	m, ok := find(e, kind)
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("entry %s: mark %q holds no points", e.Cause, m.Text)
	}
	return n, nil
}

// Marked is the text of an entry's first mark of one kind; "" where it has none.
func Marked(e ledger.Entry, kind byte) string {
	m, _ := find(e, kind)
	return m.Text
}

func find(e ledger.Entry, kind byte) (ledger.Mark, bool) {
	for _, m := range e.Marks {
		if m.Kind == kind {
			return m, true
		}
	}
	return ledger.Mark{}, false
}

// A mark holds no space and no end of a line; free text does. An underline stands for a space, and for itself there is "%5F".
var (
	intoMark = strings.NewReplacer("%", "%25", "_", "%5F", "\n", "%0A", " ", "_")
	fromMark = strings.NewReplacer("%25", "%", "%5F", "_", "%0A", "\n", "_", " ")
)

// Noted writes free text as the mark of an entry.
func Noted(kind byte, text string) ledger.Mark {
	return ledger.Mark{Kind: kind, Text: intoMark.Replace(text)}
}

// NotedOf reads what Noted wrote; "" where an entry has no such mark.
func NotedOf(e ledger.Entry, kind byte) string {
	m, _ := find(e, kind)
	return fromMark.Replace(m.Text)
}
