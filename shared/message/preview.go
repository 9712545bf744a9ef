package message

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Sample is believable data that the template can be filled in with, in its language and in no shopper's name. Its coupon is none.
func (c *Compiled) Sample() Data {
	d := Sample(c.Language)
	if c.symbol == SymbolEAN13 {
		d.Coupon.Code = sampleEAN
	}
	return d
}

// SampleSubject is the subject as the sample's shopper would read it.
func (c *Compiled) SampleSubject() string {
	d := c.Sample()
	var subject output
	c.speak(&d)
	c.subject.run(&subject, &d)
	return strings.TrimSpace(string(subject.buf))
}

// WithPictures is the HTML with the pictures that travel with the mail put into it, for a browser.
func (m Mail) WithPictures() string {
	html := m.HTML
	for _, p := range m.Parts {
		html = strings.ReplaceAll(html, `"cid:`+p.ID+`"`, `"data:`+p.Type+`;base64,`+base64.StdEncoding.EncodeToString(p.Data)+`"`)
	}
	return html
}

// Bannered is a mail's HTML with lines above everything else, which say to whoever looks at a preview what the shopper would never see.
func Bannered(html string, lines ...string) string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" })
	begin := strings.Index(html, "<body")
	if len(lines) == 0 || begin < 0 {
		return html
	}
	end := strings.IndexByte(html[begin:], '>')
	if end < 0 {
		return html
	}
	banner := []byte(`<div dir="ltr" style="padding:14px 20px;background:#8c2f1b;color:#ffffff;` + styleFont + `font-size:15px;line-height:22px;text-align:center">`)
	for i, l := range lines {
		if i > 0 {
			banner = append(banner, "<br>"...)
		}
		banner = asAttribute(banner, l)
	}
	at := begin + end + 1
	return html[:at] + string(append(banner, "</div>"...)) + html[at:]
}
