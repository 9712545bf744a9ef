package programme

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// roundMonths is the span whose end a last day is brought forward to, in months.
var roundMonths = map[string]int{RoundMonth: 1, RoundQuarter: 3, RoundHalfYear: 6, RoundYear: 12}

// expiresOn is the last day of points whose life begins on a day, earned in a tier; 0: they never expire. Months are reckoned from the
// day itself: the 31st of January plus one month is the last day of February, and plus two the 31st of March.
func (p *Programme) expiresOn(begins day.Day, tier string) day.Day {
	months, days := p.Points.Months, p.Points.Days
	for _, t := range p.Tiers {
		if t.ID == tier && t.PointsMonths > 0 {
			months, days = t.PointsMonths, 0
		}
	}
	if months == 0 && days == 0 && p.yearly == (day.Yearly{}) {
		return 0
	}
	last := begins.AddMonths(months) + day.Day(days)
	if p.yearly != (day.Yearly{}) {
		return p.yearly.From(last)
	}
	to := p.Points.RoundTo
	if to == "" && months > 0 && p.Points.Since != SinceActivity {
		to = RoundMonth
	}
	if span := roundMonths[to]; span > 0 {
		return last.EndOf(span)
	}
	return last
}

// GrantEnds is the last day of the points of an entry that a campaign has posted apart from any receipt, on the day that the entry is of; 0:
// they never expire.
func (p *Programme) GrantEnds(e ledger.Entry) day.Day { return p.expiresOn(p.today(e.At), e.From) }

// lotOf is the lot that a receipt of a day fills, as of today: its points wait, and then live from the day on which they can be spent.
func (p *Programme) lotOf(sold day.Day, tier string, today day.Day) ledger.Lot {
	from := sold + day.Day(p.Points.PendingDays)
	lot := ledger.Lot{ExpiresOn: p.expiresOn(from, tier)}
	if from > today {
		lot.From = from
	}
	return lot
}

// LooksBack is the earliest moment of which a return of a receipt of that day has to know the entries: its points may have expired since.
func (p *Programme) LooksBack(sold, returned time.Time, store, tier string) time.Time {
	own := p.lotOf(day.Of(sold, p.Zone(store)), tier, 0)
	if own.ExpiresOn == 0 {
		return returned
	}
	if ended := (own.ExpiresOn + 1).Start(p.zone); ended.Before(returned) {
		return ended
	}
	return returned
}

// expire makes points usable whose day has come, and posts those as expired whose last day has passed. The entry names its lots, so that
// an entry of before that day can find them.
func (p *Programme) expire(h card.Head, today day.Day) card.Head {
	h.Book = h.Book.Ripen(today)
	ended := h.Book.Ended(today)
	if len(ended) == 0 {
		return h
	}
	last := ended[len(ended)-1].ExpiresOn
	e := ledger.Entry{
		Cause: fmt.Sprintf("expired~%s~%d", last, h.Book.Posted), Kind: ledger.Expire, At: (last + 1).Start(p.zone).UTC(), From: h.Tier, To: h.Tier,
	}
	for _, l := range ended {
		e.Points -= l.Points
		e.Marks = append(e.Marks, card.LotMark(l))
	}
	h.Book = h.Book.Post(e, 0)
	return h
}

// restore posts what is given back of lots that have expired, for an entry that was made before they did. The caller posts that entry next.
func (p *Programme) restore(h card.Head, cause string, at time.Time, lots []ledger.Lot) card.Head {
	e := ledger.Entry{Cause: "restored~" + cause, Kind: ledger.Expire, At: at, From: h.Tier, To: h.Tier}
	for _, l := range lots {
		e.Points += l.Points
		gone := l
		gone.Points = -l.Points
		e.Marks = append(e.Marks, card.LotMark(gone))
	}
	if e.Points > 0 {
		h.Book = h.Book.Restore(e, lots)
	}
	return h
}

// takeExpired gives back what an entry would have taken of lots that have expired, had it come before they did: those that lived on its
// day, and of a return also its receipt's own. own is that lot, zero for another entry. h is as of today.
func (p *Programme) takeExpired(h card.Head, e ledger.Entry, own ledger.Lot, on day.Day) card.Head {
	var lots []ledger.Lot
	for _, l := range h.Expired() {
		if l.Points > 0 && (l.ExpiresOn >= on || p.isOwn(h, l, own)) {
			lots = append(lots, l)
		}
	}
	if len(lots) == 0 || e.Points >= 0 {
		return h
	}
	before := h.Book.With(lots)
	after := before.PostTo(e, own)
	for i := range lots {
		lots[i].Points -= after.Points(lots[i])
	}
	lots = slices.DeleteFunc(lots, func(l ledger.Lot) bool { return l.Points == 0 })
	return p.restore(h, e.Cause, e.At, lots)
}

// isOwn reports whether a lot that has expired is the one that a receipt's points went into. Where activity prolongs a life, they went
// with the lot that was the first to end after the day that they were given at first.
func (p *Programme) isOwn(h card.Head, l, own ledger.Lot) bool {
	if own.ExpiresOn == 0 || l.Of != own.Of {
		return false
	}
	if p.Points.Since != SinceActivity {
		return l.ExpiresOn == own.ExpiresOn
	}
	for _, first := range h.Expired() {
		if first.Of == own.Of && first.ExpiresOn >= own.ExpiresOn {
			return l.ExpiresOn == first.ExpiresOn
		}
	}
	return false
}

// postEarned posts the entry of a receipt of a day, that names a number of the joined card of.
func (p *Programme) postEarned(h card.Head, e ledger.Entry, of int, on day.Day, now time.Time) card.Head {
	lot := p.lotOf(on, e.From, day.Of(now, p.zone))
	lot.Of = of
	if p.Points.Since == SinceActivity && lot.ExpiresOn != 0 {
		h, lot.ExpiresOn = p.prolong(h, e, lot.ExpiresOn, on)
	}
	h.Book = h.Book.PostTo(e, lot)
	return h
}

// prolong begins the life of all points anew, for an entry of activity on a day. Points that have expired since then come back, and a
// late entry bridges the gap to those after it.
func (p *Programme) prolong(h card.Head, e ledger.Entry, last, on day.Day) (card.Head, day.Day) {
	dayOf := func(e ledger.Entry) day.Day { return day.Of(e.At, p.zone) }
	for _, later := range h.Active(on, dayOf) {
		if later <= last {
			last = max(last, p.expiresOn(later, e.From))
		}
	}
	var lots []ledger.Lot
	for _, l := range h.Expired() {
		if l.Points > 0 && l.ExpiresOn >= on {
			lots = append(lots, l)
		}
	}
	h = p.restore(h, e.Cause, e.At, lots)
	h.Book = h.Book.Prolong(last)
	return h, last
}

// postReturned posts the entry of a return of a receipt that was sold on a day, in a tier. It takes what the receipt's own lot has left
// first, whether or not it has expired since. What takes the card below the programme's floor is written off beside it.
func (p *Programme) postReturned(h card.Head, e ledger.Entry, of int, sold day.Day, tier string, now time.Time) card.Head {
	own := p.lotOf(sold, tier, day.Of(now, p.zone))
	own.Of = of
	h = p.takeExpired(h, e, own, day.Of(e.At, p.zone))
	if p.Points.DebtLimit != nil {
		h = p.writeOff(h, e, -h.Book.Balance-e.Points-*p.Points.DebtLimit)
	}
	h.Book = h.Book.PostTo(e, own)
	return h
}

// writeOff forgives what an entry that comes next would owe too much.
func (p *Programme) writeOff(h card.Head, next ledger.Entry, points int64) card.Head {
	if points = min(points, -next.Points); points > 0 {
		h.Book = h.Book.Post(ledger.Entry{
			Cause: "written-off~" + next.Cause, Kind: ledger.Adjust, At: next.At, Points: points, From: h.Tier, To: h.Tier,
			Marks: []ledger.Mark{{Kind: card.MarkWrittenOff, Text: next.Cause}},
		}, 0)
	}
	return h
}
