package loyaltytest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// coin is one point, by the oracle that knows no book: days are counted since 1970, 0 is never and at once.
type coin struct {
	ends, from int
	of         string // number that earned it
	dead       bool   // its last day has passed
}

// purse is the points of a card one by one, the oldest first, and what is owed.
type purse struct {
	coins []coin
	owed  int64
	today int
}

// midnight is the beginning of a moment's day in the shop, as if it were one in UTC.
func midnight(t time.Time) time.Time {
	// In Berlin it is two hours later than in UTC from the last Sunday of March to that of October, and one hour otherwise.
	if summer := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC); t.Before(summer) {
		return t.UTC().Add(time.Hour).Truncate(24 * time.Hour)
	}
	return t.UTC().Add(2 * time.Hour).Truncate(24 * time.Hour)
}

func dayOf(t time.Time) int { return int(midnight(t).Unix() / 86_400) }

// on brings the purse to a day.
func (p *purse) on(t time.Time) {
	p.today = dayOf(t)
	for i := range p.coins {
		p.coins[i].dead = p.coins[i].dead || p.coins[i].ends != 0 && p.coins[i].ends < p.today
	}
}

func (p *purse) waits(c coin) bool { return c.from > p.today }

// add pays what is owed and keeps the rest.
func (p *purse) add(points int64, like coin) {
	for range points {
		if p.owed > 0 {
			p.owed--
		} else {
			p.coins = append(p.coins, like)
		}
	}
}

// take takes points one by one: the first that any of the choices finds, in the order of the choices; what is missing is owed.
func (p *purse) take(points int64, choices ...func(coin) bool) {
	for range points {
		if at := p.find(choices); at >= 0 {
			p.coins = slices.Delete(p.coins, at, at+1)
		} else {
			p.owed++
		}
	}
}

// find is the earliest to end of those that the first choice with any finds, and of those the earliest to be usable; -1 for none.
func (p *purse) find(choices []func(coin) bool) int {
	for _, choice := range choices {
		best := -1
		for i, c := range p.coins {
			if choice(c) && (best < 0 || earlier(c, p.coins[best])) {
				best = i
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

func earlier(a, b coin) bool {
	if a.ends != b.ends {
		return b.ends == 0 || a.ends != 0 && a.ends < b.ends
	}
	return a.from < b.from
}

func (p *purse) spend(points int64) {
	p.take(points, func(c coin) bool { return !c.dead && !p.waits(c) }, func(c coin) bool { return !c.dead })
}

// back takes what a return loses: of its receipt's own points those that wait, are usable or have ended, then what waits of others, then
// what ends first.
func (p *purse) back(points int64, own coin) {
	same := func(c coin) bool { return c.ends == own.ends && c.of == own.of }
	p.take(points,
		func(c coin) bool { return same(c) && p.waits(c) && c.from == own.from },
		func(c coin) bool { return same(c) && !p.waits(c) },
		func(c coin) bool { return !c.dead && p.waits(c) },
		func(c coin) bool { return !c.dead })
}

// minted is a point that is earned on a day and waits so many days, by the calendar.
func (l life) minted(t time.Time, pending int, of string) coin {
	t = midnight(t).AddDate(0, 0, pending)
	c := coin{of: of}
	if pending > 0 {
		c.from = int(t.Unix() / 86_400)
	}
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(l.months), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 0, min(d, first.AddDate(0, 1, -1).Day())-1+l.days)
	switch {
	case l.rules == "":
		return c
	case l.yearly:
		if end = time.Date(y, 4, 15, 0, 0, 0, 0, time.UTC); end.Before(t) {
			end = end.AddDate(1, 0, 0)
		}
	case l.round > 0:
		last := (int(end.Month())-1)/l.round*l.round + l.round
		end = time.Date(end.Year(), time.Month(last)+1, 0, 0, 0, 0, 0, time.UTC)
	}
	c.ends = int(end.Unix() / 86_400)
	return c
}

// reckon holds the cards of a script that was played in order against the oracle: all movements in the order of their moments, point by
// point. It returns how many cards it could reckon: not those whose stamps bring points, nor joined cards that spend.
func (s *script) reckon(e ending) (int, error) {
	if s.bonus || s.spends && (s.joins || !s.ordered() && s.paidBack()) {
		return 0, nil
	}
	purses, leads := map[string]*purse{}, map[string]string{}
	for _, number := range s.cards {
		purses[number], leads[number] = &purse{}, number
	}
	returns := map[*happening][]receipt.Return{}
	for _, h := range s.list {
		switch h.kind {
		case actMerge:
			leads[h.card] = h.into
		case actPart:
			leads[h.card] = h.card
		case actAdjust:
			to := leads[h.card]
			purses[to].on(h.at)
			purses[to].add(h.points, s.life.minted(h.at, 0, to))
		case actSale:
			s.sell(purses[h.card], h)
		case actBack:
			p := purses[h.card]
			p.on(h.at)
			before, _, _ := worth(h.of.sale, returns[h.of])
			returns[h.of] = append(returns[h.of], h.back)
			after, _, _ := worth(h.of.sale, returns[h.of])
			p.back(whole(before)-whole(after), s.life.minted(h.of.at, s.life.pending, h.card))
		}
	}
	return s.compare(e, purses)
}

// paidBack reports whether a receipt that was paid with points comes back: then points come back too, and the oracle does not know of where.
func (s *script) paidBack() bool {
	return slices.ContainsFunc(s.list, func(h *happening) bool { return h.kind == actBack && len(h.of.sale.Tenders) > 0 })
}

func (s *script) sell(p *purse, h *happening) {
	p.on(h.at)
	for _, t := range h.sale.Tenders {
		p.spend(t.Points)
	}
	earned, _, _ := worth(h.sale, nil)
	p.add(whole(earned), s.life.minted(h.at, s.life.pending, h.card))
}

// compare adds up the purses of the numbers that lead to each card.
func (s *script) compare(e ending, purses map[string]*purse) (cards int, err error) {
	groups := map[string][]string{}
	for number, head := range e.heads {
		groups[head.ID] = append(groups[head.ID], number)
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		want := map[[2]int]int64{}
		var owed int64
		for _, number := range groups[id] {
			p := purses[number]
			p.on(s.end)
			owed += p.owed
			for _, c := range p.coins {
				if !c.dead {
					want[p.lot(c.ends, c.from)]++
				}
			}
		}
		head := e.heads[id]
		got := map[[2]int]int64{}
		for _, l := range head.Book.Lots {
			got[[2]int{int(l.ExpiresOn), int(l.From)}] += l.Points
		}
		if !maps.Equal(want, got) || owed > 0 && head.Book.Balance != -owed {
			return cards, fmt.Errorf("card %s has %d points in the lots %s; by the oracle %s, and %d are owed", id, head.Book.Balance, spell(got), spell(want), owed)
		}
		cards++
	}
	return cards, nil
}

func (p *purse) lot(ends, from int) [2]int {
	if from <= p.today {
		from = 0
	}
	return [2]int{ends, from}
}

// spell writes lots as "45 until 2026-04-30/2026-03-14".
func spell(lots map[[2]int]int64) (text string) {
	keys := slices.SortedFunc(maps.Keys(lots), func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	for _, k := range keys {
		text += fmt.Sprintf("%d until %s/%d, ", lots[k], time.Unix(int64(k[0])*86_400, 0).UTC().Format(time.DateOnly), k[1])
	}
	return text
}
