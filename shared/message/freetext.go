package message

import (
	"errors"
	"html"
	"regexp"
	"slices"
	"strings"
)

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

// ownText holds a text part of the marketer's own to what the page is held to: some read nothing else.
func ownText(words []node, marketing bool) error {
	says := func(field string) bool {
		return slices.ContainsFunc(words, func(n node) bool { return n.field == field })
	}
	switch {
	case marketing && !says(".UnsubscribeURL"):
		return errors.New("the way out is missing: marketing needs {{.UnsubscribeURL}} in its text part too, which no choice hides")
	case marketing && !says(".Shop.Address"):
		return errors.New("the postal address is missing: marketing needs {{.Shop.Address}} in its text part too, which no choice hides")
	}
	return nil
}

// lawful tells whether a text part that was made of a page says what the page says to those who see it.
func lawful(text string, d Data) bool {
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.Contains(text, d.UnsubscribeURL) && strings.Contains(flat(text), flat(d.Shop.Address))
}
