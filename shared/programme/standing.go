package programme

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// forever is a day that no card sees.
const forever day.Day = 1 << 30

// Under is the programme of a receipt's own day with the tiers of the version that holds now. A receipt that comes late is worth what it
// was worth then, and the card's tier is what it is now.
func (p *Programme) Under(now *Programme) *Programme {
	if p == now {
		return p
	}
	late := *p
	late.present = &now.ladder
	return &late
}

// now is the ladder on which a card stands now.
func (p *Programme) now() *ladder {
	if p.present != nil {
		return p.present
	}
	return &p.ladder
}

// standingOf is what a card has counted, in the form of this ladder.
func (l *ladder) standingOf(h card.Head, today day.Day) card.Standing {
	s := h.Standing
	if q := h.Qualifying; s.Empty() && q != (card.Qualifying{}) {
		s = card.Standing{By: card.ByPoints, Unit: card.Yearly, First: q.Year - 1, Counts: []int64{q.Before, q.Points}}
	}
	if s.By != l.by {
		return card.Standing{By: l.by, Unit: l.unit} // points say nothing of visits: another count begins anew
	}
	return s.In(l.unit, today)
}

// at is the count that decides the tier in a unit of time: the best of the windows that count there.
func (l *ladder) at(s card.Standing, unit int) int64 {
	best := int64(0)
	for last := unit; last >= unit-l.kept; last-- {
		best = max(best, s.Sum(last-l.window, last, unit))
	}
	return best
}

// level is the highest rung that a count reaches.
func (l *ladder) level(count int64) int {
	level := 0
	for level < len(l.rungs) && l.rungs[level].reach <= count {
		level++
	}
	return level
}

// levelOf is the place of a tier; 0 for one that the ladder does not have.
func (l *ladder) levelOf(tier string) int {
	for i, r := range l.rungs {
		if r.id == tier {
			return i + 1
		}
	}
	return 0
}

func (l *ladder) tier(level int) string {
	if level == 0 {
		return ""
	}
	return l.rungs[level-1].id
}

// keeps is the last day on which a card is at a level or above it, because in one unit its count reached the level reached.
//
// A tier that is no longer deserved is kept for the grace. Going down by one, the card is then a level lower, and loses that one at the
// next review or after the next grace, whichever is later.
func (l *ladder) keeps(unit, reached, level int) day.Day {
	for i := level; i <= reached; i++ {
		if l.rungs[i-1].forever {
			return forever
		}
	}
	end := l.graceEnd(l.unit.Start(unit + 1))
	if l.down == DownOne {
		for ; reached > level; reached-- {
			end = max(l.graceEnd(end+1), l.unit.Start(l.unit.Of(end+1)+1)-1)
		}
	}
	return end
}

// until is the last day on which a card is at a level or above it, by what it has counted in the units up to newest.
func (l *ladder) until(s card.Standing, level, newest int) day.Day {
	end := day.Day(0)
	for _, b := range s.Best {
		if reached := l.level(b.Count); b.Unit <= newest && reached >= level {
			end = max(end, l.keeps(b.Unit, reached, level))
		}
	}
	if len(s.Counts) == 0 {
		return end
	}
	for unit := s.First; unit <= min(newest, s.First+len(s.Counts)+l.window+l.kept); unit++ {
		if reached := l.level(l.at(s, unit)); reached >= level {
			end = max(end, l.keeps(unit, reached, level))
		}
	}
	return end
}

// holds is the level of a card on a day: the highest one that it has earned by then and still keeps, or that it was given.
func (l *ladder) holds(s card.Standing, given card.GivenTier, on day.Day) int {
	least := 0
	if given.Tier != "" && (given.Until == 0 || given.Until >= on) {
		least = l.levelOf(given.Tier)
	}
	unit := l.unit.Of(on)
	for level := len(l.rungs); level > least; level-- {
		if l.until(s, level, unit) >= on {
			return level
		}
	}
	return least
}

// held is the tier of a card on a day, by this ladder.
func (l *ladder) held(h card.Head, on day.Day) string {
	return l.tier(l.holds(l.standingOf(h, on), h.Given, on))
}

// oldest is the oldest unit whose receipts still count in some way.
func (l *ladder) oldest(today day.Day) int { return l.unit.Of(today) - l.late - l.window - l.kept }

