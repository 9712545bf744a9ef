// Package events is the published contract: what the world may say to Regulars and hear from it.
//
// An event is named noun.verb.vN. Its schema and sample lie in contract/ and never change once published (contract/FROZEN);
// a new meaning is a new version. No name, address, e-mail or birthday stands in any event.
package events

import (
	"time"

	"github.com/regulars-dev/regulars/shared/money"
)

// Metadata says which happening an event tells of. ID is made from the cause, so the same happening by two doors has one id.
type Metadata struct {
	ID            string    `json:"id"`
	OccurredAt    time.Time `json:"occurred_at"`              // when it happened at the till, not when we heard of it
	Source        string    `json:"source"`                   // the door: "till", "shopify", "square", "regulars"
	CorrelationID string    `json:"correlation_id,omitempty"` // the same from till to e-mail
	CausationID   string    `json:"causation_id,omitempty"`   // id of the event or receipt that brought this one about
}

// Event is one happening: Type is the detail-type on the bus, Data one of the types below (a pointer is never used).
type Event struct {
	Type     string
	Metadata Metadata
	Data     any
}

// Kinds of receipt line; what is not goods earns only if the programme says so.
const (
	KindGoods    = "goods"
	KindGiftCard = "gift_card"
	KindShipping = "shipping"
	KindTip      = "tip"
	KindFee      = "fee"
)

// Line is one line of a receipt. Amount is the price of the whole line before Discount; both are minor units of the receipt's
// currency. Quantity counts pieces; weighed goods have quantity 1 and their price in Amount.
type Line struct {
	ID       string `json:"id"`            // names the line within its receipt; returns refer to it
	SKU      string `json:"sku,omitempty"` // the shop's article number or GTIN
	Category string `json:"category,omitempty"`
	Kind     string `json:"kind,omitempty"` // Kind...; empty means goods
	Quantity int64  `json:"quantity"`
	Amount   int64  `json:"amount"`
	Discount int64  `json:"discount,omitempty"`
}

// ReceiptRef names a receipt for ever: store, till and the till's own number, or the vendor's id as number.
type ReceiptRef struct {
	Store  string `json:"store"`
	Till   string `json:"till"`
	Number string `json:"number"`
}

// CheckoutCompleted (checkout.completed.v1, in): a basket was paid for. Metadata.OccurredAt is the moment at the till.
type CheckoutCompleted struct {
	Receipt ReceiptRef   `json:"receipt"`
	Card    string       `json:"card,omitempty"` // card number; empty for a guest
	Lines   []SoldLine   `json:"lines,omitempty"`
	Total   money.Amount `json:"total"` // paid: sum of amount - discount over all lines, or the whole when there are no lines
	Tax     int64        `json:"tax,omitempty"`
	Coupons []string     `json:"coupons,omitempty"` // coupons of the card used in this basket
	Codes   []string     `json:"codes,omitempty"`   // other promotion codes named on the receipt
	Cart    string       `json:"cart,omitempty"`    // id of the cart that this receipt bought
	Offers  []UsedOffer  `json:"offers,omitempty"`  // what the till took off by our offers, as the quote answered it
	Tenders []Tender     `json:"tenders,omitempty"` // what was paid with points and gift cards

	Reservation string `json:"reservation,omitempty"` // the till's id of what a quote held for this basket
}

// UsedOffer is an offer that a till has applied. Amount is what it took off all lines together, in minor units of the receipt's currency:
// a part of the lines' discounts.
type UsedOffer struct {
	Offer  string `json:"offer"`
	Coupon string `json:"coupon,omitempty"` // of the card, that the offer was given for
	Code   string `json:"code,omitempty"`   // that the offer was given for
	Amount int64  `json:"amount"`
}

// ReturnedLine is how many pieces of a line came back.
type ReturnedLine struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

// CheckoutRefunded (checkout.refunded.v1, in): goods or money of a receipt went back. With neither Lines nor Amount the whole
// receipt came back; Amount without Lines is a refund of money that names no goods. With Void the sale is undone as if it had not been.
type CheckoutRefunded struct {
	Return  string         `json:"return"` // the till's or vendor's own id of this return
	Receipt ReceiptRef     `json:"receipt"`
	Lines   []ReturnedLine `json:"lines,omitempty"`
	Amount  *money.Amount  `json:"amount,omitempty"`
	Void    bool           `json:"void,omitempty"`
}

// CartUpdated (cart.updated.v1, in): an online basket as it stands at Version. A higher version wins; an equal or lower one changes nothing.
type CartUpdated struct {
	Cart    string       `json:"cart"`
	Version int64        `json:"version"`        // grows with each change; unix milliseconds of the change where the source has no counter
	Card    string       `json:"card,omitempty"` // empty when nobody is known: such a cart is counted and never mailed
	Lines   []Line       `json:"lines,omitempty"`
	Total   money.Amount `json:"total"`
	URL     string       `json:"url,omitempty"` // recovery link without personal data
}

