package message

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// freeTags are what mailboxes show. Nothing among them runs, loads a page or sends a form.
var freeTags = strings.Fields("html head meta title style body table thead tbody tfoot tr td th col colgroup div p span a img h1 h2 h3 h4 h5 h6 br hr " +
	"b i u s strong em small big sup sub ul ol li dl dt dd blockquote pre code center font bdi bdo")

// freeAttributes are what the tags may have. None of them fetches or sends but the addresses, which stand on one kind of tag each.
var freeAttributes = strings.Fields("style class id title alt dir lang xml:lang role hidden align valign width height border cellpadding cellspacing " +
	"bgcolor color face size colspan rowspan span scope name content charset type media target rel start value nowrap noshade " +
	"text link alink vlink leftmargin topmargin marginwidth marginheight xmlns xmlns:v xmlns:o aria-hidden aria-label")

// addresses are the attributes that hold one, and the tags that may have them.
var addresses = map[string][]string{
	"href":       {"a"},
	"src":        {"img"},
	"background": {"body", "table", "td", "th"},
}

var (
	doctype   = regexp.MustCompile(`^<![Dd][Oo][Cc][Tt][Yy][Pp][Ee] [^<>]*>`)
	tagStart  = regexp.MustCompile(`^</?[a-zA-Z][a-zA-Z0-9]*(:[a-zA-Z]+)?`)
	attribute = regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9:_]*`)
	entity    = regexp.MustCompile(`&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);`)
)

// freeTag is a tag while it is read.
type freeTag struct {
	name    string
	ends    bool // it is an end tag
	pos     int
	attrs   []string
	attr    string // the one that is read
	value   []byte
	filled  bool // data or a choice stands in the value
	address []node
	equal   bool // a value must follow
	spaced  bool // a name may follow
	made    *element
}

// begin reads the start of a tag.
func (r *freeReader) begin(begins string) {
	name := strings.ToLower(strings.TrimLeft(begins, "</"))
	r.at = inTag
	r.tag = freeTag{name: name, ends: begins[1] == '/', pos: r.pos, made: &element{tag: name, pos: r.pos}}
	if name == "bdo" { // which may turn words round
		r.tag.made.look = look{hides: true, by: "the order of letters"}
	}
	if !slices.Contains(freeTags, name) && !(r.ghost && ghostTag(name)) {
		r.fail("<%s> is nothing that mailboxes show: take it out", name)
	}
}

// inside reads within a tag, outside of values.
func (r *freeReader) inside(text string) int {
	t, name, first := &r.tag, attribute.FindString(text), text[0]
	n := 1
	switch {
	case strings.IndexByte(" \t\n", first) >= 0:
		t.spaced = true
	case t.equal && first == '"':
		t.equal, t.address, t.value, t.filled = false, nil, nil, false
		if r.at = inValue; addresses[t.attr] != nil {
			r.at = inAddress
		}
	case t.equal:
		r.fail("the value of %s stands in no double quotes", t.attr)
	case first == '=' && t.attr != "":
		t.equal = true
	case first == '>':
		r.closes()
	case strings.HasPrefix(text, "/>") && !t.ends && (slices.Contains(voids, t.name) || ghostTag(t.name)):
	case first == '/':
		r.fail("<%s/> closes nothing: write </%s> where the element ends", t.name, t.name)
	case name != "" && t.spaced:
		r.attribute(strings.ToLower(name))
		n = len(name)
	default:
		r.fail("%q stands within <%s>: values belong in double quotes, with a blank between them", first, t.name)
	}
	r.a.lit(text[:n])
	return n
}

func (r *freeReader) attribute(name string) {
	t := &r.tag
	t.attr, t.spaced = name, false
	foreign := r.ghost && strings.Contains(t.name, ":") && !strings.HasPrefix(name, "on")
	on, address := addresses[name]
	switch {
	case t.ends:
		r.fail("</%s> has an attribute, which an end tag has not", t.name)
	case slices.Contains(t.attrs, name):
		r.fail("%s stands twice in <%s>, and only the first counts: take one out", name, t.name)
	case foreign:
	case address && !slices.Contains(on, t.name):
		r.fail("%s means an address only in <%s>: take it out", name, strings.Join(on, ">, <"))
	case !address && !slices.Contains(freeAttributes, name):
		r.fail("%s is nothing that mailboxes take: take it out", name)
	}
	t.attrs = append(t.attrs, name)
	if name == "hidden" {
		t.made.look.hides, t.made.look.by = true, name
	}
}

// valued ends a value that is no address, and keeps what it says of how the element looks.
func (r *freeReader) valued() {
	t, e := &r.tag, r.tag.made
	value, clear := unescape(string(t.value))
	switch t.attr {
	case "style":
		if !clear {
			r.fail("style holds an & that begins no entity: write &quot; with its semicolon, or take it out")
			return
		}
		look, err := lookOf(value)
		if err != nil {
			r.fail("style %v", err)
			return
		}
		e.look = e.look.over(look)
	case "class":
		e.classes, e.unclear = strings.Fields(strings.ToLower(value)), e.unclear || t.filled || !clear
	case "id":
		e.ids, e.unclear = strings.Fields(strings.ToLower(value)), e.unclear || t.filled || !clear
	case "aria-hidden":
		if value != "false" {
			e.look = e.look.over(look{hides: true, by: t.attr})
		}
	case "alt":
		if !t.filled {
			e.alt = value
		}
	case "width", "height":
		e.look = e.look.over(look{flat: value != "" && tiny(t.attr, value)})
	case "bgcolor":
		e.look = look{ground: colourOf(value)}.over(e.look)
	case "color", "text":
		e.look = look{colour: colourOf(value)}.over(e.look)
	}
}

// linked ends an address: the coupon's picture, the way out, a link that is counted, or a picture.
func (r *freeReader) linked() {
	t := &r.tag
	list := plainWords(t.address)
	if r.page.links++; r.page.links > maxFreeLinks {
		r.fail("there are more than %d addresses", maxFreeLinks)
	}
	wayOut := names(list, ".UnsubscribeURL")
	if len(list) == 1 && list[0].words == sourceCoupon && t.attr == "src" {
		r.page.coupon = true
		r.a.lit(sourceCoupon)
		return
	}
	r.wholeAddress(list)
	switch {
	case wayOut && (len(list) != 1 || list[0].field == "" || t.attr != "href"):
		r.fail(`{{.UnsubscribeURL}} stands alone in its address: write <a href="{{.UnsubscribeURL}}">`)
	case wayOut:
		t.made.leaves = true
		if !r.chosen && !r.elsewhere {
			r.page.exits = append(r.page.exits, t.made)
		}
		r.a.href(unsubscribe, asAttribute)
	case t.attr == "href":
		r.a.counted(list, asAttribute)
	default:
		r.a.link(list, asAttribute)
	}
}

// wholeAddress looks at each way in which an address may begin, whatever the choices in it say of a shopper.
func (r *freeReader) wholeAddress(list []node) {
	begins, empty := beginnings(list)
	if empty {
		r.fail("the address of %s may be empty: begin with https://", r.tag.attr)
	}
	for _, b := range begins {
		lower := strings.ToLower(b)
		switch {
		case strings.HasPrefix(lower, "http://"):
			r.fail("%q is not protected on its way: begin with https://", shorten(b))
		case strings.HasPrefix(lower, "https://") || strings.HasPrefix(b, "{{") && strings.HasSuffix(b, "URL}}"):
		case r.tag.attr == "href" && (strings.HasPrefix(lower, "mailto:") || strings.HasPrefix(lower, "tel:")):
		default:
			r.fail("%q is not a whole address: begin with https://", shorten(b))
		}
	}
}

// beginnings are the first words, or the first data, of each way through a list, and whether one of the ways says nothing.
func beginnings(list []node) (begins []string, empty bool) {
	for _, n := range list {
		switch {
		case n.test != nil:
			yes, none := beginnings(n.then)
			no, neither := beginnings(n.orElse)
			if begins = append(append(begins, yes...), no...); !none && !neither {
				return begins, false
			}
		case n.field != "":
			return append(begins, "{{"+n.field+"}}"), false
		case strings.TrimSpace(n.words) != "":
			return append(begins, strings.TrimLeft(n.words, " \t\n")), false
		}
	}
	return begins, true
}

// plainWords is a list with the entities of its words read.
func plainWords(list []node) []node {
	out := slices.Clone(list)
	for i, n := range out {
		out[i].words, _ = unescape(n.words)
		out[i].then, out[i].orElse = plainWords(n.then), plainWords(n.orElse)
	}
	return out
}

func names(list []node, field string) bool {
	return slices.ContainsFunc(list, func(n node) bool {
		return n.field == field || names(n.then, field) || names(n.orElse, field)
	})
}

// unescape reads the entities that end with a semicolon. It tells whether every & was one of those: without it "&section=1" of an address
// would be read as a sign of its own.
func unescape(s string) (plain string, clear bool) {
	clear = !strings.Contains(entity.ReplaceAllString(s, ""), "&")
	return entity.ReplaceAllStringFunc(s, html.UnescapeString), clear
}
