package message

import (
	"regexp"
	"slices"
	"strings"
)

// Outlook on Windows reads some comments as pages of its own. What such a comment holds is read too, by the same list of tags and styles, and
// what stands between two of them that hide it from Outlook counts for nothing that everybody must see.
var (
	ghostly   = regexp.MustCompile(`(?s)^\[if [^\]<>]*\]>(.*)<!\[endif\]$`)
	notMSO    = regexp.MustCompile(`^\[if [^\]<>]*\]>\s*<!(-- ?)?$`)
	ghostTags = strings.Fields("xml noscript table tbody tr td th div span p center br style a img")
)

func ghostTag(name string) bool {
	return name == "xml" || name == "noscript" || strings.HasPrefix(name, "o:") || strings.HasPrefix(name, "v:") || strings.HasPrefix(name, "w:")
}

// comment looks at what stood between <!-- and -->.
func (r *freeReader) comment(kept string) {
	whole := ghostly.FindStringSubmatch(kept)
	switch {
	case strings.HasPrefix(kept, ">") || strings.HasPrefix(kept, "->"):
		r.failAt(r.tag.pos, "browsers end this comment where it begins: write <!-- and --> with words between them")
	case strings.Contains(kept, "--!>"):
		r.failAt(r.tag.pos, "browsers end this comment at --!>: write -->")
	case r.ghost:
		r.failAt(r.tag.pos, "a comment stands in a comment")
	case notMSO.MatchString(kept) && !r.elsewhere:
		r.elsewhere, r.outside = true, r.open
	case kept == "<![endif]" && r.elsewhere:
		if r.elsewhere = false; r.outside != r.open {
			r.failAt(r.tag.pos, "<!--<![endif]--> stands in another element than the comment that it closes")
		}
	case strings.Contains(kept, "<!--") || notMSO.MatchString(kept):
		r.failAt(r.tag.pos, "a comment stands in a comment: close the first with -->")
	case whole != nil && !strings.Contains(whole[1], "[endif]"):
		inner := freeReader{a: &assembly{}, page: r.page, ghost: true, pos: r.tag.pos}
		inner.words(whole[1])
		if inner.at != inText {
			inner.failAt(r.tag.pos, "a comment ends within a tag or a style")
		}
		if r.err == nil {
			r.err = inner.err
		}
	case strings.HasPrefix(strings.TrimSpace(kept), "[if") || strings.Contains(kept, "[endif]"):
		r.failAt(r.tag.pos, "a comment for Outlook is <!--[if mso]> ... <![endif]-->, whole")
	}
}

// ghostly looks at an element that Outlook alone shows.
func (r *freeReader) ghostly(e *element) {
	switch {
	case !slices.Contains(ghostTags, e.tag) && !ghostTag(e.tag):
		r.failAt(e.pos, "<%s> stands in a comment for Outlook, which may hold tables, styles and shapes", e.tag)
	case e.look.hides && !strings.Contains(e.tag, ":"):
		r.failAt(e.pos, "<%s> hides what follows from those who read in Outlook", e.tag)
	}
}
