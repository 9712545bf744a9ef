package programme

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Merge brings the whole of one card into another: each lot with its own days and its origin, what is below a point, numbers, coupons,
// habits and what counts towards a tier. What a card owes is paid by the other. Both books tell it under the cause of the act.
//
// The tier after it is that of the sum, so it is never below either. gone is what is left of the merged card: its book, without points.
// What has ended of its points moves along too, and is read from from.Past: a return of them finds it in the book that it is posted in.
func (p *Programme) Merge(into, from card.Head, a Act, now time.Time) (merged, gone card.Head) {
	into, from = p.AsOf(into, now), p.AsOf(from, now)
	on, place := p.today(now), len(into.Joined)+1
	in, out := p.moving(into, a, now), p.moving(from, a, now)
	in.Marks = append(in.Marks, ledger.Mark{Kind: card.MarkMerged, Text: from.ID})
	out.Marks = append(out.Marks, ledger.Mark{Kind: card.MarkMergedInto, Text: into.ID})

	in.Marks, out.Marks = handEnded(in.Marks, out.Marks, from.Expired(), place)
	into, from, came, left := into.Join(from)
	in.Marks, out.Marks = append(in.Marks, came...), append(out.Marks, left...)
	rest := ledger.Worth{Grains: from.Book.Carried}
	from.Book.Carried = 0
	if out.Points = -from.Book.Balance; out.Points > 0 { // what it owes
		from.Book, in.Points = from.Book.Post(out, 0), -out.Points
	}
	var lots []ledger.Lot
	if out.Points <= 0 {
		from.Book, lots = from.Book.Hand(out, func(ledger.Lot) bool { return true })
		in.Points = -from.Book.Tail[len(from.Book.Tail)-1].Points
	}
	for i := range lots {
		lots[i].Of += place
	}
	into.Joined[place-1].Newest, into.Joined[place-1].Member = from.Book.Newest(), a.Member
	var more int64
	into.Book, more = into.Book.Carry(rest)
	in.Points += more
	into = p.now().together(into, from, on)
	if p.now().by == card.ByPoints {
		into = p.now().add(into, on, on, more)
	}
	into.Tier = p.now().held(into, on)
	in.To = into.Tier
	into.Book = into.Book.Receive(in, lots, p.lotOf(on, into.Tier, on))
	return p.filled(into, a, now), from
}

// Unmerge takes a card out of the one that it was merged into: place says which, kept is what Merge left of it. Each of its lots goes back,
// with what its numbers have earned meanwhile; points that were spent are gone from the lots that they were taken from, and a debt that was
// paid stays paid. What is below a point stays where it is. A member of a household leaves with what the programme says. What has ended of
// its points goes with it, as far as from.Past tells.
func (p *Programme) Unmerge(from card.Head, place int, kept card.Head, a Act, now time.Time) (rest, parted card.Head, err error) {
	from = p.AsOf(from, now)
	end := from.With(place)
	if from.Joined[place-1].Member {
		from = p.allot(from, place, end)
	}
	in, out := p.moving(kept, a, now), p.moving(from, a, now)
	in.Marks = append(in.Marks, ledger.Mark{Kind: card.MarkPartedFrom, Text: from.ID})
	out.Marks = append(out.Marks, ledger.Mark{Kind: card.MarkParted, Text: kept.ID})

	theirs := func(l ledger.Lot) bool { return place <= l.Of && l.Of < end }
	in.Marks, out.Marks = handEnded(in.Marks, out.Marks, lotsOf(from.Expired(), theirs), -place)
	rest, parted, came, left, err := from.Part(place, kept)
	if err != nil {
		return from, kept, fmt.Errorf("unmerge card %s: %w", kept.ID, err)
	}
	in.Marks, out.Marks = append(in.Marks, came...), append(out.Marks, left...)
	on := p.today(now)
	rest = p.now().apart(rest, kept, on)
	rest.Tier = p.now().held(rest, on)
	out.To = rest.Tier
	var lots []ledger.Lot
	rest.Book, lots = rest.Book.Hand(out, theirs)
	for i := range lots {
		lots[i].Of -= place
	}
	for i, j := range parted.Joined {
		if j.ID == rest.ID && j.Past {
			parted.Joined[i].Newest = rest.Book.Newest()
		}
	}
	in.Points = -rest.Book.Tail[len(rest.Book.Tail)-1].Points
	parted.Tier = p.now().held(parted, on)
	in.From, in.To = parted.Tier, parted.Tier
	parted.Book = parted.Book.Receive(in, lots, ledger.Lot{})
	return rest, parted, nil
}

// together adds what another card has counted towards a tier. A tier that a person gave to either holds; of two the higher.
func (l *ladder) together(h, o card.Head, today day.Day) card.Head {
	if better := l.levelOf(o.Given.Tier) - l.levelOf(h.Given.Tier); better > 0 || better == 0 && longer(o.Given, h.Given) {
		h.Given = o.Given
	}
	h, o = l.settle(h, today), l.settle(o, today)
	if l.plain {
		h.Qualifying = h.Qualifying.Plus(o.Qualifying)
		return h
	}
	h.Standing = h.Standing.Plus(o.Standing)
	return h
}

// apart takes off what together has added.
func (l *ladder) apart(h, o card.Head, today day.Day) card.Head {
	if h.Given == o.Given {
		h.Given = card.GivenTier{}
	}
	h, o = l.settle(h, today), l.settle(o, today)
	if l.plain {
		h.Qualifying = h.Qualifying.Minus(o.Qualifying)
		return h
	}
	h.Standing = h.Standing.Minus(o.Standing)
	return h
}

// longer reports whether a given tier holds longer than another.
func longer(a, b card.GivenTier) bool {
	return a.Tier != "" && (b.Tier == "" || a.Until == 0 || b.Until != 0 && a.Until > b.Until)
}

// moving is the entry of a merge in one of the two books, without its points.
func (p *Programme) moving(h card.Head, a Act, now time.Time) ledger.Entry {
	return ledger.Entry{
		Cause: a.Cause, Kind: ledger.Move, At: now.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier,
		Marks: []ledger.Mark{card.Noted(card.MarkReason, a.Reason), card.Noted(card.MarkBy, a.By)},
	}
}
