package programme

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// OverAll stands in the place of a campaign for all of them together: the programme's own holdout is measured under it. No id reads so.
const OverAll = "*"

// Limits of measuring.
const (
	maxHoldout     = 50 // per cent: a group that is left alone and is larger than the other has lost its purpose
	windowDays     = 14 // that a card's purchases are counted for, where the campaign says nothing
	maxWindowDays  = 90
	overAllDays    = 90 // of the window of all campaigns together
	lateSales      = 7  // days after a window in which receipts of it may still arrive
	maxAssignments = 20 // of one card: twelve bytes of HEAD each
)

// hashes is where a card falls between 0 and 2^64 among those of a programme and a campaign: at the same place for ever and on every
// machine, and at places that have nothing to do with each other in two campaigns.
func hashes(programme, campaign, id string) uint64 {
	sum := sha256.Sum256([]byte(programme + "\x00" + campaign + "\x00" + id))
	return binary.BigEndian.Uint64(sum[:])
}

// among reports whether a place lies within the first so many per cent. More per cent keep those that fewer held.
func among(place uint64, percent int) bool {
	hi, _ := bits.Mul64(place, 100)
	return hi < uint64(max(0, percent))
}

// HeldOut reports that a campaign does not speak to a card, whatever its rule and the shopper's consent say, so that its effect can be
// measured: neither coupon nor points nor mail. overAll says that the programme keeps the card from every campaign.
func (p *Programme) HeldOut(campaign, id string) (held, overAll bool) {
	if p.Holdout > 0 && among(hashes(p.Document.Programme, OverAll, id), p.Holdout) {
		return true, true
	}
	c := p.campaigns[campaign]
	return c.Holdout > 0 && among(hashes(p.Document.Programme, campaign, id), c.Holdout), false
}

// Treated is the share, in per cent, of the cards that a campaign is meant to speak to; of OverAll those that any may. 100 is a campaign
// that nobody is held out of, so that nothing is measured.
func (p *Programme) Treated(campaign string) int {
	if campaign == OverAll {
		return 100 - p.Holdout
	}
	return 100 - p.campaigns[campaign].Holdout
}

// Measures reports whether an occasion of a campaign has something to note on a card: Assigned is asked before it speaks by mail.
func (p *Programme) Measures(campaign string) bool {
	return p.Holdout > 0 || p.compares(campaign)
}

// compares reports whether a campaign has groups of its own: those that it leaves alone, or arms.
func (p *Programme) compares(campaign string) bool {
	c := p.campaigns[campaign]
	return c.Holdout > 0 || len(c.Arms) > 0
}

// Window is how many days after the day of its assignment a card's purchases are counted for a campaign.
func (p *Programme) Window(campaign string) day.Day {
	if campaign == OverAll {
		return overAllDays
	}
	if days := p.campaigns[campaign].WindowDays; days > 0 {
		return day.Day(days)
	}
	return windowDays
}

// address is what a campaign does at its occasion: it speaks, or it leaves a card alone that is held out. Both are measured alike from
// then on, and nothing has been asked yet of whether an e-mail may be sent.
func (p *Programme) address(h card.Head, e ledger.Entry, c Campaign, today day.Day) (card.Head, ledger.Entry) {
	if !c.MayAgain(h, today) {
		return h, e
	}
	arm := p.ArmOf(c.ID, h)
	h, e, held := p.assign(c.noteSpoken(h, today), e, c.ID, arm, today)
	if held {
		return h, e
	}
	if arm != "" {
		e.Marks = append(e.Marks, card.InArm(c.ID, arm))
	}
	return p.speak(h, e, c.In(arm), today)
}

// assign notes on a card and in the entry that a campaign has begun to be measured, once for each, and whether it leaves the card alone. arm
// is the one in which it speaks to the card, "" of a campaign without any.
//
// A card that the programme holds out of everything is no part of the campaign's own comparison: no chance of that campaign's has put it there.
func (p *Programme) assign(h card.Head, e ledger.Entry, campaign, arm string, today day.Day) (card.Head, ledger.Entry, bool) {
	if !p.Measures(campaign) {
		return h, e, false
	}
	held, overAll := p.HeldOut(campaign, h.ID)
	begin := func(campaign string, held bool) {
		a := card.Assignment{Campaign: campaign, Arm: p.assignedTo(campaign, arm), Since: today}
		if held {
			a.Arm = card.ArmHeld
		}
		if _, known := h.Assigned(campaign); known || len(h.Assignments) >= maxAssignments {
			return
		}
		h, e.Marks = h.Assign(a), append(e.Marks, a.Mark())
	}
	h.Assignments = forgetDone(h.Assignments)
	if p.Holdout > 0 {
		begin(OverAll, overAll)
	}
	if p.compares(campaign) && !overAll {
		begin(campaign, held)
	}
	if held {
		e.Marks = append(e.Marks, ledger.Mark{Kind: card.MarkHeldOut, Text: campaign})
	}
	return h, e, held
}

