package card

import (
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/ledger"
)

// Limits of what one head knows of others. A merged card and a former book take about 25 bytes of it, an empty place as many as that.
const (
	MaxJoined = 8  // cards that are merged into one
	MaxPlaces = 40 // merged cards, former books and empty places
)

// Joined is a card that has been merged into this one, or the book of a card that this one was once merged into.
//
// Lots name the place of their card in the list by ledger.Lot.Of, from 1. Cards that came with another stand right behind it, one deeper.
// A card that was taken out leaves its place empty, without an ID, so that a place means one card for ever: what was paid with its points
// and comes back years later is nobody else's.
type Joined struct {
	ID     string
	Depth  int       // 1: merged into this card; 2: into the one before it at depth 1, and so on
	Newest time.Time // of the entries in its book; causes that are newer are not looked for there
	Past   bool      // a book alone: receipts of this card were posted there while the two were one
	Member bool      // of a household, with a shopper of its own; with Past: a household that this card was a member of
	Left   bool      // with Past: a member that is one no more. Its place tells whose the entries are that it brought
}

// MayHold reports whether an entry of the moment at may stand in the joined card's book.
func (j Joined) MayHold(at time.Time) bool {
	return j.ID != "" && !j.Left && !at.Truncate(time.Second).After(j.Newest)
}

// Merged lists the ids of the cards that are merged into this one.
func (h Head) Merged() []string {
	var list []string
	for _, j := range h.Joined {
		if !j.Past {
			list = append(list, j.ID)
		}
	}
	return list
}

// Leads reports whether number is known to lead to this card: its first one, one that replaced another, or a merged card's first.
func (h Head) Leads(number string) bool {
	return number == h.ID || slices.ContainsFunc(h.Lost, func(l Lost) bool { return l.By == number }) || h.place(number) > 0
}

// place is where the card of an id stands among the joined, from 1; 0 if it is not merged into this one.
func (h Head) place(id string) int {
	return 1 + slices.IndexFunc(h.Joined, func(j Joined) bool { return j.ID == id && !j.Past })
}

// OriginOf is the merged card that a number belongs to, as its place in Joined from 1; 0 for the card's own numbers. A number that replaced
// a lost one belongs where that one did.
func (h Head) OriginOf(number string) int {
	if len(h.Joined) == 0 {
		return 0
	}
	for range len(h.Lost) + 1 {
		if at := h.place(number); at > 0 {
			return at
		}
		before := slices.IndexFunc(h.Lost, func(l Lost) bool { return l.By == number })
		if before < 0 {
			break
		}
		number = h.Lost[before].Number
	}
	return 0
}

// With is the joined card at a place with all that came with it: the places from at up to, and without, end.
func (h Head) With(at int) (end int) {
	end = at + 1
	for end <= len(h.Joined) && h.Joined[end-1].Depth > h.Joined[at-1].Depth {
		end++
	}
	return end
}

// Join takes over what another card is beside its points: its numbers, its coupons as far as they fit, what tills hold of its points,
// its habits, stamps, and how often it has used what a card may use so often only. The other keeps what it takes to live again: its sums,
// and the coupons that found no room. Marks tell each coupon. What either is measured in stays where it is: people are counted as they
// were assigned.
func (h Head) Join(from Head) (into, rest Head, in, out []ledger.Mark) {
	h.Joined = append(slices.Clone(h.Joined), Joined{ID: from.ID, Depth: 1, Newest: from.Book.Newest()})
	for _, j := range from.Joined {
		j.Depth++
		h.Joined = append(h.Joined, j)
	}
	h.Lost = append(slices.Clone(h.Lost), from.Lost...)
	h.Habits, h.Uses = h.Habits.plus(from.Habits, 1), h.Uses.Plus(from.Uses)
	h.Counters = MergeCounters(h.Counters, from.Counters)
	h.Spoken = together(h.Spoken, from.Spoken)
	h.Holds, from.Holds = append(slices.Clone(h.Holds), from.Holds...), nil
	var left []Coupon
	for _, c := range from.Wallet {
		_, taken := h.Find(c.ID)
		next, fits := h.Put(c)
		switch {
		case taken:
			left, in = append(left, c), append(in, NotTaken(c.ID, "id_taken"))
		case !fits:
			left, in = append(left, c), append(in, NotTaken(c.ID, "wallet_full"))
		default:
			h, in, out = next, append(in, c.Mark(MarkCame)), append(out, c.Mark(MarkLeft))
		}
	}
	from.Wallet = left
	return h, from, in, out
}

// Part gives back what Join took from the card at a place, as far as it is still there: coupons that were used stay used. merged is the
// head that Join left of it. Receipts that were posted while the two were one stand in this card's book, so the other is to look there.
func (h Head) Part(at int, merged Head) (rest, parted Head, in, out []ledger.Mark, err error) {
	end := h.With(at)
	parted = merged
	parted.Joined = nil
	for _, j := range h.Joined[at : end-1] {
		j.Depth -= h.Joined[at-1].Depth
		parted.Joined = append(parted.Joined, j)
	}
	parted = parted.remember(Joined{ID: h.ID, Depth: 1, Newest: h.Book.Newest(), Past: true, Member: h.Joined[at-1].Member})
	for _, j := range h.Joined {
		if j.Past && j.Depth == 1 && j.ID != "" && !j.Left {
			parted = parted.remember(j)
		}
	}
	h, parted.Lost = h.lostOf(at, end)
	h.Joined = slices.Clone(h.Joined)
	for i := at - 1; i < end-1; i++ {
		gone := Joined{Depth: 1, Past: true}
		if h.Joined[i].Member {
			gone.ID, gone.Left = h.Joined[i].ID, true
		}
		h.Joined[i] = gone
	}
	h.Habits = h.Habits.plus(merged.Habits, -1)
	h.Counters = UnmergeCounters(h.Counters, merged.Counters)
	for _, c := range merged.Uses {
		h.Uses = h.Uses.Add(c.Offer, c.Period, -c.Uses)
	}
	moved, err := Coupons(merged.Book.Tail[len(merged.Book.Tail)-1], MarkLeft)
	if err != nil {
		return h, parted, nil, nil, err
	}
	for _, c := range moved {
		live, ok := h.Find(c.ID)
		if !ok || live.Offer != c.Offer || live.Campaign != c.Campaign {
			continue
		}
		h, parted.Wallet = h.Take(c.ID), append(slices.Clone(parted.Wallet), live)
		in, out = append(in, live.Mark(MarkCame)), append(out, live.Mark(MarkLeft))
	}
	return h, parted, in, out, nil
}

// remember notes a former book, once.
func (h Head) remember(j Joined) Head {
	h.Joined = slices.Clone(h.Joined)
	for i, k := range h.Joined {
		if k.ID == j.ID && k.Past && k.Depth == 1 && k.Member == j.Member && !k.Left {
			if j.Newest.After(k.Newest) {
				h.Joined[i].Newest = j.Newest
			}
			return h
		}
	}
	if j.ID != h.ID {
		h.Joined = append(h.Joined, j)
	}
	return h
}

// lostOf takes the lost numbers of the joined cards from at up to end out.
func (h Head) lostOf(at, end int) (Head, []Lost) {
	var own, theirs []Lost
	for _, l := range h.Lost {
		if of := h.OriginOf(l.Number); of >= at && of < end {
			theirs = append(theirs, l)
		} else {
			own = append(own, l)
		}
	}
	h.Lost = own
	return h, theirs
}
