// Package day counts calendar days without a clock: the last day of a coupon, the day a lot of points expires, a birthday.
package day

import (
	"errors"
	"fmt"
	"time"
)

// Day is a calendar day, counted from 1970-01-01 = 0. The zero Day stands for "none" wherever a day is optional; no shop
// we serve has business on that date.
type Day int32

// ErrInvalid is wrapped by every refusal of this package.
var ErrInvalid = errors.New("invalid day")

const secondsPerDay = 86_400

// Of is the day on which t falls in zone.
func Of(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Date(y, m, d)
}

// Date is the day of year, month and day of month; days beyond the month's end run into the next month.
func Date(year int, month time.Month, dayOfMonth int) Day {
	return Day(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// Parse reads "2027-01-31". It returns ErrInvalid for anything else.
func Parse(text string) (Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%w: %q is not a date like 2027-01-31", ErrInvalid, text)
	}
	return Date(t.Date()), nil
}

// String writes "2027-01-31", or "" for no day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// Date is the year, the month and the day of the month.
func (d Day) Date() (year int, month time.Month, dayOfMonth int) { return d.utc().Date() }

// Year is the calendar year of d.
func (d Day) Year() int { return d.utc().Year() }

// Month is the calendar month of d.
func (d Day) Month() time.Month { return d.utc().Month() }

// Weekday is the day of the week of d.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Start is the first instant of d in zone. Where midnight does not exist that day, it is the first instant after it.
func (d Day) Start(zone *time.Location) time.Time {
	y, m, dom := d.utc().Date()
	t := time.Date(y, m, dom, 0, 0, 0, 0, zone)
	for Of(t, zone) < d { // midnight fell into a gap and time.Date chose the side before it
		t = t.Add(time.Minute * 15)
	}
	return t
}

// AddMonths is d plus n months, always reckoned from d itself: the 31st of January plus one month is the last day of February.
func (d Day) AddMonths(n int) Day {
	y, m, dom := d.utc().Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.Year(), first.Month(), min(dom, last))
}

// EndOfMonth is the last day of the month of d.
func (d Day) EndOfMonth() Day { return d.EndOf(1) }

// EndOf is the last day of the span of so many months that d lies in, counted from January: 3 is the quarter, 6 the half-year, 12 the year.
func (d Day) EndOf(months int) Day {
	y, m, _ := d.utc().Date()
	return Date(y, m+time.Month(months-(int(m)-1)%months), 0)
}

// Yearly is a day of the year that comes round: a birthday without its year. February 29 is a valid one.
type Yearly struct {
	Month time.Month
	Day   int
}

// ParseYearly reads "12-24", or a whole day, "1990-12-24", whose year it drops. It returns ErrInvalid for anything else.
func ParseYearly(text string) (Yearly, error) {
	whole := text
	if len(text) < len(time.DateOnly) {
		whole = "2000-" + text // a year with a February 29
	}
	t, err := time.Parse(time.DateOnly, whole)
	if err != nil {
		return Yearly{}, fmt.Errorf("%w: %q is not a day of the year like 12-24", ErrInvalid, text)
	}
	return Yearly{Month: t.Month(), Day: t.Day()}, nil
}

// String writes "12-24", or "" for none.
func (y Yearly) String() string {
	if y == (Yearly{}) {
		return ""
	}
	return fmt.Sprintf("%02d-%02d", y.Month, y.Day)
}

// Leap is the day on which a common year keeps February 29. Both customs exist, and both are sure.
type Leap byte

// The customs.
const (
	OnFebruary28 Leap = iota
	OnMarch1
)

// In is when y is kept in a year.
func (y Yearly) In(year int, on Leap) Day {
	if y.Month == time.February && y.Day == 29 && !leap(year) {
		if on == OnMarch1 {
			return Date(year, time.March, 1)
		}
		return Date(year, time.February, 28)
	}
	return Date(year, y.Month, y.Day)
}

// From is the first day on or after d on which y is kept, February 29 on February 28 of a common year.
func (y Yearly) From(d Day) Day {
	if in := y.In(d.Year(), OnFebruary28); in >= d {
		return in
	}
	return y.In(d.Year()+1, OnFebruary28)
}

// KeptOn lists the days of the year that are kept on d: d's own, and in a common year February 29 on the day of its custom.
func KeptOn(d Day, on Leap) []Yearly {
	_, m, dom := d.utc().Date()
	kept := []Yearly{{Month: m, Day: dom}}
	if !leap(d.Year()) && (m == time.February && dom == 28 && on == OnFebruary28 || m == time.March && dom == 1 && on == OnMarch1) {
		kept = append(kept, Yearly{Month: time.February, Day: 29})
	}
	return kept
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }
