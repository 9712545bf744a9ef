package vendor

import (
	"strconv"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// Ids of the lines that are no line of the vendor's.
const (
	lineTax        = "tax"        // on top of net prices
	lineRounding   = "rounding"   // of cash
	lineDuties     = "duties"     // customs
	lineFees       = "fees"       // additional fees
	lineTip        = "tip"        // for the staff
	lineAdjustment = "adjustment" // what the body does not explain
)

// basket gathers the lines of a Shopify order or checkout so that they add up to what was paid.
type basket struct {
	p         *parser
	currency  money.Currency
	lines     []events.Line
	allocated int64 // discounts that the body gives to lines, shipping included
}

// goods takes the lines of articles and gift cards. The discount of a line is what was allocated to it; the older field
// total_discount is often 0.00 or at odds with that.
func (b *basket) goods(items field) {
	for i, item := range items.list() {
		pieces := item.at("quantity").count()
		price := item.at("price").price(b.currency)
		id := part(item.at("id").optionalID())
		if id == "" {
			id = strconv.Itoa(i + 1)
		}
		kind := ""
		if item.at("gift_card").yes() {
			kind = events.KindGiftCard
		}
		discount := b.allocations(item)
		if b.p.problem != nil || pieces == 0 {
			continue
		}
		b.lines = append(b.lines, events.Line{ID: id, SKU: item.at("sku").text(), Kind: kind, Quantity: pieces,
			Amount: price * pieces, Discount: discount})
	}
}

// shipping takes what delivery costs. Free delivery is no line; delivery discounted to nothing is one.
func (b *basket) shipping(items field) {
	for i, item := range items.list() {
		price := item.at("price").price(b.currency)
		discount := b.allocations(item)
		if price == 0 || item.at("is_removed").yes() {
			continue
		}
		b.lines = append(b.lines, events.Line{ID: "shipping-" + strconv.Itoa(i+1), Kind: events.KindShipping, Quantity: 1,
			Amount: price, Discount: discount})
	}
}

func (b *basket) allocations(item field) (sum int64) {
	for _, a := range item.at("discount_allocations").list() {
		sum += a.at("amount").price(b.currency)
	}
	b.allocated += sum
	return sum
}

// spread gives the discount of an order whose body allocates none of it to the goods, in proportion to their prices. Bodies of older
// API versions and of draft orders are so.
func (b *basket) spread(total field) {
	discount := total.optionalPrice(b.currency)
	if b.p.problem != nil || b.allocated != 0 || discount <= 0 {
		return
	}
	shares := make([]money.Share, len(b.lines))
	for i, l := range b.lines {
		shares[i] = money.Share{Key: l.ID, Cap: l.Amount}
		if l.Kind == "" {
			shares[i].Weight = l.Amount
		}
	}
	parts, _ := money.Prorate(discount, shares) // what does not fit shows up as an adjustment
	for i := range parts {
		b.lines[i].Discount += parts[i]
	}
}

// settle adds what stands beside the lines: tax on net prices and cash rounding, and each of duties, fees and a tip where it brings
// the sum nearer to what was paid (some shops list a tip among the lines). What is then left unexplained becomes a fee line of its own
// and is told in Result.Adjusted: lines that do not add up would be refused, and a silent cent would be worse.
//
// Without a line of goods there are no lines at all, and the total stands for the whole.
func (b *basket) settle(o field, total int64) {
	left := total
	goods := false
	for _, l := range b.lines {
		left -= l.Amount - l.Discount
		goods = goods || l.Kind != events.KindShipping
	}
	if !goods {
		b.lines = nil
		return
	}
	add := func(id, kind string, amount int64) {
		if amount != 0 {
			b.lines = append(b.lines, events.Line{ID: id, Kind: kind, Quantity: 1, Amount: amount})
			left -= amount
		}
	}
	explain := func(id, kind string, amount int64) {
		if amount > 0 && amount <= left {
			add(id, kind, amount)
		}
	}
	set := func(name string) int64 { return o.at(name, "shop_money", "amount").optionalPrice(b.currency) }
	if !o.at("taxes_included").yes() {
		add(lineTax, events.KindFee, o.at("total_tax").optionalPrice(b.currency))
	}
	add(lineRounding, events.KindFee, set("total_cash_rounding_payment_adjustment_set"))
	explain(lineDuties, events.KindFee, set("original_total_duties_set"))
	explain(lineFees, events.KindFee, set("original_total_additional_fees_set"))
	explain(lineTip, events.KindTip, o.at("total_tip_received").optionalPrice(b.currency))
	b.p.result.Adjusted = left
	add(lineAdjustment, events.KindFee, left)
}
