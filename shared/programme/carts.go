package programme

import (
	"strconv"
	"time"
)

// Reminder is one further e-mail about an abandoned cart. AfterMinutes is counted from the cart's last change, like the first one's.
type Reminder struct {
	AfterMinutes int     `json:"after_minutes"` // since the cart was last changed
	Message      *Letter `json:"message"`
	Grant        *Grant  `json:"grant,omitempty"` // a coupon that is made with the e-mail
}

// Limits of a series of reminders.
const (
	maxCartMinutes = 30 * 24 * 60 // a month: later nobody remembers the cart
	maxReminders   = 5
	maxCoolDown    = 90 // days
	coolDown       = 7  // days, where the campaign says nothing
)

// CouponGap is the least time between two coupons that one shopper gets for carts: who learns that leaving a cart brings a coupon leaves
// carts.
const CouponGap = 90 * 24 * time.Hour

// Reminders lists the e-mails about one cart, in order.
func (c Campaign) Reminders() []Reminder {
	return append([]Reminder{{AfterMinutes: c.AfterMinutes, Message: c.Message, Grant: c.Grant}}, c.Then...)
}

// After is how long a cart is left alone before it is due for the reminder.
func (r Reminder) After() time.Duration { return time.Duration(r.AfterMinutes) * time.Minute }

// CoolDown is how long after a reminder no other cart of the same shopper is reminded of.
func (c Campaign) CoolDown() time.Duration {
	days := c.CoolDownDays
	if days == 0 {
		days = coolDown
	}
	return time.Duration(days) * 24 * time.Hour
}

// LeastCart is what a cart must hold at least to be reminded of, in minor units; 0 for any.
func (p *Programme) LeastCart(c Campaign) int64 { return p.campaigns[c.ID].least }

// What is told of grants that reminders of carts have no room for, in the campaign and in its arms.
const (
	notAtOnce  = "shoppers learn to abandon carts for a coupon in the first reminder: grant one in a later step, or say coupon_at_once: true"
	cartPoints = "a reminder of a cart brings a coupon, which is made with the e-mail; points are for the other campaigns"
)

func (c *compiler) cartCampaign(at string, k Campaign) {
	if k.Grant != nil && !k.CouponAtOnce {
		c.fault(at+"/grant", notAtOnce)
	}
	if k.Message == nil {
		c.fault(at+"/message", "a reminder of a cart needs a message")
	}
	if !k.When.IsZero() {
		c.fault(at+"/when", "the campaign of abandoned carts takes no condition")
	}
	if k.CoolDownDays < 0 || k.CoolDownDays > maxCoolDown {
		c.fault(at+"/cool_down_days", "between two carts of a shopper lie 1 to %d days", maxCoolDown)
	}
	c.count(at+"/then", len(k.Then), maxReminders-1)
	before := 0
	for i, r := range k.Reminders() {
		step := at
		if i > 0 {
			step = at + "/then/" + strconv.Itoa(i-1)
			c.grant(step, Campaign{Grant: r.Grant})
			c.grantFits(step, Campaign{On: OnCart, Grant: r.Grant})
			c.letter(step, Campaign{Message: r.Message})
			if r.Message == nil {
				c.fault(step+"/message", "a reminder of a cart needs a message")
			}
		}
		if r.AfterMinutes <= before || r.AfterMinutes > maxCartMinutes {
			c.fault(step+"/after_minutes", "a reminder comes 1 to %d minutes after the cart was last changed, and after the one before it", maxCartMinutes)
		}
		before = r.AfterMinutes
	}
}

// cartsAlone refuses what only a campaign of carts may say.
func (c *compiler) cartsAlone(at string, k Campaign) {
	if k.On != OnCart && (len(k.Then) > 0 || k.CoolDownDays != 0 || k.Least != "" || k.CouponAtOnce) {
		c.fault(at, "then, cool_down_days, coupon_at_once and least are for the campaign of abandoned carts")
	}
}
