// Package programme is the shop's versioned rules: how points are earned and how long they live, tiers, offers, campaigns and
// templates, and what follows from them for a card and a receipt. It decides and commits nothing.
package programme

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/money"
)

// Document is a programme as marketers write it, in YAML or as the same thing in JSON. A published version never changes; a change
// is a new version with a day from which it holds.
type Document struct {
	Programme  string             `json:"programme"`              // short name, an id
	From       time.Time          `json:"from"`                   // the moment from which this version holds
	Currency   money.Currency     `json:"currency"`               // ISO 4217; of every price and receipt
	TimeZone   string             `json:"time_zone"`              // IANA; of stores and shoppers that have none of their own
	Language   string             `json:"language"`               // of shoppers that have none of their own
	Calling    string             `json:"calling_code,omitempty"` // calling code of phone numbers without one, "49"
	Shop       Shop               `json:"shop"`
	Stores     []Store            `json:"stores"`
	Cards      Numbers            `json:"cards"`
	Topics     []Topic            `json:"topics"`
	Earn       []EarnRule         `json:"earn"`
	Points     Points             `json:"points,omitempty"`
	GiftCards  *GiftCards         `json:"gift_cards,omitempty"`
	Household  *Household         `json:"household,omitempty"`
	Tiers      []Tier             `json:"tiers,omitempty"`
	Tiering    *Tiering           `json:"tiering,omitempty"`
	Pricing    Pricing            `json:"pricing,omitzero"`
	Offers     []Offer            `json:"offers,omitempty"`
	Returns    Returns            `json:"returns,omitzero"`
	Segments   []Segment          `json:"segments,omitempty"`
	Ages       *Ages              `json:"ages,omitempty"` // who is old enough; missing: years of birth are not kept
	Attributes []Attribute        `json:"attributes,omitempty"`
	Dates      Dates              `json:"dates,omitzero"`
	Campaigns  []Campaign         `json:"campaigns,omitempty"`
	Approval   *Approval          `json:"approval,omitempty"` // which campaigns need a second person; missing: none
	Holdout    int                `json:"holdout,omitempty"`  // per cent of cards that no campaign speaks to
	Stamps     []Stamps           `json:"stamps,omitempty"`
	Referral   *Referral          `json:"referral,omitempty"`
	Templates  []message.Template `json:"templates,omitempty"`
	Consent    ConsentRules       `json:"consent,omitzero"`
	Mail       MailRules          `json:"mail,omitempty"`
	Publish    []string           `json:"publish,omitempty"` // public facts that somebody listens to; missing: all
}

// Limits of one document, so that a version fits one item and is checked in milliseconds.
const (
	MaxDocument  = 300_000 // bytes of JSON
	MaxStores    = 1_000
	MaxEarnRules = 50
	MaxTiers     = 10
	MaxOffers    = 200
	MaxCampaigns = 100
	MaxTemplates = 200
	MaxTopics    = 20 // as card.MaxTopics
	MaxName      = 100
)

// Shop is the sender as shoppers know it.
type Shop struct {
	Name    string `json:"name"`
	Address string `json:"address"`          // postal; the law wants it in every marketing mail
	URL     string `json:"url,omitempty"`    // its web shop, with https://
	Logo    string `json:"logo,omitempty"`   // the address of a picture above e-mails, with https://
	Colour  string `json:"colour,omitempty"` // of buttons in e-mails, "#0a5c36"
}

// Store is one place of sale. A receipt of a store that is not listed is kept and earns by the programme's own zone.
type Store struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	TimeZone string `json:"time_zone,omitempty"` // IANA; the programme's if missing
}

// Numbers says which card numbers are ours. Secret keys two digits of every number; change it and no card in a purse is known.
type Numbers struct {
	Prefix string  `json:"prefix,omitempty"` // "04" if missing
	Secret string  `json:"secret"`           // keys two digits of every card number; never change it
	Ranges []Range `json:"ranges,omitempty"` // numbers of older cards that the shop brings along
}

// Range is the card numbers of an older system.
type Range struct {
	Prefix string `json:"prefix"` // their first digits
	Length int    `json:"length"` // of digits
}

