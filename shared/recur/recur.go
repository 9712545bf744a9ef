// Package recur tells on which days a recurrence rule of RFC 5545 falls. It knows days only: at which hour, and on whose clock, is for
// the caller to say.
//
// It reads the part of the grammar that a shop plans with: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY, BYMONTHDAY, COUNT and
// UNTIL. Whatever else stands in a rule is refused, never passed over: a rule that means less than its author thinks mails too often.
package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
)

// Limits of a rule.
const (
	maxInterval = 1_000
	maxCount    = 10_000
	maxYears    = 40 // without a day that fits, and there is none: a 29 February that is a Monday comes within 28, over 2100 within 40
)

// Rule is a recurrence from its first day on. The first day counts only if the rule falls on it.
type Rule struct {
	start    day.Day
	every    string
	interval int
	weekdays []nth // BYDAY
	days     []int // BYMONTHDAY, from the end where below 0
	count    int   // 0: without
	until    day.Day
}

// nth is a weekday of BYDAY: every one (0), the n-th of its month, or the n-th from the end.
type nth struct {
	weekday time.Weekday
	n       int
}

var names = map[string]time.Weekday{
	"MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday, "SU": time.Sunday,
}

// Parse reads a rule such as "FREQ=WEEKLY;BYDAY=MO,TH" that begins on a day. The error says which part is wrong.
func Parse(text string, start day.Day) (Rule, error) {
	r := Rule{start: start, interval: 1}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "RRULE:"), ";") {
		name, value, _ := strings.Cut(part, "=")
		if seen[name] {
			return Rule{}, fmt.Errorf("%s stands twice", name)
		}
		seen[name] = true
		if err := r.take(name, value); err != nil {
			return Rule{}, err
		}
	}
	return r, r.check()
}

// take reads one part of the rule.
func (r *Rule) take(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.every = value
		if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, value) {
			return fmt.Errorf("FREQ=%s is not one of DAILY, WEEKLY, MONTHLY, YEARLY", value)
		}
	case "INTERVAL":
		r.interval, err = number(name, value, 1, maxInterval)
	case "COUNT":
		r.count, err = number(name, value, 1, maxCount)
	case "UNTIL":
		t, bad := time.Parse("20060102", value)
		if bad != nil {
			return fmt.Errorf("UNTIL=%s is no day such as 20261231; the hour is that of the start", value)
		}
		r.until = day.Of(t, time.UTC)
	case "BYMONTHDAY":
		for text := range strings.SplitSeq(value, ",") {
			n, bad := number(name, text, -31, 31)
			if bad != nil || n == 0 {
				return fmt.Errorf("BYMONTHDAY takes 1 to 31, or -1 (the last day) to -31, not %q", text)
			}
			r.days = append(r.days, n)
		}
	case "BYDAY":
		for text := range strings.SplitSeq(value, ",") {
			d, bad := weekday(text)
			if bad != nil {
				return bad
			}
			r.weekdays = append(r.weekdays, d)
		}
	default:
		return fmt.Errorf("%q is not known here; use FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL", name)
	}
	return err
}

func number(name, text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s=%s is not a whole number from %d to %d", name, text, least, most)
	}
	return n, nil
}

// weekday reads "MO", "2TU" or "-1FR".
func weekday(text string) (nth, error) {
	at := max(len(text)-2, 0)
	name, known := names[text[at:]]
	n := 0
	if prefix := text[:at]; prefix != "" {
		var err error
		if n, err = strconv.Atoi(prefix); err != nil || n == 0 || n < -5 || n > 5 {
			known = false
		}
	}
	if !known {
		return nth{}, fmt.Errorf("BYDAY takes MO to SU, and in a month 1MO to 5MO or -1MO, not %q", text)
	}
	return nth{name, n}, nil
}

// check refuses parts that do not go together.
func (r *Rule) check() error {
	counted := slices.ContainsFunc(r.weekdays, func(d nth) bool { return d.n != 0 })
	switch {
	case r.every == "":
		return fmt.Errorf("FREQ is missing")
	case r.count > 0 && r.until != 0:
		return fmt.Errorf("COUNT and UNTIL cannot both end a rule")
	case counted && r.every != "MONTHLY":
		return fmt.Errorf("a counted weekday such as 2TU needs FREQ=MONTHLY")
	case len(r.days) > 0 && r.every == "WEEKLY":
		return fmt.Errorf("BYMONTHDAY does not go with FREQ=WEEKLY")
	case r.every == "YEARLY" && len(r.days)+len(r.weekdays) > 0:
		return fmt.Errorf("FREQ=YEARLY repeats the day of the start; BYDAY and BYMONTHDAY do not go with it")
	}
	return nil
}

// Next is the first day after another on which the rule falls; false if there is none.
func (r Rule) Next(after day.Day) (day.Day, bool) {
	d := r.start
	if r.count == 0 {
		d = max(d, after+1)
	}
	end := max(d, after) + maxYears*366
	for n := 0; d <= end && (r.until == 0 || d <= r.until); d++ {
		if !r.falls(d) {
			continue
		}
		if n++; r.count > 0 && n > r.count {
			break
		}
		if d > after {
			return d, true
		}
	}
	return 0, false
}

// falls reports whether the rule falls on a day, its end left aside.
func (r Rule) falls(d day.Day) bool {
	y, m, _ := d.Date()
	y0, m0, _ := r.start.Date()
	apart := 0
	switch r.every {
	case "DAILY":
		apart = int(d - r.start)
	case "WEEKLY":
		apart = int(monday(d)-monday(r.start)) / 7
	case "MONTHLY":
		apart = (y-y0)*12 + int(m) - int(m0)
	case "YEARLY":
		apart = y - y0
	}
	return apart >= 0 && apart%r.interval == 0 && r.fits(d)
}

// monday is the day on which a day's week begins.
func monday(d day.Day) day.Day { return d - day.Day((int(d.Weekday())+6)%7) }

// fits looks at the day within its period.
func (r Rule) fits(d day.Day) bool {
	_, m, n := d.Date()
	_, m0, n0 := r.start.Date()
	last := lastOf(d)
	if len(r.days)+len(r.weekdays) == 0 {
		switch r.every {
		case "WEEKLY":
			return d.Weekday() == r.start.Weekday()
		case "MONTHLY":
			return n == n0
		case "YEARLY":
			return m == m0 && n == n0
		}
		return true
	}
	onDay := len(r.days) == 0 || slices.Contains(r.days, n) || slices.Contains(r.days, n-last-1)
	return onDay && (len(r.weekdays) == 0 || slices.ContainsFunc(r.weekdays, func(w nth) bool {
		return w.weekday == d.Weekday() && (w.n == 0 || w.n == (n-1)/7+1 || w.n == -((last-n)/7+1))
	}))
}

// lastOf is how many days the month of a day has.
func lastOf(d day.Day) int {
	_, _, last := d.EndOfMonth().Date()
	return last
}
