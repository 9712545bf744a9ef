package programme

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/local/schedule"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/recur"
)

const OnSchedule = "schedule" // days and hours that the shop has planned, to all whom it is for

// Schedule is when such a campaign speaks: exactly one of At, Cron and RRule. It speaks once a day at most: the local date is its
// occasion, so a schedule that is moved to another hour of the same day does not speak a second time.
type Schedule struct {
	At    string `json:"at,omitempty"`    // once: "2026-12-24T09:00"
	Cron  string `json:"cron,omitempty"`  // "0 9 ? * MON *": minutes, hours, day, month, weekday, year, one of day and weekday "?"
	RRule string `json:"rrule,omitempty"` // "FREQ=WEEKLY;BYDAY=MO,TH", see shared/recur
	Start string `json:"start,omitempty"` // of rrule: its first day and its time of day, "2026-01-05T09:00"
	Zone  string `json:"zone,omitempty"`  // whose clock shows it: "shop", also if missing, or "shopper"
}

// What Schedule.Zone may say.
const (
	ZoneShop    = "shop"
	ZoneShopper = "shopper"
)

// wallClock is how a schedule writes a moment: by a clock on the wall, without a zone.
const wallClock = "2006-01-02T15:04"

// plan is a schedule that was read. next is the first reading of the clock after another; a reading is kept as if it were UTC.
type plan struct {
	next    func(after time.Time) (time.Time, bool)
	shopper bool
}

// Broadcast is one occurrence of a campaign's schedule.
type Broadcast struct {
	Campaign Campaign
	Shopper  bool // each shopper's own clock counts
	wall     time.Time
	begins   time.Time
}

// Occasion names it: the local date.
func (b Broadcast) Occasion() string { return b.wall.Format(time.DateOnly) }

// Begins is the moment at which the first shopper is spoken to: the shop's, or that of the clocks that are the furthest ahead.
func (b Broadcast) Begins() time.Time { return b.begins }

// At is the moment at which it speaks to a shopper of a zone.
func (b Broadcast) At(zone *time.Location) time.Time {
	if !b.Shopper {
		return b.begins
	}
	return atWall(b.wall, zone)
}

// atWall is the moment at which a clock of a zone shows a reading: of one that is skipped the first moment after it, of one that comes
// twice the first.
func atWall(wall time.Time, zone *time.Location) time.Time {
	y, m, d := wall.Date()
	return message.LocalTime(y, m, d, wall.Hour()*60+wall.Minute(), zone)
}

// LatestBroadcast is how late a schedule may be made good at most, whatever its campaign says.
const LatestBroadcast = maxLateDays * 24 * time.Hour

// furthest is how far the clocks of the earth are ahead of UTC, and no zone is further behind it.
const furthest = 14 * time.Hour

// Broadcasts lists what begins after one moment and not after another, campaign by campaign.
func (p *Programme) Broadcasts(after, until time.Time) []Broadcast {
	var list []Broadcast
	for _, c := range p.Campaigns {
		plan := p.campaigns[c.ID].plan
		if plan == nil {
			continue
		}
		wall, more := plan.next(after.UTC().Add(-furthest))
		for ; more; wall, more = plan.next(wall) {
			b := Broadcast{Campaign: c, Shopper: plan.shopper, wall: wall, begins: atWall(wall, p.zone).UTC()}
			if plan.shopper {
				b.begins = wall.Add(-furthest)
			}
			if wall.Add(-furthest).After(until) {
				break
			}
			if b.begins.After(after) && !b.begins.After(until) {
				list = append(list, b)
			}
		}
	}
	return list
}

// NextBroadcast is when a campaign on a schedule begins to speak next, after one moment and not after another.
func (p *Programme) NextBroadcast(campaign string, after, until time.Time) (time.Time, bool) {
	for _, b := range p.Broadcasts(after, until) {
		if b.Campaign.ID == campaign {
			return b.Begins(), true
		}
	}
	return time.Time{}, false
}

