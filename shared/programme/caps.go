package programme

import (
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// Caps is the most points that purchases bring a card within a calendar day, a week from Monday or a month, by the store's own day: one of
// the three. What is above is cut off, and the answer says how much. What campaigns and stamps grant comes on top.
//
// A receipt that arrives more than 45 days after the end of its window, or comes back after that, is reckoned with by itself.
type Caps struct {
	Day   int64 `json:"day,omitempty"`   // points that one calendar day brings at most
	Week  int64 `json:"week,omitempty"`  // that a week brings, from Monday
	Month int64 `json:"month,omitempty"` // that a month brings
}

// capped is the cap of a calendar window; the zero value is none.
type capped struct {
	each string
	most int64
}

// timeCap checks the cap of a time. Two windows together are refused: which of them cuts off a receipt's points would depend on the order
// in which receipts arrive.
func (c *compiler) timeCap() {
	caps := c.p.Points.Caps
	if caps == nil {
		return
	}
	given := 0
	for _, k := range []capped{{EachDay, caps.Day}, {EachWeek, caps.Week}, {EachMonth, caps.Month}} {
		if k.most < 0 || k.most > maxReceiptCap {
			c.fault("/points/caps/"+k.each, "a cap is 1 to %d points; leave it out for none", maxReceiptCap)
		}
		if k.most != 0 {
			given++
			c.p.capped = k
		}
	}
	if given != 1 {
		c.fault("/points/caps", "give one of day, week and month: of two caps, which of them cuts would depend on the order in which receipts arrive")
		c.p.capped = capped{}
	}
}

// within is one window of a card under the cap of its time. Its counter sums up what the purchases of the window are worth, kept and
// without the cap, and a card has the cap's part of that sum: a function of what is kept, whatever the order. In place of rewards it
// counts what the purchases count towards the tier, where that is another sum.
type within struct {
	most    int64
	counter card.Counter
	open    bool // the counter is still kept
}

// withinCap is the window of a day; false where there is no cap of the time. Versions with another cap sum up by themselves.
func (p *Programme) withinCap(h card.Head, on, today day.Day) (within, bool) {
	if p.capped.most == 0 {
		return within{}, false
	}
	first, last := calendar(p.capped.each, on)
	id := "~" + p.capped.each + strconv.FormatInt(p.capped.most, 10)
	return within{most: p.capped.most, counter: h.CounterOf(id, first), open: today <= last+lateStamps}, true
}

func (w *within) sum() ledger.Worth {
	return ledger.Worth{Points: w.counter.Sum, Grains: w.counter.Grains}
}

// through is what the cap lets through of a sum.
func (w *within) through(sum ledger.Worth) ledger.Worth {
	if most := (ledger.Worth{Points: w.most}); most.Less(sum) {
		return most
	}
	return sum
}

// lets is what the cap lets through of more that comes on top, or takes of what goes.
func (w *within) lets(more ledger.Worth) ledger.Worth {
	if !w.open {
		return w.through(more)
	}
	return w.through(w.sum().Plus(more)).Minus(w.through(w.sum()))
}

// add counts on, in a window that is still kept.
func (w *within) add(h card.Head, more ledger.Worth) card.Head {
	if !w.open {
		return h
	}
	sum := w.sum().Plus(more)
	w.counter.Sum, w.counter.Grains = sum.Points, sum.Grains
	return h.Count(w.counter)
}

// cap counts what a receipt of a day is worth, and tells what of it the cap of its time lets through, at most so much.
func (p *Programme) cap(h card.Head, on, today day.Day, w ledger.Worth, most ledger.Worth) (_ card.Head, worth, brings ledger.Worth) {
	window, is := p.withinCap(h, on, today)
	if brings = w; is {
		brings = window.lets(w)
	}
	if most.Less(brings) {
		w, brings = most, most
	}
	if is {
		h = window.add(sweepCaps(h, today), w)
	}
	return h, w, brings
}

// uncap takes what a return takes of a receipt's worth out of its window, and tells what that costs the card. In a window that is kept no
// more, the points that the receipt itself has brought go last: through is what it was let.
func (p *Programme) uncap(h card.Head, on, today day.Day, sale ledger.Entry, before, after ledger.Worth) (card.Head, ledger.Worth, error) {
	change := after.Minus(before)
	window, is := p.withinCap(h, on, today)
	if !is {
		return h, change, nil
	}
	if !window.open {
		through, err := card.ThroughOf(sale)
		if err == nil {
			change = lesser(after, through).Minus(lesser(before, through))
		}
		return h, change, err
	}
	change, h = window.lets(change), window.add(h, change)
	return h, change, nil
}

func lesser(a, b ledger.Worth) ledger.Worth {
	if b.Less(a) {
		return b
	}
	return a
}

// capCount is what a count towards the tier adds under the cap of its time: points that were cut off reach no tier. Where a receipt counts
// what its entry posts, that is cut already.
func (p *Programme) capCount(h card.Head, on, today day.Day, n int64) (card.Head, int64) {
	window, is := p.withinCap(h, on, today)
	if !is || p.now().by != card.ByPoints || !p.ownCount() {
		return h, n
	}
	if !window.open {
		return h, max(-window.most, min(window.most, n))
	}
	before := min(window.most, window.counter.Given)
	window.counter.Given += n
	return h.Count(window.counter), min(window.most, window.counter.Given) - before
}

// sweepCaps drops the counters of windows that are long over.
func sweepCaps(h card.Head, today day.Day) card.Head {
	for _, c := range h.Counters {
		each, is := strings.CutPrefix(strings.TrimRight(c.ID, "0123456789"), "~")
		if !is || c.Since == 0 {
			continue // of stamps, or of no window
		}
		if _, last := calendar(each, c.Since); today > last+lateStamps {
			h = h.Count(card.Counter{ID: c.ID, Since: c.Since})
		}
	}
	return h
}
