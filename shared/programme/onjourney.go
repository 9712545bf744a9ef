package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/journey"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Facts of a journey, which its steps, its exit condition and its goal may ask for beside those of the card and its shopper.
const (
	factPurchases = "journey.purchases"        // receipts since the card has entered, the one that made it enter not counted
	factReturns   = "journey.returns"          // returns since then
	factRedeemed  = "journey.coupons_redeemed" // of coupons that this campaign has granted, since then
	factDaysOn    = "journey.days"             // since the card has entered
)

func journeyFields() []rule.Field {
	return []rule.Field{
		{Name: factPurchases, Kind: rule.Int, Most: maxCount}, {Name: factReturns, Kind: rule.Int, Most: maxCount},
		{Name: factRedeemed, Kind: rule.Int, Most: maxCount}, {Name: factDaysOn, Kind: rule.Int, Most: maxCount},
	}
}

// HasSteps reports whether a campaign is a journey.
func (c Campaign) HasSteps() bool { return len(c.Steps) > 0 }

// Journey is the plan of a campaign with steps.
func (p *Programme) Journey(campaign string) (*journey.Plan, bool) {
	if r := p.campaigns[campaign].route; r != nil {
		return &r.plan, true
	}
	return nil, false
}

// StepOf is a step of a campaign by its id.
func (p *Programme) StepOf(campaign, id string) (JourneyStep, bool) {
	r := p.campaigns[campaign].route
	if r == nil {
		return JourneyStep{}, false
	}
	s, ok := r.docs[id]
	return s, ok
}

// HasJourneys reports whether any campaign has steps, so that what comes about on a card may concern one.
func (p *Programme) HasJourneys() bool {
	for _, c := range p.Campaigns {
		if c.HasSteps() {
			return true
		}
	}
	return false
}

// OnJourney is what the steps of a place are judged by. entries are those of the card that may lie after it has entered, without the one
// that made it enter; dates are the shopper's; history is as much as JourneyLooks asks for.
func (p *Programme) OnJourney(place journey.Place, h card.Head, shopper card.Profile, entries []ledger.Entry, dates map[string]day.Yearly, history History, now time.Time) journey.Facts {
	zone := p.ShopperZone(shopper.TimeZone)
	facts := knowing(p.onJourney)
	facts.card(p, p.AsOf(h, now), shopper, day.Of(now, zone))
	var purchases, returns, redeemed int64
	var heard []journey.Happening
	entered := place.Entered.Truncate(time.Second)
	for _, e := range entries {
		if e.At.Before(entered) {
			continue
		}
		for _, event := range p.heard(e) {
			heard = append(heard, journey.Happening{Event: event, At: e.At})
			switch event {
			case HeardCheckout:
				purchases++
			case HeardReturn:
				returns++
			}
		}
		for _, m := range e.Marks {
			if c, err := card.CouponOf(m); err == nil && m.Kind == card.MarkRedeemed && c.Campaign == place.Campaign {
				redeemed++
			}
		}
	}
	facts.whole(factPurchases, purchases)
	facts.whole(factReturns, returns)
	facts.whole(factRedeemed, redeemed)
	facts.whole(factDaysOn, int64(day.Of(now, zone)-day.Of(place.Entered, zone)))
	p.JourneyLooks(place.Campaign).told(facts, h, history, zone, now)
	return journey.Facts{Rules: facts.facts, Heard: heard, Zone: zone, Dates: p.datesOnWay(h, shopper, dates), Leap: p.leapDay()}
}

// heard lists the events that an entry stands for.
func (p *Programme) heard(e ledger.Entry) (list []string) {
	switch e.Kind {
	case ledger.Earn:
		list = append(list, HeardCheckout)
	case ledger.Reverse:
		list = append(list, HeardReturn)
	case ledger.Spend:
		list = append(list, HeardSpent)
	}
	for _, m := range e.Marks {
		if m.Kind == card.MarkRedeemed {
			list = append(list, HeardRedeemed)
			break
		}
	}
	if e.From != e.To {
		list = append(list, HeardTier)
	}
	return list
}

// IsHeard reports whether a wait of some journey may be for what an entry stands for, or an exit condition may hold by it.
func (p *Programme) IsHeard(e ledger.Entry) bool { return len(p.heard(e)) > 0 }

// JourneyGrant is what a step of a journey grants, in the entry of its own cause. at is when the step was reached.
func (p *Programme) JourneyGrant(h card.Head, campaign, cause string, g Grant, at, now time.Time) card.Head {
	h = p.AsOf(h, now)
	on := p.today(now)
	e := ledger.Entry{Cause: cause, Kind: ledger.Grant, At: at.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	h, e = p.speak(h, e, Campaign{ID: campaign, Grant: &g}, on)
	h.Book = h.Book.Post(e, p.expiresOn(on, h.Tier))
	return h
}
