package message

import "strings"

// listed writes the headers of mail that goes to a list: which it is (RFC 2919), where a shopper chooses what they get (RFC 2369), and the
// way out in one click (RFC 8058). An address is never folded: a fold inside the brackets breaks signatures.
func (m Mail) listed(line func(name, value string), domain string) error {
	if m.List != "" {
		line("List-Id", "<"+listLabel(m.List)+"."+strings.ToLower(domain)+">")
	}
	for _, link := range []struct{ header, url string }{{"List-Help", m.HelpURL}, {"List-Unsubscribe", m.UnsubscribeURL}} {
		if link.url == "" {
			continue
		}
		if err := checkUnsubscribe(link.url); err != nil {
			return err
		}
		line(link.header, "<"+link.url+">")
	}
	if m.UnsubscribeURL != "" {
		line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	return nil
}

// listLabel is a topic as one label of a domain.
func listLabel(topic string) string {
	label := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(topic))
	if label = strings.Trim(label, "-"); label == "" {
		return "list"
	}
	return label
}
