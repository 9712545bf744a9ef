package programme

import "github.com/regulars-dev/regulars/shared/message"

// Pricing is what holds for all offers together.
type Pricing struct {
	Combine string    `json:"combine,omitempty"` // "best" for the shopper, also if missing; or "priority"
	Prices  string    `json:"prices,omitempty"`  // of baskets: "with_tax", also if missing; or "without_tax"
	Cap     *Cap      `json:"cap,omitempty"`     // the most that all offers together take off a basket
	Never   *Lines    `json:"never,omitempty"`   // goods that no offer touches and that count for none
	Minimum []Minimum `json:"minimum,omitempty"`
}

// Cap is an amount, or a percentage of what may be discounted.
type Cap struct {
	Percent Decimal `json:"percent,omitempty"` // of what may be discounted
	Amount  Decimal `json:"amount,omitempty"`  // in the programme's currency
}

// Minimum is a least price: of a piece, or as a percentage of what it cost. Of several that hold for a line the highest counts.
type Minimum struct {
	Lines   *Lines  `json:"lines,omitempty"`
	Price   Decimal `json:"price,omitempty"`   // of a piece, in the programme's currency
	Percent Decimal `json:"percent,omitempty"` // of what the piece cost
}

// Lines chooses lines, for points and for discounts alike. SKUs and Categories each widen the choice; brands, tags, attributes and the
// price of a piece each narrow it; what is named with not_ is out in any case. Gift cards, shipping, tips and fees are out unless Kinds
// names them. Nothing given means all goods. Brands, tags and attributes are for offers: receipts keep of them what their offers ask for,
// so points may not ask.
type Lines struct {
	SKUs       []string `json:"skus,omitempty"`       // article numbers
	Categories []string `json:"categories,omitempty"` // with all below them: "drinks" takes "drinks/coffee"
	Kinds      []string `json:"kinds,omitempty"`      // "goods", "gift_card", "shipping", "tip", "fee"

	Brands     []string            `json:"brands,omitempty"`     // one of these
	Tags       []string            `json:"tags,omitempty"`       // at least one of these
	Attributes map[string][]string `json:"attributes,omitempty"` // of each name one of the values
	PriceFrom  Decimal             `json:"price_from,omitempty"` // of a piece, included
	PriceTo    Decimal             `json:"price_to,omitempty"`   // included

	NotSKUs       []string `json:"not_skus,omitempty"`       // article numbers that are out
	NotCategories []string `json:"not_categories,omitempty"` // out, with all below them
	NotBrands     []string `json:"not_brands,omitempty"`     // out
	NotTags       []string `json:"not_tags,omitempty"`       // out
}

// Offer is a rule of price: which pieces, what comes off them, when, and beside which others. It takes off a Percent or an Amount, sets
// a Price, or has Steps; or it is Free, or multiplies points.
type Offer struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"` // the small print beside its coupon in e-mails

	Products []message.Product `json:"products,omitempty"` // what it is for: the products block of an e-mail that brings its coupon shows them

	Percent Decimal `json:"percent,omitempty"` // "12.5"
	Amount  Decimal `json:"amount,omitempty"`  // in the programme's currency
	Price   Decimal `json:"price,omitempty"`   // what is chosen costs this, and never more than without the offer
	Steps   []Step  `json:"steps,omitempty"`   // the highest one reached counts
	Free    *Free   `json:"free,omitempty"`    // an article that the shopper gets for nothing

	// PointsTimes takes nothing off: its lines earn "2" times the points, combined with other multipliers by Points.Combine.
	PointsTimes Decimal `json:"points_times,omitempty"`

	Every Decimal `json:"every,omitempty"` // Amount once for each full Every

	On     string `json:"on,omitempty"`     // "lines", "basket", "cheapest", "dearest", "sets" or "shipping"
	Each   string `json:"each,omitempty"`   // of an Amount on lines: "piece", also if missing, or "line"
	Pieces int64  `json:"pieces,omitempty"` // of the cheapest and dearest; 1 if missing
	Set    []Part `json:"set,omitempty"`
	Times  int64  `json:"times,omitempty"`  // at most so many sets
	Spread string `json:"spread,omitempty"` // over the lines by "amount", also if missing, or "quantity"
	Lines  *Lines `json:"lines,omitempty"`

	Cap      Decimal `json:"cap,omitempty"`       // the most it takes off a basket
	CapPiece Decimal `json:"cap_piece,omitempty"` // the most it takes off one piece

	MinBasket Decimal `json:"min_basket,omitempty"` // what must be bought at least
	MinPieces int64   `json:"min_pieces,omitempty"` // of the chosen lines
	Counts    string  `json:"counts,omitempty"`     // what MinBasket, Steps and Every are measured on: "chosen", "goods" or "others"
	After     bool    `json:"after,omitempty"`      // measured on what earlier offers left
	Tax       string  `json:"tax,omitempty"`        // measured "included" or "excluded"; if missing, as the prices are

	When    Condition `json:"when,omitzero"` // of the receipt and the shopper
	Windows []Window  `json:"windows,omitempty"`
	Coupon  bool      `json:"coupon,omitempty"` // only for who holds a coupon to it
	From    string    `json:"from,omitempty"`   // first and last day, YYYY-MM-DD
	Until   string    `json:"until,omitempty"`  // last day

	Code      string  `json:"code,omitempty"`  // only for who names this code, which is the same for everybody: WELCOME10
	Codes     bool    `json:"codes,omitempty"` // only for who names a code of a batch, each of them another
	Limits    *Limits `json:"limits,omitempty"`
	GivenBack *bool   `json:"given_back,omitempty"` // a receipt that comes back whole gives back its coupon, code and use; so if missing

	Priority int    `json:"priority,omitempty"` // larger is earlier
	Group    string `json:"group,omitempty"`    // one offer of a group at most
	Stack    string `json:"stack,omitempty"`    // "common", also if missing; "never" or "always"
}

// Step is a rung of a ladder.
type Step struct {
	From    Decimal `json:"from,omitempty"`    // an amount, or
	Pieces  int64   `json:"pieces,omitempty"`  // a number of pieces
	Percent Decimal `json:"percent,omitempty"` // what comes off on this rung; or
	Amount  Decimal `json:"amount,omitempty"`  // so much money; or
	Price   Decimal `json:"price,omitempty"`   // it costs this
}

// Free is an article that is free: when it lies in the basket, it costs nothing; when it does not, the answer says that it is missing.
type Free struct {
	SKU    string `json:"sku"`              // article number
	Pieces int64  `json:"pieces,omitempty"` // 1 if missing
}

// Part is a share of a set; with Get the offer takes its amount off these pieces alone.
type Part struct {
	Lines  *Lines `json:"lines,omitempty"`
	Pieces int64  `json:"pieces"`        // of these lines in each set
	Get    bool   `json:"get,omitempty"` // the amount comes off this part alone
}

// Window is a time that comes round, in the store's zone. One that ends earlier than it begins runs past midnight, and belongs to the
// day on which it began.
type Window struct {
	Days      []string `json:"days,omitempty"`       // "monday" ...; all if missing
	MonthDays []int    `json:"month_days,omitempty"` // 1 to 31; all if missing
	From      string   `json:"from,omitempty"`       // "07:00"; included
	To        string   `json:"to,omitempty"`         // "09:30"; not included; "24:00" is the end of the day
}
