package message

import (
	"net/url"
	"strings"
)

// shown is link for what a reader sees and may follow, with the tags of the message.
func (a *assembly) shown(list []node, esc escape) *assembly {
	var inner assembly
	whole := inner.nodes(list, asIs, asURLPart).done()
	return a.do(func(o *output, d *Data) { o.link(d.tagged(strings.TrimSpace(whole.text(d))), esc) })
}

// tagged is a link to a page with the tags of the message in its query, before the fragment. A link that says itself where its reader came
// from keeps what it says, and one that would grow beyond what a mail's line holds stays as it is.
func (d *Data) tagged(target string) string {
	if d.Tags == "" || checkTarget(target) != nil {
		return target
	}
	page, fragment, hasFragment := strings.Cut(target, "#")
	_, query, hasQuery := strings.Cut(page, "?")
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); strings.HasPrefix(strings.ToLower(name), "utm_") {
			return target
		}
	}
	switch {
	case !hasQuery:
		page += "?"
	case query != "" && !strings.HasSuffix(query, "&"):
		page += "&"
	}
	page += d.Tags
	if hasFragment {
		page += "#" + fragment
	}
	if len(page) > MaxURL {
		return target
	}
	return page
}

// LinkTags is a query of the three words by which statistics of a web shop tell campaigns apart.
func LinkTags(source, medium, campaign string) string {
	return "utm_source=" + url.QueryEscape(source) + "&utm_medium=" + url.QueryEscape(medium) + "&utm_campaign=" + url.QueryEscape(campaign)
}
