package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// CauseEnrolled is the cause of what campaigns grant for an enrolment: a card is enrolled once, by its first swipe or by a form.
const CauseEnrolled = "enrolled"

// welcome grants what campaigns of enrolment say to a card that they do not hold out, in an entry of its own: the first receipt may come back whole, and the card stays. An
// entry without anything in it is not posted.
func (p *Programme) welcome(h card.Head, shopper card.Profile, store string, at time.Time) card.Head {
	on := day.Of(at, p.Zone(store))
	facts := knowing(p.cards)
	facts.card(p, h, shopper, on)
	facts.text(factStore, store)
	e := ledger.Entry{Cause: CauseEnrolled, Kind: ledger.Grant, At: at.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	for _, c := range p.Campaigns {
		if c.On == OnEnrolled && p.campaigns[c.ID].when.Match(facts.facts) {
			h, e = p.allowed(h, e, c, on)
		}
	}
	if e.Points == 0 && len(e.Marks) == 0 {
		return h
	}
	h.Book = h.Book.Post(e, p.expiresOn(on, h.Tier))
	return h
}

// enrolledCampaign refuses what a card that has only just been made cannot have.
func (c *compiler) enrolledCampaign(at string, k Campaign) {
	if k.Grant == nil && !k.HasSteps() {
		c.fault(at+"/grant", "a campaign of enrolment grants points or a coupon")
	}
	if k.Message != nil {
		c.fault(at+"/message", "a first swipe tells no address, so there is nobody to write to; grant here, and let the card's first checkout or its anniversary write")
	}
}
