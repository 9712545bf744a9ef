package card

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// MarkWithheld is the mark of an entry at which a campaign would have spoken and was not allowed to: the campaign and the state that it was
// in, "spring:paused". Its occasion has passed with the entry.
const MarkWithheld = 'x'

// Withheld writes down that a campaign was not allowed to speak, and why.
func Withheld(campaign, state string) ledger.Mark {
	return ledger.Mark{Kind: MarkWithheld, Text: campaign + ":" + state}
}

// WithheldBy lists why campaigns were not allowed to speak with some entries, by their ids; nil where each was.
func WithheldBy(entries ...ledger.Entry) map[string]string {
	var list map[string]string
	for _, e := range entries {
		for _, m := range e.Marks {
			if m.Kind != MarkWithheld {
				continue
			}
			if list == nil {
				list = map[string]string{}
			}
			campaign, state, _ := strings.Cut(m.Text, ":")
			list[campaign] = state
		}
	}
	return list
}
