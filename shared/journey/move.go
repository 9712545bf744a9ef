package journey

import (
	"slices"
	"time"
)

// Move puts a place that waits at a step of one version at the same step of another, and keeps when it ends: the step that the marketer has
// given the same id, or the one that says that it was moved from there. It reports why it cannot, and then leaves the place as it is.
func (p *Plan) Move(place Place, from *Plan, version, now time.Time) (moved Place, why string) {
	switch {
	case place.End != "":
		return place, "it is over"
	case place.Version.Equal(version):
		return place, "it is there already"
	case place.Pending != nil || !place.Waits:
		return place, "it is between two waits; try again in a minute"
	}
	was := from.step(place.Step)
	if was == nil {
		return place, "step " + place.Step + " is not in the version by which the card has entered"
	}
	to := p.target(was)
	if to == nil {
		return place, "step " + place.Step + " has no target: give a wait the same id, or moved_from: [" + place.Step + "]"
	}
	moved = place.told(place.Step, now, "moved to step %s of the version from %s", to.ID, shown(version))
	moved.Version, moved.Step = version, to.ID
	return moved, ""
}

// target is the wait of this plan that takes the place of one of another. A step that bears no name is found only by who says so: its
// number is that of another step as soon as one is put before it.
func (p *Plan) target(was *Step) *Step {
	for _, s := range p.Steps {
		if s.Kind == KindWait && slices.Contains(s.Moved, was.ID) {
			return s
		}
	}
	for _, s := range p.Steps {
		if s.Kind == KindWait && was.Named && s.Named && s.ID == was.ID {
			return s
		}
	}
	return nil
}
