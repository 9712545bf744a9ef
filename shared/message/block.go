package message

import "strings"

// block is a Block with its texts parsed.
type block struct {
	kind                  string
	text, url, image, alt []node
	items                 []item
}

// readBlock parses every text of a block; which of them mean something is Check's business.
func readBlock(b Block) (block, error) {
	out := block{kind: b.Type}
	for _, f := range []struct {
		text string
		into *[]node
	}{{b.Text, &out.text}, {b.URL, &out.url}, {b.Image, &out.image}, {b.Alt, &out.alt}} {
		nodes, err := parseText(strings.ReplaceAll(f.text, "\r\n", "\n"))
		if err != nil {
			return block{}, err
		}
		*f.into = nodes
	}
	for _, i := range b.Items {
		read, err := readItem(i)
		if err != nil {
			return block{}, err
		}
		out.items = append(out.items, read)
	}
	return out, nil
}

// The names of data that blocks show by themselves.
var (
	shopName      = func(d *Data) string { return d.Shop.Name }
	shopAddress   = func(d *Data) string { return d.Shop.Address }
	shopLogo      = func(d *Data) string { return d.Shop.Logo }
	cardNumber    = func(d *Data) string { return d.Card.Number }
	cardPoints    = func(d *Data) string { return d.number(d.Card.Points) }
	cardTier      = func(d *Data) string { return d.Card.Tier }
	couponCode    = func(d *Data) string { return d.Coupon.code() }
	couponTitle   = func(d *Data) string { return d.Coupon.Title }
	couponDetail  = func(d *Data) string { return d.Coupon.Detail }
	couponExpires = func(d *Data) string { return d.Coupon.ExpiresOn }
	couponWidth   = func(d *Data) string { return digits(int64(d.Coupon.width)) }
	cartTotal     = func(d *Data) string { return d.Cart.Total }
	unsubscribe   = func(d *Data) string { return d.UnsubscribeURL }
	pixel         = func(d *Data) string { return d.Pixel }
	colour        = func(d *Data) string {
		if d.Shop.Colour != "" {
			return d.Shop.Colour
		}
		return "#1d5c4d"
	}
)

// has tests that the data is not empty.
func has(get func(*Data) string) func(*Data) bool {
	return func(d *Data) bool { return get(d) != "" }
}

// cartLines appends each shown line of the cart, and the number of those that are not.
func (a *assembly) cartLines(p phrase, line func(*output, CartLine), more func(*output, string)) *assembly {
	return a.do(func(o *output, d *Data) {
		shown := d.Cart.Lines[:min(len(d.Cart.Lines), MaxCartLines)]
		for _, l := range shown {
			line(o, l)
		}
		if rest := len(d.Cart.Lines) - len(shown); rest > 0 {
			more(o, fill(p.more, digits(int64(rest))))
		}
	})
}

// plain is the text part: the same blocks as lines.
func (c *Compiled) plain(blocks []block) program {
	a := &assembly{}
	p := c.phrase
	for _, b := range blocks {
		switch b.kind {
		case BlockHeading:
			a.lit("* ").nodes(b.text, asIs, asLine).lit("\n\n")
		case BlockText:
			a.nodes(b.text, asIs, asLine).lit("\n\n")
		case BlockButton:
			a.nodes(b.text, asLine, asLine).lit(":\n").shown(b.url, asIs).lit("\n\n")
		case BlockImage:
			a.lit("[").nodes(b.alt, asLine, asLine).lit("]\n")
			if len(b.url) > 0 {
				a.shown(b.url, asIs).lit("\n")
			}
			a.lit("\n")
		case BlockCoupon:
			a.plainCoupon(b, p)
		case BlockPoints:
			a.plainPoints(b, p)
		case BlockCart:
			a.plainCart(b, p)
		case BlockProducts:
			a.plainProducts(b, p)
		case BlockDivider:
			a.lit("----------------------------------------\n\n")
		case BlockFooter:
			c.plainFooter(a, b)
		}
	}
	return a.done()
}

// plainCoupon draws the coupon's edge and indents its number, so that it is found at a glance without pictures.
func (a *assembly) plainCoupon(b block, p phrase) {
	a.lit("+--------------------------------------+\n").data(couponTitle, asLine).lit("\n")
	a.when(has(couponDetail), func(a *assembly) { a.data(couponDetail, asLine).lit("\n") })
	if len(b.text) > 0 {
		a.nodes(b.text, asIs, asLine).lit("\n")
	}
	a.lit("\n    ").data(couponCode, asLine).lit("\n\n")
	a.when(has(couponExpires), func(a *assembly) { a.lit(p.validUntil, " ").data(couponExpires, asLine).lit("\n") })
	a.lit("+--------------------------------------+\n\n")
}

func (a *assembly) plainPoints(b block, p phrase) {
	if len(b.text) > 0 {
		a.nodes(b.text, asIs, asLine).lit("\n")
	}
	a.data(cardPoints, asIs).lit(" ", p.points, "\n")
	a.when(has(cardTier), func(a *assembly) { a.lit(p.tier, ": ").data(cardTier, asLine).lit("\n") })
	a.when(has(cardNumber), func(a *assembly) { a.lit(p.card, ": ").data(cardNumber, asLine).lit("\n") })
	a.lit("\n")
}

func (a *assembly) plainCart(b block, p phrase) {
	if len(b.text) > 0 {
		a.nodes(b.text, asIs, asLine).lit("\n")
	}
	a.cartLines(p, func(o *output, l CartLine) {
		o.buf = append(append(o.buf, digits(l.Quantity)...), " x "...)
		o.buf = append(asLine(o.buf, l.Title), "  "...)
		o.buf = append(asLine(o.buf, l.Amount), '\n')
	}, func(o *output, rest string) {
		o.buf = append(append(o.buf, rest...), '\n')
	})
	a.when(has(cartTotal), func(a *assembly) { a.lit(p.total, ": ").data(cartTotal, asLine).lit("\n") })
	a.lit("\n")
}

// plainFooter begins with the two dashes and a space by which mailboxes know a signature.
func (c *Compiled) plainFooter(a *assembly, b block) {
	a.lit("-- \n").data(shopName, asLine).lit("\n")
	a.when(has(shopAddress), func(a *assembly) { a.data(shopAddress, asIs).lit("\n") })
	if len(b.text) > 0 {
		a.lit("\n").nodes(b.text, asIs, asLine).lit("\n")
	}
	if ClassOf(c.Topic) == Marketing {
		a.lit("\n").data(func(d *Data) string { return fill(c.phrase.why, d.Shop.Name) }, asLine).lit("\n")
		a.lit(c.phrase.unsubscribe, ": ").href(unsubscribe, asIs).lit("\n")
	}
}
