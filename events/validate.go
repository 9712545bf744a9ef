package events

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/money"
)

// Limits of what one event may hold. They are part of the contract: a schema says the same numbers.
const (
	MaxLines    = 500           // lines of a receipt, a return or a cart
	MaxCoupons  = 20            // coupons, and as many codes, of one receipt
	MaxBonuses  = 200           // bonuses of one ledger entry; a programme has fewer campaigns and stamps
	MaxOffers   = 200           // offers applied to one receipt; a programme has no more
	MaxQuantity = 1_000_000     // pieces of one line
	MaxPoints   = 1_000_000_000 // points of one entry or balance, either way
	MaxVersion  = 1<<53 - 1     // cart version; the largest integer that every JSON reader keeps exactly
	MaxText     = 100           // characters of an article number, category or code
	MaxToken    = 200           // characters of a cause, an id that others made, or a receipt key
	MaxWord     = 32            // characters of a source, topic, field name or reason
	MaxChanged  = 20            // fields or topics in one shopper.updated
	MaxURL      = 2048          // characters of a recovery link
	minYear     = 2000          // an earlier moment is a till with a dead clock battery
	maxYear     = 2199          // a later one is a clock set wrong
	dayLayout   = "2006-01-02"  // a day, without time or zone
	partRule    = "must be 1 to 64 of A-Z a-z 0-9 . _ - #"
)

// Validate checks the metadata; pointers are relative to it. A moment is judged as it is kept and told again, in UTC: one that only its
// zone brings into the first year would be stored here and refused in the events that follow from it.
func (m Metadata) Validate() []Problem {
	c := &checks{}
	c.token("/id", m.ID)
	if y := m.OccurredAt.UTC().Year(); y < minYear || y > maxYear {
		c.add("/occurred_at", "must lie in the years %d to %d", minYear, maxYear)
	}
	c.word("/source", m.Source)
	c.optionalToken("/correlation_id", m.CorrelationID)
	c.optionalToken("/causation_id", m.CausationID)
	return c.found
}

// Validate checks one receipt: its key, each line, and that the lines add up to the total.
func (e CheckoutCompleted) Validate() []Problem {
	c := &checks{}
	c.receipt("/receipt", e.Receipt)
	c.card("/card", e.Card)
	sum := c.sold("/lines", e.Lines)
	c.amount("/total", e.Total)
	if len(e.Lines) > 0 && len(c.found) == 0 && sum != e.Total.Minor {
		c.add("/total/amount", "must be the sum of amount - discount over the lines, %d, is %d", sum, e.Total.Minor)
	}
	c.number("/tax", e.Tax, 0, money.MaxMinor)
	if c.count("/coupons", len(e.Coupons), MaxCoupons) {
		for i, s := range e.Coupons {
			at := fmt.Sprintf("/coupons/%d", i)
			c.part(at, s)
			c.noPaymentCard(at, s)
			if slices.Contains(e.Coupons[:i], s) {
				c.add(at, "is named twice")
			}
		}
	}
	if c.count("/codes", len(e.Codes), MaxCoupons) {
		for i, s := range e.Codes {
			at := fmt.Sprintf("/codes/%d", i)
			c.text(at, s)
			c.noPaymentCard(at, s)
		}
	}
	c.optionalPart("/cart", e.Cart)
	c.optionalPart("/reservation", e.Reservation)
	c.offers(e)
	c.tenders(e)
	return c.found
}

