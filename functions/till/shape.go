package till

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// The private twins of what a body may hold. Money is always {"amount", "currency"}; a field that is not here is refused.

type quoteBody struct {
	Card    string          `json:"card"`
	Store   string          `json:"store"`
	Till    string          `json:"till"`
	Lines   []goodsLineBody `json:"lines"`
	Coupons []string        `json:"coupons"`
	Codes   []string        `json:"codes"`
	Reserve *reserveBody    `json:"reserve"`
}

// goodsLineBody is a line of a basket or a receipt, with what the catalogue says of its goods.
type goodsLineBody struct {
	lineBody
	Brand      string            `json:"brand"`
	Tags       []string          `json:"tags"`
	Attributes map[string]string `json:"attributes"`
	Minimum    *money.Amount     `json:"minimum"`  // the line never falls below it
	TaxRate    int64             `json:"tax_rate"` // basis points
}

type checkoutBody struct {
	Receipt    *receiptBody    `json:"receipt"`
	Card       string          `json:"card"`
	OccurredAt *string         `json:"occurred_at"`
	Lines      []goodsLineBody `json:"lines"`
	Total      *money.Amount   `json:"total"`
	Tax        *money.Amount   `json:"tax"`
	Coupons    []string        `json:"coupons"`
	Codes      []string        `json:"codes"`
	Cart       string          `json:"cart"`
	Offers     []usedBody      `json:"offers"`
	Tenders    []tenderBody    `json:"tenders"`
	Reserved   string          `json:"reservation"`
}

// usedBody is an offer that the till applied, in the words of the quote's answer.
type usedBody struct {
	Offer  string        `json:"offer"`
	Coupon string        `json:"coupon"`
	Code   string        `json:"code"`
	Amount *money.Amount `json:"amount"`
}

type receiptBody struct {
	Store  string `json:"store"`
	Till   string `json:"till"`
	Number string `json:"number"`
}

type lineBody struct {
	ID       string        `json:"id"` // its place, counted from 1, where it is missing
	SKU      string        `json:"sku"`
	Category string        `json:"category"`
	Kind     string        `json:"kind"`
	Quantity int64         `json:"quantity"`
	Amount   *money.Amount `json:"amount"`
	Discount *money.Amount `json:"discount"`
}

type returnBody struct {
	Return     string             `json:"return"`
	Receipt    *receiptBody       `json:"receipt"`
	OccurredAt *string            `json:"occurred_at"`
	Lines      []returnedLineBody `json:"lines"`
	Amount     *money.Amount      `json:"amount"`
	Void       bool               `json:"void"`
}

type returnedLineBody struct {
	ID       string `json:"id"`
	Quantity int64  `json:"quantity"`
}

type claimBody struct {
	Receipt *receiptBody `json:"receipt"`
	Card    string       `json:"card"`
}

type cartBody struct {
	Version   *int64        `json:"version"`
	UpdatedAt *string       `json:"updated_at"`
	Card      string        `json:"card"`
	Lines     []lineBody    `json:"lines"`
	Total     *money.Amount `json:"total"`
	URL       string        `json:"url"`
}

type findBody struct {
	Card string `json:"card"`
}

type enrolBody struct {
	Number string `json:"number"`
	ID     string `json:"id"` // of the enrolment; makes one without a number safe to repeat
	Store  string `json:"store"`

	ReferredBy string `json:"referred_by"` // the code of who recommended us
	shopperBody
}

type patchBody struct {
	Store string `json:"store"`
	shopperBody
}

// shopperBody is what may be said of a shopper: a text, or null to clear it.
type shopperBody struct {
	OccurredAt *string         `json:"occurred_at"`
	Given      json.RawMessage `json:"given_name"`
	Family     json.RawMessage `json:"family_name"`
	Email      json.RawMessage `json:"email"`
	Phone      json.RawMessage `json:"phone"`
	Birthday   json.RawMessage `json:"birthday"`
	Language   json.RawMessage `json:"language"`
	TimeZone   json.RawMessage `json:"time_zone"`
	Country    json.RawMessage `json:"country"`
	Postcode   json.RawMessage `json:"postcode"`
	City       json.RawMessage `json:"city"`
	Tags       *[]string       `json:"tags"`

	placeBody
	Attributes map[string]json.RawMessage `json:"attributes"`
	Consents   map[string]consentBody     `json:"consents"`
}

type consentBody struct {
	Allowed *bool  `json:"allowed"`
	Text    string `json:"text_version"`
	Hash    string `json:"text_hash"`
}

// placeBody is where within a store a shopper said what they allow, and who operated there.
type placeBody struct {
	Till string `json:"till"`
	Form string `json:"form"`
	By   string `json:"by"`
}

