package vendor

import (
	"strings"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// shopifyTopics are the topics that something follows from.
var shopifyTopics = map[string]func(*parser, field){
	"orders/paid":      (*parser).shopifyOrder,
	"refunds/create":   (*parser).shopifyRefund,
	"checkouts/create": (*parser).shopifyCheckout,
	"checkouts/update": (*parser).shopifyCheckout,
	"checkouts/delete": (*parser).shopifyCheckoutGone,
	"carts/create":     (*parser).shopifyCart,
	"carts/update":     (*parser).shopifyCart,
	"customers/create": (*parser).shopifyCustomer,
	"customers/update": (*parser).shopifyCustomer,
	"customers/merge":  (*parser).shopifyMerge,
	"customers_email_marketing_consent/update": (*parser).shopifyConsent,
	"customers/data_request":                   func(p *parser, c field) { p.shopifyPrivacy(c, RequestExport) },
	"customers/redact":                         func(p *parser, c field) { p.shopifyPrivacy(c, RequestErase) },
	"shop/redact":                              func(p *parser, _ field) { p.result.Request = &Request{Kind: RequestEraseShop} },
	"app/uninstalled":                          func(p *parser, _ field) { p.result.Request = &Request{Kind: RequestAccess} },
}

// shopifySilent are topics that shops often send as well, with why nothing follows from them.
var shopifySilent = map[string]string{
	"orders/create":                      "the sale is told by orders/paid",
	"orders/updated":                     "the sale is told by orders/paid",
	"orders/edited":                      "the sale is told by orders/paid",
	"orders/cancelled":                   "what goes back is told by refunds/create",
	"customers_marketing_consent/update": "consent to text messages says nothing about e-mail",
	"customers/delete":                   "erasure is asked for by customers/redact",
}

// notListened is why nothing follows from any other topic. It does not repeat the topic: that is a stranger's text.
const notListened = "topic not listened to"

// shopify reads a body by its topic, which stands in a header and not in the body.
func (p *parser) shopify(body field) {
	read := shopifyTopics[p.d.Topic]
	switch why := shopifySilent[p.d.Topic]; {
	case read != nil:
		read(p, body)
	case why != "":
		p.ignore(why)
	case p.d.Topic == "":
		p.fail("", "came without a topic")
	default:
		p.ignore(notListened)
	}
}

// shopifyOrder makes a sale of a paid order. That it is paid is what the topic says; financial_status may lag behind it.
func (p *parser) shopifyOrder(o field) {
	id := o.at("id").id()
	p.shopifyShopper(o)
	switch {
	case o.at("test").yes():
		p.ignore("test order")
	case !o.at("cancelled_at").absent():
		p.ignore("cancelled order")
	case o.at("financial_status").text() == "voided":
		p.ignore("voided order")
	default:
		p.shopifySale(id, o)
	}
}

func (p *parser) shopifySale(id string, o field) {
	currency := o.at("currency").currency()
	at := o.at("processed_at").when(o.at("created_at"))
	total := o.at("total_price").price(currency)
	if p.problem != nil {
		return
	}
	sale := events.CheckoutCompleted{
		Receipt: p.receipt(id),
		Total:   money.Amount{Minor: total, Currency: currency},
		Tax:     o.at("total_tax").optionalPrice(currency),
		Cart:    shopifyCartID(o.at("cart_token"), o.at("checkout_token"), o.at("checkout_id")),
	}
	b := basket{p: p, currency: currency}
	b.goods(o.at("line_items"))
	b.shipping(o.at("shipping_lines"))
	b.spread(o.at("total_discounts"))
	b.settle(o, total)
	sale.Lines = events.Sold(b.lines)
	for _, code := range o.at("discount_codes").list() {
		if text := code.at("code").text(); text != "" {
			sale.Codes = append(sale.Codes, text)
		}
	}
	p.emit(sale, at, "order/"+id, "paid")
}

// shopifyCartID is the id that a cart and the sale that buys it share: the first token there is. Carts name both tokens in the same
// order of preference, so they meet unless the shop leaves one out of the order; then checkouts/update with completed_at clears it.
func shopifyCartID(tokens ...field) string {
	for _, token := range tokens {
		if id := token.optionalID(); id != "" {
			return part(id)
		}
	}
	return ""
}

// shopifyShopper reads who bought. Whether the box for news was ticked (buyer_accepts_marketing) is not consent: it may be the shop's
// default, and the consent topic tells the act itself.
func (p *parser) shopifyShopper(o field) {
	s := &p.result.Shopper
	customer := o.at("customer")
	s.ID = customer.at("id").optionalID()
	s.Email = firstText(o.at("email"), o.at("contact_email"), customer.at("email"))
	s.Phone = firstText(o.at("phone"), customer.at("phone"))
}

func firstText(fields ...field) string {
	for _, f := range fields {
		if text := strings.TrimSpace(f.text()); text != "" {
			return text
		}
	}
	return ""
}

// shopifyRefund makes a return. Only transactions that succeeded are money; failed ones stand beside them.
func (p *parser) shopifyRefund(r field) {
	id, order := r.at("id").id(), r.at("order_id").id()
	back := events.CheckoutRefunded{Return: part(id), Receipt: p.receipt(order)}
	for _, l := range r.at("refund_line_items").list() {
		back.Lines = addReturned(back.Lines, part(l.at("line_item_id").id()), l.at("quantity").count())
	}
	paid := p.shopifyPaidBack(r.at("transactions"))
	if paid.amount.Minor > 0 {
		back.Amount = &paid.amount
	}
	at := r.at("processed_at").when(r.at("created_at"))
	switch {
	case p.problem != nil:
	case paid.test:
		p.ignore("test refund")
	case len(back.Lines) == 0 && back.Amount == nil && paid.pending:
		p.fail("/transactions", "are all pending; replay this once the money has gone back")
	case len(back.Lines) == 0 && back.Amount == nil:
		p.ignore("refund of neither goods nor money")
	default:
		p.emit(back, at, "refund/"+id, "created")
	}
}

// paidBack is what the transactions of a refund come to.
type paidBack struct {
	amount  money.Amount
	test    bool // there are transactions and all are tests
	pending bool
}

func (p *parser) shopifyPaidBack(transactions field) paidBack {
	out := paidBack{test: len(transactions.list()) > 0}
	for _, t := range transactions.list() {
		out.test = out.test && t.at("test").yes()
		currency := t.at("currency").currency()
		if p.problem != nil {
			return out
		}
		amount := t.at("amount").price(currency) // read of each, so that an odd one is not passed over
		switch kind, status := t.at("kind").text(), t.at("status").text(); {
		case kind != "refund":
		case status == "pending":
			out.pending = true
		case status == "success":
			if out.amount.Currency != "" && out.amount.Currency != currency {
				p.fail(t.path+"/currency", "differs from another transaction's")
			}
			out.amount.Minor += amount
			out.amount.Currency = currency
		}
	}
	return out
}

// addReturned adds pieces of a line; the same line may come back in two entries of one refund.
func addReturned(lines []events.ReturnedLine, id string, pieces int64) []events.ReturnedLine {
	if pieces == 0 {
		return lines
	}
	for i := range lines {
		if lines[i].ID == id {
			lines[i].Quantity += pieces
			return lines
		}
	}
	return append(lines, events.ReturnedLine{ID: id, Quantity: pieces})
}
