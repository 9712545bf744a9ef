package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Hash names a version by all that it says: two documents that say the same have the same, however they were written down. The secret of
// a shop's card numbers is no part of it, so that rules which another shop takes over keep their name.
func (p *Programme) Hash() string {
	said := p.Document
	said.Cards.Secret = ""
	text, err := json.Marshal(said)
	if err != nil {
		return "" // what was read from JSON can be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// SecretKept stands in an exported document in the place of the secret of card numbers. Publishing puts the shop's own secret there.
const SecretKept = "(the shop's own)"

// Exported is a document that may be given away: without the secret of the shop's card numbers.
func (d Document) Exported() Document {
	d.Cards.Secret = SecretKept
	return d
}