// offers checks what a till says it took off by offers. A coupon that is told here alone would stay in the wallet, good for another time.
// A receipt without lines does not say what was taken off, so there the amounts are believed.
func (c *checks) offers(e CheckoutCompleted) {
	if !c.count("/offers", len(e.Offers), MaxOffers) {
		return
	}
	var told, taken int64
	for i, o := range e.Offers {
		at := fmt.Sprintf("/offers/%d", i)
		c.part(at+"/offer", o.Offer)
		c.optionalPart(at+"/coupon", o.Coupon)
		c.text(at+"/code", o.Code)
		c.noPaymentCard(at+"/coupon", o.Coupon)
		c.noPaymentCard(at+"/code", o.Code)
		c.number(at+"/amount", o.Amount, 0, money.MaxMinor)
		if o.Coupon != "" && !slices.Contains(e.Coupons, o.Coupon) {
			c.add(at+"/coupon", "must stand in coupons too, to be redeemed")
		}
		same := func(other UsedOffer) bool {
			return other.Offer == o.Offer && other.Coupon == o.Coupon && other.Code == o.Code
		}
		if slices.ContainsFunc(e.Offers[:i], same) {
			c.add(at, "stands there twice; add the amounts")
		}
		told += min(max(o.Amount, 0), money.MaxMinor)
	}
	for _, l := range e.Lines {
		taken += min(max(l.Discount, 0), money.MaxMinor)
	}
	if len(e.Lines) > 0 && told > taken {
		c.add("/offers", "must not take off more than the sum of the lines' discounts, %d; they take off %d", taken, told)
	}
}

// Validate checks a return. An empty list of lines is refused, because leaving it out takes back the whole receipt.
func (e CheckoutRefunded) Validate() []Problem {
	c := &checks{}
	c.part("/return", e.Return)
	c.receipt("/receipt", e.Receipt)
	if e.Lines != nil && len(e.Lines) == 0 {
		c.add("/lines", "must not be empty; leave it out to take back the whole receipt")
	}
	if c.count("/lines", len(e.Lines), MaxLines) {
		seen := make(map[string]bool, len(e.Lines))
		for i, l := range e.Lines {
			at := fmt.Sprintf("/lines/%d", i)
			c.part(at+"/id", l.ID)
			c.number(at+"/quantity", l.Quantity, 1, MaxQuantity)
			if seen[l.ID] {
				c.add(at+"/id", "stands in the return twice; add the quantities")
			}
			seen[l.ID] = true
		}
	}
	if e.Amount != nil {
		c.amount("/amount", *e.Amount)
		if e.Amount.Minor == 0 && len(e.Lines) == 0 {
			c.add("/amount/amount", "must be at least 1 where no lines are named")
		}
	}
	if e.Void && (e.Lines != nil || e.Amount != nil) {
		c.add("/void", "must not differ from false beside lines or an amount; a void undoes the whole receipt")
	}
	return c.found
}

// Validate checks a cart as it stands. Its total is what the shop says: carts are estimates and need not add up.
func (e CartUpdated) Validate() []Problem {
	c := &checks{}
	c.part("/cart", e.Cart)
	c.number("/version", e.Version, 1, MaxVersion)
	c.card("/card", e.Card)
	c.lines("/lines", e.Lines)
	c.amount("/total", e.Total)
	if e.URL != "" {
		c.link("/url", e.URL)
	}
	return c.found
}

// Validate checks that the reason is one we know.
func (e CartCleared) Validate() []Problem {
	c := &checks{}
	c.part("/cart", e.Cart)
	if e.Reason != "bought" && e.Reason != "emptied" {
		c.add("/reason", "must be bought or emptied")
	}
	return c.found
}

// Validate checks the card and the store that enrolled it.
func (e ShopperEnrolled) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.optionalPart("/store", e.Store)
	return c.found
}

// Validate checks that something is said to have changed, in words and never in values.
func (e ShopperUpdated) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	if c.count("/changed", len(e.Changed), MaxChanged) {
		for i, s := range e.Changed {
			c.word(fmt.Sprintf("/changed/%d", i), s)
		}
	}
	if c.count("/consent", len(e.Consent), MaxChanged) {
		topics := make([]string, 0, len(e.Consent))
		for topic := range e.Consent {
			topics = append(topics, topic)
		}
		slices.Sort(topics)
		for _, topic := range topics {
			c.word(pointer("/consent", topic), topic)
		}
	}
	return c.found
}

