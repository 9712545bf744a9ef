package programme

import (
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Act is what a person does to a card by hand: points that are given, taken or made usable before their day, another status, or a tier.
type Act struct {
	Cause    string
	Points   int64
	Activate int64           // of the points that wait, those whose day comes first; they keep their last day
	Status   *card.Status    // nil: it stays
	Tier     *card.GivenTier // nil: it stays; an empty one takes back what was given
	Blind    int64           // minor units: the value of goods that came back without a receipt; it says what Points are
	Member   bool            // of a merge: the card becomes a member of the other's household
	Reason   string
	By       string // the person's name
}

// ByHand posts what a person does. Points that are given live as long as points earned today; those that are taken leave the lots that
// expire first. Neither counts towards a tier: a tier is earned.
func (p *Programme) ByHand(h card.Head, a Act, now time.Time) card.Head {
	h = p.AsOf(h, now)
	if a.Blind > 0 {
		a.Points = p.blindPoints(h, a.Blind, now)
	}
	e := ledger.Entry{
		Cause: a.Cause, Kind: ledger.Adjust, At: now.UTC().Truncate(time.Second), Points: a.Points, From: h.Tier, To: h.Tier,
		Marks: []ledger.Mark{card.Noted(card.MarkReason, a.Reason), card.Noted(card.MarkBy, a.By)},
	}
	if a.Status != nil {
		h.Status = *a.Status
		e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkStatus, Text: a.Status.String()})
	}
	if a.Tier != nil {
		h.Given = *a.Tier
		h.Tier = p.now().held(h, p.today(now))
		e.To = h.Tier
		e.Marks = append(e.Marks, a.Tier.Mark())
	}
	lot := day.Day(0)
	if a.Points > 0 {
		lot = p.expiresOn(day.Of(now, p.zone), h.Tier)
	}
	if a.Blind > 0 {
		e.Marks = append(e.Marks, card.BlindReturn(a.Blind))
	}
	if a.Activate > 0 {
		h.Book = h.Book.Activate(a.Activate)
		e.Marks = append(e.Marks, card.Activated(a.Activate))
	}
	h.Book = h.Book.Post(e, lot)
	return h
}
