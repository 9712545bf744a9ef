package message

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Compiled is a template ready to render; it may be used by many goroutines at once.
type Compiled struct {
	ID       string
	Language string
	Topic    string

	subject, html, text program
	phrase              phrase
	symbol              string // of the coupon block
	coupon, cart        bool   // blocks that want that data
	madeText            bool   // the text part is made of the HTML
	drawer              *drawer
}

// Part is a picture that travels with the mail.
type Part struct {
	ID   string // Content-ID without brackets; the HTML names it as cid:ID
	Name string
	Type string
	Data []byte
}

// partCoupon names the barcode within its mail.
const partCoupon = "coupon@regulars"

// build turns the blocks into three programs. The template has passed the checks of its shape.
func build(t Template) (*Compiled, error) {
	c := &Compiled{ID: t.ID, Language: t.Language, Topic: t.Topic, phrase: phrases[t.Language], drawer: &drawer{}}
	subject, err := parseText(t.Subject)
	if err != nil {
		return nil, fmt.Errorf("%w: subject: %w", ErrInvalid, err)
	}
	preheader, err := parseText(t.Preheader)
	if err != nil {
		return nil, fmt.Errorf("%w: preheader: %w", ErrInvalid, err)
	}
	if t.HTML != "" {
		var line assembly
		c.subject = line.nodes(subject, asLine, asLine).done()
		return c, c.buildFree(t)
	}
	blocks := make([]block, len(t.Blocks))
	for i, b := range t.Blocks {
		if blocks[i], err = readBlock(b); err != nil {
			return nil, fmt.Errorf("%w: blocks[%d]: %w", ErrInvalid, i, err)
		}
		switch b.Type {
		case BlockCoupon:
			c.coupon, c.symbol = true, b.Symbol
		case BlockCart:
			c.cart = true
		}
	}
	var line assembly
	c.subject = line.nodes(subject, asLine, asLine).done()
	c.html = c.page(subject, preheader, blocks)
	c.text = c.plain(blocks)
	return c, nil
}

// Render fills the template in for one shopper. The Mail still lacks its envelope: ID, From, To and Date.
//
// It returns ErrInvalid if the data lacks what the template shows or the law wants, such as a coupon, a whole address for a
// button or the shop's postal address; the message is then to be refused as NotRendered, and the error shown to the marketer.
func Render(c *Compiled, data Data) (Mail, error) {
	d := &data
	if err := c.wants(d); err != nil {
		return Mail{}, fmt.Errorf("%w: template %s: %w", ErrInvalid, c.ID, err)
	}
	m := Mail{}
	if c.coupon {
		p, err := c.drawer.draw(c.symbol, d.Coupon.code())
		if err != nil {
			return Mail{}, fmt.Errorf("template %s: %w", c.ID, err)
		}
		m.Parts = []Part{{ID: partCoupon, Name: "coupon.png", Type: "image/png", Data: p.png}}
		d.Coupon.width = p.width
	}
	c.speak(d)
	kept := sheets.Get().(*sheet)
	defer kept.back()
	subject, html, text := &kept.subject, &kept.html, &kept.text
	c.subject.run(subject, d)
	c.html.run(html, d)
	c.text.run(text, d)
	if c.madeText {
		c.textOf(text, html, *d)
	}
	if err := html.err; err != nil {
		return Mail{}, fmt.Errorf("template %s: %w", c.ID, err)
	}
	m.Subject = string(bytes.TrimSpace(subject.buf))
	switch n := utf8.RuneCountInString(m.Subject); {
	case n == 0 || n > MaxSubject:
		return Mail{}, fmt.Errorf("%w: template %s: the subject has %d characters; 1 to %d are allowed", ErrInvalid, c.ID, n, MaxSubject)
	case len(html.buf) > MaxHTML:
		return Mail{}, fmt.Errorf("%w: template %s: the HTML has %d bytes; mailboxes clip at %d", ErrInvalid, c.ID, len(html.buf), MaxHTML)
	}
	m.HTML, m.Text = string(html.buf), string(text.buf)
	if ClassOf(c.Topic) == Marketing {
		m.UnsubscribeURL, m.List = d.UnsubscribeURL, c.Topic
	}
	return m, nil
}

// speak writes days and amounts as the template's language does. The caller's lists stay as they are.
func (c *Compiled) speak(d *Data) {
	d.words = &c.phrase
	d.Coupon.ExpiresOn = c.phrase.day(d.Coupon.ExpiresOn)
	d.Cart.Total = c.phrase.amount(d.Cart.Total)
	d.Cart.Lines, d.Products = slices.Clone(d.Cart.Lines), slices.Clone(d.Products)
	for i, l := range d.Cart.Lines {
		d.Cart.Lines[i].Amount = c.phrase.amount(l.Amount)
	}
	for i, p := range d.Products {
		d.Products[i].Price = c.phrase.amount(p.Price)
	}
}

// sheet is the memory that a message is written on before it is taken off as texts.
type sheet struct{ subject, html, text output }

var sheets = sync.Pool{New: func() any { return new(sheet) }}

// back wipes the sheet for the next message. One that grew beyond what a mail may be is thrown away.
func (s *sheet) back() {
	if cap(s.html.buf)+cap(s.text.buf) > 2*MaxHTML {
		return
	}
	for _, o := range []*output{&s.subject, &s.html, &s.text} {
		*o = output{buf: o.buf[:0]}
	}
	sheets.Put(s)
}

// wants names the first thing that the message cannot do without.
func (c *Compiled) wants(d *Data) error {
	marketing := ClassOf(c.Topic) == Marketing
	switch {
	case strings.TrimSpace(d.Shop.Name) == "":
		return fmt.Errorf("the shop has no name")
	case marketing && strings.TrimSpace(d.Shop.Address) == "":
		return fmt.Errorf("the shop has no postal address, which marketing must show")
	case marketing && d.UnsubscribeURL == "":
		return fmt.Errorf("there is no unsubscribe link, which marketing must have")
	case c.coupon && (d.Coupon.code() == "" || d.Coupon.Title == ""):
		return fmt.Errorf("it shows a coupon, and the order brings none")
	case c.cart && len(d.Cart.Lines) == 0:
		return fmt.Errorf("it shows a cart, and the order brings none")
	case d.Shop.Colour != "" && !isColour(d.Shop.Colour):
		return fmt.Errorf("the shop's colour %q must be written as #1d5c4d", shorten(d.Shop.Colour))
	}
	return nil
}

func isColour(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	_, err := hex.DecodeString(s[1:])
	return err == nil
}
