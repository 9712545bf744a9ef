package programme

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/message"
)

// UTM are the words that the links of a campaign's e-mail bear, for the statistics of the web shop. A link that bears such words itself
// keeps them, and the ways out of the mail bear none.
type UTM struct {
	Source   string `json:"source,omitempty"`   // "regulars" if missing
	Medium   string `json:"medium,omitempty"`   // "email" if missing
	Campaign string `json:"campaign,omitempty"` // the campaign's id if missing
}

// LinkTags is what the links of the campaign's e-mail bear; "" for nothing.
func (k Campaign) LinkTags() string {
	if k.UTM == nil {
		return ""
	}
	or := func(text, missing string) string {
		if text == "" {
			return missing
		}
		return text
	}
	return message.LinkTags(or(k.UTM.Source, "regulars"), or(k.UTM.Medium, "email"), or(k.UTM.Campaign, k.ID))
}

// maxUTM is the longest of these words, in bytes, so that addresses stay within a line of a mail.
const maxUTM = 64

func (c *compiler) linkTags(at string, k Campaign) {
	if k.UTM == nil {
		return
	}
	if len(k.Letters()) == 0 {
		c.fault(at+"/utm", "only the links of an e-mail bear it, and this campaign sends none")
	}
	for _, f := range []struct{ name, text string }{{"source", k.UTM.Source}, {"medium", k.UTM.Medium}, {"campaign", k.UTM.Campaign}} {
		if len(f.text) > maxUTM || strings.ContainsFunc(f.text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			c.fault(at+"/utm/"+f.name, "is a word of at most %d bytes", maxUTM)
		}
	}
}
