package till

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// textHash is a SHA-256 in hex.
var textHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// proof is what stands beside each consent of the body: when, where and by whose hand it was given.
func (b shopperBody) proof(f *faults, store string, at time.Time) card.Consent {
	c := card.Consent{At: at, Source: card.SourceTill + store, By: b.By}
	for _, place := range []struct{ pointer, name string }{{"/till", b.Till}, {"/form", b.Form}} {
		if place.name != "" && !ids.ValidPart(place.name) {
			f.add(place.pointer, "invalid", "must be 1 to %d of A-Z a-z 0-9 . _ - #", ids.MaxPart)
		}
	}
	switch {
	case b.Till != "" && b.Form != "":
		f.add("/form", "invalid", "stands beside a till; a shopper says something at a till or in a form")
	case b.Till != "":
		c.Source += "/" + b.Till
	case b.Form != "":
		c.Source = card.SourceForm + b.Form
	}
	if b.By != "" && !loyalty.SaidPlainly(b.By, loyalty.MaxBy) {
		f.add("/by", "invalid", "must be 1 to %d characters on one line", loyalty.MaxBy)
	}
	return c
}

// consents records what the shopper allowed on each topic, with the proof.
func (b shopperBody) consents(f *faults, rules *programme.Programme, proof card.Consent) []edit {
	f.atMost("/consents", len(b.Consents), card.MaxTopics)
	var edits []edit
	for _, topic := range slices.Sorted(maps.Keys(b.Consents)) {
		said, at := b.Consents[topic], "/consents/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(topic)
		if !slices.ContainsFunc(rules.Topics, func(t programme.Topic) bool { return t.ID == topic }) {
			f.add(at, "unknown_topic", "is no topic of the programme; the topics are %s", topics(rules))
		}
		f.missing(said.Allowed != nil, at+"/allowed")
		if !printable(said.Text, maxTextVersion) {
			f.add(at+"/text_version", "invalid", "must be at most %d characters without control characters", maxTextVersion)
		}
		if said.Hash != "" && !textHash.MatchString(said.Hash) {
			f.add(at+"/text_hash", "invalid", "must be the SHA-256 of the words that were shown: 64 of 0-9 a-f")
		}
		if said.Allowed != nil {
			edits = append(edits, said.edit(topic, rules.Consent, proof))
		}
	}
	return edits
}

// edit is the change that one consent means. Where the text that the programme names was shown, its words are proved too.
func (b consentBody) edit(topic string, rules programme.ConsentRules, c card.Consent) edit {
	c.Allowed, c.Text, c.Hash = *b.Allowed, b.Text, b.Hash
	if c.Allowed {
		if c.Text = cmp.Or(b.Text, rules.TextVersion); c.Text == rules.TextVersion {
			c.Hash = cmp.Or(b.Hash, rules.TextHash())
		}
	}
	if c.Allowed && rules.Double {
		return func(p *card.Profile) { *p = p.Ask(topic, c) }
	}
	return func(p *card.Profile) { *p = p.Decide(topic, c) }
}
