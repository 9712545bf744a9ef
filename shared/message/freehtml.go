package message

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// Free HTML is the marketer's own page in the language of texts. Each piece of data is escaped for the place where it stands, and there are
// three places where it may: in text, in a quoted attribute, and in a quoted address. Anywhere else, in a style, a comment or the name of
// a tag, the template is refused rather than the data trusted.

// place is where the reader of a page stands.
type place int

const (
	inText place = iota
	inTag
	inValue
	inAddress
	inStyle
	inComment
)

// freeTags are what mailboxes show. Nothing among them runs, loads a page or sends a form.
var freeTags = strings.Fields("html head meta title style body table thead tbody tfoot tr td th col colgroup div p span a img h1 h2 h3 h4 h5 h6 br hr " +
	"b i u s strong em small big sup sub ul ol li dl dt dd blockquote pre code center font bdi bdo")

// addresses are the attributes that hold one.
var addresses = []string{"href", "src", "background"}

// maxFreeLinks is how many addresses a page may hold.
const maxFreeLinks = 150

// sourceCoupon is the address of the coupon's picture.
const sourceCoupon = "cid:" + partCoupon

// freeReader goes through a page and puts its program together.
type freeReader struct {
	a          *assembly
	at         place
	tag, attr  string
	attrs      []string
	address    []node
	links      int
	unsub      bool // the way out stands in a link that no choice hides
	postal     bool
	coupon     bool
	chosen     bool // within a choice
	err        error
	afterEqual bool
}

func (r *freeReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *freeReader) nodes(list []node) {
	for _, n := range list {
		switch {
		case r.err != nil:
			return
		case r.at == inAddress && (n.test != nil || n.field != ""):
			r.address = append(r.address, n)
		case n.test != nil:
			r.choice(n)
		case n.field != "":
			r.field(n)
		default:
			r.words(n.words)
		}
	}
}

func (r *freeReader) field(n node) {
	get := fields[n.field]
	switch {
	case r.at == inText:
		r.postal = r.postal || n.field == ".Shop.Address" && !r.chosen
		r.a.data(get, asHTML)
	case r.at == inValue && r.attr != "style":
		r.a.data(get, asAttribute)
	default:
		r.fail("{{%s}} may stand in text or between the double quotes of an attribute that is no style; here it is in neither", n.field)
	}
}

// choice wants both branches to end where they began, so that what follows stands where it seems to.
func (r *freeReader) choice(n node) {
	if r.at != inText && (r.at != inValue || r.attr == "style") {
		r.fail("a choice may stand in text or between the double quotes of an attribute that is no style; here it is in neither")
		return
	}
	branch := func(list []node) program {
		inner := freeReader{a: &assembly{}, at: r.at, tag: r.tag, attr: r.attr, attrs: r.attrs, chosen: true}
		inner.nodes(list)
		if inner.err == nil && inner.at != r.at {
			inner.fail("a choice begins or ends within a tag; put whole tags into it")
		}
		r.links, r.coupon = r.links+inner.links, r.coupon || inner.coupon
		if inner.err != nil {
			r.fail("%w", inner.err)
		}
		return inner.a.done()
	}
	yes, no, test := branch(n.then), branch(n.orElse), n.test
	r.a.do(func(o *output, d *Data) {
		if test(d) {
			yes.run(o, d)
		} else {
			no.run(o, d)
		}
	})
}

var tagStart = regexp.MustCompile(`^</?[a-zA-Z][a-zA-Z0-9]*`)

// words reads the marketer's own HTML up to the next field.
func (r *freeReader) words(text string) {
	for text != "" && r.err == nil {
		n := 1
		switch r.at {
		case inText:
			n = r.text(text)
		case inComment:
			n = r.until(text, "-->")
		case inStyle:
			n = r.until(text, "</style")
		case inTag:
			n = r.inside(text)
		case inValue, inAddress:
			n = r.value(text)
		}
		text = text[n:]
	}
}

