package events

import (
	"embed"
	"encoding/json"
	"fmt"
	"reflect"
)

// Names of the published events, in the order of a shopper's story.
const (
	NameCheckoutCompleted = "checkout.completed.v1"
	NameCheckoutRefunded  = "checkout.refunded.v1"
	NameCartUpdated       = "cart.updated.v1"
	NameCartCleared       = "cart.cleared.v1"
	NameShopperEnrolled   = "shopper.enrolled.v1"
	NameShopperUpdated    = "shopper.updated.v1"
	NameShopperTouched    = "shopper.touched.v1"
	NamePointsEarned      = "points.earned.v1"
	NamePointsReversed    = "points.reversed.v1"
	NamePointsExpiring    = "points.expiring.v1"
	NameCouponGranted     = "coupon.granted.v1"
	NameCouponRedeemed    = "coupon.redeemed.v1"
	NameTierChanged       = "tier.changed.v1"
	NameMessageSent       = "message.sent.v1"
	NameMessageRefused    = "message.refused.v1"
	NameCampaignStopped   = "campaign.stopped.v1"
	NameMessageClicked    = "message.clicked.v1"
	NameJourneyReached    = "journey.reached.v1"
)

// Direction says who says an event: the world to us, we to the world, or both.
type Direction int

// The directions; Both is In and Out.
const (
	In   Direction = 1
	Out  Direction = 2
	Both Direction = In | Out
)

// Hears reports whether the world may send us this event.
func (d Direction) Hears() bool { return d&In != 0 }

// Says reports whether we publish this event.
func (d Direction) Says() bool { return d&Out != 0 }

// Body is the data of an event. EventName is the name it travels under; Validate reports everything that its fields alone show
// to be wrong, with JSON pointers relative to the body, and nil when nothing is.
type Body interface {
	EventName() string
	Validate() []Problem
}

// Spec is one published event: its name, who says it, its Go type, and the frozen files that others build on.
type Spec struct {
	Name      string
	Direction Direction
	Go        reflect.Type
	Schema    []byte // JSON Schema 2020-12 of the whole detail
	Sample    []byte // one detail that validates
}

//go:embed contract
var contract embed.FS

var registry = []Spec{
	spec[CheckoutCompleted](In),
	spec[CheckoutRefunded](In),
	spec[CartUpdated](In),
	spec[CartCleared](In),
	spec[ShopperEnrolled](Both),
	spec[ShopperUpdated](Both),
	spec[ShopperTouched](In),
	spec[PointsEarned](Out),
	spec[PointsReversed](Out),
	spec[PointsExpiring](Out),
	spec[CouponGranted](Out),
	spec[CouponRedeemed](Out),
	spec[TierChanged](Out),
	spec[MessageSent](Out),
	spec[MessageRefused](Out),
	spec[CampaignStopped](Out),
	spec[MessageClicked](Out),
	spec[JourneyReached](Out),
}

// spec reads the files of one type. A file that is missing stays empty here and fails the contract's test.
func spec[B Body](d Direction) Spec {
	var zero B
	name := zero.EventName()
	schema, _ := contract.ReadFile("contract/" + name + ".schema.json")
	sample, _ := contract.ReadFile("contract/" + name + ".sample.json")
	return Spec{Name: name, Direction: d, Go: reflect.TypeOf(zero), Schema: schema, Sample: sample}
}

// Types lists every published event, in the order of the names above. The slice is the caller's own.
func Types() []Spec {
	return append([]Spec(nil), registry...)
}

// Lookup returns the event of that name, or ErrUnknown.
func Lookup(name string) (Spec, error) {
	for _, s := range registry {
		if s.Name == name {
			return s, nil
		}
	}
	return Spec{}, fmt.Errorf("%w %q", ErrUnknown, name)
}

// New makes the event that carries body.
func New(m Metadata, body Body) Event {
	return Event{Type: body.EventName(), Metadata: m, Data: body}
}

// detail is what lies under "detail" in an envelope.
type detail struct {
	Metadata Metadata `json:"metadata"`
	Data     any      `json:"data"`
}

// envelope is EventBridge's. Fields that we do not name are AWS's business and ignored.
type envelope struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}