// settle puts what a card has counted into the form of this ladder, and sums up what no late receipt will change.
func (l *ladder) settle(h card.Head, today day.Day) card.Head {
	s := l.standingOf(h, today)
	if l.plain {
		if !h.Standing.Empty() {
			year := today.Year()
			h.Standing, h.Qualifying = card.Standing{}, card.Qualifying{Year: year, Points: s.Count(year), Before: s.Count(year - 1)}
		}
		return h
	}
	settled := l.unit.Of(today) - l.late
	for unit := s.First; len(s.Counts) > 0 && unit < min(settled, s.First+len(s.Counts)+l.window+l.kept); unit++ {
		if count := l.at(s, unit); l.level(count) > 0 {
			s = s.Recall(card.Counted{Unit: unit, Count: count})
		}
	}
	s = s.Forget(l.oldest(today), settled)
	s.Best = l.matter(s.Best, today)
	h.Standing, h.Qualifying = s, card.Qualifying{}
	return h
}

// matter is what of the summed-up counts still keeps a tier, and the largest of them: another version of the rules may keep it for ever.
func (l *ladder) matter(best []card.Counted, today day.Day) []card.Counted {
	var left []card.Counted
	most := int64(0)
	for _, b := range best {
		most = max(most, b.Count)
	}
	for _, b := range best {
		if reached := l.level(b.Count); b.Count == most || reached > 0 && l.keeps(b.Unit, reached, 1) >= today {
			left = append(left, b)
		}
	}
	return left
}

// add counts n for a receipt of a day.
func (l *ladder) add(h card.Head, on, today day.Day, n int64) card.Head {
	if l.plain {
		h.Qualifying = h.Qualifying.Add(on.Year(), n)
		return h
	}
	h = l.settle(h, today)
	h.Standing = h.Standing.Add(l.unit.Of(on), n, l.oldest(today))
	return h
}

// takeBack takes n off the count of a receipt of the day sold, for a return on a later day.
func (l *ladder) takeBack(h card.Head, sold, back, today day.Day, n int64) card.Head {
	if l.plain {
		h.Qualifying = h.Qualifying.Add(sold.Year(), -n)
		return h
	}
	h = l.settle(h, today)
	h.Standing = h.Standing.Return(l.unit.Of(sold), l.unit.Of(back), n, l.lenient, l.oldest(today))
	return h
}

// review posts what time has made of a card's tier, so that it is told once: with the first write of the card on or after the day.
func (p *Programme) review(h card.Head, today day.Day) card.Head {
	l := p.now()
	tier := l.held(h, today)
	if tier == h.Tier {
		return h
	}
	since := today
	if level := l.levelOf(h.Tier); level > 0 {
		if last := l.until(l.standingOf(h, today), level, l.unit.Of(today)); last > 0 && last < today {
			since = last + 1
		}
	}
	return p.move(h, tier, since)
}

// move posts another tier of a card.
func (p *Programme) move(h card.Head, tier string, since day.Day) card.Head {
	e := ledger.Entry{
		Cause: fmt.Sprintf("tier~%s~%d", since, h.Book.Posted), Kind: ledger.Review, At: since.Start(p.zone).UTC(), From: h.Tier, To: tier,
	}
	h.Tier = tier
	h.Book = h.Book.Post(e, 0)
	return h
}

// counted is what a receipt that has earned points counts towards a tier.
func (p *Programme) counted(r receipt.Receipt, kept receipt.Kept, at found, points int64) int64 {
	switch p.now().by {
	case card.BySpend:
		return kept.Net - kept.Money
	case card.ByVisits:
		return 1
	}
	if !p.ownCount() {
		return points
	}
	return p.own(r, kept, at)
}

// ownCount reports that what a receipt counts is not what its entry posts: some rules' points do not count, or its entry has points
// that were carried over from other receipts.
func (p *Programme) ownCount() bool { return p.counting != nil || p.Points.CarryOver && !p.now().plain }

// own is the points of a receipt that count, to the nearest whole one, whatever was carried to it.
func (p *Programme) own(r receipt.Receipt, kept receipt.Kept, at found) int64 {
	rules := p
	if p.counting != nil {
		rules = p.counting
	}
	w, _ := rules.worth(r, kept, at)
	return w.Nearest().Points
}

// uncounted is what the newest of a receipt's returns takes off its count; points are what it takes off the card. Like them it depends on
// what is kept alone, and is less than nothing where more counts than before.
func (p *Programme) uncounted(r receipt.Receipt, sale ledger.Entry, before, after kept, points int64) int64 {
	switch by := p.now().by; {
	case by == card.BySpend:
		return before.paid - after.paid
	case by == card.ByVisits && after.gone && !before.gone:
		return 1
	case by == card.ByVisits:
		return 0
	case by == card.ByPoints && !p.ownCount():
		return points
	}
	at := p.foundBy(r, sale)
	whole, _ := r.After(nil) // without returns nothing can be too much
	most := p.own(r, whole, at)
	return min(most, p.own(r, before.Kept, at)) - min(most, p.own(r, after.Kept, at))
}

// today is the day of a moment in the programme's own zone.
func (p *Programme) today(now time.Time) day.Day { return day.Of(now, p.zone) }
