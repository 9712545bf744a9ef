package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// Referral is what a shop gives for a recommendation: to the advocate, whose code a friend names on enrolling, and to the friend. Both get
// it once, after the friend's first purchase of which at least Minimum is kept AfterDays later.
type Referral struct {
	Advocate  Grant   `json:"advocate"`
	Friend    Grant   `json:"friend"`
	Minimum   Decimal `json:"minimum,omitempty"`    // what the friend must keep of the first purchase, at least
	AfterDays int     `json:"after_days,omitempty"` // the return period; 0 for at once
	Most      int64   `json:"most,omitempty"`       // friends that one advocate is rewarded for; 10 if missing
}

const (
	maxReferralDays = 366
	maxReferrals    = 1_000
	defaultMost     = 10

	// ByReferral is what brought points and coupons of a referral, in place of a campaign.
	ByReferral = "referral"

	causeReferred = "referral" // of the friend's reward, once in the life of a card
	counterFriend = "~friends" // friends that a card was rewarded for
)

func (c *compiler) referral() {
	r := c.p.Referral
	if r == nil {
		return
	}
	c.p.leastReferred = c.amount("/referral/minimum", r.Minimum)
	if r.AfterDays < 0 || r.AfterDays > maxReferralDays {
		c.fault("/referral/after_days", "a purchase is waited for 0 to %d days", maxReferralDays)
	}
	if r.Most < 0 || r.Most > maxReferrals {
		c.fault("/referral/most", "an advocate is rewarded for 1 to %d friends; 10 if missing", maxReferrals)
	}
	for at, g := range map[string]Grant{"/referral/advocate": r.Advocate, "/referral/friend": r.Friend} {
		c.given(at, g)
	}
	for _, k := range c.p.Campaigns {
		if k.ID == ByReferral {
			c.fault("/referral", "a campaign has the id %q; give it another", ByReferral)
		}
	}
}

// ReferralRipe is the moment from which a purchase counts for a referral.
func (p *Programme) ReferralRipe(sold time.Time) time.Time {
	return sold.Add(time.Duration(p.Referral.AfterDays) * 24 * time.Hour)
}

// KeepsReferred reports whether enough of a purchase is kept for a referral.
func (p *Programme) KeepsReferred(kept receipt.Kept) bool {
	return !kept.Nothing() && kept.Net-kept.Money >= max(p.leastReferred, 1)
}

// MayRefer reports whether an advocate is rewarded for one friend more.
func (p *Programme) MayRefer(h card.Head) bool {
	most := p.Referral.Most
	if most == 0 {
		most = defaultMost
	}
	return h.CounterOf(counterFriend, 0).Sum < most
}

// ReferredCause is the cause of an advocate's reward for a friend's card.
func ReferredCause(friend string) string { return causeReferred + "~" + friend }

// RewardAdvocate posts what a card gets for a friend. The caller has asked MayRefer.
func (p *Programme) RewardAdvocate(h card.Head, friend string, now time.Time) card.Head {
	c := h.CounterOf(counterFriend, 0)
	c.Sum++
	return p.reward(h.Count(c), ReferredCause(friend), p.Referral.Advocate, now)
}

// FriendCause is the cause of a friend's reward.
const FriendCause = causeReferred

// RewardFriend posts what a card gets for having come by recommendation.
func (p *Programme) RewardFriend(h card.Head, now time.Time) card.Head {
	return p.reward(h, FriendCause, p.Referral.Friend, now)
}

func (p *Programme) reward(h card.Head, cause string, g Grant, now time.Time) card.Head {
	h = p.AsOf(h, now)
	e := ledger.Entry{Cause: cause, Kind: ledger.Grant, At: now.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	h, e = p.speak(h, e, Campaign{ID: ByReferral, Grant: &g}, p.today(now))
	h.Book = h.Book.Post(e, p.expiresOn(p.today(now), h.Tier))
	return h
}
