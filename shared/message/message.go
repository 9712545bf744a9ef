// Package message decides about one e-mail to one shopper for one occasion: whether it may go now, what it says, and what has
// become of it.
//
// It is pure. Callers bring the moment, the shopper's facts and the time zones; nothing here reads a clock, a table or a network,
// so the same order with the same facts always gives the same verdict and the same bytes.
package message

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/ids"
)

// ErrInvalid is wrapped by every refusal of this package: the order, template, address or token is wrong as it stands, and
// trying again will not help.
var ErrInvalid = errors.New("invalid message")

// Bounds of one order on the mail queue.
const (
	MaxOrderBytes = 4096 // of JSON
	orderIDLength = 20   // characters of Crockford base32: 100 bits, no clash among 10^15 messages
)

// Order asks for one message. It lies as JSON on the mail queue; everything personal is read only when the message is sent.
type Order struct {
	ID            string    `json:"id"` // OrderID of campaign, occasion and card
	Campaign      string    `json:"campaign"`
	Occasion      string    `json:"occasion"` // the one time the campaign speaks to this card: "birthday-2027", "cart-81-3"
	Card          string    `json:"card"`
	Arm           string    `json:"arm,omitempty"` // of the campaign, in which it speaks to this card
	Template      string    `json:"template"`
	Topic         string    `json:"topic"` // what the shopper consents to; TopicService needs no consent
	Coupon        string    `json:"coupon,omitempty"`
	Points        int64     `json:"points,omitempty"` // that the campaign has granted
	Cart          string    `json:"cart,omitempty"`
	CartVersion   int64     `json:"cart_version,omitempty"`
	Journey       string    `json:"journey,omitempty"`   // the occasion by which the card has entered a campaign with steps; that of the message names the step too
	CartStep      int       `json:"cart_step,omitempty"` // which reminder of the cart this is: 0 is the first
	Grant         *Grant    `json:"grant,omitempty"`     // a coupon that is made with the message, and not where the message is not sent
	OrderedAt     time.Time `json:"ordered_at"`
	EarliestAt    time.Time `json:"earliest_at,omitzero"` // not sent before this moment
	ExpiresAt     time.Time `json:"expires_at"`           // not sent at or after this moment
	Repeatable    bool      `json:"repeatable,omitempty"` // a second copy does less harm than none
	Priority      int       `json:"priority,omitempty"`   // 1 to 9: of two that want one slot the higher goes; DefaultPriority if missing
	Bulk          bool      `json:"bulk,omitempty"`       // it goes behind all that is not
	CorrelationID string    `json:"correlation_id,omitempty"`
}

// DefaultPriority is how much a message matters that does not say. MaxPriority is the most.
const (
	DefaultPriority = 5
	MaxPriority     = 9
)

// Rank is how much the message matters.
func (o Order) Rank() int {
	if o.Priority == 0 {
		return DefaultPriority
	}
	return o.Priority
}

// Grant is a coupon to an offer of the programme, good for so many days.
type Grant struct {
	Offer string `json:"offer"`
	Days  int    `json:"days"`
}

// maxGrantDays is how long such a coupon may be good.
const maxGrantDays = 730

// OrderID names the message by its cause, so that the same occasion ordered twice is one message. It fits the alphabet of
// the mail service's tags and of a Message-ID.
func OrderID(campaign, occasion, card string) string {
	return "m" + ids.Derive(orderIDLength, campaign, occasion, card)
}

// Validate returns ErrInvalid, naming the field, if the order lacks what sending needs or its id is not that of its cause.
func (o Order) Validate() error {
	for _, f := range []struct{ name, value string }{
		{"campaign", o.Campaign}, {"occasion", o.Occasion}, {"card", o.Card}, {"template", o.Template}, {"topic", o.Topic}, {"arm", cmp.Or(o.Arm, "none")},
	} {
		if !ids.ValidPart(f.value) {
			return fmt.Errorf("%w: order %s: %s %q must be 1 to %d of A-Z a-z 0-9 . _ - #", ErrInvalid, o.ID, f.name, f.value, ids.MaxPart)
		}
	}
	if want := OrderID(o.Campaign, o.Occasion, o.Card); o.ID != want {
		return fmt.Errorf("%w: order %q: the id of this campaign, occasion and card is %s", ErrInvalid, o.ID, want)
	}
	if g := o.Grant; g != nil && (o.Coupon != "" || !ids.ValidPart(g.Offer) || g.Days < 1 || g.Days > maxGrantDays) {
		return fmt.Errorf("%w: order %s: a coupon is made with it for an offer and 1 to %d days, or it names one that is there", ErrInvalid, o.ID, maxGrantDays)
	}
	if o.Priority < 0 || o.Priority > MaxPriority {
		return fmt.Errorf("%w: order %s: priority %d; it is 1 to %d", ErrInvalid, o.ID, o.Priority, MaxPriority)
	}
	if o.OrderedAt.IsZero() || !o.ExpiresAt.After(o.OrderedAt) || !o.ExpiresAt.After(o.EarliestAt) {
		return fmt.Errorf("%w: order %s: expires_at must lie after ordered_at and earliest_at", ErrInvalid, o.ID)
	}
	return nil
}

