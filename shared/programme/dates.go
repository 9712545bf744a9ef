package programme

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/message"
)

// Dates says how days of the year are kept.
type Dates struct {
	// LeapDay is the day on which a common year keeps 29 February: "feb28", also if missing, or "mar1".
	LeapDay string `json:"leap_day,omitempty"`
}

const (
	leap28 = "feb28"
	leap1  = "mar1"
)

// Limits of a campaign of dates.
const (
	maxDaysBefore = 60
	maxLateDays   = 14

	// lateDays is how long after its moment a campaign of dates still speaks where it does not say so itself: a greeting that comes
	// later is none.
	lateDays = 3

	// morning is when campaigns speak that name no hour, by the shopper's own clock.
	morning = "07:00"
)

// GiftGap is the least number of days between two times that a campaign of dates speaks to a card: whoever tells another birthday does
// not celebrate twice. It is a day less than a year, for 29 February.
const GiftGap = 364

// Kept is one day that a campaign of dates keeps.
type Kept struct {
	Campaign Campaign
	Day      day.Day      // the birthday or anniversary itself
	Dates    []day.Yearly // what is kept on that day
	spokenOn day.Day
	minute   int
	member   string
}

// Of is the occasion of one member of a household: another one than those of the others, on the card that they share.
func (k Kept) Of(member string) Kept {
	k.member = "@" + member
	return k
}

// At is the moment at which the campaign speaks to a shopper of a zone: on the shopper's own clock, so that nobody is greeted on the day
// before. An hour that the clocks skip, or a day, ends with the first moment after it; of an hour that comes twice it is the first.
func (k Kept) At(zone *time.Location) time.Time {
	y, m, d := k.spokenOn.Date()
	return message.LocalTime(y, m, d, k.minute, zone)
}

// SpokenOn is the day on which the campaign speaks.
func (k Kept) SpokenOn() day.Day { return k.spokenOn }

// Cause names the occasion: one of each year that the day falls into.
func (k Kept) Cause() string { return causeOf(k.Campaign.ID, k.Day.Year()) + k.member }

// CauseBefore names the occasion of the year before.
func (k Kept) CauseBefore() string { return causeOf(k.Campaign.ID, k.Day.Year()-1) + k.member }

func causeOf(campaign string, year int) string { return fmt.Sprintf("%s~%d", campaign, year) }

// Kept lists the days on which campaigns of dates speak to shoppers anywhere on earth after one moment and up to another. Which of
// them a shopper has and when, Kept.At tells.
func (p *Programme) Kept(after, until time.Time) []Kept {
	var list []Kept
	for _, c := range p.Anniversaries() {
		if c.timed() {
			continue
		}
		// The zones of the earth lie within a day of UTC on either side.
		for spoken := day.Of(after, time.UTC) - 1; spoken <= day.Of(until, time.UTC)+1; spoken++ {
			kept := spoken + c.lead()
			list = append(list, Kept{
				Campaign: c, Day: kept, Dates: day.KeptOn(kept, p.leapDay()), spokenOn: spoken, minute: p.campaigns[c.ID].minute,
			})
		}
	}
	return list
}

// Late is how long after its moment a campaign of dates still speaks.
func (c Campaign) Late() time.Duration {
	days := c.LateDays
	if days == 0 {
		days = lateDays
	}
	return time.Duration(days) * 24 * time.Hour
}

func (p *Programme) leapDay() day.Leap {
	if p.Dates.LeapDay == leap1 {
		return day.OnMarch1
	}
	return day.OnFebruary28
}

// ShopperZone is the zone of a shopper who names one; the programme's for one who does not, or whose zone is not known any more.
func (p *Programme) ShopperZone(name string) *time.Location {
	if name == "" {
		return p.zone
	}
	if zone, ok := p.shopperZone.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name) // reads a file
	if err != nil {
		return p.zone // not kept: there is no end of names that are none
	}
	p.shopperZone.Store(name, zone)
	return zone
}

func (c *compiler) dates() {
	if l := c.p.Dates.LeapDay; l != "" && l != leap28 && l != leap1 {
		c.fault("/dates/leap_day", "%q is not one of %s, %s: the day on which a common year keeps 29 February", l, leap28, leap1)
	}
}

// dated checks what a campaign of dates says of its moment, and returns the minute of the day at which it speaks.
func (c *compiler) dated(at string, k Campaign) int {
	if !slices.Contains(byClock, k.On) {
		return 0
	}
	c.ownDate(at, k)
	if k.DaysBefore < 0 || k.DaysBefore > maxDaysBefore {
		c.fault(at+"/days_before", "a campaign speaks 0 to %d days before the day", maxDaysBefore)
	}
	if k.LateDays < 0 || k.LateDays > maxLateDays {
		c.fault(at+"/late_days", "a campaign that was kept from speaking does so 1 to %d days late", maxLateDays)
	}
	clock := k.At
	if clock == "" {
		clock = morning
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		c.fault(at+"/at", "%q is no time of day such as 09:00", k.At)
	}
	return t.Hour()*60 + t.Minute()
}
