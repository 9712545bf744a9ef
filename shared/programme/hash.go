package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Hash names a version by all that it says: two documents that say the same have the same, however they were written down.
func (p *Programme) Hash() string {
	text, err := json.Marshal(p.Document)
	if err != nil {
		return "" // what was read from JSON can be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