// Topic is something a shopper may consent to.
type Topic struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// EarnRule grants Points for each Per: so much eligible money ("1.00"), PerItem, PerVisit or PerFirst. With Times in their place it
// multiplies what the other rules bring for its lines. From and Until are its first and last day in the store's zone.
//
// Rules per money and per item count line by line, and Points.Combine says what two of them come to; those per visit come on top.
type EarnRule struct {
	ID     string    `json:"id"`
	Points int64     `json:"points,omitempty"` // for each Per
	Per    Decimal   `json:"per,omitempty"`    // so much money ("1.00"), or "item", "visit", "first_purchase"
	Times  Decimal   `json:"times,omitempty"`  // "2", "1.25"
	Lines  *Lines    `json:"lines,omitempty"`
	When   Condition `json:"when,omitzero"`   // of the receipt and the tier
	From   string    `json:"from,omitempty"`  // first and last day, YYYY-MM-DD
	Until  string    `json:"until,omitempty"` // last day

	// Qualifying is false for points that can be spent and count towards no tier.
	Qualifying *bool `json:"qualifying,omitempty"`
}

// What a rule may count beside money.
const (
	PerItem  = "item"           // each piece of its lines that was paid for
	PerVisit = "visit"          // each receipt of which something is kept
	PerFirst = "first_purchase" // the first receipt of a card that is brought to us
)

// Points says how points are reckoned and how long they live.
type Points struct {
	// Months and Days are how long they live, reckoned from the day they can first be spent. 0 of both is for ever, unless RoundTo is a
	// day of the year.
	Months int `json:"months,omitempty"`
	Days   int `json:"days,omitempty"` // in the place of months

	// RoundTo is what their last day is brought forward to: a day of the year such as "03-31", or one of RoundDay, RoundMonth, RoundQuarter,
	// RoundHalfYear, RoundYear. Missing: RoundMonth for a life in months, RoundDay for one in days and for one that activity prolongs.
	RoundTo string `json:"round_to,omitempty"`

	// Since is what their life is reckoned from: one of SinceEarned, SinceActivity. SinceEarned if missing.
	Since string `json:"since,omitempty"`

	// PendingDays is how long points wait before they can be spent: they are usable from the first instant of the day so many days after
	// that of the receipt.
	PendingDays int `json:"pending_days,omitempty"`

	// GraceDays is how long spent points that a return gives back can be used, if their lot had expired by then: 30 if missing. With 0 they
	// expire at once.
	GraceDays *int `json:"grace_days,omitempty"`

	// DebtLimit is how far below zero a return may take a card; the rest is written off. Missing: without limit.
	DebtLimit *int64 `json:"debt_limit,omitempty"`

	// CarryOver keeps what a receipt leaves below a point for the next one: points are then a function of all that a card has bought,
	// whatever the order in which its receipts and returns come. Without it each receipt is rounded down by itself.
	CarryOver bool `json:"carry_over,omitempty"`

	// Combine is what several rules for one line come to: one of CombineBest, CombineAdd, CombineMultiply. CombineBest if missing.
	Combine string `json:"combine,omitempty"`

	// On is which price of a line counts: one of OnNet, OnGross. OnNet if missing.
	On string `json:"on,omitempty"`

	// Never is goods that earn nothing at all: no points by any rule, no stamps, and nothing that is carried over.
	Never *Lines `json:"never,omitempty"`

	// ReceiptCap is the most points that one receipt brings; the rest is cut off, and the answer says how much. 0 is no cap.
	ReceiptCap int64 `json:"receipt_cap,omitempty"`

	// BalanceCap is the most points that a card may hold for a purchase to earn more; the rest is cut off, and the answer says how much.
	// What campaigns and stamps grant comes on top. 0 is no cap.
	BalanceCap int64 `json:"balance_cap,omitempty"`

	// Caps is the most points that purchases bring a card within a day, a week or a month.
	Caps *Caps `json:"caps,omitempty"`

	// ClaimDays is how long after its day a guest's receipt may be claimed by its number; 30 if missing.
	ClaimDays int `json:"claim_days,omitempty"`

	// WarnDays is how many days before their end points count as expiring soon, and points.expiring.v1 tells of them; 30 if missing.
	WarnDays int `json:"warn_days,omitempty"`

	// Pay says how points pay for goods; without it they do not.
	Pay *Pay `json:"pay,omitempty"`

	// Books says what points stand for in the shop's own books.
	Books *Books `json:"books,omitempty"`

	// OnTender is what earns points of a receipt that was paid with points in part: one of OnTenderMoney, OnTenderAll. OnTenderMoney
	// if missing. What is paid with a gift card earns in any case.
	OnTender string `json:"on_tender,omitempty"`
}

// What Points.Combine and Points.On may say.
const (
	CombineBest     = "best"     // the best rate or count, and the largest multiplier
	CombineAdd      = "add"      // their sum; of a multiplier what it brings beyond the once
	CombineMultiply = "multiply" // the best rate or count, and the product of the multipliers
	OnNet           = "net"      // after discounts
	OnGross         = "gross"    // before them
)

