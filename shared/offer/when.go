package offer

import (
	"fmt"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
)

const minutesPerDay = 24 * 60

// Moment is when a basket is priced, by the clock on the wall of its store.
type Moment struct {
	Day    day.Day
	Minute int // since midnight, 0 to 1439
}

// At is a moment in a zone.
func At(t time.Time, zone *time.Location) Moment {
	t = t.In(zone)
	return Moment{Day: day.Of(t, zone), Minute: t.Hour()*60 + t.Minute()}
}

// Window is a time of the week that comes round. The zero Window is always. One that ends where it begins or earlier runs past
// midnight and belongs to the day on which it began, with its weekday and with the offer's first and last day.
type Window struct {
	Weekdays  uint8  // bit n is time.Weekday n; 0 for all
	MonthDays uint32 // bit n is the n-th of a month; 0 for all
	From, To  int    // minutes since midnight, From included and To not; both 0 for the whole day
}

// on reports whether the window is open on a day so many minutes after its midnight; more than a day's minutes are past midnight.
func (w Window) on(d day.Day, minute int) bool {
	switch {
	case w.Weekdays != 0 && w.Weekdays&(1<<d.Weekday()) == 0:
		return false
	case w.MonthDays != 0 && w.MonthDays&(1<<dayOfMonth(d)) == 0:
		return false
	}
	to := w.To
	if to <= w.From {
		to += minutesPerDay
	}
	return w.From <= minute && minute < to
}

func dayOfMonth(d day.Day) int { return int(d-(d.AddMonths(-1).EndOfMonth()+1)) + 1 }

// within reports whether an offer runs on the day of a window's beginning.
func (o *Offer) within(d day.Day) bool {
	return (o.From == 0 || d >= o.From) && (o.Until == 0 || d <= o.Until)
}

// open reports whether an offer runs at a moment; detail says why not.
func (o *Offer) open(m Moment) (open bool, detail string) {
	if len(o.Windows) == 0 && o.within(m.Day) {
		return true, ""
	}
	for _, w := range o.Windows {
		if o.within(m.Day) && w.on(m.Day, m.Minute) || o.within(m.Day-1) && w.on(m.Day-1, m.Minute+minutesPerDay) {
			return true, ""
		}
	}
	switch {
	case o.From != 0 && m.Day < o.From:
		return false, "it begins on " + o.From.String()
	case o.Until != 0 && m.Day > o.Until:
		return false, "it ended on " + o.Until.String()
	}
	return false, fmt.Sprintf("it is not on at %02d:%02d on a %s", m.Minute/60, m.Minute%60, m.Day.Weekday())
}

// neverOpens reports whether no day from the first to the last lies in a window. Only few days are looked through: an offer that is
// longer meets every weekday and every day of a month.
func (o *Offer) neverOpens() bool {
	const longest = 62
	if len(o.Windows) == 0 || o.From == 0 || o.Until == 0 || o.Until-o.From > longest {
		return false
	}
	for d := o.From; d <= o.Until; d++ {
		for _, w := range o.Windows {
			if w.on(d, w.From) {
				return false
			}
		}
	}
	return true
}
