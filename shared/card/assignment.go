package card

import (
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// MarkAssigned is the mark of an entry with which a campaign began to be measured on its card: the campaign and the arm, "birthday:held".
const MarkAssigned = 'M'

// MarkHeldOut is the mark of an entry at which a campaign would have spoken and left the card alone: its id.
const MarkHeldOut = 'H'

// Arms of a campaign that has none of its own. Those of one that has are named by their ids, which are neither of these.
const (
	ArmTreated = "treated"
	ArmHeld    = "held" // left alone, so that the others can be compared with it
)

// Assignment says that a campaign is measured on a card: in which arm, since when, and what the card has spent from then on. A card is
// measured once in a campaign; Done is what remains when its window is over.
type Assignment struct {
	Campaign string
	Arm      string
	Since    day.Day
	Spent    int64 // minor units, within the window
	Done     bool  // only Campaign is known any more
}

// Mark writes the beginning of an assignment as the mark of an entry.
func (a Assignment) Mark() ledger.Mark {
	return ledger.Mark{Kind: MarkAssigned, Text: a.Campaign + ":" + a.Arm}
}

// AssignedBy lists the campaigns, and the arms, that an entry began to measure.
func AssignedBy(e ledger.Entry) (list []Assignment) {
	for _, m := range e.Marks {
		if m.Kind == MarkAssigned {
			campaign, arm, _ := strings.Cut(m.Text, ":")
			list = append(list, Assignment{Campaign: campaign, Arm: arm})
		}
	}
	return list
}

// Assigned finds the card's assignment in a campaign, whether or not its window is over.
func (h Head) Assigned(campaign string) (Assignment, bool) {
	i := slices.IndexFunc(h.Assignments, func(a Assignment) bool { return a.Campaign == campaign })
	if i < 0 {
		return Assignment{}, false
	}
	return h.Assignments[i], true
}

// Assign begins an assignment. It is left alone where the card has one in that campaign.
func (h Head) Assign(a Assignment) Head {
	if _, known := h.Assigned(a.Campaign); !known {
		h.Assignments = append(slices.Clone(h.Assignments), a)
	}
	return h
}