// Validate implements Body.
func (e ShopperTouched) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.word("/touch", e.Touch)
	c.optionalPart("/campaign", e.Campaign)
	return c.found
}

// Validate checks a gain: at least one point.
func (e PointsEarned) Validate() []Problem {
	c := &checks{}
	c.entry(e.Card, e.Cause, e.Balance)
	c.number("/points", e.Points, 1, MaxPoints)
	if !c.count("/bonuses", len(e.Bonuses), MaxBonuses) {
		return c.found
	}
	for i, b := range e.Bonuses {
		c.part(fmt.Sprintf("/bonuses/%d/by", i), b.By)
		c.number(fmt.Sprintf("/bonuses/%d/points", i), b.Points, -MaxPoints, MaxPoints)
	}
	return c.found
}

// Validate checks a loss: at most minus one point.
func (e PointsReversed) Validate() []Problem {
	c := &checks{}
	c.entry(e.Card, e.Cause, e.Balance)
	c.number("/points", e.Points, -MaxPoints, -1)
	return c.found
}

// entry checks what both tellings of a ledger entry share. A balance may be negative: a return can outweigh what is left.
func (c *checks) entry(card, cause string, balance int64) {
	c.someCard("/card", card)
	c.token("/cause", cause)
	c.number("/balance", balance, -MaxPoints, MaxPoints)
}

// Validate checks the points and their last day.
func (e PointsExpiring) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.number("/points", e.Points, 1, MaxPoints)
	c.number("/balance", e.Balance, 1, MaxPoints)
	c.day("/expires_on", e.ExpiresOn)
	return c.found
}

// day checks a day, without time or zone.
func (c *checks) day(at, text string) {
	if t, err := time.Parse(dayLayout, text); err != nil || t.Year() < minYear || t.Year() > maxYear {
		c.add(at, "must be a day such as 2026-12-24")
	}
}

// Validate checks the coupon, its offer and its last day.
func (e CouponGranted) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.token("/cause", e.Cause)
	c.part("/coupon", e.Coupon)
	c.part("/offer", e.Offer)
	c.optionalPart("/campaign", e.Campaign)
	c.day("/expires_on", e.ExpiresOn)
	return c.found
}

// Validate checks which coupon of which card was used.
func (e CouponRedeemed) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.token("/cause", e.Cause)
	c.part("/coupon", e.Coupon)
	c.part("/offer", e.Offer)
	return c.found
}

// Validate checks that the tier did change.
func (e TierChanged) Validate() []Problem {
	c := &checks{}
	c.someCard("/card", e.Card)
	c.token("/cause", e.Cause)
	c.optionalPart("/from", e.From)
	c.optionalPart("/to", e.To)
	if e.From == e.To {
		c.add("/to", "must differ from the tier before")
	}
	return c.found
}

// Validate checks which message it was.
func (e MessageSent) Validate() []Problem {
	return message(e.Message, e.Card, e.Campaign, e.Occasion).found
}

// Validate checks which message it was and that the reason is a code.
func (e MessageRefused) Validate() []Problem {
	c := message(e.Message, e.Card, e.Campaign, e.Occasion)
	c.word("/reason", e.Reason)
	return c.found
}

// Validate checks which message it was.
func (e MessageClicked) Validate() []Problem {
	return message(e.Message, e.Card, e.Campaign, e.Occasion).found
}

func message(id, card, campaign, occasion string) *checks {
	c := &checks{}
	c.token("/message", id)
	c.someCard("/card", card)
	c.part("/campaign", campaign)
	c.token("/occasion", occasion)
	return c
}

// Validate checks which campaign it was and that its counts can be.
func (e CampaignStopped) Validate() []Problem {
	c := &checks{}
	c.part("/campaign", e.Campaign)
	c.word("/reason", e.Reason)
	c.number("/settled", e.Settled, 1, MaxPoints)
	c.number("/bounced", e.Bounced, 0, e.Settled)
	c.number("/complained", e.Complained, 0, e.Settled)
	return c.found
}