// Broadcast finds the occurrence of a campaign that an occasion names; false if its schedule has none on that date.
func (p *Programme) Broadcast(campaign, occasion string) (Broadcast, bool) {
	date, err := day.Parse(occasion)
	if err != nil {
		return Broadcast{}, false
	}
	from := date.Start(time.UTC).Add(-2 * furthest)
	for _, b := range p.Broadcasts(from, from.Add(5*furthest)) {
		if b.Campaign.ID == campaign && b.Occasion() == occasion {
			return b, true
		}
	}
	return Broadcast{}, false
}

// planned reads the schedule of a campaign; nil where it has none that can be read.
func (c *compiler) planned(at string, k Campaign) *plan {
	if k.On != OnSchedule {
		if k.Schedule != nil {
			c.fault(at+"/schedule", "a schedule is for campaigns on: schedule")
		}
		return nil
	}
	if k.Message == nil && !k.HasSteps() {
		c.fault(at+"/message", "a campaign on a schedule sends a message; what it grants is made with it")
	}
	if k.Schedule == nil {
		c.fault(at+"/schedule", "say when: at, cron, or rrule with start")
		return nil
	}
	if k.LateDays < 0 || k.LateDays > maxLateDays {
		c.fault(at+"/late_days", "a campaign that was kept from speaking does so 1 to %d days late", maxLateDays)
	}
	s := *k.Schedule
	if s.Zone != "" && s.Zone != ZoneShop && s.Zone != ZoneShopper {
		c.fault(at+"/schedule/zone", "%q is not one of %s, %s", s.Zone, ZoneShop, ZoneShopper)
	}
	next, err := s.read()
	if err != nil {
		c.unreadable(at+"/schedule", "%v", err)
		return nil
	}
	if day, twice := twiceADay(next, c.p.From); twice {
		c.fault(at+"/schedule", "it speaks twice on %s; a campaign speaks once a day at most, so name one hour and one minute", day)
	}
	return &plan{next: next, shopper: s.Zone == ZoneShopper}
}

// read tells the clock readings of a schedule.
func (s Schedule) read() (func(time.Time) (time.Time, bool), error) {
	given := 0
	for _, text := range []string{s.At, s.Cron, s.RRule} {
		if text != "" {
			given++
		}
	}
	if given != 1 || (s.RRule == "") != (s.Start == "") {
		return nil, errors.New("give exactly one of at, cron and rrule, and start with rrule")
	}
	switch {
	case s.At != "":
		once, err := time.Parse(wallClock, s.At)
		if err != nil {
			return nil, fmt.Errorf("at: %q is no moment such as 2026-12-24T09:00, without a zone", s.At)
		}
		return func(after time.Time) (time.Time, bool) { return once, once.After(after) }, nil
	case s.Cron != "":
		line, err := schedule.Parse("cron("+s.Cron+")", "") // in UTC each time of day comes once a day
		if err != nil {
			return nil, fmt.Errorf("cron: %s", strings.TrimPrefix(err.Error(), "read schedule cron("+s.Cron+"): "))
		}
		return line.Next, nil
	}
	start, err := time.Parse(wallClock, s.Start)
	if err != nil {
		return nil, fmt.Errorf("start: %q is no moment such as 2026-01-05T09:00, without a zone", s.Start)
	}
	rule, err := recur.Parse(s.RRule, day.Of(start, time.UTC))
	if err != nil {
		return nil, fmt.Errorf("rrule: %w", err)
	}
	hour := start.Sub(start.Truncate(24 * time.Hour))
	return func(after time.Time) (time.Time, bool) {
		d, ok := rule.Next(day.Of(after.Add(-hour), time.UTC)) // the day of after itself, where the hour is still to come
		return d.Start(time.UTC).Add(hour), ok
	}, nil
}

// daysLooked is how many occurrences are looked at for two on a day: a schedule of two hours shows it at once.
const daysLooked = 40

func twiceADay(next func(time.Time) (time.Time, bool), from time.Time) (string, bool) {
	wall, more := next(from.UTC().Add(-furthest))
	for n := 0; more && n < daysLooked; n++ {
		var then time.Time
		if then, more = next(wall); more && then.Format(time.DateOnly) == wall.Format(time.DateOnly) {
			return wall.Format(time.DateOnly), true
		}
		wall = then
	}
	return "", false
}
