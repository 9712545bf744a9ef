package programme

import (
	"crypto/sha256"
	"encoding/hex"
)

// maxConsentText is the longest text by which a shopper allows e-mails, in bytes.
const maxConsentText = 4000

// TextHash is the SHA-256 of the words that shoppers are shown now, in hex, or "" where the programme does not say them. Versions of a
// programme stay for ever, so the words of a hash can be found again.
func (r ConsentRules) TextHash() string {
	if r.Text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(r.Text))
	return hex.EncodeToString(sum[:])
}

func (c *compiler) consent() {
	r := c.p.Consent
	if r.Text != "" && r.TextVersion == "" {
		c.fault("/consent/text_version", "is missing: say which version the text is, and another one when it changes")
	}
	if len(r.Text) > maxConsentText {
		c.fault("/consent/text", "has %d bytes; at most %d", len(r.Text), maxConsentText)
	}
}
