package journey

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
)

// Wait is how long a step waits: for a span, until a reading of the shopper's clock, or for an event, at most for a span.
type Wait struct {
	For     Span
	Weekday time.Weekday
	Kind    WaitKind
	On      day.Day // a day
	Date    string  // dates of the shopper
	Before  int     // days before it
	Minute  int     // of the day
	Event   string
}

// WaitKind is what ends a wait.
type WaitKind byte

// The kinds of waits.
const (
	ForSpan      WaitKind = iota // after For
	UntilTime                    // the next time that the clock shows Minute
	UntilWeekday                 // the next such weekday, at Minute
	UntilDay                     // On, at Minute
	UntilDate                    // so many days before the next Date, at Minute
	ForEvent                     // Event, or after For
)

// Span is a length of time: days are counted by the calendar, so that the hour stays the same when the clocks change.
type Span struct {
	Days    int
	Minutes int
}

// maxSpan is the longest wait; whoever waits for longer is not on a journey.
const maxSpan = 400 // days

// ParseSpan reads "90m", "36h", "3d" or "2w".
func ParseSpan(text string) (Span, error) {
	wrong := fmt.Errorf("%q is no span such as 90m, 36h, 3d or 2w, of at most %d days", text, maxSpan)
	if len(text) < 2 {
		return Span{}, wrong
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || n < 1 || n > maxSpan*24*60 || strings.HasPrefix(text, "+") {
		return Span{}, wrong
	}
	var s Span
	switch text[len(text)-1] {
	case 'm':
		s.Minutes = n
	case 'h':
		s.Minutes = n * 60
	case 'd':
		s.Days = n
	case 'w':
		s.Days = n * 7
	default:
		return Span{}, wrong
	}
	if s.Days > maxSpan || s.Minutes > maxSpan*24*60 {
		return Span{}, wrong
	}
	return s, nil
}

// IsZero reports that there is no span.
func (s Span) IsZero() bool { return s == Span{} }

// after is the moment that lies a span after another, by the clock of a zone.
func (s Span) after(t time.Time, zone *time.Location) time.Time {
	if s.Days == 0 {
		return t.Add(time.Duration(s.Minutes) * time.Minute)
	}
	local := t.In(zone)
	y, m, d := (day.Of(t, zone) + day.Day(s.Days)).Date()
	rest := t.Sub(t.Truncate(time.Minute))
	return message.LocalTime(y, m, d, local.Hour()*60+local.Minute(), zone).Add(rest)
}

// errNoDate says that a shopper has no such date.
var errNoDate = errors.New("there is no such date")

// Date is a day that a shopper keeps each year. One that was told with a year that lies ahead begins in that year.
type Date struct {
	Yearly day.Yearly
	First  day.Day // 0: nobody has told
}

// nextDate is the first moment that so many days before one of the shopper's dates brings; errNoDate where the shopper has none.
func (f Facts) nextDate(w Wait, now time.Time, at func(day.Day) time.Time) (next time.Time, err error) {
	next, err = now, errNoDate
	for _, date := range f.Dates[w.Date] {
		if date.Yearly == (day.Yearly{}) {
			continue
		}
		for year := max(day.Of(now, f.zone()).Year(), date.First.Year()); ; year++ {
			if t := at(date.Yearly.In(year, f.Leap) - day.Day(w.Before)); t.After(now) {
				if err != nil || t.Before(next) {
					next, err = t, nil
				}
				break
			}
		}
	}
	return next, err
}

// until is when a wait that begins now is over; errNoDate where the shopper has none.
func (w Wait) until(now time.Time, f Facts) (time.Time, error) {
	zone := f.zone()
	today := day.Of(now, zone)
	at := func(d day.Day) time.Time {
		y, m, n := d.Date()
		return message.LocalTime(y, m, n, w.Minute, zone)
	}
	switch w.Kind {
	case UntilTime:
		if t := at(today); t.After(now) {
			return t, nil
		}
		return at(today + 1), nil
	case UntilWeekday:
		d := today + day.Day((int(w.Weekday)-int(today.Weekday())+7)%7)
		if t := at(d); t.After(now) {
			return t, nil
		}
		return at(d + 7), nil
	case UntilDay:
		return at(w.On), nil
	case UntilDate:
		return f.nextDate(w, now, at)
	}
	return w.For.after(now, zone), nil
}
