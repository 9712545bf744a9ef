package journey

import "time"

// pauses lie between the tries of an effect that somebody else has to take: five tries within three hours.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// TryAgain puts off what is pending after a try that came to nothing; false where it was the last.
func (p Place) TryAgain(now time.Time) (Place, bool) {
	if p.Pending == nil || p.Pending.Tries >= len(pauses) {
		return p, false
	}
	effect := *p.Pending
	p.Due = now.Add(pauses[effect.Tries])
	effect.Tries++
	p.Pending = &effect
	return p, true
}
