package card

import (
	"strconv"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// A household is a card with members: joined cards whose shoppers stay who they are. They share points, coupons and what they count; each
// keeps its numbers, its profile, its consents and its own days of the year.

// outer is the place of the card that the one at a place came with; 0 if it came by itself.
func (h Head) outer(at int) int {
	for i := at - 1; i > 0; i-- {
		if h.Joined[i-1].Depth < h.Joined[at-1].Depth {
			return i
		}
	}
	return 0
}

// MemberAt is the place of the member that a number belongs to, from 1; 0 for the holder of the card.
func (h Head) MemberAt(number string) int { return h.memberOf(h.OriginOf(number)) }

// memberOf is the place of the member that the card at a place is, or came with; 0 for none.
func (h Head) memberOf(at int) int {
	for at > 0 && !h.Joined[at-1].Member {
		at = h.outer(at)
	}
	return at
}

// ShopperOf is the id of the card whose shopper a number belongs to: the member's, or this card's.
func (h Head) ShopperOf(number string) string {
	if at := h.MemberAt(number); at > 0 {
		return h.Joined[at-1].ID
	}
	return h.ID
}

// Members lists the ids of the cards that share this one's points beside the holder's.
func (h Head) Members() []string {
	var list []string
	for _, j := range h.Joined {
		if j.Member && !j.Past {
			list = append(list, j.ID)
		}
	}
	return list
}

// LostBy is how many of the lost numbers were a shopper's.
func (h Head) LostBy(shopper string) int {
	n := 0
	for _, l := range h.Lost {
		if h.ShopperOf(l.Number) == shopper {
			n++
		}
	}
	return n
}

// Books lists where an act on one shopper, and not on the card, may stand: of the joined books those that are the shopper's own, and of
// those the former households. The card's own book is not among them.
func (h Head) Books(shopper string) (own, households []Joined) {
	for i, j := range h.Joined {
		whose, at := h.ID, h.memberOf(i+1)
		if j.Past { // a former household is itself no member now
			at = h.memberOf(h.outer(i + 1))
		}
		if at > 0 {
			whose = h.Joined[at-1].ID
		}
		switch {
		case whose != shopper:
		case j.Past && j.Member:
			households = append(households, j)
		default:
			own = append(own, j)
		}
	}
	return own, households
}

// Contributed is how many of the points came by the card at a place, or by the holder's own where it is 0.
func (h Head) Contributed(at int) int64 {
	var points int64
	for _, l := range h.Book.Lots {
		if of := min(l.Of, len(h.Joined)); h.memberOf(of) == at {
			points += l.Points
		}
	}
	return points
}

// Told marks the entry of a cause with the member that brought it, by its place; an entry of the holder has no such mark.
func (h Head) Told(cause, number string) Head {
	at := h.MemberAt(number)
	if at == 0 {
		return h
	}
	tail := append([]ledger.Entry(nil), h.Book.Tail...)
	for i, e := range tail {
		if e.Cause == cause {
			tail[i].Marks = append(append([]ledger.Mark(nil), e.Marks...), ledger.Mark{Kind: MarkMember, Text: strconv.Itoa(at)})
		}
	}
	h.Book.Tail = tail
	return h
}

// Brought is the id of the card that brought an entry: a member's, also one's that has left, or this one's.
func (h Head) Brought(e ledger.Entry) string {
	at, err := strconv.Atoi(Marked(e, MarkMember))
	if err != nil || at < 1 || at > len(h.Joined) || h.Joined[at-1].ID == "" {
		return h.ID
	}
	return h.Joined[at-1].ID
}