type replaceBody struct {
	Number string  `json:"number"`
	Store  string  `json:"store"`
	LostAt *string `json:"lost_at"`
}

type adjustBody struct {
	Points int64 `json:"points"`
	handBody
}

type blindBody struct {
	Value *money.Amount `json:"value"`
	handBody
}

type activateBody struct {
	Points *int64 `json:"points"`
	handBody
}

type statusBody struct {
	Status string `json:"status"`
	handBody
}

type mergeBody struct {
	Into string `json:"into"`
	handBody
}

type unmergeBody struct{ handBody }

// handBody is who does something by hand, and why.
type handBody struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	By     string `json:"by"`
	Store  string `json:"store"`
}

type eventsBody struct {
	Events []json.RawMessage `json:"events"`
}

// futureMax is how far a till's clock may run ahead.
const futureMax = 24 * time.Hour

// moment reads when something happened; now, to the second, where nothing is said.
func (f *faults) moment(pointer string, said *string, now time.Time) time.Time {
	if said == nil {
		return now.UTC().Truncate(time.Second)
	}
	at, err := time.Parse(time.RFC3339, *said)
	switch {
	case err != nil:
		f.add(pointer, "invalid", "should be a time such as 2026-11-21T10:00:00+01:00")
	case at.After(now.Add(futureMax)):
		f.add(pointer, "in_future", "lies more than %d hours in the future; set the till's clock", int(futureMax.Hours()))
	case len(events.Metadata{ID: "1", Source: "till", OccurredAt: at}.Validate()) > 0:
		f.add(pointer, "invalid", "lies too far back; set the till's clock")
	}
	return at.UTC()
}

// lines turns lines into those of the contract, all in one currency.
func (f *faults) lines(said []lineBody, in money.Currency) []events.Line {
	list := make([]events.Line, 0, min(len(said), events.MaxLines+1))
	for i, l := range said {
		if i > events.MaxLines {
			break // one too many is enough to be refused
		}
		at := fmt.Sprintf("/lines/%d", i)
		line := events.Line{ID: l.ID, SKU: l.SKU, Category: l.Category, Kind: l.Kind, Quantity: l.Quantity}
		if line.ID == "" {
			line.ID = strconv.Itoa(i + 1)
		}
		f.missing(l.Amount != nil, at+"/amount")
		line.Amount = f.minor(at+"/amount", l.Amount, in)
		line.Discount = f.minor(at+"/discount", l.Discount, in)
		list = append(list, line)
	}
	if len(said) > events.MaxLines {
		f.add("/lines", "too_many", "has %d lines; at most %d are accepted", len(said), events.MaxLines)
	}
	return list
}

// soldLines turns lines with what is said of their goods into those of the contract.
func (f *faults) soldLines(said []goodsLineBody, in money.Currency) []events.SoldLine {
	plain := make([]lineBody, len(said))
	for i, l := range said {
		plain[i] = l.lineBody
	}
	list := events.Sold(f.lines(plain, in))
	for i := range list {
		l := said[i]
		list[i].Goods = events.Goods{
			Brand: l.Brand, Tags: l.Tags, Attributes: l.Attributes, Minimum: f.minor(fmt.Sprintf("/lines/%d/minimum", i), l.Minimum, in), TaxRate: l.TaxRate,
		}
	}
	return list
}

// minor is an amount in the one currency of the body; 0 where there is none.
func (f *faults) minor(pointer string, a *money.Amount, in money.Currency) int64 {
	if a == nil {
		return 0
	}
	if a.Currency != in {
		f.add(pointer+"/currency", "currency", "should be %s", in)
	}
	return a.Minor
}

// atMost tells a list that is longer than its limit.
func (f *faults) atMost(pointer string, n, most int) {
	if n > most {
		f.add(pointer, "too_many", "has %d entries; at most %d are accepted", n, most)
	}
}

// ref is the receipt that a body names.
func (f *faults) ref(pointer string, r *receiptBody) events.ReceiptRef {
	f.missing(r != nil, pointer)
	if r == nil {
		return events.ReceiptRef{}
	}
	f.missing(r.Store != "", pointer+"/store")
	f.missing(r.Till != "", pointer+"/till")
	f.missing(r.Number != "", pointer+"/number")
	return events.ReceiptRef(*r)
}

// moneyAt turns pointers of the contract, where amounts of lines are plain numbers, into those of a body.
func moneyAt(pointer string) string {
	isLine := strings.HasPrefix(pointer, "/lines/") && slices.Contains([]string{"amount", "discount", "minimum"}, path.Base(pointer))
	if isLine || pointer == "/tax" || strings.HasPrefix(pointer, "/offers/") && strings.HasSuffix(pointer, "/amount") {
		return pointer + "/amount"
	}
	return pointer
}
