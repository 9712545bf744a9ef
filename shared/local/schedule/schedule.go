// Package schedule reads the schedule expressions of EventBridge Scheduler and tells when they fire: rate(...), cron(...) with six
// fields, at(...), each in a time zone.
package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule is one parsed expression.
type Schedule struct {
	every time.Duration
	at    time.Time
	cron  *cron
}

// Parse reads an expression; zone is an IANA name and "" means UTC. A rate knows no zone. The error says which part is wrong.
func Parse(expression, zone string) (Schedule, error) {
	s, err := parse(expression, zone)
	if err != nil {
		return Schedule{}, fmt.Errorf("read schedule %s: %w", expression, err)
	}
	return s, nil
}

func parse(expression, zone string) (Schedule, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return Schedule{}, fmt.Errorf("time zone %s is not known", zone)
	}
	kind, rest, _ := strings.Cut(expression, "(")
	body, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return Schedule{}, errors.New("it must be rate(...), cron(...) or at(...)")
	}
	switch kind {
	case "rate":
		every, err := parseRate(body)
		return Schedule{every: every}, err
	case "at":
		at, err := time.ParseInLocation("2006-01-02T15:04:05", body, location)
		if err != nil {
			return Schedule{}, errors.New("at takes a moment such as 2026-12-24T07:00:00, without a zone")
		}
		return Schedule{at: at}, nil
	case "cron":
		c, err := parseCron(body, location)
		return Schedule{cron: c}, err
	}
	return Schedule{}, fmt.Errorf("%q is no kind of schedule", kind)
}

func parseRate(body string) (time.Duration, error) {
	number, unit, _ := strings.Cut(body, " ")
	n, err := strconv.Atoi(number)
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	one, known := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || n > 10_000 || !known || strings.HasSuffix(unit, "s") != (n > 1) {
		return 0, errors.New("rate takes a number from 1 to 10000 and minute(s), hour(s) or day(s), singular only for 1")
	}
	return time.Duration(n) * one, nil
}

// Rate is the interval of a rate, 0 of any other schedule. A rate promises an interval and no moments.
func (s Schedule) Rate() time.Duration { return s.every }

// Next returns the first moment after t at which the schedule fires, false if there is none. A rate counts from t.
//
// A local time that daylight saving skips does not fire that day; one that comes twice fires the first time only. That is how
// EventBridge Scheduler has it.
func (s Schedule) Next(t time.Time) (time.Time, bool) {
	switch {
	case s.every > 0:
		return t.Add(s.every), true
	case s.cron != nil:
		return s.cron.next(t)
	default:
		return s.at, s.at.After(t)
	}
}