// ParseOrder reads an order off the queue. It returns ErrInvalid for anything that Order.Validate refuses; such a body belongs
// in the dead-letter queue.
func ParseOrder(body []byte) (Order, error) {
	if len(body) > MaxOrderBytes {
		return Order{}, fmt.Errorf("%w: order of %d bytes; at most %d", ErrInvalid, len(body), MaxOrderBytes)
	}
	o, err := readAnOrder(body)
	if err != nil {
		return Order{}, fmt.Errorf("%w: order is not JSON as expected: %w", ErrInvalid, err)
	}
	return o, o.Validate()
}

// TopicService is the one topic of mail that a shopper needs rather than wants: receipts, security, changes of terms.
const TopicService = "service"

// Class tells mail that wants consent from mail that does not.
type Class string

// The two classes of mail.
const (
	Marketing Class = "marketing"
	Service   Class = "service"
)

// ClassOf is Service for TopicService and Marketing for every other topic, so that a forgotten topic can never skip consent.
func ClassOf(topic string) Class {
	if topic == TopicService {
		return Service
	}
	return Marketing
}

// Reason says in one code why a message was refused or deferred; it stands in records, events and reports.
type Reason string

// Reasons for a refusal or a deferral.
const (
	NoEmail         Reason = "no_email"         // the card has no address, or one the mail service cannot take
	NoConsent       Reason = "no_consent"       // not given, or withdrawn since the order
	Suppressed      Reason = "suppressed"       // bounce, complaint or request stands against the address
	Capped          Reason = "capped"           // enough mail in the rolling days
	ExpiredByCap    Reason = "expired_by_cap"   // its life ends before the caps would let it through
	QuietHours      Reason = "quiet"            // the shopper sleeps
	Planned         Reason = "planned"          // its hour by the shopper's clock is still to come
	Expired         Reason = "expired"          // its time had passed before it was first looked at
	CartClosed      Reason = "cart_closed"      // bought or emptied
	CartChanged     Reason = "cart_changed"     // the shopper came back to it: a newer version will ask again
	CartSmall       Reason = "cart_small"       // less is in it than a reminder is for
	CoolDown        Reason = "cool_down"        // the shopper was reminded of another cart lately, or has had a coupon for one
	JourneyOver     Reason = "journey_over"     // the shopper has left the campaign: its exit condition holds, its goal is reached, or somebody stopped it
	CouponGone      Reason = "coupon_gone"      // redeemed, void or expired
	CardClosed      Reason = "card_closed"      // blocked, merged away, closed or erased
	TooYoung        Reason = "too_young"        // a minor by the stated date of birth, and the programme writes to none
	HeldOut         Reason = "held_out"         // in the control group
	CampaignStopped Reason = "campaign_stopped" // paused or ended by the marketer
	BudgetSpent     Reason = "budget_spent"     // the campaign's budget has no room for another coupon
	TemplateMissing Reason = "template_missing" // not in the programme, or not for this language
	NotRendered     Reason = "not_rendered"     // the template wants something this shopper does not have
	Paced           Reason = "paced"            // its moment by the sending rate is still to come
	Crowded         Reason = "crowded"          // so much is on its way that it has no moment yet
	DailyQuota      Reason = "daily_quota"      // what the address sends on a day is sent
	Throttled       Reason = "throttled"        // the mail service asked us to come later
	Rejected        Reason = "rejected"         // the mail service refused it for ever
	Unknown         Reason = "unknown"          // the lease ended and nobody knows whether it was sent
)