// What Points.RoundTo and Points.Since may say.
const (
	RoundDay      = "day"       // the day itself
	RoundMonth    = "month"     // the last day of its month
	RoundQuarter  = "quarter"   // the last of March, June, September or December
	RoundHalfYear = "half_year" // the last of June or December
	RoundYear     = "year"      // 31 December
	SinceEarned   = "earned"    // the day on which they can first be spent
	SinceActivity = "activity"  // each receipt, and each use of points, begins the life of all anew; a return does not
)

// Campaign is who, when, what.
type Campaign struct {
	ID           string        `json:"id"`
	Name         string        `json:"name,omitempty"`
	On           string        `json:"on"`                       // what it speaks at. One of OnCheckout, OnFirst, OnPurchase, OnSpend, OnTier, OnReturned, OnEnrolled, OnAnniversary, OnPointsExpiring, OnCouponUnused, OnIdle, OnTouch, OnAPI, OnCart, OnSchedule
	Date         string        `json:"date,omitempty"`           // of an anniversary: "birthday", "enrolled", "first_purchase" or "attribute." and the id of a date that shoppers tell
	DaysBefore   int           `json:"days_before,omitempty"`    // of an anniversary: so many days ahead of it
	DaysAfter    int           `json:"days_after,omitempty"`     // of an anniversary: so many days behind it
	Once         bool          `json:"once,omitempty"`           // of a date that is an attribute: in its own year alone, not each year
	At           string        `json:"at,omitempty"`             // of an anniversary: "09:00" by the shopper's clock; "07:00" if missing
	LateDays     int           `json:"late_days,omitempty"`      // of an anniversary or a schedule: how late it still speaks after an outage; 3 if missing
	AfterMinutes int           `json:"after_minutes,omitempty"`  // of a cart: since it was last changed
	Then         []Reminder    `json:"then,omitempty"`           // of a cart: what follows the first reminder
	CoolDownDays int           `json:"cool_down_days,omitempty"` // of a cart: days between reminders of two carts of a shopper; 7 if missing
	CouponAtOnce bool          `json:"coupon_at_once,omitempty"` // of a cart: the first reminder may bring a coupon too
	Least        Decimal       `json:"least,omitempty"`          // of a cart: what is in it at least
	Schedule     *Schedule     `json:"schedule,omitempty"`       // of a schedule: when
	Who          string        `json:"who,omitempty"`            // the segment that it is for, or a list as list:<id>; everybody if missing
	Not          []string      `json:"not,omitempty"`            // segments that it leaves out, and lists as list:<id>
	When         Condition     `json:"when,omitzero"`            // of the shopper, and of the receipt where there is one
	Holdout      int           `json:"holdout,omitempty"`        // per cent of cards that it leaves alone, to be compared with
	WindowDays   int           `json:"window_days,omitempty"`    // how long purchases count for it; 14 if missing
	Budget       *Budget       `json:"budget,omitempty"`         // the most that it hands out in coupons; missing: without bound
	Arms         []Arm         `json:"arms,omitempty"`           // 2 to 10 ways in which it speaks, of which each card gets one, always the same
	Winner       *Winner       `json:"winner,omitempty"`         // how one of the arms wins; missing: a person decides
	Grant        *Grant        `json:"grant,omitempty"`
	Message      *Letter       `json:"message,omitempty"`
	UTM          *UTM          `json:"utm,omitempty"`      // tells the shop's own statistics where readers of the e-mail came from; links bear nothing without it
	Steps        []JourneyStep `json:"steps,omitempty"`    // a journey, in the place of grant and message
	ExitWhen     Condition     `json:"exit_when,omitzero"` // of a journey: it ends as soon as this holds, and what waits to be sent is not
	Goal         Condition     `json:"goal,omitzero"`      // of a journey: it has come to what it was for, and ends

	// What only single occasions have.

	Nth    int64     `json:"nth,omitempty"`    // of a purchase: which one of the card's
	Amount Decimal   `json:"amount,omitempty"` // of spend_crossed: what the card has spent by then
	Within string    `json:"within,omitempty"` // of spend_crossed: in a "month", "quarter" or "year"; of all time if missing
	Tier   *TierMove `json:"tier,omitempty"`   // of tier_changed: which change; any if missing
	Offer  string    `json:"offer,omitempty"`  // of coupon_unused: coupons to this offer alone
	Idle   *Idle     `json:"idle,omitempty"`   // of idle: how long the shopper stays away
	Touch  string    `json:"touch,omitempty"`  // of touch: the name that it is told by; "click" for links of e-mails; any but that if missing
	Again  *Again    `json:"again,omitempty"`  // how often it speaks to one card; at every occasion if missing

	// Priority is 1 to 9: where caps leave room for one of two e-mails, that of the higher goes and the other waits. 5 if missing, on a
	// schedule 3. Mail on a schedule goes out behind all other mail, whatever its priority.
	Priority int `json:"priority,omitempty"`
}

