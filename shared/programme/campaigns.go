package programme

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/rule"
)

func (c *compiler) campaignRules() {
	c.count("/campaigns", len(c.p.Campaigns), MaxCampaigns)
	seen, carts := map[string]bool{}, 0
	for i, k := range c.p.Campaigns {
		at := "/campaigns/" + strconv.Itoa(i)
		c.id(at+"/id", k.ID, seen)
		switch k.On {
		case OnCheckout, OnAnniversary, OnSchedule, OnFirst, OnPurchase, OnSpend, OnTier, OnReturned, OnPointsExpiring, OnCouponUnused, OnIdle, OnTouch, OnAPI:
		case OnEnrolled:
			c.enrolledCampaign(at, k)
		case OnCart:
			if carts++; carts > 1 {
				c.fault(at, "a programme has one campaign for abandoned carts; shoppers get one reminder")
			}
			c.cartCampaign(at, k)
		default:
			c.fault(at+"/on", "%q is not one of %s", k.On, strings.Join(triggers, ", "))
		}
		if k.Grant == nil && k.Message == nil && !k.HasSteps() && len(k.Arms) == 0 {
			c.fault(at, "a campaign grants a coupon, sends a message, or has steps; here is none of these")
		}
		c.cartsAlone(at, k)
		c.trigger(at, k)
		c.moment(at, k)
		c.holdout(at, k)
		c.arms(at, k)
		c.priority(at, k)
		c.grant(at, k)
		c.letter(at, k)
		c.showcase(at, k)
		c.linkTags(at, k)
		c.p.campaigns[k.ID] = campaign{
			Campaign: k, budget: c.budget(at, k), stopsAt: c.stopsAt(at, k), minute: c.dated(at, k), plan: c.planned(at, k), route: c.journeyRules(at, k), least: c.amount(at+"/least", k.Least), amount: c.amount(at+"/amount", k.Amount),
			times: c.idle(at+"/idle", k),
		}.of(c.who(at+"/when", c.audience(at, k), c.about(k)))
	}
}

const maxGrantDays = 730

func (c *compiler) grant(at string, k Campaign) {
	if k.Grant == nil {
		return
	}
	c.given(at+"/grant", *k.Grant)
}

// given checks what is handed out.
func (c *compiler) given(at string, g Grant) {
	if g.Points < 0 || g.Points > maxRate {
		c.fault(at+"/points", "1 to %d points are granted at once", maxRate)
	}
	if g.Offer == "" && g.Points != 0 {
		if g.Days != 0 {
			c.fault(at+"/days", "points live as long as the programme says in points.months; days are for a coupon")
		}
		return
	}
	offer, ok := c.p.offers[g.Offer]
	switch {
	case !ok:
		c.fault(at+"/offer", "there is no offer %q", g.Offer)
	case !offer.Coupon:
		c.fault(at+"/offer", "offer %q is open to everybody; set coupon: true on it", g.Offer)
	}
	if g.Days < 1 || g.Days > maxGrantDays {
		c.fault(at+"/days", "a coupon is good for 1 to %d days", maxGrantDays)
	}
}

func (c *compiler) letter(at string, k Campaign) {
	if k.Message == nil {
		return
	}
	switch t, ok := c.p.templates[k.Message.Template+" "+c.p.Language]; {
	case ok && t.topic != k.Message.Topic:
		c.fault(at+"/message/topic", "template %q is for topic %q; its unsubscribe link would end another topic than the mail is about", k.Message.Template, t.topic)
	case !ok:
		c.fault(at+"/message/template", "there is no template %q in %q, the programme's language", k.Message.Template, c.p.Language)
	}
	if !slices.ContainsFunc(c.p.Topics, func(t Topic) bool { return t.ID == k.Message.Topic }) {
		c.fault(at+"/message/topic", "there is no topic %q; shoppers can consent only to topics that are listed", k.Message.Topic)
	}
	if k.Message.Days < 0 || k.Message.Days > 30 {
		c.fault(at+"/message/days", "a message may wait 1 to 30 days")
	}
}

// about is what the condition of a campaign may ask for: one on a schedule looks through all cards and has the time to read up.
func (c *compiler) about(k Campaign) *rule.Schema {
	if k.On == OnSchedule {
		return c.p.audiences
	}
	return c.p.cards
}

// of is a campaign with whom it is for.
func (k campaign) of(who Who) campaign {
	k.who, k.when = who, who.when
	return k
}
