package programme

import (
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Withholding is the programme in which some campaigns may not speak with receipts, returns and enrolments: by their ids, and in which state
// they are. The entry says so in the place of what they would have said, so that the same decision comes out again whatever has become of
// them since. An occasion that is withheld is past: nobody is measured by it, it uses up nothing of Campaign.Again, and it does not come again.
//
// Campaigns that speak by entries of their own are not asked about: whoever brings about their occasion asks first.
func (p *Programme) Withholding(states map[string]string) *Programme {
	if len(states) == 0 && len(p.withheld) == 0 {
		return p
	}
	next := *p
	next.withheld = states
	return &next
}

// allowed is address for a campaign that speaks in the entry of what has set it off, if it may.
func (p *Programme) allowed(h card.Head, e ledger.Entry, c Campaign, today day.Day) (card.Head, ledger.Entry) {
	state := p.withheld[c.ID]
	if state == "" {
		return p.address(h, e, c, today)
	}
	if c.MayAgain(h, today) {
		e.Marks = append(e.Marks, card.Withheld(c.ID, state))
	}
	return h, e
}
