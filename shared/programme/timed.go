package programme

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// timedSays is what a campaign of time says of when it speaks.
type timedSays struct {
	ID, On, Date, At      string
	DaysBefore, DaysAfter int
	Once                  bool
	Offer                 string
	Idle                  *Idle
}

// TimedMark names all that decides when cards have to be looked at, for campaigns of time and because tiers end; "" where there is neither.
// Under another mark, cards that nobody writes to may have a moment that nobody knows of.
func (p *Programme) TimedMark() string {
	var list []timedSays
	for _, c := range p.Campaigns {
		if c.timed() {
			list = append(list, timedSays{c.ID, c.On, c.Date, c.At, c.DaysBefore, c.DaysAfter, c.Once, c.Offer, c.Idle})
		}
	}
	if len(list) == 0 && len(p.ladder.rungs) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // what was read from JSON can be written
	if len(p.ladder.rungs) > 0 {
		ends := p.ladder
		ends.warn = 0 // of no end
		text = fmt.Appendf(text, "%+v", ends)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// Timed reports whether cards are looked at when the moment of a campaign has come.
func (p *Programme) Timed(campaign string) bool { return p.campaigns[campaign].timed() }