// forgetDone makes room for two more where the list is full: what was over first goes first.
func forgetDone(list []card.Assignment) []card.Assignment {
	for len(list)+2 > maxAssignments {
		i := slices.IndexFunc(list, func(a card.Assignment) bool { return a.Done })
		if i < 0 {
			break
		}
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	return list
}

// Assigned is the head with the entry of cause, in which a campaign that speaks by mail alone begins to be measured on the card; false
// where there is nothing to note: it is not measured, or has been on this card before. arm is the one in which the mail is written.
func (p *Programme) Assigned(h card.Head, campaign, arm, cause string, now time.Time) (card.Head, bool) {
	h = p.AsOf(h, now)
	e := ledger.Entry{Cause: cause, Kind: ledger.Grant, At: now.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	next, e, _ := p.assign(h, e, campaign, arm, p.today(now))
	if len(card.AssignedBy(e)) == 0 {
		return h, false
	}
	next.Book = next.Book.Post(e, 0)
	return next, true
}

// closeWindows forgets all of an assignment but that it has been, when its window is over and the last receipts of it should be in.
func (p *Programme) closeWindows(h card.Head, today day.Day) card.Head {
	for i, a := range h.Assignments {
		last := a.Since + maxWindowDays
		if _, known := p.campaigns[a.Campaign]; known || a.Campaign == OverAll {
			last = a.Since + p.Window(a.Campaign)
		}
		if !a.Done && today > last+lateSales {
			h.Assignments = slices.Clone(h.Assignments)
			h.Assignments[i] = card.Assignment{Campaign: a.Campaign, Done: true}
		}
	}
	return h
}

// attribute counts what was paid on a day for each campaign whose window the day falls into. What a return pays back is below 0; its
// entry is sale, and counted for no campaign that it began itself. One that enrolled its card is counted for none: those that were measured
// by then began with the enrolment, which it brought about.
func (p *Programme) attribute(h card.Head, on day.Day, paid int64, sale ledger.Entry) card.Head {
	enrolled := func(m ledger.Mark) bool { return m.Kind == card.MarkEnrolled }
	if len(h.Assignments) == 0 || paid == 0 || slices.ContainsFunc(sale.Marks, enrolled) {
		return h
	}
	began := card.AssignedBy(sale)
	h.Assignments = slices.Clone(h.Assignments)
	for i, a := range h.Assignments {
		own := slices.ContainsFunc(began, func(b card.Assignment) bool { return b.Campaign == a.Campaign })
		if !a.Done && !own && a.Since <= on && on <= a.Since+p.Window(a.Campaign) {
			h.Assignments[i].Spent = max(0, a.Spent+paid)
		}
	}
	return h
}

// saved marks what the coupons of each campaign took off a receipt, as far as the till told it.
func (p *Programme) saved(marks []ledger.Mark, r receipt.Receipt) []ledger.Mark {
	var list []card.Saved
	for _, m := range marks {
		c, err := card.CouponOf(m)
		if _, known := p.campaigns[c.Campaign]; err != nil || m.Kind != card.MarkRedeemed || !known {
			continue
		}
		i := slices.IndexFunc(list, func(s card.Saved) bool { return s.Campaign == c.Campaign })
		if i < 0 {
			i, list = len(list), append(list, card.Saved{Campaign: c.Campaign})
		}
		for _, used := range r.Offers {
			if used.Coupon == c.ID {
				list[i].Amount += used.Amount
			}
		}
	}
	for _, s := range list {
		if s.Amount != 0 {
			marks = append(marks, s.Mark())
		}
	}
	return marks
}

// holdouts checks who is left alone.
func (c *compiler) holdouts() {
	c.within("/holdout", c.p.Holdout, maxHoldout, "0 to %d per cent of cards are left alone by all campaigns")
}

func (c *compiler) holdout(at string, k Campaign) {
	c.within(at+"/holdout", k.Holdout, maxHoldout, "a campaign leaves 0 to %d per cent of cards alone")
	c.within(at+"/window_days", k.WindowDays, maxWindowDays, "purchases count for 1 to %d days; leave it out for 14")
	if k.WindowDays > 0 && k.Holdout == 0 && len(k.Arms) == 0 {
		c.fault(at+"/window_days", "without a holdout nothing is compared; give the per cent of cards that are left alone in holdout")
	}
}
