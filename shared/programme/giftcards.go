package programme

import (
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/money"
)

// GiftCards says how gift cards are sold. Without it there are none. Selling one is never discounted, earns nothing and counts towards no
// threshold, for it is no goods.
type GiftCards struct {
	Years  int     `json:"years,omitempty"`   // how long they live; 0: for ever. Laws of several countries ask for at least 3 or 5
	AtMost Decimal `json:"at_most,omitempty"` // what one card holds at most
	Reload bool    `json:"reload,omitempty"`  // more money may be paid in
}

const maxGiftYears = 30

func (c *compiler) giftCards() {
	g := c.p.Document.GiftCards
	if g == nil {
		return
	}
	if g.Years < 0 || g.Years > maxGiftYears {
		c.fault("/gift_cards/years", "gift cards live 0 (for ever) to %d years", maxGiftYears)
	}
	if c.p.giftMost = c.amount("/gift_cards/at_most", g.AtMost); c.p.giftMost > money.MaxMinor {
		c.fault("/gift_cards/at_most", "at most %d minor units are possible", int64(money.MaxMinor))
	}
}

// GiftCardMax is the most minor units that one card holds.
func (p *Programme) GiftCardMax() int64 {
	if p.giftMost == 0 {
		return money.MaxMinor
	}
	return p.giftMost
}

// GiftCardsExpireOn is the last day of a card that is issued today; 0: none.
func (p *Programme) GiftCardsExpireOn(today day.Day) day.Day {
	if p.Document.GiftCards == nil || p.Document.GiftCards.Years == 0 {
		return 0
	}
	return today.AddMonths(12 * p.Document.GiftCards.Years).EndOfMonth()
}
