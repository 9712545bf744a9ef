package loyalty

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/journey"
)

// Before the names of groups that are no arms of a campaign. No id of an arm has a colon.
const (
	endArm = "end:"
	wayArm = "way:"
)

// EndArm names the group of the journeys that came to an end, and WayArm that of those that took a way of a split.
func EndArm(why string) string { return endArm + why }

// WayArm names the group of the journeys that took a way of a split and are over.
func WayArm(step, way string) string { return wayArm + step + "/" + way }

// OfEnd is why the journeys of a group have ended; false for another group.
func (g Group) OfEnd() (why string, ok bool) { return strings.CutPrefix(g.Arm, endArm) }

// OfWay is which way of a split the journeys of a group took; false for another group.
func (g Group) OfWay() (step, way string, ok bool) {
	name, ok := strings.CutPrefix(g.Arm, wayArm)
	i := strings.LastIndexByte(name, '/')
	if !ok || i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// FoldPlace counts what a write of a place has brought: that a card has entered, and why a journey has ended.
func (c Counts) FoldPlace(before *journey.Place, now journey.Place) {
	all := c.of(now.Campaign, "")
	if before == nil {
		all.Journeys++
	}
	if now.End == "" || before != nil && before.End != "" {
		return
	}
	c.of(now.Campaign, EndArm(now.Reason())).Journeys++
	groups := []*Brought{}
	for _, w := range now.Ways() {
		n := c.of(now.Campaign, WayArm(w.Step, w.Name))
		n.Journeys++
		groups = append(groups, n)
	}
	if now.End == journey.EndGoal {
		for _, n := range append(groups, all) {
			n.Goals++
		}
	}
}