// When a campaign speaks.
const (
	OnCheckout    = "checkout"    // each receipt
	OnEnrolled    = "enrolled"    // by the first swipe or by a form, once
	OnAnniversary = "anniversary" // a day of the shopper's own, or so many days before or after it
	OnCart        = "cart"        // an online basket left alone for so many minutes
)

// Grant is a coupon to an offer, good for so many days, the day of the grant not counted; or points, which count for no tier; or both.
type Grant struct {
	Offer  string `json:"offer,omitempty"`  // the id of one that is for coupons
	Days   int    `json:"days,omitempty"`   // how long the coupon is good
	Points int64  `json:"points,omitempty"` // so many
}

// Letter is the e-mail that goes with a campaign.
type Letter struct {
	Template   string `json:"template"`             // the id of one, in the language of each shopper
	Topic      string `json:"topic"`                // what the shopper must have consented to; "service" is for mail that needs no consent
	Days       int    `json:"days,omitempty"`       // how long it may wait for quiet hours and caps; 3 if missing
	Repeatable bool   `json:"repeatable,omitempty"` // a second copy does less harm than none
}

// defaultLetterDays is how long an e-mail may wait before it is no longer sent.
const defaultLetterDays = 3

// Life is how long the e-mail may wait.
func (l Letter) Life() time.Duration {
	days := l.Days
	if days == 0 {
		days = defaultLetterDays
	}
	return time.Duration(days) * 24 * time.Hour
}

// ConsentRules says how consent to marketing e-mails is given.
type ConsentRules struct {
	// Double asks each shopper who allows e-mails at a till or by a form to confirm it by the link of an e-mail; nothing else is sent before.
	// What another system or a file says that a shopper allowed comes with that system's own proof and is not asked again.
	Double bool `json:"double,omitempty"`

	// TextVersion is the version of the text that shoppers are shown now; it is kept as proof where a till names none.
	TextVersion string `json:"text_version,omitempty"`

	// Text is the words of that version; their SHA-256 is kept with the version.
	Text string `json:"text,omitempty"`
}

// MailRules bounds what one shopper gets.
type MailRules struct {
	Cap message.Cap `json:"cap,omitempty"`

	// Caps is more of them, each for all of marketing or for one topic. Whoever is over one of them waits until none is in the way.
	Caps []message.Cap `json:"caps,omitempty"`

	Rate *MailRate `json:"rate,omitempty"` // how fast the shop's address sends; as fast as the mail service takes it if missing

	QuietFrom string `json:"quiet_from,omitempty"` // "21:00"
	QuietTo   string `json:"quiet_to,omitempty"`   // "07:00"

	// Links is how links of marketing e-mails lead to their targets: plain if missing, or tracked, through this shop's own address, which
	// counts who followed one. Unsubscribe links, the text part and service mail are always plain.
	Links string `json:"links,omitempty"`

	// Opens puts a picture of one point into marketing e-mails that tells when one is shown. Mailboxes fetch it without a reader and readers
	// read without fetching it, so nothing is decided or measured by it.
	Opens bool `json:"opens,omitempty"`
}

// What MailRules.Links may say.
const (
	LinksPlain   = "plain"
	LinksTracked = "tracked"
)

// Decimal is an exact decimal as marketers write it, "12.50" or 12; no float ever stands between.
type Decimal string

// UnmarshalJSON takes a string or a number, as it is written.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*d = Decimal(s)
		return err
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("a decimal such as \"12.50\" is needed")
	}
	*d = Decimal(n)
	return nil
}

// Condition is a marketer's rule as it was written: maps, lists, texts, whole numbers and booleans. The zero Condition always
// holds.
type Condition struct{ Tree any }

// IsZero reports whether there is no rule.
func (c Condition) IsZero() bool { return c.Tree == nil }

// MarshalJSON writes the tree.
func (c Condition) MarshalJSON() ([]byte, error) { return json.Marshal(c.Tree) }

// UnmarshalJSON reads any tree. Whole numbers become int64, others stay the text they were written as.
func (c *Condition) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return err
	}
	c.Tree = plain(tree)
	return nil
}

func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && n > math.MinInt64 {
			return n
		}
		return v.String()
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	}
	return v
}
