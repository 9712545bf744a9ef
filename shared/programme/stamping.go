package programme

import (
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// StampTooSoon is why a visit brought no stamp: another was less than the programme's minutes before it.
const StampTooSoon = "too_soon"

// recentVisits is how long the moments of visits are kept where they may be too close. One that arrives later counts by itself.
const recentVisits = 48 * time.Hour

// maxPlaces is how many different stores a card is told apart in; goals are far below it.
const maxPlaces = 20

// stampsFor is what the kept part of a receipt counts for, and whether it is a visit: something that was paid for, and enough of it. A
// piece that a reward of the same stamps paid for is free and brings no stamp.
func (p *Programme) stampsFor(s *stamping, r receipt.Receipt, kept receipt.Kept, at found) (n int64, visit bool) {
	lines, zone := linesOf(r, kept), p.Zone(r.Key.Store)
	facts := knowing(p.receipts)
	facts.receipt(r, lines, zone)
	facts.tier(at.tier)
	if kept.Nothing() || !s.when.Match(facts.facts) {
		return 0, false
	}
	var pieces, spent, free int64
	for _, l := range lines {
		offered := asOffered(l)
		switch {
		case p.neverEarns(&offered) || !s.chosen.Takes(&offered):
		case l.Net() > 0:
			pieces, spent = pieces+l.Quantity, spent+l.Net()
		default:
			free += l.Quantity
		}
	}
	pieces -= max(0, at.uses(s.Grant.Offer)-free)
	if kept.Money > 0 {
		spent = partOf(spent, kept.Net-kept.Money, kept.Net)
	}
	if pieces <= 0 || spent < max(s.minimum, 1) {
		return 0, false
	}
	switch {
	case s.Buy > 0:
		return pieces, true
	case s.spend > 0:
		return spent, true
	}
	return 1, true
}

// partOf is n * part / whole, downwards.
func partOf(n, part, whole int64) int64 {
	product := new(big.Int).Mul(big.NewInt(n), big.NewInt(part))
	return product.Div(product, big.NewInt(whole)).Int64()
}

// stamp counts a receipt on every card of stamps that it belongs to, and hands out what has been reached.
func (p *Programme) stamp(h card.Head, e ledger.Entry, r receipt.Receipt, at found, now time.Time) (card.Head, ledger.Entry) {
	kept, _ := r.After(nil) // without returns nothing can be too much
	zone := p.Zone(r.Key.Store)
	on, today := day.Of(r.At, zone), day.Of(now, zone)
	for i := range p.stamps {
		s := &p.stamps[i]
		h = s.sweep(h, today)
		first, open := s.open(on, today)
		n, visit := p.stampsFor(s, r, kept, at)
		if !open || !visit {
			continue
		}
		h, n = s.count(h, first, r, on, now, n, 1)
		told := card.Stamp{ID: s.ID, Count: n}
		if n == 0 && s.EveryMinutes > 0 {
			told.Reason = StampTooSoon
		}
		e.Marks = append(e.Marks, told.Mark())
		h, e = p.handOut(h, e, s, first, max(on, today))
	}
	return h, e
}

// unstamp takes back what the goods of a return had counted. sale is the receipt's own entry. A reward that is still there goes with it;
// one that was used stays, and the counter falls below zero.
func (p *Programme) unstamp(h card.Head, e ledger.Entry, r receipt.Receipt, sale ledger.Entry, returns []receipt.Return, now time.Time) (card.Head, ledger.Entry, error) {
	counted, err := card.Stamps(sale)
	if err != nil {
		return h, e, err
	}
	zone := p.Zone(r.Key.Store)
	on, today := day.Of(r.At, zone), day.Of(now, zone)
	for _, mark := range counted {
		s := p.stampsOf(mark.ID)
		if s == nil {
			continue
		}
		first, open := s.open(on, today)
		n, visits, err := p.unstamped(s, mark.Count, r, sale, returns)
		if err != nil {
			return h, e, err
		}
		if !open || n == 0 && visits == 0 {
			continue
		}
		h, n = s.count(h, first, r, on, now, -n, -visits)
		if n != 0 {
			e.Marks = append(e.Marks, card.Stamp{ID: s.ID, Count: n}.Mark())
		}
		h, e = p.handOut(h, e, s, first, today)
	}
	return h, e, nil
}

// unstamped is what the newest return takes of the count of a receipt, and 1 if it takes the visit too. All returns of a receipt together
// take what it had counted.
func (p *Programme) unstamped(s *stamping, counted int64, r receipt.Receipt, sale ledger.Entry, returns []receipt.Return) (n, visits int64, err error) {
	at, left, was := p.foundBy(r, sale), counted, true
	for i := range returns {
		kept, err := r.After(returns[:i+1])
		if err != nil {
			return 0, 0, err
		}
		worth, is := p.stampsFor(s, r, kept, at)
		if worth = min(worth, left); !is || !was {
			worth = 0
		}
		n, visits, left = left-worth, 0, worth
		if was && !is {
			visits = 1
		}
		was = was && is
	}
	return n, visits, nil
}

// stampsOf finds stamps by their id; nil if there are none.
func (p *Programme) stampsOf(id string) *stamping {
	for i := range p.stamps {
		if p.stamps[i].ID == id {
			return &p.stamps[i]
		}
	}
	return nil
}

// open is the first day of the window that a receipt of a day counts in, as long as its counter is kept.
func (s *stamping) open(on, today day.Day) (first day.Day, ok bool) {
	first, last, ok := s.window(on)
	if s.Within > 0 {
		last = on + day.Day(s.Within)
	}
	return first, ok && (last == 0 || today <= last+lateStamps)
}

// sweep drops the counters of windows that are long over, and what is over of the last so many days. A reward that has been given for
// days that are over stays given: see settled.
func (s *stamping) sweep(h card.Head, today day.Day) card.Head {
	for _, c := range h.Counters {
		if c.ID != s.ID {
			continue
		}
		if _, last, ok := s.window(max(c.Since, s.from)); s.Each != "" && ok && today > last+lateStamps {
			h = h.Count(card.Counter{ID: c.ID, Since: c.Since})
			continue
		}
		if oldest := dayName(today - day.Day(s.Within) - lateStamps); s.Within > 0 && len(c.Places) > 0 && c.Places[0].Name < oldest {
			keep := func(p card.Place) bool { return c.Given > 0 || p.Name < oldest }
			c.Places = slices.DeleteFunc(slices.Clone(c.Places), keep)
			if c.Sum = sumOf(c.Places); c.Given > 0 {
				c.Sum++
			}
			h = h.Count(c)
		}
	}
	return h
}

// count adds to the counter of a window, and tells by how much it has changed: less than n where visits are too close.
func (s *stamping) count(h card.Head, first day.Day, r receipt.Receipt, on day.Day, now time.Time, n, visits int64) (card.Head, int64) {
	c := h.CounterOf(s.ID, first)
	if s.settled(c) {
		return h, 0
	}
	if s.EveryMinutes > 0 && visits != 0 {
		moment := r.At.Unix()
		if before := s.spaced(c.Recent); visits > 0 || slices.Contains(c.Recent, moment) {
			c = c.Visit(moment, visits > 0)
			n = s.spaced(c.Recent) - before
		}
		for len(c.Recent) > 0 && c.Recent[0] < now.Add(-recentVisits).Unix() {
			c.Recent = c.Recent[1:]
		}
	}
	c.Sum += n
	switch known := slices.ContainsFunc(c.Places, func(p card.Place) bool { return p.Name == r.Key.Store }); {
	case s.Days > 0 || s.Within > 0:
		c = c.Add(dayName(on), visits, n)
	case s.Stores > 0 && (known || visits > 0 && len(c.Places) < maxPlaces):
		c = c.Add(r.Key.Store, visits, 0)
	}
	return h.Count(c), n
}

// spaced counts the visits that have none within the programme's minutes before them. Which visits count does not depend on the order in
// which we hear of them.
func (s *stamping) spaced(moments []int64) (n int64) {
	gap := int64(s.EveryMinutes) * 60
	for i, at := range moments {
		if i == 0 || at-moments[i-1] >= gap {
			n++
		}
	}
	return n
}

// dayName is a day as the name of a place: three signs that sort like the days.
func dayName(on day.Day) string { return strconv.FormatInt(int64(on), 36) }

// due is how many rewards a counter has brought by now.
func (s *stamping) due(c card.Counter) int64 {
	switch {
	case s.again():
		return max(0, c.Sum) / s.target()
	case s.settled(c):
		return c.Given
	case s.Within > 0:
		for i := range c.Places {
			if sum, days := s.windowFrom(c.Places[i:]); sum >= s.target() && days >= s.Days {
				return 1
			}
		}
		return 0
	}
	if c.Sum >= s.target() && placesSeen(c.Places) >= max(s.Days, s.Stores) {
		return 1
	}
	return 0
}

// settled reports that the reward of the last so many days was reached on days that are no longer kept, so that nothing can come back.
// Such a counter holds more than its days do. One without days that holds nothing is one of which all goods came back.
func (s *stamping) settled(c card.Counter) bool { return s.Within > 0 && c.Sum > sumOf(c.Places) }

// sumOf is what places count for together.
func sumOf(places []card.Place) (sum int64) {
	for _, p := range places {
		sum += p.Sum
	}
	return sum
}

// windowFrom is what lies within the programme's days from the first of these on.
func (s *stamping) windowFrom(places []card.Place) (sum, days int64) {
	first, _ := strconv.ParseInt(places[0].Name, 36, 64)
	for i, p := range places {
		if p.Name >= dayName(day.Day(first)+day.Day(s.Within)) {
			places = places[:i]
			break
		}
		sum += p.Sum
	}
	return sum, placesSeen(places)
}

// placesSeen counts the places with a visit.
func placesSeen(places []card.Place) (n int64) {
	for _, p := range places {
		if p.Visits > 0 {
			n++
		}
	}
	return n
}
