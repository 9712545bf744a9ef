package card

import (
	"fmt"
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
