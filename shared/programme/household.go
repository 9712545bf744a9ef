package programme

import (
	"cmp"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Household lets cards share their points and coupons. Without it none can begin to.
type Household struct {
	Members    int    `json:"members"`               // how many cards share at most, 2 to 9; the holder's is one of them
	LeavesWith string `json:"leaves_with,omitempty"` // what a member leaves with: one of LeavesWithOwn, LeavesWithEqual, LeavesWithNothing. LeavesWithOwn if missing
}

// What a member of a household leaves with.
const (
	LeavesWithOwn     = "own"     // what is left of the points that its numbers have earned, or brought along
	LeavesWithEqual   = "equal"   // the same share as everybody; what does not divide stays
	LeavesWithNothing = "nothing" // all points stay
)

// maxMembers is the holder and as many cards as one card may have joined to it.
const maxMembers = card.MaxJoined + 1

func (c *compiler) household() {
	h := c.p.Document.Household
	if h == nil {
		return
	}
	if h.Members < 2 || h.Members > maxMembers {
		c.fault("/household/members", "2 to %d cards share their points, the holder's among them", maxMembers)
	}
	switch h.LeavesWith {
	case "", LeavesWithOwn, LeavesWithEqual, LeavesWithNothing:
	default:
		c.fault("/household/leaves_with", "%q is not one of %s, %s, %s", h.LeavesWith, LeavesWithOwn, LeavesWithEqual, LeavesWithNothing)
	}
}

// MaxMembers is how many cards share at most; 0 where none may.
func (p *Programme) MaxMembers() int {
	if p.Document.Household == nil {
		return 0
	}
	return p.Document.Household.Members
}

// LeavesWith is what a member leaves with, also where no new household may begin.
func (p *Programme) LeavesWith() string {
	if p.Document.Household == nil {
		return LeavesWithOwn
	}
	return cmp.Or(p.Document.Household.LeavesWith, LeavesWithOwn)
}

// allot names the lots that the member at a place leaves with: those up to, and without, end.
func (p *Programme) allot(h card.Head, place, end int) card.Head {
	share := int64(0)
	switch p.LeavesWith() {
	case LeavesWithOwn:
		return h
	case LeavesWithEqual:
		share = max(h.Book.Balance, 0) / int64(len(h.Members())+1)
	}
	h.Book = h.Book.Allot(share, place, func(l ledger.Lot) bool { return place <= l.Of && l.Of < end })
	return h
}
