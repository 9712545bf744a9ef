package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	firstYear, lastYear = 1970, 2199 // as AWS has them
	maxYearsAhead       = 45         // the 29 February that is a fifth Saturday comes once in 28 years, over 2100 once in 40
)

// set holds the values of one field, bit n for value n.
type set [4]uint64

func (s *set) add(n int)     { s[n/64] |= 1 << (n % 64) }
func (s set) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// cron is a line of six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year.
type cron struct {
	location                     *time.Location
	minutes, hours, months, year set // year counts from firstYear
	dayOfMonth                   func(day time.Time) bool
	dayOfWeek                    func(day time.Time) bool
}

var (
	monthNames = []string{"", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
)

func parseCron(body string, location *time.Location) (*cron, error) {
	f := strings.Fields(body)
	if len(f) != 6 {
		return nil, fmt.Errorf("cron has six fields (minutes hours day month weekday year), not %d", len(f))
	}
	if (f[2] == "?") == (f[4] == "?") {
		return nil, errors.New(`one of day of month and day of week must be "?", and only one`)
	}
	c := &cron{location: location}
	var years set
	var err error
	for _, field := range []struct {
		name     string
		text     string
		into     *set
		min, max int
		names    []string
	}{
		{"minutes", f[0], &c.minutes, 0, 59, nil}, {"hours", f[1], &c.hours, 0, 23, nil}, {"month", f[3], &c.months, 1, 12, monthNames},
		{"year", shiftYears(f[5]), &years, 0, lastYear - firstYear, nil},
	} {
		if *field.into, err = parseField(field.text, field.min, field.max, field.names); err != nil {
			return nil, fmt.Errorf("%s %q: %w", field.name, field.text, err)
		}
	}
	c.year = years
	if c.dayOfMonth, err = parseDayOfMonth(f[2]); err != nil {
		return nil, fmt.Errorf("day of month %q: %w", f[2], err)
	}
	if c.dayOfWeek, err = parseDayOfWeek(f[4]); err != nil {
		return nil, fmt.Errorf("day of week %q: %w", f[4], err)
	}
	return c, nil
}

// shiftYears writes each year as its distance from firstYear, so that a set holds it; what is no year stays and is refused later.
func shiftYears(text string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",-/", r) })
	var out strings.Builder
	for _, part := range parts {
		at := strings.Index(text, part)
		out.WriteString(text[:at])
		text = text[at+len(part):]
		if n, err := strconv.Atoi(part); err == nil && len(part) == 4 {
			part = strconv.Itoa(n - firstYear)
		}
		out.WriteString(part)
	}
	return out.String() + text
}

// parseField reads "*", "5", "1-5", "*/15", "0/15", "MON-FRI" and lists of them.
func parseField(text string, low, high int, names []string) (set, error) {
	var s set
	for part := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 || n > high {
				return set{}, fmt.Errorf("the step behind / must be 1 to %d", high)
			}
			step = n
		}
		from, to := low, high
		if span != "*" {
			first, last, ranged := strings.Cut(span, "-")
			var err error
			if from, err = parseValue(first, low, high, names); err != nil {
				return set{}, err
			}
			switch {
			case ranged:
				if to, err = parseValue(last, low, high, names); err != nil {
					return set{}, err
				}
			case !stepped:
				to = from
			}
		}
		if from > to {
			return set{}, errors.New("the range runs backwards")
		}
		for n := from; n <= to; n += step {
			s.add(n)
		}
	}
	return s, nil
}

