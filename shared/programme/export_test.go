package programme

import "github.com/regulars-dev/regulars/shared/day"

// GraceEnd is the last day on which a card keeps a tier that it no longer deserves from the day d on.
func (p *Programme) GraceEnd(d day.Day) day.Day { return p.ladder.graceEnd(d) }
