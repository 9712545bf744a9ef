package message

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/ids"
)

// Bounds of a template, so that checking and rendering one takes a known time and mailboxes take what comes out.
const (
	MaxBlocks     = 40
	MaxText       = 4000 // bytes of one text of a template
	MaxSubject    = 200  // characters, after filling in
	MaxURL        = 900  // bytes: an address must fit one line of a mail, which ends at 998
	MaxCartLines  = 20   // shown; the rest is counted in one line
	MaxProducts   = 12   // of one block; of those that a message brings the rest is counted in one line
	MaxHTML       = 102 * 1024
	sampleCeiling = MaxHTML * 9 / 10 // bytes that a template may take with sample data, leaving room for long names
)

// Template is what a marketer writes: one language of one mail, as a list of blocks. Its texts may name the shopper's data,
// {{.Shopper.Given}}, and choose by it, {{if .Card.Tier}}...{{else}}...{{end}}; `programme check` names all there are when one is unknown.
type Template struct {
	ID        string  `json:"id" yaml:"id"`                                   // a name for it, which campaigns send it by; the same in each language
	Language  string  `json:"language" yaml:"language"`                       // "en", "de", ...; programme check names all there are
	Topic     string  `json:"topic" yaml:"topic"`                             // TopicService, or one that shoppers consent to
	Subject   string  `json:"subject" yaml:"subject"`                         // one line, of at most 200 characters when it is filled in
	Preheader string  `json:"preheader,omitempty" yaml:"preheader,omitempty"` // the line that mailboxes show after the subject
	Blocks    []Block `json:"blocks" yaml:"blocks"`
	HTML      string  `json:"html,omitempty" yaml:"html,omitempty"` // a page of one's own, in the place of blocks; what a browser would have to guess at is refused with its line and column
	Text      string  `json:"text,omitempty" yaml:"text,omitempty"` // the text part of such a page, with the way out and the postal address too; made of the page if missing
}

// Kinds of block.
const (
	BlockHeading  = "heading"  // text
	BlockText     = "text"     // text; an empty line starts a paragraph
	BlockButton   = "button"   // text, url
	BlockImage    = "image"    // image, alt; url makes it a link
	BlockCoupon   = "coupon"   // the order's coupon with its barcode; text stands under the title
	BlockPoints   = "points"   // the card's points, tier and number
	BlockCart     = "cart"     // the lines of the cart with their total
	BlockProducts = "products" // its items, else those that the message is about; with neither it is left out. text stands above
	BlockDivider  = "divider"
	BlockFooter   = "footer" // the shop's name and postal address, and for marketing why the mail came and the way out; text is added
)

// Block is one piece of a mail. HTML and text part are both made from it.
type Block struct {
	Type   string    `json:"type" yaml:"type"`                         // heading, text, button, image, coupon, points, cart, products, divider, footer
	Text   string    `json:"text,omitempty" yaml:"text,omitempty"`     // what it says; of a coupon, the card's points, a cart or products the line above or below
	URL    string    `json:"url,omitempty" yaml:"url,omitempty"`       // where a button or an image leads
	Image  string    `json:"image,omitempty" yaml:"image,omitempty"`   // the address of a picture, with https://
	Alt    string    `json:"alt,omitempty" yaml:"alt,omitempty"`       // what stands where the image is not shown
	Symbol string    `json:"symbol,omitempty" yaml:"symbol,omitempty"` // of a coupon: "code128", "ean13" or "qr"; chosen by the code if missing
	Items  []Product `json:"items,omitempty" yaml:"items,omitempty"`   // of products; without items they are the cart's, or the offer's
}

// Problem is one thing to mend in a template: where, and what to do.
type Problem struct {
	Path string `json:"path"` // "subject", "blocks[2].text"
	Text string `json:"text"`
}

func (p Problem) String() string { return p.Path + ": " + p.Text }

// blockRules says which fields a kind of block must have and which it may have.
var blockRules = map[string]struct{ must, may []string }{
	BlockHeading:  {must: []string{"text"}},
	BlockText:     {must: []string{"text"}},
	BlockButton:   {must: []string{"text", "url"}},
	BlockImage:    {must: []string{"image", "alt"}, may: []string{"url"}},
	BlockCoupon:   {may: []string{"text", "symbol"}},
	BlockPoints:   {may: []string{"text"}},
	BlockCart:     {may: []string{"text"}},
	BlockProducts: {may: []string{"text", "items"}},
	BlockDivider:  {},
	BlockFooter:   {may: []string{"text"}},
}

