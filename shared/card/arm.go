package card

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// MarkArm is the mark of an entry with which a campaign spoke in one of its arms: the campaign and the arm, "spring:short".
const MarkArm = 'V'

// InArm writes down in which arm a campaign has spoken.
func InArm(campaign, arm string) ledger.Mark {
	return ledger.Mark{Kind: MarkArm, Text: campaign + ":" + arm}
}

// SpokenIn is the arm in which a campaign has spoken with an entry, "" for one without arms.
func SpokenIn(e ledger.Entry, campaign string) string {
	for _, m := range e.Marks {
		if of, arm, _ := strings.Cut(m.Text, ":"); m.Kind == MarkArm && of == campaign {
			return arm
		}
	}
	return ""
}