// CartCleared (cart.cleared.v1, in): the cart was bought or emptied.
type CartCleared struct {
	Cart   string `json:"cart"`
	Reason string `json:"reason"` // "bought" or "emptied"
}

// ShopperEnrolled (shopper.enrolled.v1, in and out): a card has an owner or has been swiped for the first time.
type ShopperEnrolled struct {
	Card  string `json:"card"`
	Store string `json:"store,omitempty"`
}

// ShopperUpdated (shopper.updated.v1, in and out): something about the shopper changed. It names what, never the value.
type ShopperUpdated struct {
	Card    string          `json:"card"`
	Changed []string        `json:"changed,omitempty"` // field names: "email", "consent", "language", ...
	Consent map[string]bool `json:"consent,omitempty"` // topic: allowed; only what changed
}

// ShopperTouched (shopper.touched.v1, in): a shopper has done something that is no purchase: clicked, looked in, played. Touch is the name
// that campaigns know it by.
type ShopperTouched struct {
	Card  string `json:"card"`
	Touch string `json:"touch"` // "newsletter-link", "store-visit"

	Campaign string `json:"campaign,omitempty"` // whose e-mail brought it about
}

// PointsEarned (points.earned.v1, out) and PointsReversed (points.reversed.v1, out) tell of one ledger entry.
type PointsEarned struct {
	Card    string `json:"card"`
	Cause   string `json:"cause"` // receipt key or other cause of the entry
	Points  int64  `json:"points"`
	Balance int64  `json:"balance"`

	// Bonuses is which of the points no purchase earned, and what granted them; missing where there are none.
	Bonuses []Bonus `json:"bonuses,omitempty"`
}

// Bonus is points that a campaign granted, or that a full card of stamps brought; below zero where a return of others takes them.
type Bonus struct {
	By     string `json:"by"` // id of the campaign or of the stamps
	Points int64  `json:"points"`
}

// PointsReversed (points.reversed.v1, out): Points is negative, what was taken back.
type PointsReversed struct {
	Card    string `json:"card"`
	Cause   string `json:"cause"`
	Points  int64  `json:"points"`
	Balance int64  `json:"balance"`
}

// PointsExpiring (points.expiring.v1, out): points of a card end soon, so many days before as the programme says; once for each last day.
type PointsExpiring struct {
	Card      string `json:"card"`
	Points    int64  `json:"points"`     // that end on that day, unless they are spent before
	Balance   int64  `json:"balance"`    // of the card when it was looked at
	ExpiresOn string `json:"expires_on"` // their last day, YYYY-MM-DD
}

// CouponGranted (coupon.granted.v1, out): a coupon lies in the card's wallet.
type CouponGranted struct {
	Card      string `json:"card"`
	Cause     string `json:"cause"`
	Coupon    string `json:"coupon"`
	Offer     string `json:"offer"`
	Campaign  string `json:"campaign,omitempty"`
	ExpiresOn string `json:"expires_on"` // last day of validity, YYYY-MM-DD
}

// CouponRedeemed (coupon.redeemed.v1, out): a coupon was used on a receipt.
type CouponRedeemed struct {
	Card   string `json:"card"`
	Cause  string `json:"cause"`
	Coupon string `json:"coupon"`
	Offer  string `json:"offer"`
}

// TierChanged (tier.changed.v1, out): the card's standing is now To. An empty name is the base tier.
type TierChanged struct {
	Card  string `json:"card"`
	Cause string `json:"cause"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// MessageSent (message.sent.v1, out): an e-mail was handed to the mail service.
type MessageSent struct {
	Message  string `json:"message"`
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion"`
}

// MessageClicked (message.clicked.v1, out): a person, as far as can be told, followed a link of an e-mail for the first time. Where it leads
// may name the person, and is not said.
type MessageClicked struct {
	Message  string `json:"message"`
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion"`
}

// MessageRefused (message.refused.v1, out): an e-mail will not be sent; Reason is a code from shared/message.
type MessageRefused struct {
	Message  string `json:"message"`
	Card     string `json:"card"`
	Campaign string `json:"campaign"`
	Occasion string `json:"occasion"`
	Reason   string `json:"reason"`
}

// CampaignStopped (campaign.stopped.v1, out): a campaign has paused itself, because of what became of its e-mails since it was last
// looked at. It speaks again when a person resumes it.
type CampaignStopped struct {
	Campaign   string `json:"campaign"`
	Reason     string `json:"reason"`     // many_bounces, many_complaints
	Settled    int64  `json:"settled"`    // e-mails of which the mail service has told an end
	Bounced    int64  `json:"bounced"`    // of them, that came back
	Complained int64  `json:"complained"` // that were called spam
}
