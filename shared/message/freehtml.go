package message

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Free HTML is the marketer's own page in the language of texts. Each piece of data is escaped for the place where it stands, and there are
// four places where it may: in text, in the title, in a quoted attribute, and in a quoted address. Anywhere else, in a style, a comment or
// the name of a tag, the template is refused rather than the data trusted.
//
// The page itself is read by a grammar that is narrower than that of browsers, so that there is one reading: every element is closed in its
// order, every value stands in double quotes, tags and attributes are those of a list. What the law wants to be seen is looked for in that
// reading; a page that a browser would have to guess at is refused with its line and column.

// place is where the reader of a page stands.
type place int

const (
	inText place = iota
	inTag
	inValue
	inAddress
	inTitle
	inStyle
	inComment
)

// maxFreeLinks is how many addresses a page may hold.
const maxFreeLinks = 150

// sourceCoupon is the address of the coupon's picture.
const sourceCoupon = "cid:" + partCoupon

// freePage is what is known of a whole page, whichever branch of a choice told it.
type freePage struct {
	source string
	links  int
	coupon bool
	had    map[string]bool // elements that a page has once
	rules  []sheetRule
	exits  []*element // the links of the way out
	ways   []outWord  // their words that no choice hides
	postal []*element // where the postal address stands and no choice hides it
	sights map[*element]sight
}

// freeReader goes through a page and puts its program together.
type freeReader struct {
	a         *assembly
	page      *freePage
	at        place
	pos       int // bytes of the source before what is read
	open      *element
	base      *element // what was open when a choice began
	tag       freeTag
	kept      []byte   // of a comment or a style, up to its end
	chosen    bool     // within a choice
	elsewhere bool     // within what Outlook does not show
	outside   *element // what was open where that began
	ghost     bool     // within what Outlook alone shows: elements may be closed in another comment
	err       error
}

// pointed is a fault of a page with its place.
type pointed struct {
	line, column int
	fault        string
}

func (p *pointed) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", p.line, p.column, p.fault)
}

func (r *freeReader) fail(format string, args ...any) { r.failAt(r.pos, format, args...) }

func (r *freeReader) failAt(pos int, format string, args ...any) {
	if r.err == nil {
		line, column := lineOf(r.page.source, pos)
		r.err = &pointed{line: line, column: column, fault: fmt.Sprintf(format, args...)}
	}
}