// until keeps what there is up to an end, which leads back into the text or the tag.
func (r *freeReader) until(text, end string) int {
	i := strings.Index(strings.ToLower(text), end)
	if i < 0 {
		r.a.lit(text)
		return len(text)
	}
	r.at = inText
	if end == "-->" {
		i += len(end)
	}
	r.a.lit(text[:i])
	return i
}

func (r *freeReader) text(text string) int {
	begins := tagStart.FindString(text)
	switch {
	case strings.HasPrefix(text, "<!--"):
		r.at = inComment
		r.a.lit("<!--")
		return len("<!--")
	case len(text) >= 9 && strings.EqualFold(text[:9], "<!doctype"):
		end := strings.IndexByte(text, '>') + 1
		if end == 0 {
			r.fail("<!DOCTYPE is not closed")
		}
		r.a.lit(text[:end])
		return max(end, 1)
	case begins != "":
		r.tag, r.attr, r.attrs, r.at = strings.ToLower(strings.TrimLeft(begins, "</")), "", nil, inTag
		if !slices.Contains(freeTags, r.tag) {
			r.fail("<%s> is nothing that mailboxes show", r.tag)
		}
		if begins[1] == '/' {
			r.tag = "/" + r.tag
		}
		r.a.lit(begins)
		return len(begins)
	case text[0] == '<':
		r.fail("a < that begins no tag: write &lt;")
	}
	next := strings.IndexByte(text[1:], '<') + 1
	if next == 0 {
		next = len(text)
	}
	r.a.lit(text[:next])
	return next
}

var attribute = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9:_]*`)

// inside reads within a tag, outside of values.
func (r *freeReader) inside(text string) int {
	name, first := attribute.FindString(text), text[0]
	switch {
	case r.afterEqual && first != '"' && !strings.ContainsRune(" \t\r\n", rune(first)):
		r.fail("the value of %s stands in no double quotes", r.attr)
	case first == '"' && r.afterEqual:
		r.at, r.afterEqual, r.address = inValue, false, nil
		if slices.Contains(addresses, r.attr) {
			r.at = inAddress
		}
	case name != "":
		r.attr = strings.ToLower(name)
		r.attrs = append(r.attrs, r.attr)
		if strings.HasPrefix(r.attr, "on") || r.attr == "http-equiv" || r.attr == "srcset" || r.attr == "srcdoc" {
			r.fail("%s is nothing that mailboxes take", r.attr)
		}
		r.a.lit(name)
		return len(name)
	case first == '=':
		r.afterEqual = true
	case first == '>':
		r.closes()
	case !strings.ContainsRune(" \t\r\n/", rune(first)):
		r.fail("%q stands within <%s>: values belong in double quotes", first, r.tag)
	}
	r.a.lit(text[:1])
	return 1
}

func (r *freeReader) closes() {
	if r.at = inText; r.tag == "style" {
		r.at = inStyle
	}
	if r.tag == "img" && !slices.Contains(r.attrs, "alt") {
		r.fail("an <img> has no alt: say in words what the picture shows, for those who cannot see it")
	}
}

// value reads up to the closing quote of a value.
func (r *freeReader) value(text string) int {
	end := strings.IndexByte(text, '"')
	part := text
	if end >= 0 {
		part = text[:end]
	}
	if r.at == inValue {
		r.a.lit(part)
	} else if part != "" {
		r.address = append(r.address, node{words: html.UnescapeString(part)})
	}
	if end < 0 {
		return len(text)
	}
	if r.at == inAddress {
		r.linked()
	}
	r.at = inTag
	r.a.lit(`"`)
	return end + 1
}

