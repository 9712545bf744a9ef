// Package vendor turns what a shop system or till sends, signed and in its own words, into our events.
//
// A body is verified over its raw bytes, then read without knowing by which door it came: webhook, partner bus or a saved file. The
// vendor's words (order, customer, checkout token) stop here; so does everything personal, which stands in Shopper and in no event.
package vendor

import (
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
)

// The vendors that we understand.
const (
	Shopify = "shopify"
	Square  = "square"
)

// Limits of one delivery.
const (
	MaxBody    = 2 << 20 // bytes of a body; a Shopify order of 500 lines has 0.7 MiB, twice that once it is shipped
	maxItems   = 1_000   // entries of any list in a body
	maxShop    = 255     // characters of a shop's name: a host name has no more
	idLength   = 26      // characters of a derived event id: 130 bits
	keptHeader = 300     // characters of one header that is kept
)

// ErrUnknownVendor says that no adapter is called that.
var ErrUnknownVendor = errors.New("unknown vendor")

// Problem is a permanent error: this body will never be understood as it stands. Field is the place in the body as a JSON pointer
// and Why a half sentence that goes on from it. Neither repeats a value, which may be personal.
type Problem struct {
	Field string
	Why   string
}

func (p *Problem) Error() string { return strings.TrimSpace(p.Field + " " + p.Why) }

// Delivery is one body as it came through whichever door. Headers hold no signature and no secret; Topic, Shop and EventID are the
// vendor's own and may be empty.
type Delivery struct {
	Vendor     string
	Topic      string
	Shop       string
	EventID    string
	Headers    http.Header
	Body       []byte
	ReceivedAt time.Time
}

// ShopConfig is what a body does not say.
type ShopConfig struct {
	Store    string         // our name of the store; default "web" for Shopify, "pos" for Square. Never change it: it is in receipt keys
	Shop     string         // the vendor's name of the shop for deliveries that name none, such as saved files
	Topics   []string       // what consent to the vendor's e-mail means here; default {"marketing"}
	Currency money.Currency // for Shopify's carts/*, which name none; without it they are ignored
}

// Shopper is who stands behind a delivery, as far as the vendor says. All of it is personal: it finds the card and the profile, and is
// never published or logged.
type Shopper struct {
	Vendor  string
	ID      string // the vendor's id of the shopper
	Email   string
	Phone   string
	Consent *Consent // nil where nothing was said; then consent stays as it is
}

// Known reports whether there is anything to find a card by.
func (s Shopper) Known() bool { return s.ID != "" || s.Email != "" || s.Phone != "" }

// Consent is an act of the shopper at the vendor's, about our topics.
type Consent struct {
	Topics  []string
	Allowed bool
	At      time.Time
}

// Kinds of request: what a vendor asks for that is no event.
const (
	RequestExport    = "export"     // hand over the shopper's data within 30 days
	RequestErase     = "erase"      // erase the shopper within 30 days
	RequestEraseShop = "erase_shop" // erase all that came from this shop
	RequestMerge     = "merge"      // Other is the same person as Shopper and is gone at the vendor's
	RequestAccess    = "access"     // the vendor will send nothing more until somebody connects it again
)

// Request is work for a use case or a person.
type Request struct {
	Kind  string
	Other string // the vendor's id that was merged away
}

// Result is what one delivery says. Exactly one of Events, Request and Ignored is set. Events have no card; With puts it in once the
// caller has found it.
type Result struct {
	Events   []events.Event
	Shopper  Shopper
	Request  *Request
	Ignored  string // why nothing follows, in words that name no person: "test order"
	Adjusted int64  // minor units that no line of the body explains and that stand in a fee line "adjustment"
}

// Known reports whether v is a vendor that we understand.
func Known(v string) bool { return v == Shopify || v == Square }

// Listens reports whether anything can follow from a topic. A Square body that names none is for Parse to judge.
func Listens(vendor, topic string) bool {
	switch vendor {
	case Shopify:
		return shopifyTopics[topic] != nil
	case Square:
		return squareTopics[topic] != nil || topic == ""
	}
	return false
}

// Parse reads a delivery. The same body gives the same event ids, by whichever door and however often it comes.
//
// It returns *Problem for a body that will never be understood and ErrUnknownVendor; there is no other error, and no panic.
func Parse(d Delivery, cfg ShopConfig) (Result, error) {
	if len(d.Body) > MaxBody {
		return Result{}, &Problem{Why: fmt.Sprintf("is %d bytes long; at most %d are read", len(d.Body), MaxBody)}
	}
	p := &parser{d: d, cfg: cfg}
	var read func(field)
	switch d.Vendor {
	case Shopify:
		read = p.shopify
	case Square:
		read = p.square
	default:
		return Result{}, fmt.Errorf("%w %q", ErrUnknownVendor, d.Vendor)
	}
	p.defaults()
	if root, ok := p.open(d.Body); ok {
		read(root)
	}
	if p.problem == nil {
		p.check()
	}
	if p.problem != nil {
		return Result{}, p.problem
	}
	return p.result, nil
}

