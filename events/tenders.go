package events

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/money"
)

// MaxTenders is how many tenders one receipt names.
const MaxTenders = 10

// Kinds of tender. What no tender names was paid in another way.
const (
	TenderPoints   = "points"
	TenderGiftCard = "gift_card"
)

// Tender is a part of the total that was paid with points of the card, or with a gift card.
type Tender struct {
	Kind       string `json:"kind"`
	Points     int64  `json:"points,omitempty"`     // of points
	Hold       string `json:"hold,omitempty"`       // the till's id of the hold that the points settle
	Amount     int64  `json:"amount,omitempty"`     // of a gift card, in minor units of the total's currency
	GiftCard   string `json:"gift_card,omitempty"`  // its id; never its number
	Redemption string `json:"redemption,omitempty"` // the till's id of what it took off the gift card before
}

// tenders checks what a till says it was paid in. How much points are worth is for the programme to say.
func (c *checks) tenders(e CheckoutCompleted) {
	if !c.count("/tenders", len(e.Tenders), MaxTenders) {
		return
	}
	var sum int64
	seen := map[string]bool{}
	for i, t := range e.Tenders {
		at := fmt.Sprintf("/tenders/%d", i)
		c.optionalPart(at+"/hold", t.Hold)
		c.optionalPart(at+"/redemption", t.Redemption)
		switch t.Kind {
		case TenderPoints:
			c.number(at+"/points", t.Points, 1, MaxPoints)
			if t.Amount != 0 || t.GiftCard != "" || t.Redemption != "" {
				c.add(at, "has points; amount, gift_card and redemption differ from those and are for gift cards")
			}
		case TenderGiftCard:
			c.part(at+"/gift_card", t.GiftCard)
			c.number(at+"/amount", t.Amount, 1, money.MaxMinor)
			sum += min(max(t.Amount, 0), money.MaxMinor)
			if t.Points != 0 || t.Hold != "" {
				c.add(at, "is a gift card; points and hold differ from that and are for points")
			}
		default:
			c.add(at+"/kind", "must be points or gift_card")
		}
		if name := t.Kind + " " + t.GiftCard; seen[name] {
			c.add(at, "must differ from the other tenders: points, and each gift card, stand there once")
		} else {
			seen[name] = true
		}
	}
	if sum > max(e.Total.Minor, 0) {
		c.add("/tenders", "must not be more than the sum of the receipt, %d; the gift cards are %d", e.Total.Minor, sum)
	}
}
