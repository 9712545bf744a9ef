package liability

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// walked is one card's book, by the days of a reckoning.
type walked struct {
	entries  int64
	sum      int64   // of all entries, those of later days among them
	changes  []Sheet // of each day since the one before it
	posted   []int64 // the change of the card's own balance
	unposted []int64 // what has expired and stands in no entry
	moves    []int64
	waits    []wait
}

// wait is the points of one receipt that are not usable at once.
type wait struct {
	cause  string
	on     day.Day // of the receipt
	until  day.Day // the first day on which all that the receipt brought can be spent
	usable day.Day // the day on which these points wait no more, whatever has ended it
	points int64
}

// walk goes through a card's entries in the order in which they were posted.
func (r Reckoning) walk(h card.Head, pages []ledger.Page) walked {
	n := len(r.Days)
	b := walked{changes: make([]Sheet, n), posted: make([]int64, n), unposted: make([]int64, n), moves: make([]int64, n)}
	ended := endings{last: map[ledger.Lot]bool{}}
	var balance int64
	visit := func(e ledger.Entry) {
		b.entries++
		b.sum += e.Points
		at := r.at(day.Of(e.At, r.Zone))
		if at < n && e.Kind == ledger.Move {
			b.moves[at]++
		}
		b.wait(e, r, balance)
		balance += e.Points
		b.spend(max(balance, 0), day.Of(e.At, r.Zone))
		ended.giveBack(e, r.Zone)
		if e.Kind == ledger.Expire {
			b.expire(e, r, &ended)
			return
		}
		if p, moved := Of(e); moved && at < n {
			b.changes[at].Post(p)
			b.posted[at] += e.Points
		}
	}
	for _, p := range pages {
		if p.Number <= h.Book.Pages {
			for _, e := range p.Entries {
				visit(e)
			}
		}
	}
	for _, e := range h.Book.Tail {
		visit(e)
	}
	for _, l := range h.Book.Lots {
		if on := ended.day(l); l.ExpiresOn != 0 && r.at(on) < n {
			b.changes[r.at(on)].Post(Posting{Available, Expired, l.Points})
			b.unposted[r.at(on)] += l.Points
		}
	}
	return b
}

// expire books what an entry says of lots, each on the day after its last one: a card that nobody touched tells of all at once.
func (b *walked) expire(e ledger.Entry, r Reckoning, ended *endings) {
	rest := -e.Points
	book := func(on day.Day, points int64) {
		if at := r.at(on); at < len(r.Days) {
			b.changes[at].Post(Posting{Available, Expired, points})
			b.posted[at] -= points
		}
		rest -= points
	}
	told := day.Of(e.At, r.Zone)
	for _, m := range e.Marks {
		l, ok := card.LotOf(m)
		switch {
		case !ok:
		case l.Points < 0: // it came back for an entry of before that day
			book(max(told, l.ExpiresOn+1), l.Points)
		default:
			book(ended.day(l), l.Points)
			ended.tell(l)
		}
	}
	if rest != 0 { // an entry that names no lots
		book(told, rest)
	}
}

// endings knows which lots have expired already: what is in them again was given back, and expires no earlier than on that day.
type endings struct {
	last   map[ledger.Lot]bool
	gaveOn day.Day // when points were last given back
}

func (d *endings) giveBack(e ledger.Entry, zone *time.Location) {
	if e.Kind == ledger.Spend && e.Points > 0 {
		d.gaveOn = max(d.gaveOn, day.Of(e.At, zone))
	}
}

// named is a lot by its last day and its card.
func named(l ledger.Lot) ledger.Lot { return ledger.Lot{ExpiresOn: l.ExpiresOn, Of: l.Of} }

func (d *endings) tell(l ledger.Lot) { d.last[named(l)] = true }

// day is the first day on which a lot has expired.
func (d *endings) day(l ledger.Lot) day.Day {
	if d.last[named(l)] {
		return max(l.ExpiresOn+1, d.gaveOn)
	}
	return l.ExpiresOn + 1
}

// wait notes what a receipt's points wait for, what its returns take of them, and what a person makes usable.
func (b *walked) wait(e ledger.Entry, r Reckoning, balance int64) {
	on := day.Of(e.At, r.Zone)
	if points := e.Points + min(balance, 0); e.Kind == ledger.Earn && points > 0 { // a debt is paid first
		if usable := r.Usable(e); usable > on {
			b.waits = append(b.waits, wait{cause: e.Cause, on: on, until: usable, usable: usable, points: points})
		}
	}
	if e.Kind == ledger.Reverse && e.Points < 0 {
		b.reverse(e, on)
	}
	if n, err := card.ActivatedOf(e); err == nil && n > 0 {
		b.usable(n, on, func(wait) bool { return true })
	}
}

// reverse takes what a return takes of a receipt that still waits: its own points, those of the same day, and then whatever waits.
func (b *walked) reverse(e ledger.Entry, on day.Day) {
	sale, _, _ := strings.Cut(e.Cause, "~")
	own := slices.IndexFunc(b.waits, func(w wait) bool { return w.cause == sale && w.until > on })
	if own < 0 {
		return
	}
	same := b.waits[own].until
	left := b.usable(-e.Points, on, func(w wait) bool { return w.until == same })
	b.usable(left, on, func(wait) bool { return true })
}

// spend takes points that wait and are more than what is left: what is usable was spent before them.
func (b *walked) spend(left int64, on day.Day) {
	for _, w := range b.waits {
		if w.usable > on {
			left -= w.points
		}
	}
	if left < 0 {
		b.usable(-left, on, func(wait) bool { return true })
	}
}

// usable ends the waiting of so many points on a day, those first whose day comes first, and returns how many it did not find.
func (b *walked) usable(points int64, on day.Day, which func(wait) bool) int64 {
	slices.SortStableFunc(b.waits, func(a, b wait) int { return int(a.usable - b.usable) })
	for i := range b.waits {
		w := b.waits[i]
		n := min(points, w.points)
		if n == 0 || w.usable <= on || !which(w) {
			continue
		}
		points -= n
		b.waits[i].points -= n
		if on > w.on { // up to this day they waited
			w.points, w.usable = n, on
			b.waits = append(b.waits, w)
		}
	}
	return points
}

// pending is what of the points that are out waits at the end of a day, and what is held. Today the card's own lots and holds tell; of a
// day before it the entries do, and nothing was held, for a hold is over within a day.
func (b *walked) pending(r Reckoning, h card.Head, on day.Day, out int64) (pending, held int64) {
	if on == r.today() {
		for _, l := range h.Book.Lots {
			if l.From > on && (l.ExpiresOn == 0 || l.ExpiresOn >= on) {
				pending += l.Points
			}
		}
		for _, k := range h.Holds {
			if r.Now.Before(k.Until) {
				held += k.Points
			}
		}
	} else {
		for _, w := range b.waits {
			if w.on <= on && on < w.usable {
				pending += w.points
			}
		}
	}
	pending = min(pending, max(out, 0))
	return pending, min(held, max(out-pending, 0))
}
