package vendor

import (
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/money"
)

// shopifyCheckout makes a cart of a checkout that is under way, and clears it once it is completed. Shopify has no event for an
// abandoned one: that is a state, which we compute from these.
func (p *parser) shopifyCheckout(c field) {
	cart := shopifyCartID(c.at("cart_token"), c.at("token"), c.at("id"))
	if cart == "" { // without both tokens and id the number still stands in the name
		cart = part(strings.TrimPrefix(c.at("name").text(), "#"))
	}
	if cart == "" {
		p.fail("/token", "is missing")
	}
	p.shopifyShopper(c)
	if done := c.at("completed_at").optionalTime(); !done.IsZero() {
		p.clear(cart, "bought", done)
		return
	}
	currency := c.at("currency").currency()
	at := c.at("updated_at").when(c.at("created_at"))
	total := c.at("total_price").price(currency)
	lines := p.cartLines(c.at("line_items"), currency)
	p.emitCart(events.CartUpdated{
		Cart: cart, Version: at.UnixMilli(), Lines: lines, URL: safeLink(c.at("abandoned_checkout_url").text()),
		Total: money.Amount{Minor: total, Currency: currency},
	}, at)
}

// shopifyCheckoutGone clears a checkout that Shopify threw away; the body carries ids only.
func (p *parser) shopifyCheckoutGone(c field) {
	cart := shopifyCartID(c.at("cart_token"), c.at("token"), c.at("id"))
	if cart == "" {
		p.fail("/id", "is missing")
	}
	p.clear(cart, "emptied", p.d.ReceivedAt)
}

// shopifyCart makes a cart without an addressee: it is counted and never mailed. It has an id of its own, because a checkout with the
// same token does know the shopper, and a later version without one must not take its place.
func (p *parser) shopifyCart(c field) {
	token := c.at("token").id()
	currency := p.cfg.Currency
	if text := c.at("currency").text(); text != "" {
		currency = c.at("currency").currency()
	}
	if currency == "" {
		p.ignore("cart that names no currency")
		return
	}
	at := c.at("updated_at").when(c.at("created_at"))
	lines := p.cartLines(c.at("line_items"), currency)
	var total int64
	for _, l := range lines {
		total += l.Amount - l.Discount
	}
	cart := events.CartUpdated{Cart: part("basket-" + token), Version: at.UnixMilli(), Lines: lines, Total: money.Amount{Minor: total, Currency: currency}}
	if len(lines) == 0 {
		p.clear(cart.Cart, "emptied", at)
		return
	}
	p.emitCart(cart, at)
}

func (p *parser) emitCart(cart events.CartUpdated, at time.Time) {
	if p.problem == nil {
		p.emit(cart, at, "cart/"+cart.Cart, strconv.FormatInt(cart.Version, 10))
	}
}

func (p *parser) clear(cart, reason string, at time.Time) {
	if p.problem == nil {
		p.emit(events.CartCleared{Cart: cart, Reason: reason}, at, "cart/"+cart, reason)
	}
}

// cartLines numbers the lines, since nothing is ever returned from a cart and a checkout repeats a variant under one id.
func (p *parser) cartLines(items field, currency money.Currency) []events.Line {
	b := basket{p: p, currency: currency}
	for i, item := range items.list() {
		pieces := item.at("quantity").count()
		amount := item.at("price").price(currency) * pieces
		discount := min(b.allocations(item), amount)
		if p.problem == nil && pieces > 0 {
			b.lines = append(b.lines, events.Line{ID: strconv.Itoa(i + 1), SKU: item.at("sku").text(), Quantity: pieces, Amount: amount, Discount: discount})
		}
	}
	return b.lines
}

// safeLink leaves a recovery link out that may not stand in an event; the cart is worth having without it.
func safeLink(link string) string {
	probe := events.CartUpdated{Cart: "0", Version: 1, Total: money.Amount{Currency: "EUR"}, URL: link}
	if len(probe.Validate()) > 0 {
		return ""
	}
	return link
}