// parser reads one body; the first problem stays and ends it.
type parser struct {
	d       Delivery
	cfg     ShopConfig
	result  Result
	problem *Problem
}

func (p *parser) defaults() {
	if p.d.Shop == "" {
		p.d.Shop = p.cfg.Shop
	}
	if p.cfg.Store == "" {
		p.cfg.Store = map[string]string{Shopify: "web", Square: "pos"}[p.d.Vendor]
	}
	if len(p.cfg.Topics) == 0 {
		p.cfg.Topics = []string{"marketing"}
	}
	p.result.Shopper.Vendor = p.d.Vendor
}

func (p *parser) fail(path, why string, args ...any) {
	if p.problem == nil {
		p.problem = &Problem{Field: path, Why: fmt.Sprintf(why, args...)}
	}
}

func (p *parser) ignore(why string) { p.result.Ignored = why }

// emit adds one event. Its id is made of vendor, shop, object and state, so that one happening by two doors has one id.
func (p *parser) emit(body events.Body, at time.Time, object, state string) {
	p.result.Events = append(p.result.Events, events.New(events.Metadata{
		ID:         ids.Derive(idLength, p.d.Vendor, p.d.Shop, object, state),
		OccurredAt: at,
		Source:     p.d.Vendor,
	}, body))
}

// receipt names a sale by the vendor's id. Store is one per shop, because a refund does not say where the sale was.
func (p *parser) receipt(number string) events.ReceiptRef {
	return events.ReceiptRef{Store: p.cfg.Store, Till: p.d.Vendor, Number: part(number)}
}

// check holds what was made against the contract. What breaks it is the body's fault, and the place in our event is named instead.
func (p *parser) check() {
	for _, e := range p.result.Events {
		found := append(e.Metadata.Validate(), With(e, "0").Data.(events.Body).Validate()...)
		if len(found) > 0 {
			p.fail("", "makes no %s: %s %s", e.Type, found[0].Pointer, found[0].Why)
		}
	}
}

// part makes an id of the vendor's fit to stand in a key. Square's refund ids are longer than a key's part may be.
func part(id string) string {
	if id == "" || ids.ValidPart(id) {
		return id
	}
	return ids.Derive(idLength, id)
}

// With is e with its card put in. An event that has no card stays as it is.
func With(e events.Event, card string) events.Event {
	switch data := e.Data.(type) {
	case events.CheckoutCompleted:
		data.Card = card
		e.Data = data
	case events.CartUpdated:
		data.Card = card
		e.Data = data
	case events.ShopperEnrolled:
		data.Card = card
		e.Data = data
	case events.ShopperUpdated:
		data.Card = card
		e.Data = data
	case events.ShopperTouched:
		data.Card = card
		e.Data = data
	}
	return e
}

// NeedsCard reports whether e says nothing without a card: a sale to a guest is a sale, news of a shopper without a card is none.
func NeedsCard(e events.Event) bool {
	switch e.Data.(type) {
	case events.ShopperEnrolled, events.ShopperUpdated, events.ShopperTouched:
		return true
	}
	return false
}

// Receive makes a delivery of a webhook. Of the headers it keeps the vendor's own and the content type, but no signature.
func Receive(vendor string, headers http.Header, body []byte, at time.Time) Delivery {
	d := Delivery{Vendor: vendor, Headers: http.Header{}, Body: body, ReceivedAt: at}
	for name, values := range headers {
		lower := strings.ToLower(name)
		own := lower == "content-type" || strings.HasPrefix(lower, "x-shopify-") || strings.HasPrefix(lower, "square-")
		if own && !strings.Contains(lower, "hmac") && !strings.Contains(lower, "signature") && len(values) > 0 && len(values[0]) <= keptHeader {
			d.Headers.Set(name, values[0])
		}
	}
	switch vendor {
	case Shopify:
		d.Topic = header(headers, "X-Shopify-Topic")
		d.Shop = header(headers, "X-Shopify-Shop-Domain")
		d.EventID = header(headers, "X-Shopify-Event-Id")
	case Square:
		d.Topic, d.Shop, d.EventID = squareNames(body)
	}
	if len(d.Shop) > maxShop {
		d.Shop = ""
	}
	return d
}

// header looks a name up in any letter case; a gateway and a test set need not spell it as Go does.
func header(h http.Header, name string) string {
	for _, value := range headerValues(h, name) {
		return value
	}
	return ""
}

func headerValues(h http.Header, name string) []string {
	var names []string
	for key := range h {
		if strings.EqualFold(key, name) {
			names = append(names, key)
		}
	}
	sort.Strings(names)
	var values []string
	for _, key := range names {
		values = append(values, h[key]...)
	}
	return values
}
