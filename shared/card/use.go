package card

import (
	"strings"

	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/limit"
)

// MarkUsed is the mark of one use of an offer that a card may use so often only: its id and the period.
const MarkUsed = 'L'

// UsedMark writes a use as the mark of an entry.
func UsedMark(offer, period string) ledger.Mark {
	return ledger.Mark{Kind: MarkUsed, Text: offer + ":" + period}
}

// UsedOf lists the uses of an entry, one a mark.
func UsedOf(e ledger.Entry) (list []limit.Count) {
	for _, m := range e.Marks {
		if m.Kind == MarkUsed {
			offer, period, _ := strings.Cut(m.Text, ":")
			list = append(list, limit.Count{Offer: offer, Period: period, Uses: 1})
		}
	}
	return list
}
