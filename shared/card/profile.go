package card

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
)

// Profile is the shopper behind a card. It is written when the shopper changes, never by a checkout. All of it is personal: none
// of it stands in an event, a log or an address.
type Profile struct {
	ID         string  // the card's id
	Since      day.Day // when the shopper enrolled
	Given      string
	Family     string
	Email      string
	Phone      string
	Birthday   day.Yearly
	BirthYear  int        // 0 where it is not known, or the programme does not ask for it
	Home       Home       // where the shopper lives
	Attributes Attributes // what the programme asks for beside
	Language   string     // BCP 47, "" means the programme's
	TimeZone   string     // IANA, "" means the programme's
	Consents   map[string]Consent
	Suppressed *Suppression
	Tags       []string // what the shop has marked the shopper with, in order, each once
	Lists      []string // what lists the shop has put the shopper on, in order, each once
	Identities []string // vendor ids that lead to this card, "shopify:6940095564"
}

// Tagged puts tags in order, each once, and no more than a profile holds.
func Tagged(tags []string) []string {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	tags = slices.Compact(tags)
	return tags[:min(len(tags), MaxTags)]
}

// Limits of a profile, in characters.
const (
	MaxName     = 100
	MaxEmail    = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets
	MaxIdentity = 10  // vendor ids of one shopper
	MaxTopics   = 20  // topics with a consent
	MaxTags     = 20  // tags
	MaxTag      = 40  // of one tag
	MaxLists    = 20  // lists
)

// Consent is what the shopper allowed on one topic, with the proof: when, where and on which text.
type Consent struct {
	Allowed bool
	At      time.Time
	Source  string // "till 0042/03", "form newsletter", "unsubscribe link", "shopify", "import", "complaint"
	Text    string // version of the text that was shown, "" if none was
	Hash    string `json:",omitzero"` // SHA-256 of its words in hex, where they are known
	By      string `json:",omitzero"` // who operated, "" where the shopper did it alone

	// Asked says that the shopper allowed it and has still to confirm so by the link of an e-mail; Allowed is false until then.
	Asked       bool      `json:",omitzero"`
	ConfirmedAt time.Time `json:",omitzero"` // when they did
}

// Sources of consent that is the shopper's own act.
const (
	SourceTill        = "till " // and the store, and the till within it
	SourceForm        = "form " // and its name
	SourcePreferences = "preference page"
	SourceConfirmed   = "confirmation link"
)

// Own reports whether the shopper said it to us in person: at a till, by a form or behind a link of an e-mail. What a file or another system
// says of them is not their act, and revives nothing that they or their mailbox have ended.
func (c Consent) Own() bool {
	return strings.HasPrefix(c.Source, SourceTill) || strings.HasPrefix(c.Source, SourceForm) || c.Source == SourcePreferences || c.Source == SourceConfirmed
}

// Suppression says why the address must not be written to, whatever consent says.
type Suppression struct {
	At     time.Time
	Reason string // "bounce", "complaint"
}

// Nobody reports whether the profile says nothing of how to reach a shopper and what they allow, as one does that was erased.
func (p Profile) Nobody() bool { return p.Email == "" && len(p.Consents) == 0 }

// Decide records an act of consent. The latest act wins, so an older one that comes late changes nothing; of two at the same
// moment the withdrawal wins.
func (p Profile) Decide(topic string, c Consent) Profile {
	old, ok := p.Consents[topic]
	if ok && (old.At.After(c.At) || old.At.Equal(c.At) && !old.Allowed) {
		return p
	}
	return p.With(topic, c)
}

// With is the profile with a consent in the place of what was there.
func (p Profile) With(topic string, c Consent) Profile {
	p.Consents = maps.Clone(p.Consents)
	if p.Consents == nil {
		p.Consents = map[string]Consent{}
	}
	p.Consents[topic] = c
	return p
}

// askAgain is how soon after a shopper was asked to confirm the same wish is the same asking: a till that repeats itself sends no second
// e-mail.
const askAgain = 10 * time.Minute

// Ask records that the shopper allows a topic and has still to confirm it. What they have confirmed stays so.
func (p Profile) Ask(topic string, c Consent) Profile {
	if old := p.Consents[topic]; old.Allowed || old.Asked && c.At.Before(old.At.Add(askAgain)) {
		return p
	}
	c.Allowed, c.Asked = false, true
	return p.Decide(topic, c)
}

// AskAll asks anew for all that was allowed with another address.
func (p Profile) AskAll(at time.Time) Profile {
	for _, topic := range p.Topics() {
		if c := p.Consents[topic]; c.Allowed {
			c.Allowed, c.Asked, c.At, c.ConfirmedAt = false, true, at, time.Time{}
			p = p.With(topic, c)
		}
	}
	return p
}

// Allows reports whether the shopper may be written to on topic.
func (p Profile) Allows(topic string) bool {
	return p.Suppressed == nil && p.Email != "" && p.Consents[topic].Allowed
}

// Topics lists the topics with a consent on record, in order.
func (p Profile) Topics() []string {
	return slices.Sorted(maps.Keys(p.Consents))
}
