package events

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/money"
)

// cardLengths are the lengths at which a number in the card field is judged as a payment card here. A shop's own declared range
// has never one of them; at 13, 14, 17 and 18 digits only the card room, which knows the ranges, can tell.
var cardLengths = []int{15, 16, 19}

func (c *checks) part(at, s string) {
	if !ids.ValidPart(s) {
		c.add(at, partRule)
	}
}

func (c *checks) optionalPart(at, s string) {
	if s != "" {
		c.part(at, s)
	}
}

// token is an id that somebody else made: visible ASCII without spaces.
func (c *checks) token(at, s string) {
	if s == "" || len(s) > MaxToken || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		c.add(at, "must be 1 to %d visible ASCII characters without spaces", MaxToken)
	}
}

func (c *checks) optionalToken(at, s string) {
	if s != "" {
		c.token(at, s)
	}
}

// text is what a person typed somewhere; it may be empty. A payment card hides in such fields when somebody pastes it.
func (c *checks) text(at, s string) {
	if utf8.RuneCountInString(s) > MaxText || strings.ContainsFunc(s, unicode.IsControl) {
		c.add(at, "must be at most %d characters without control characters", MaxText)
	}
}

func (c *checks) word(at, s string) {
	valid := s != "" && len(s) <= MaxWord && s[0] >= 'a' && s[0] <= 'z'
	for i := 0; valid && i < len(s); i++ {
		valid = s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9' || strings.IndexByte("._-", s[i]) >= 0
	}
	if !valid {
		c.add(at, "must be 1 to %d of a-z 0-9 . _ - and begin with a letter", MaxWord)
	}
}

func (c *checks) number(at string, n, least, most int64) {
	if n < least || n > most {
		c.add(at, "must be from %d to %d, is %d", least, most, n)
	}
}

func (c *checks) amount(at string, a money.Amount) {
	c.number(at+"/amount", a.Minor, 0, money.MaxMinor)
	if _, err := a.Currency.Exponent(); err != nil {
		c.add(at+"/currency", "must be an ISO 4217 currency such as EUR")
	}
}

func (c *checks) count(at string, n, most int) bool {
	if n > most {
		c.add(at, "has %d entries; at most %d are accepted", n, most)
	}
	return n <= most
}

func (c *checks) receipt(at string, r ReceiptRef) {
	c.part(at+"/store", r.Store)
	c.part(at+"/till", r.Till)
	c.part(at+"/number", r.Number)
}

// link accepts what may stand in an e-mail: https to a named host, nobody's address or password in it. http is for one's own machine.
func (c *checks) link(at, s string) {
	u, err := url.Parse(s)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\\\"<>^`{|}", r) }
	switch {
	case err != nil || len(s) > MaxURL || strings.ContainsFunc(s, odd):
		c.add(at, "must be a link of at most %d ASCII characters", MaxURL)
	case strings.Contains(s, "@") || strings.Contains(s, "%40"):
		c.add(at, "must not hold an e-mail address or password")
	case u.Hostname() == "" || u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")):
		c.add(at, "must begin with https:// and a host")
	}
}

// lines checks each line and returns the sum that was paid for all of them.
func (c *checks) lines(at string, lines []Line) (sum int64) {
	if !c.count(at, len(lines), MaxLines) {
		return 0
	}
	seen := make(map[string]bool, len(lines))
	for i, l := range lines {
		here := fmt.Sprintf("%s/%d", at, i)
		c.line(here, l)
		if seen[l.ID] {
			c.add(here+"/id", "stands on another line too; a return could not tell them apart")
		}
		seen[l.ID] = true
		sum += l.Amount - l.Discount
	}
	return sum
}

// line lets only a fee be negative: cash rounding and a bottle deposit paid back belong to the receipt and are no return.
func (c *checks) line(at string, l Line) {
	c.part(at+"/id", l.ID)
	c.text(at+"/sku", l.SKU)
	c.text(at+"/category", l.Category)
	c.noPaymentCard(at+"/category", l.Category)
	least := int64(0)
	switch l.Kind {
	case "", KindGoods, KindGiftCard, KindShipping, KindTip:
	case KindFee:
		least = -money.MaxMinor
	default:
		c.add(at+"/kind", "must be goods, gift_card, shipping, tip or fee")
	}
	c.number(at+"/quantity", l.Quantity, 1, MaxQuantity)
	c.number(at+"/amount", l.Amount, least, money.MaxMinor)
	if l.Discount < 0 || l.Discount > max(l.Amount, 0) {
		c.add(at+"/discount", "must be from 0 to the amount of the line, %d, is %d", l.Amount, l.Discount)
	}
}

// card accepts a guest too.
func (c *checks) card(at, s string) {
	if s != "" {
		c.someCard(at, s)
	}
}

// someCard refuses a payment card in neutral words and without repeating it.
func (c *checks) someCard(at, s string) {
	c.part(at, s)
	if slices.Contains(cardLengths, len(s)) {
		c.noPaymentCard(at, s)
	}
}

// noPaymentCard guards what people type. Article numbers, receipt numbers and vendors' ids are not judged: one EAN-13 in ten that
// begins with 3 to 6 passes the same arithmetic, and a shop must be able to sell it.
func (c *checks) noPaymentCard(at, s string) {
	if ids.HasPaymentCard(s) {
		c.add(at, "looks like a payment card, which is never accepted")
	}
}
