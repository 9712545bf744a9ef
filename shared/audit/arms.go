package audit

import (
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// wonBy lists the arms that had won when an entry was posted, as the entry tells: it spoke in an arm in which it did not begin to measure
// the card. Of a card that is in that arm already it makes no difference.
func wonBy(e ledger.Entry) map[string]string {
	var won map[string]string
	for _, m := range e.Marks {
		campaign, arm, _ := strings.Cut(m.Text, ":")
		began := slices.ContainsFunc(card.AssignedBy(e), func(a card.Assignment) bool { return a.Campaign == campaign && a.Arm == arm })
		if m.Kind != card.MarkArm || began {
			continue
		}
		if won == nil {
			won = map[string]string{}
		}
		won[campaign] = arm
	}
	return won
}