// linked ends an address: the coupon's picture, the way out, a link that is counted, or a picture.
func (r *freeReader) linked() {
	list := r.address
	if r.links++; r.links > maxFreeLinks {
		r.fail("there are more than %d addresses", maxFreeLinks)
	}
	switch {
	case len(list) == 1 && list[0].words == sourceCoupon:
		r.coupon = true
		r.a.lit(sourceCoupon)
	case len(list) == 1 && list[0].field == ".UnsubscribeURL" && r.tag == "a":
		r.unsub = r.unsub || !r.chosen
		r.a.href(unsubscribe, asAttribute)
	case len(list) > 0 && strings.HasPrefix(strings.ToLower(strings.TrimSpace(list[0].words)), "http://"):
		r.fail("%q is not protected on its way: begin with https://", shorten(list[0].words))
	case r.attr == "href":
		r.a.counted(list, asAttribute)
	default:
		r.a.link(list, asAttribute)
	}
}

// buildFree reads a page of free HTML. Its text part is the one that was given, or is made of the page.
func (c *Compiled) buildFree(t Template) error {
	list, err := parseText(strings.ReplaceAll(t.HTML, "\r\n", "\n"))
	if err != nil {
		return fmt.Errorf("%w: html: %w", ErrInvalid, err)
	}
	r := freeReader{a: &assembly{}}
	r.nodes(list)
	if r.err == nil && r.at != inText {
		r.fail("it ends within a tag, a style or a comment")
	}
	marketing := ClassOf(t.Topic) == Marketing
	switch {
	case r.err != nil:
		return fmt.Errorf("%w: html: %w", ErrInvalid, r.err)
	case marketing && !r.unsub:
		return fmt.Errorf(`%w: html: the way out is missing: marketing needs <a href="{{.UnsubscribeURL}}">, which no choice hides`, ErrInvalid)
	case marketing && !r.postal:
		return fmt.Errorf("%w: html: the postal address is missing: marketing needs {{.Shop.Address}} in its text, which no choice hides", ErrInvalid)
	case !marketing && r.coupon:
		return fmt.Errorf("%w: html: topic %s needs no consent and so may not carry an offer", ErrInvalid, TopicService)
	}
	c.html, c.coupon = r.a.done(), r.coupon
	if t.Text == "" {
		c.madeText = true
		return nil
	}
	words, err := parseText(strings.ReplaceAll(t.Text, "\r\n", "\n"))
	if err != nil {
		return fmt.Errorf("%w: text: %w", ErrInvalid, err)
	}
	var a assembly
	c.text = a.nodes(words, asIs, asLine).lit("\n").done()
	return nil
}

var (
	unseen   = regexp.MustCompile(`(?is)<!--.*?-->|<head[ >].*?</head>|<style[ >].*?</style>`)
	linkText = regexp.MustCompile(`(?is)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`)
	pictured = regexp.MustCompile(`(?is)<img [^>]*alt="([^"]*)"[^>]*>`)
	newLine  = regexp.MustCompile(`(?i)<br[^>]*>|</?(p|div|tr|table|h[1-6]|li|ul|ol|hr|blockquote)[ >][^<]*`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	blanks   = regexp.MustCompile(`[ \t]+`)
	empties  = regexp.MustCompile(`\n\s*\n\s*`)
)

// textOf writes the text part that is made of a page. Its links are plain, so where those of the page are counted it is made of a page
// whose are not.
func (c *Compiled) textOf(text, page *output, d Data) {
	if d.Counted != nil {
		d.Counted, page = nil, &output{}
		c.html.run(page, &d)
	}
	text.buf = append(text.buf[:0], textOf(string(page.buf))...)
}

// textOf is a page as lines: pictures are their words, and links tell where they lead.
func textOf(page string) string {
	page = unseen.ReplaceAllString(page, "")
	page = strings.ReplaceAll(page, "\n", " ")
	page = pictured.ReplaceAllString(page, "$1")
	page = linkText.ReplaceAllString(page, "$2: $1")
	page = newLine.ReplaceAllStringFunc(page, func(s string) string { return "\n" + s })
	page = html.UnescapeString(anyTag.ReplaceAllString(page, ""))
	page = empties.ReplaceAllString(blanks.ReplaceAllString(page, " "), "\n\n")
	return strings.TrimSpace(page) + "\n"
}
