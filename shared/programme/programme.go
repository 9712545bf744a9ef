package programme

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/offer"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Programme is a checked version of the rules, ready to decide. It never changes and may be used by many goroutines.
type Programme struct {
	Document
	zone        *time.Location
	zones       map[string]*time.Location
	numbering   ids.Numbering
	receipts    *rule.Schema // what earning rules and offers may ask for
	cards       *rule.Schema // what campaigns may ask for
	shoppers    *rule.Schema // what segments may ask for
	onJourney   *rule.Schema // what steps of journeys may ask for
	audiences   *rule.Schema // what campaigns on a schedule may ask for
	windows     []window     // of time, that some of these ask for
	shopperZone *sync.Map    // *time.Location by the names that shoppers give; there are some six hundred
	segments    map[string]segment
	lists       map[string]string // that rules ask for, with the pointer of the first that does
	attributes  map[string]Attribute
	earn        []earning
	capped      capped            // of a day, week or month
	never       []offer.Selection // goods that earn nothing at all
	counting    *Programme        // the rules whose points count towards a tier; nil where all do
	ladder      ladder
	present     *ladder // of the version that holds now, where that is another; see Under
	campaigns   map[string]campaign
	stamps      []stamping
	offers      map[string]Offer
	multipliers map[string]multiplier // offers of points
	limited     map[string]limited    // by offer; those without any limit too
	codes       map[string]string     // offers by the code that everybody may use, normalised
	priced      *offer.Compiled
	written     []offer.Offer // what priced was compiled of, to be asked again when goods come back
	policy      offer.Policy

	watches       bool               // time alone brings some campaign about
	asksReached   bool               // some campaign asks what a card has ever reached
	asksShopper   bool               // some offer asks for more of the shopper than her tier
	templates     map[string]letter  // id and language, with a space between
	subjects      map[string]subject // campaign and arm, with a space between
	won           map[string]string  // arms that have won, by campaign
	withheld      map[string]string  // see Withholding
	hashes        *sync.Map          // of campaigns, by their ids, once somebody has asked
	quiet         message.Quiet
	warmUp        day.Day
	forgiven      []Problem        // see Load
	blind         int64            // minor units, of returns.without_receipt; 0 for none
	giftMost      int64            // minor units, of gift_cards.at_most; 0 for none
	payWorth      int64            // minor units, of points.pay
	approvalMoney int64            // minor units that coupons may take off without a second person
	payNever      *offer.Selection // goods that points do not pay for; nil for none
	bookWorth     int64            // minor units, of points.books
	expected      int64            // basis points, of points.books
	yearly        day.Yearly       // on which points end, if they end on a day of the year
	leastReferred int64            // minor units, of referral.minimum
}

// letter is a template that is made ready when it is first used.
type letter struct {
	topic   string
	compile func() (*message.Compiled, error)
}

type campaign struct {
	Campaign
	minute  int   // of the day on which a campaign of dates speaks
	least   int64 // of a cart
	budget  limit.Limit
	stopsAt int64  // of its budget
	plan    *plan  // of a schedule
	route   *route // of a journey
	amount  int64  // of spend_crossed
	times   int64  // of idle, in hundredths
	when    *rule.Compiled
	who     Who // the same, with what must be read for it
}

// Zone is the time zone of a store; of the programme where the store has none or is not known.
func (p *Programme) Zone(store string) *time.Location {
	if zone, ok := p.zones[store]; ok {
		return zone
	}
	return p.zone
}

// CheckNumber returns an error that says why number is no card of ours.
func (p *Programme) CheckNumber(number string) error {
	if err := p.numbering.Check(number); err != nil {
		return fmt.Errorf("the number is not one of this programme: %w", err)
	}
	return nil
}

// Numbering is what the scanner needs to know our cards by.
func (p *Programme) Numbering() ids.Numbering { return p.numbering }

// IssueNumber makes a card number of a random body.
func (p *Programme) IssueNumber(body uint64) string { return p.numbering.Issue(body) }

// Campaign finds a campaign.
func (p *Programme) Campaign(id string) (Campaign, bool) {
	c, ok := p.campaigns[id]
	return c.Campaign, ok
}

// Anniversaries lists the campaigns of dates.
func (p *Programme) Anniversaries() []Campaign {
	return slices.DeleteFunc(slices.Clone(p.Campaigns), func(c Campaign) bool { return c.On != OnAnniversary })
}

// CartCampaign is the campaign of abandoned carts. A programme has at most one.
func (p *Programme) CartCampaign() (Campaign, bool) {
	for _, c := range p.Campaigns {
		if c.On == OnCart {
			return c, true
		}
	}
	return Campaign{}, false
}

// Publishes reports whether somebody listens to a public fact.
func (p *Programme) Publishes(event string) bool {
	return p.Publish == nil || slices.Contains(p.Publish, event)
}

// Template is the template in the shopper's language, else in the language without its region, else in the programme's own.
func (p *Programme) Template(id, language string) (t *message.Compiled, ok bool, err error) {
	short, _, _ := strings.Cut(language, "-")
	for _, l := range []string{language, short, p.Language} {
		if found, ok := p.templates[id+" "+l]; ok {
			t, err := found.compile()
			return t, true, err
		}
	}
	if id == message.TemplateConfirm {
		t, err := message.ConfirmMail(cmp.Or(language, p.Language))
		return t, true, err
	}
	return nil, false, nil
}

// TierName is how a tier is shown; "" for the base.
func (p *Programme) TierName(id string) string {
	for _, t := range p.Tiers {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

// OfferText is how an offer is shown. One that has left the programme is shown by its id.
func (p *Programme) OfferText(id string) (name, detail string) {
	if o, ok := p.offers[id]; ok {
		return o.Name, o.Detail
	}
	return id, ""
}

// Quiet is when no marketing is sent.
func (p *Programme) Quiet() message.Quiet { return p.quiet }

// IsReceipt reports whether an entry stands for a receipt.
func (p *Programme) IsReceipt(e ledger.Entry) bool { return e.Kind == ledger.Earn }
