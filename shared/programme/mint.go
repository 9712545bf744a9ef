package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Mint is a coupon that a message brings along.
type Mint struct {
	Cause    string
	Campaign string
	Offer    string
	Days     int       // that it is good for, the day on which it is made not counted
	At       time.Time // of the entry: when the message was ordered
	Now      time.Time
}

// Mint puts the coupon into the wallet. A wallet that is full gets none, and the entry says so.
func (p *Programme) Mint(h card.Head, m Mint) card.Head {
	h = p.AsOf(h, m.Now)
	e := ledger.Entry{Cause: m.Cause, Kind: ledger.Grant, At: m.At.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	c := Campaign{ID: m.Campaign, Grant: &Grant{Offer: m.Offer, Days: m.Days}}
	h, e = p.speak(h, e, c, day.Of(m.Now, p.zone))
	h.Book = h.Book.Post(e, 0)
	return h
}