func parseValue(text string, low, high int, names []string) (int, error) {
	for n, name := range names {
		if name != "" && strings.EqualFold(name, text) {
			return n, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q is not within %d to %d", text, low, high)
	}
	return n, nil
}

func anyDay(time.Time) bool { return true }

// parseDayOfMonth reads a field, "L" (last day), "LW" (last weekday) or "15W" (weekday nearest to the 15th, in the same month).
func parseDayOfMonth(text string) (func(time.Time) bool, error) {
	switch text {
	case "?", "*":
		return anyDay, nil
	case "L":
		return func(d time.Time) bool { return d.Day() == lastDay(d) }, nil
	case "LW":
		return func(d time.Time) bool { return d.Day() == nearestWeekday(d, lastDay(d)) }, nil
	}
	if number, ok := strings.CutSuffix(text, "W"); ok {
		n, err := parseValue(number, 1, 31, nil)
		return func(d time.Time) bool { return n <= lastDay(d) && d.Day() == nearestWeekday(d, n) }, err
	}
	s, err := parseField(text, 1, 31, nil)
	return func(d time.Time) bool { return s.has(d.Day()) }, err
}

// parseDayOfWeek reads a field, "6L" (last Friday of the month) or "6#3" (third Friday).
func parseDayOfWeek(text string) (func(time.Time) bool, error) {
	switch text {
	case "?", "*":
		return anyDay, nil
	case "L":
		text = "7"
	}
	if day, nth, ok := strings.Cut(text, "#"); ok {
		n, err := parseValue(day, 1, 7, dayNames)
		k, errK := parseValue(nth, 1, 5, nil)
		return func(d time.Time) bool { return weekday(d) == n && (d.Day()-1)/7+1 == k }, errors.Join(err, errK)
	}
	if day, ok := strings.CutSuffix(text, "L"); ok {
		n, err := parseValue(day, 1, 7, dayNames)
		return func(d time.Time) bool { return weekday(d) == n && d.Day()+7 > lastDay(d) }, err
	}
	s, err := parseField(text, 1, 7, dayNames)
	return func(d time.Time) bool { return s.has(weekday(d)) }, err
}

func weekday(d time.Time) int { return int(d.Weekday()) + 1 }

func lastDay(d time.Time) int {
	return time.Date(d.Year(), d.Month()+1, 0, 12, 0, 0, 0, time.UTC).Day()
}

func nearestWeekday(d time.Time, n int) int {
	switch at := time.Date(d.Year(), d.Month(), n, 12, 0, 0, 0, time.UTC); at.Weekday() {
	case time.Saturday:
		if n == 1 {
			return 3
		}
		return n - 1
	case time.Sunday:
		if n == lastDay(d) {
			return n - 2
		}
		return n + 1
	}
	return n
}

// next walks days, then the hours and minutes of a day that fits.
func (c *cron) next(after time.Time) (time.Time, bool) {
	local := after.In(c.location)
	day := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC)
	for end := min(day.Year()+maxYearsAhead, lastYear); day.Year() <= end; day = day.AddDate(0, 0, 1) {
		if day.Year() < firstYear || !c.year.has(day.Year()-firstYear) || !c.months.has(int(day.Month())) {
			day = time.Date(day.Year(), day.Month()+1, 0, 12, 0, 0, 0, time.UTC) // its last day; the loop goes on to the next month
			continue
		}
		if !c.dayOfMonth(day) || !c.dayOfWeek(day) {
			continue
		}
		if at, ok := c.onDay(day, after); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// onDay returns the earliest moment of that local day that lies behind after.
func (c *cron) onDay(day, after time.Time) (time.Time, bool) {
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, c.location)
	if !even(midnight) {
		return c.onUnevenDay(day, after)
	}
	from := 0
	if !after.Before(midnight) {
		from = int(after.Sub(midnight)/time.Minute) + 1
	}
	for hour := from / 60; hour < 24; hour++ {
		if !c.hours.has(hour) {
			continue
		}
		for minute := max(0, from-60*hour); minute < 60; minute++ {
			if c.minutes.has(minute) {
				return midnight.Add(time.Duration(60*hour+minute) * time.Minute), true
			}
		}
	}
	return time.Time{}, false
}

// even reports that nobody sets the clocks on the day that begins here, nor on the day before: local times come in the order of moments.
func even(midnight time.Time) bool {
	const aDay = 24 * time.Hour
	start, end := midnight.ZoneBounds()
	return midnight.Hour() == 0 && midnight.Minute() == 0 && (start.IsZero() || midnight.Sub(start) >= aDay) && (end.IsZero() || end.Sub(midnight) >= aDay)
}

// onUnevenDay is onDay where clocks are set. There the order of local times is not the order of moments, so all of the day are looked at.
func (c *cron) onUnevenDay(day, after time.Time) (time.Time, bool) {
	var first time.Time
	for hour := range 24 {
		if !c.hours.has(hour) {
			continue
		}
		for minute := range 60 {
			if !c.minutes.has(minute) {
				continue
			}
			at, exists := moment(day, hour, minute, c.location)
			if exists && at.After(after) && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first, !first.IsZero()
}

// moment is the first moment that a clock on the wall shows this time; false if it never does.
func moment(day time.Time, hour, minute int, location *time.Location) (time.Time, bool) {
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, location)
	if at.Hour() != hour || at.Minute() != minute {
		return time.Time{}, false
	}
	for _, back := range []time.Duration{2 * time.Hour, time.Hour, 30 * time.Minute} { // how far zones set their clocks back
		if earlier := at.Add(-back); earlier.Hour() == hour && earlier.Minute() == minute && earlier.Day() == at.Day() {
			return earlier, true
		}
	}
	return at, true
}
