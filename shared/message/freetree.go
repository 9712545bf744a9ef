package message

import (
	"slices"
	"strings"
	"unicode"
)

// maxElements is how deep elements may stand in one another.
const maxElements = 100

// element is one that is open, or was.
type element struct {
	tag     string
	parent  *element
	depth   int
	pos     int
	classes []string
	ids     []string
	unclear bool // its class or id is filled in, so that any rule may hold for it
	look    look
	leaves  bool   // it is the link of the way out
	alt     string // of a picture, if it is the marketer's own words
}

// What elements may stand in is a little less than browsers take: what they would move elsewhere or close by themselves is left out.
var (
	voids  = strings.Fields("br hr img meta col")
	blocks = strings.Fields("table div p h1 h2 h3 h4 h5 h6 ul ol dl hr blockquote pre center")
	once   = strings.Fields("html head title body")
	within = map[string][]string{
		"html": {""}, "head": {"html"}, "body": {"html"}, "meta": {"head"}, "title": {"head"},
		"thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "colgroup": {"table"}, "col": {"table", "colgroup"},
		"tr": {"table", "thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"},
		"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"},
	}
	// frames hold what the table above says, and neither words nor anything else.
	frames = strings.Fields("html head table thead tbody tfoot tr colgroup ul ol dl")
)

func (e *element) name() string {
	if e == nil {
		return ""
	}
	return e.tag
}

// wayOut is the link of the way out that e stands in; nil where it stands in none.
func (e *element) wayOut() *element {
	for e != nil && !e.leaves {
		e = e.parent
	}
	return e
}

// outWords counts words of the way out that no choice hides, and keeps where they stand. The element counts once there are enough of them.
func (r *freeReader) outWords(words string, e *element) {
	link := r.open.wayOut()
	if link == nil || r.chosen || r.elsewhere || r.ghost || r.err != nil {
		return
	}
	plain, whole := lettersOf(words)
	if plain+whole == 0 {
		return
	}
	r.page.ways = append(r.page.ways, outWord{in: e, link: link, plain: plain, whole: whole})
}

// closes ends a tag: an element begins, or one ends.
func (r *freeReader) closes() {
	r.at = inText
	t := &r.tag
	e := t.made
	switch {
	case r.ghost:
		r.ghostly(e)
	case t.ends:
		r.end()
		return
	default:
		r.start(e)
	}
	switch {
	case t.name == "img" && !slices.Contains(t.attrs, "alt"):
		r.failAt(t.pos, "an <img> has no alt: say in words what the picture shows, for those who cannot see it")
	case t.name == "style" && !t.ends:
		r.at = inStyle
	case t.name == "title":
		r.at = inTitle
	}
}

func (r *freeReader) start(e *element) {
	parent := r.open.name()
	places, placed := within[e.tag]
	switch {
	case slices.Contains(once, e.tag) && r.page.had[e.tag]:
		r.failAt(e.pos, "<%s> stands there a second time", e.tag)
	case placed && !slices.Contains(places, parent):
		r.failAt(e.pos, "<%s> stands in %s and belongs in %s", e.tag, spoken(parent), spoken(places...))
	case e.tag == "html" && (r.page.had["a word"] || r.page.had["an element"]):
		r.failAt(e.pos, "<html> comes after something: it is the first")
	case e.tag == "head" && r.page.had["body"]:
		r.failAt(e.pos, "<head> comes after <body>: it stands before it")
	case e.tag == "style" && parent == "head":
	case !placed && slices.Contains(frames, parent):
		r.failAt(e.pos, "<%s> stands in <%s>, which may not hold it: put it into %s", e.tag, parent, holder(parent))
	case r.open == nil && r.page.had["html"] && e.tag != "html":
		r.failAt(e.pos, "<%s> comes after </html>", e.tag)
	case slices.Contains(blocks, e.tag) && r.inParagraph():
		r.failAt(e.pos, "<%s> stands in a <p>, which ends there: write </p> before it", e.tag)
	case e.tag == "a" && r.in("a"):
		r.failAt(e.pos, "a link stands in a link: write </a> before it")
	case isHeading(e.tag) && isHeading(parent):
		r.failAt(e.pos, "<%s> stands in <%s>: write </%s> before it", e.tag, parent, parent)
	}
	r.page.had[e.tag] = true
	r.page.had["an element"] = true
	if slices.Contains(voids, e.tag) {
		e.parent = r.open
		if e.tag == "img" && !e.look.flat { // a picture whose size is nothing shows no words either
			r.outWords(e.alt, e)
		}
		return
	}
	if e.parent = r.open; r.open != nil {
		e.depth = r.open.depth + 1
	}
	if e.depth >= maxElements {
		r.failAt(e.pos, "elements stand more than %d deep in one another", maxElements)
	}
	r.open = e
}

func (r *freeReader) end() {
	t := &r.tag
	switch {
	case slices.Contains(voids, t.name):
		r.failAt(t.pos, "</%s> is nothing: <%s> has no end", t.name, t.name)
	case r.open == nil:
		r.failAt(t.pos, "</%s> closes nothing", t.name)
	case r.open.tag != t.name:
		line, column := lineOf(r.page.source, r.open.pos)
		r.failAt(t.pos, "</%s> comes while <%s> of line %d, column %d is open: close that first", t.name, r.open.tag, line, column)
	case r.open == r.base:
		r.failAt(t.pos, "</%s> closes in a choice what was opened before it", t.name)
	default:
		r.open = r.open.parent
	}
}

// someText refuses words where browsers would move them elsewhere.
func (r *freeReader) someText() {
	switch parent := r.open.name(); {
	case r.ghost:
	case slices.Contains(frames, parent):
		r.fail("text stands in <%s>, which may not hold it: put it into %s", parent, holder(parent))
	case r.open == nil && r.page.had["html"]:
		r.fail("text comes after </html>")
	}
	r.page.had["a word"] = true
}

// inParagraph tells whether a <p> is open that a block would end.
func (r *freeReader) inParagraph() bool {
	for e := r.open; e != nil && e.tag != "td" && e.tag != "th"; e = e.parent {
		if e.tag == "p" {
			return true
		}
	}
	return false
}

// in tells whether a tag is open.
func (r *freeReader) in(tag string) bool {
	for e := r.open; e != nil; e = e.parent {
		if e.tag == tag {
			return true
		}
	}
	return false
}

func isHeading(tag string) bool {
	return len(tag) == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6'
}

// holder is where something belongs that stands in a frame.
func holder(frame string) string {
	switch frame {
	case "html", "head":
		return "<body>"
	case "ul", "ol":
		return "an <li>"
	case "dl":
		return "a <dd>"
	}
	return "a <td>"
}

func spoken(tags ...string) string {
	if tags[0] == "" {
		return "nothing but the page"
	}
	return "<" + strings.Join(tags, "> or <") + ">"
}

// legible tells whether words hold anything that is seen.
func legible(words string) bool {
	return strings.ContainsFunc(words, func(c rune) bool {
		return unicode.IsGraphic(c) && !unicode.IsSpace(c) && c != '\u115f' && c != '\u1160' && c != '\u2800' && c != '\u3164' && c != '\uffa0' &&
			!unicode.Is(unicode.Mn, c) && !unicode.Is(unicode.Zs, c)
	})
}
