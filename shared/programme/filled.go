package programme

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// filled hands out what two cards of stamps have reached together that neither had reached alone, by an entry of its own behind that of the
// merge. Waiting for the next stamp would let the order in which a receipt and the merge are heard of decide whether the reward is there.
//
// What both cards have brought is not taken back.
func (p *Programme) filled(h card.Head, a Act, now time.Time) card.Head {
	today := p.today(now)
	e := ledger.Entry{Cause: "filled~" + a.Cause, Kind: ledger.Adjust, At: now.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	for _, c := range slices.Clone(h.Counters) {
		if s := p.stampsOf(c.ID); s != nil && s.due(c) > c.Given {
			h, e = p.handOut(h, e, s, c.Since, today)
		}
	}
	if len(e.Marks) == 0 {
		return h
	}
	last := day.Day(0)
	if e.Points > 0 {
		last = p.expiresOn(today, h.Tier)
	}
	h.Book = h.Book.Post(e, last)
	return h
}