// lineOf counts lines, and characters within a line, from 1.
func lineOf(source string, pos int) (line, column int) {
	before := source[:min(pos, len(source))]
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

func (r *freeReader) nodes(list []node) {
	for _, n := range list {
		if r.err != nil {
			return
		}
		r.pos = n.at
		switch {
		case r.at == inAddress && (n.test != nil || n.field != ""):
			r.tag.address = append(r.tag.address, n)
		case n.test != nil:
			r.choice(n)
		case n.field != "":
			r.field(n)
		default:
			r.words(n.words)
		}
	}
}

// misplaced is what is said of data and choices in a style, a comment or a tag.
const misplaced = "may stand in text or between the double quotes of an attribute that is no style; here it is in neither"

func (r *freeReader) field(n node) {
	get := shown(n.field)
	switch {
	case r.at == inText:
		r.someText()
		if n.field == ".Shop.Address" && !r.chosen && !r.elsewhere {
			r.page.postal = append(r.page.postal, r.open)
		}
		r.a.data(get, asHTML)
	case r.at == inTitle:
		r.a.data(get, asAttribute)
	case r.at == inValue && r.tag.attr != "style":
		r.tag.filled = true
		r.a.data(get, asAttribute)
	default:
		r.fail("{{%s}} %s", n.field, misplaced)
	}
}

// choice wants both branches to end where they began, so that what follows stands where it seems to.
func (r *freeReader) choice(n node) {
	if r.at != inText && r.at != inTitle && (r.at != inValue || r.tag.attr == "style") {
		r.fail("a choice %s", misplaced)
		return
	}
	r.tag.filled = true
	branch := func(list []node) program {
		inner := *r
		inner.a, inner.base, inner.chosen = &assembly{}, r.open, true
		inner.nodes(list)
		if inner.err == nil && (inner.at != r.at || inner.open != r.open || inner.elsewhere != r.elsewhere) {
			inner.failAt(n.at, "a choice begins or ends within a tag or an element; put whole ones into it")
		}
		if r.err == nil {
			r.err = inner.err
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

// words reads the marketer's own HTML up to the next field.
func (r *freeReader) words(text string) {
	for text != "" && r.err == nil {
		n := 1
		switch r.at {
		case inText:
			n = r.text(text)
		case inTitle:
			n = r.title(text)
		case inComment:
			n = r.until(text, "-->")
		case inStyle:
			n = r.until(text, "</style")
		case inTag:
			n = r.inside(text)
		case inValue, inAddress:
			n = r.value(text)
		}
		text, r.pos = text[n:], r.pos+n
	}
}

// until keeps what there is up to an end, which leads back into the text or the tag.
func (r *freeReader) until(text, end string) int {
	i := indexFold(text, end)
	if i < 0 {
		r.kept = append(r.kept, text...)
		r.a.lit(text)
		return len(text)
	}
	r.kept = append(r.kept, text[:i]...)
	kept := string(r.kept)
	r.kept = nil
	r.at = inText
	if end == "-->" {
		r.comment(kept)
		i += len(end)
	} else {
		r.sheet(kept)
	}
	r.a.lit(text[:i])
	return i
}

// indexFold finds an end in small or capital letters. It goes through the text once, so that many short comments cost no more than a long one.
func indexFold(text, end string) int {
	for i := 0; i+len(end) <= len(text); i++ {
		if text[i] == end[0] && strings.EqualFold(text[i:i+len(end)], end) {
			return i
		}
	}
	return -1
}

func (r *freeReader) text(text string) int {
	begins := tagStart.FindString(text)
	switch {
	case strings.HasPrefix(text, "<!--"):
		r.at, r.tag.pos = inComment, r.pos
		r.a.lit("<!--")
		return len("<!--")
	case doctype.MatchString(text):
		if r.page.had["!doctype"] || r.open != nil || len(r.page.had) > 0 {
			r.fail("<!DOCTYPE> stands elsewhere than at the beginning")
		}
		r.page.had["!doctype"] = true
		end := strings.IndexByte(text, '>') + 1
		r.a.lit(text[:end])
		return end
	case begins != "":
		r.begin(begins)
		r.a.lit(begins)
		return len(begins)
	case text[0] == '<':
		r.fail("a < that begins no tag: write &lt;")
	}
	next := strings.IndexByte(text[1:], '<') + 1
	if next == 0 {
		next = len(text)
	}
	if words := html.UnescapeString(text[:next]); legible(words) {
		r.someText()
		r.outWords(words, r.open)
	}
	r.a.lit(text[:next])
	return next
}

// title is text alone: browsers read tags in it as words, and end it at the first of its end tags.
func (r *freeReader) title(text string) int {
	next := strings.IndexByte(text, '<')
	switch {
	case next < 0:
		next = len(text)
	case next == 0 && len(text) >= len("</title>") && strings.EqualFold(text[:len("</title>")], "</title>"):
		r.at, r.open = inText, r.open.parent
		next = len("</title>")
	case next == 0:
		r.fail("<title> holds text alone: take the tag out, or write &lt;")
		next = 1
	}
	r.a.lit(text[:next])
	return next
}

// value reads up to the closing quote of a value.
func (r *freeReader) value(text string) int {
	end := strings.IndexByte(text, '"')
	part := text
	if end >= 0 {
		part = text[:end]
	}
	if i := strings.IndexAny(part, "<>"); i >= 0 {
		r.pos += i
		r.fail("a %c stands in the value of %s: write &lt; or &gt;, or end the value with a double quote", part[i], r.tag.attr)
		return len(text)
	}
	if r.at == inValue {
		r.tag.value = append(r.tag.value, part...)
		r.a.lit(part)
	} else if part != "" {
		r.tag.address = append(r.tag.address, node{words: part})
	}
	if end < 0 {
		return len(text)
	}
	if r.at == inAddress {
		r.linked()
	} else {
		r.valued()
	}
	r.at, r.tag.attr, r.tag.spaced = inTag, "", false
	r.a.lit(`"`)
	return end + 1
}

// buildFree reads a page of free HTML. Its text part is the one that was given, or is made of the page.
func (c *Compiled) buildFree(t Template) error {
	page := freePage{source: strings.ReplaceAll(t.HTML, "\r\n", "\n"), had: map[string]bool{}}
	marketing := ClassOf(t.Topic) == Marketing
	body, err := page.read(marketing)
	switch {
	case err != nil:
		return fmt.Errorf("%w: html: %w", ErrInvalid, err)
	case !marketing && page.coupon:
		return fmt.Errorf("%w: html: topic %s needs no consent and so may not carry an offer", ErrInvalid, TopicService)
	}
	c.html, c.coupon = body, page.coupon
	if t.Text == "" {
		c.madeText = true
		return nil
	}
	words, err := parseText(strings.ReplaceAll(t.Text, "\r\n", "\n"))
	if err != nil {
		return fmt.Errorf("%w: text: %w", ErrInvalid, err)
	}
	if err := ownText(words, marketing); err != nil {
		return fmt.Errorf("%w: text: %w", ErrInvalid, err)
	}
	var a assembly
	c.text = a.nodes(words, asIs, asLine).lit("\n").done()
	return nil
}

// read goes through the whole page and holds marketing to what its readers must see.
func (p *freePage) read(marketing bool) (program, error) {
	r := freeReader{a: &assembly{}, page: p}
	if i := strings.IndexFunc(p.source, control); i >= 0 {
		r.failAt(i, "a character that cannot be shown: write the page as UTF-8, without control characters")
		return nil, r.err
	}
	list, err := parseText(p.source)
	if err != nil {
		return nil, err
	}
	r.nodes(list)
	switch {
	case r.err != nil:
	case r.at != inText && r.at != inTitle:
		r.failAt(len(p.source), "it ends within a tag, a style or a comment")
	case r.open != nil:
		r.failAt(r.open.pos, "<%s> is not closed: write </%s> where it ends", r.open.tag, r.open.tag)
	case r.elsewhere:
		r.failAt(len(p.source), "<!--[if !mso]><!--> is not closed: write <!--<![endif]--> where it ends")
	}
	switch {
	case r.err != nil:
		return nil, r.err
	}
	if marketing {
		if err := p.lawful(); err != nil {
			return nil, err
		}
	}
	return r.a.done(), nil
}

const plainSight = "which no choice hides and no style, in letters of 6 pixels or more that stand out from what is behind them"

// control tells characters that browsers replace, drop or read as something else.
func control(c rune) bool {
	return c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c <= 0x9f || c == utf8.RuneError
}
