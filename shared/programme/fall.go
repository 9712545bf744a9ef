package programme

import (
	"hash/fnv"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
)

// Where tiers end with the year, they end for all cards at one moment. Cards are looked at spread over the night after, each always at the
// same time of it, so that what else is due that morning is not kept waiting by all of them.
const (
	fallEvery = 15 * time.Minute
	fallSlots = 32 // eight hours from midnight of the shop
)

// fallAt is when a card has to be looked at next because its tier ends if nothing more is counted; false for a tier that is not lost. A tier
// that has ended and is not posted yet is due at once.
func (p *Programme) fallAt(h card.Head, after time.Time) (time.Time, bool) {
	if len(p.now().rungs) == 0 || h.Status != card.Open {
		return time.Time{}, false
	}
	stand := p.Stand(h, after)
	if stand.Tier != h.Tier {
		return after.Add(time.Second), true
	}
	if stand.Until == 0 {
		return time.Time{}, false
	}
	return (stand.Until + 1).Start(p.zone).Add(fallSlot(h.ID)), true
}

// fallSlot is how long after midnight a card is looked at.
func fallSlot(id string) time.Duration {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id))
	return time.Duration(sum.Sum32()%fallSlots) * fallEvery
}

// sooner is the earlier of two moments, of which either may be missing.
func sooner(a time.Time, isA bool, b time.Time, isB bool) (time.Time, bool) {
	if !isA || isB && b.Before(a) {
		return b, isB
	}
	return a, true
}
