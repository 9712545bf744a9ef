package message

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// FuzzFreeHTML holds two promises: no page stops the reader, and what passes shows the way out and the postal address to a reader that knows
// nothing of ours. That reader takes the page, filled in, for XML with HTML's entities, and believes only styles that stand on elements.
func FuzzFreeHTML(f *testing.F) {
	f.Add(page)
	for _, c := range []trick{
		{}, {here: "<!-- a -->"}, {way: `<div style="display:none">` + wayOut + `</div>`}, {head: "<style>a{color:#333}</style>"}, {here: `{{if .Card.Tier}}<b>x</b>{{end}}`},
		{here: `<!--[if mso]><table><tr><td><![endif]-->`}, {here: `<!--[if !mso]><!-->x<!--<![endif]-->`}, {here: `<img src="cid:coupon@regulars" alt="&quot;">`},
		{here: `<!-->`}, {here: "<textarea>"}, {way: `<p><a href="{{.UnsubscribeURL}}"><b>Leave</b></a></p>`}, {here: `<a href="https://shop.example/?a=1&b=2" title="x">y</a>`},
	} {
		f.Add(c.template().HTML)
	}
	f.Fuzz(func(t *testing.T, text string) {
		of := free(text)
		if len(Check(of)) > 0 {
			return
		}
		m := rendered(t, of, bareSample("en"))
		d := bareSample("en")
		way, address, err := naive(m.HTML, d)
		if err != nil || !way || !address {
			t.Errorf("way out %t, address %t, %v:\n%s", way, address, err, m.HTML)
		}
		if !lawful(m.Text, d) {
			t.Errorf("the text part lacks what the law wants:\n%s", m.Text)
		}
	})
}

var smallTags = regexp.MustCompile(`</?[a-zA-Z]+`)

// naive looks for a link to the way out with words in it, and for the address, outside of everything that an element's own style hides.
func naive(page string, d Data) (way, address bool, err error) {
	dec := xml.NewDecoder(strings.NewReader(smallTags.ReplaceAllStringFunc(withoutComments(page), strings.ToLower)))
	dec.Strict, dec.AutoClose, dec.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var hidden, link int
	var depth []bool
	var links []bool
	var words strings.Builder
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return way, strings.Contains(words.String(), d.Shop.Address), nil
		}
		if err != nil {
			return false, false, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			hides, leaves := naively(token, d)
			depth, links = append(depth, hides), append(links, leaves)
			hidden, link = hidden+count(hides), link+count(leaves)
		case xml.EndElement:
			last := len(depth) - 1
			hidden, link = hidden-count(depth[last]), link-count(links[last])
			depth, links = depth[:last], links[:last]
		case xml.CharData:
			if hidden == 0 {
				words.Write(token)
				way = way || link > 0 && strings.TrimSpace(string(token)) != ""
			}
		}
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func naively(e xml.StartElement, d Data) (hides, leaves bool) {
	name := strings.ToLower(e.Name.Local)
	hides = name == "head" || name == "title" || name == "style"
	seen := false
	for _, a := range e.Attr {
		style := strings.ReplaceAll(strings.ToLower(a.Value), " ", "")
		switch strings.ToLower(a.Name.Local) {
		case "hidden":
			hides = true
		case "style":
			for _, bad := range []string{"display:none", "visibility:hidden", "font-size:0px", "mso-hide:all", "opacity:0;"} {
				hides = hides || strings.Contains(style+";", bad+";") && !strings.Contains(style, "/*")
			}
		case "href":
			leaves = leaves || !seen && name == "a" && a.Value == d.UnsubscribeURL
			seen = true
		}
	}
	return hides, leaves
}

// withoutComments ends a comment where a browser does.
func withoutComments(page string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(page, "<!--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if strings.HasPrefix(after, ">") || strings.HasPrefix(after, "->") {
			page = strings.TrimLeft(after, "-")[1:]
			continue
		}
		end, width := strings.Index(after, "-->"), len("-->")
		if i := strings.Index(after, "--!>"); i >= 0 && (end < 0 || i < end) {
			end, width = i, len("--!>")
		}
		if end < 0 {
			return b.String()
		}
		page = after[end+width:]
	}
}

// Each page is near the greatest length and holds as much as it can of one thing; a reader that looked back for each would need minutes.
func TestALongPageIsReadInItsTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ here, says string }{
		{strings.Repeat(`<a href="https://shop.example/">x</a>`, 2000), "more than 150 addresses"},
		{`</p><style>` + strings.Repeat(".a{display:none}", 6000) + `</style><p>`, "more than 500 rules"},
		{strings.Repeat("<!-- x -->", 8000), ""},
		{strings.Repeat("{{if .Card.Tier}}a{{end}}", 3500), ""},
		{strings.Repeat(`<span class="a b c" style="color:#333">{{.Shop.Name}}</span>`, 1000), ""},
		{strings.Repeat("<", 90000), "begins no tag"},
		{`<b title="` + strings.Repeat("&amp;", 15000) + `">x</b>`, ""},
		{strings.Repeat("<div>", 10000), "write </p>"},
		{strings.Repeat("<b>", 10000), "100 deep"},
		{strings.Repeat("<div>", 200000), "mailboxes clip"},
	} {
		found := Check(trick{head: "<style>" + strings.Repeat(".d{color:#333}", 450) + "</style>", here: c.here}.template())
		if c.says == "" && len(found) > 0 || c.says != "" && (len(found) != 1 || !strings.Contains(found[0].Text, c.says)) {
			t.Errorf("%.30s...: %v; want ...%s...", c.here, found, c.says)
		}
	}
}