// Check lists everything that keeps the template from being sent, all at once and in the order of the template; an empty list
// is a promise that Compile accepts it.
func Check(t Template) []Problem {
	var found []Problem
	report := func(path, format string, args ...any) {
		found = append(found, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
	}
	if !ids.ValidPart(t.ID) {
		report("id", "%q must be 1 to %d of A-Z a-z 0-9 . _ - #", t.ID, ids.MaxPart)
	}
	if _, ok := phrases[t.Language]; !ok {
		report("language", "%q is not one of %s", t.Language, strings.Join(Languages(), ", "))
	}
	if !ids.ValidPart(t.Topic) {
		report("topic", "%q must name what the shopper consents to, or be %q", t.Topic, TopicService)
	}
	switch {
	case strings.TrimSpace(t.Subject) == "":
		report("subject", "is missing")
	case strings.ContainsAny(t.Subject, "\r\n"):
		report("subject", "must be one line")
	}
	checkText("subject", t.Subject, report)
	checkText("preheader", t.Preheader, report)
	if t.HTML != "" || t.Text != "" {
		checkFree(t, report)
		if len(found) == 0 {
			checkSample(t, report)
		}
		return found
	}
	if n := len(t.Blocks); n == 0 || n > MaxBlocks {
		report("blocks", "has %d; 1 to %d are needed", n, MaxBlocks)
		return found
	}
	for i, b := range t.Blocks {
		checkBlock(fmt.Sprintf("blocks[%d]", i), b, report)
	}
	checkClass(t, report)
	if len(found) == 0 {
		checkSample(t, report)
	}
	return found
}

// checkFree looks at a page of free HTML as a whole; what it says is found by building it.
func checkFree(t Template, report reporter) {
	checkText("text", t.Text, report)
	switch {
	case len(t.Blocks) > 0:
		report("blocks", "stand beside html; a template is one or the other")
	case strings.TrimSpace(t.HTML) == "":
		report("html", "is missing: text alone is no e-mail here; write it as a text block")
	case len(t.HTML) > MaxHTML:
		report("html", "has %d bytes; mailboxes clip at %d", len(t.HTML), MaxHTML)
	default:
		if err := new(Compiled).buildFree(t); err != nil {
			path, fault, _ := strings.Cut(strings.TrimPrefix(err.Error(), ErrInvalid.Error()+": "), ": ")
			report(path, "%s", fault)
		}
	}
}

type reporter func(path, format string, args ...any)

func checkText(path, text string, report reporter) {
	if len(text) > MaxText {
		report(path, "has %d bytes; at most %d", len(text), MaxText)
		return
	}
	if _, err := parseText(text); err != nil {
		report(path, "%v", err)
	}
}

func checkBlock(path string, b Block, report reporter) {
	rule, ok := blockRules[b.Type]
	if !ok {
		report(path+".type", "%q is not a block; there are heading, text, button, image, coupon, points, cart, products, divider and footer", b.Type)
		return
	}
	fields := []struct{ name, value string }{
		{"text", b.Text}, {"url", b.URL}, {"image", b.Image}, {"alt", b.Alt}, {"symbol", b.Symbol},
	}
	for _, f := range fields {
		must, may := slices.Contains(rule.must, f.name), slices.Contains(rule.may, f.name)
		switch {
		case must && strings.TrimSpace(f.value) == "" && f.name == "alt":
			report(path+".alt", "is missing: say in words what the picture shows, for those who cannot see it")
		case must && strings.TrimSpace(f.value) == "":
			report(path+"."+f.name, "is missing: a %s needs it", b.Type)
		case !must && !may && f.value != "":
			report(path+"."+f.name, "means nothing in a %s", b.Type)
		default:
			checkText(path+"."+f.name, f.value, report)
		}
	}
	if len(b.Items) > 0 && !slices.Contains(rule.may, "items") {
		report(path+".items", "means nothing in a %s", b.Type)
	}
	checkItems(path+".items", b.Items, report)
	if b.Symbol != "" && !slices.Contains(symbols, b.Symbol) {
		report(path+".symbol", "%q is not one of %s", b.Symbol, strings.Join(symbols, ", "))
	}
}

// offering are the blocks that advertise.
var offering = []string{BlockCoupon, BlockCart, BlockProducts}

// checkClass holds marketing to the law of e-mail and service mail to being no advertisement.
func checkClass(t Template, report reporter) {
	last := len(t.Blocks) - 1
	footers := 0
	for i, b := range t.Blocks {
		path := fmt.Sprintf("blocks[%d]", i)
		switch {
		case b.Type == BlockFooter:
			if footers++; footers > 1 || i != last {
				report(path, "a footer must be the last block, and the only one")
			}
		case ClassOf(t.Topic) == Service && slices.Contains(offering, b.Type):
			report(path, "topic %s needs no consent and so may not carry an offer: use a topic that shoppers consent to", TopicService)
		}
	}
	if ClassOf(t.Topic) == Marketing && footers == 0 {
		report("blocks", "a footer is missing: marketing must show the shop's postal address and an unsubscribe link")
	}
}

// checkSample fills the template in for a shopper of whom all is known and for one of whom next to nothing is.
func checkSample(t Template, report reporter) {
	c, err := build(t)
	if err != nil {
		report("blocks", "%v", err)
		return
	}
	for _, d := range []Data{Sample(t.Language), bareSample(t.Language)} {
		if c.symbol == SymbolEAN13 {
			d.Coupon.Code = sampleEAN
		}
		m, err := Render(c, d)
		switch {
		case err != nil:
			report("blocks", "filled in with sample data: %v", strings.TrimPrefix(err.Error(), ErrInvalid.Error()+": "))
		case len(m.HTML) > sampleCeiling:
			report("blocks", "give %d bytes of HTML with sample data; mailboxes clip a mail at %d, so %d is the most", len(m.HTML), MaxHTML, sampleCeiling)
		case c.madeText && ClassOf(c.Topic) == Marketing && !lawful(m.Text, d):
			report("text", "is made of the page and lacks the way out or the postal address: write one, with {{.UnsubscribeURL}} and {{.Shop.Address}}")
		default:
			continue
		}
		return
	}
}

// Compile makes the template ready to render, once for all messages. It returns ErrInvalid with the first problem that Check
// finds; show the marketer Check's whole list.
func Compile(t Template) (*Compiled, error) {
	if problems := Check(t); len(problems) > 0 {
		return nil, fmt.Errorf("%w: template %s: %s", ErrInvalid, t.ID, problems[0])
	}
	return build(t)
}

// CompileChecked is Compile for a template that Check passed when it was published: it trusts that and renders no sample, so that
// a function that starts need not wait for it. It returns ErrInvalid for a text that cannot be read all the same.
func CompileChecked(t Template) (*Compiled, error) {
	c, err := build(t)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.ID, err)
	}
	return c, nil
}
