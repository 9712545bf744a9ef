package programme

import (
	"slices"
	"strconv"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// MaxEnding is how many last days of one card are told at once; more, after a long outage, are told by the next tick.
const MaxEnding = 31

// Warns reports whether the world is told of points before their end: they have one, and somebody listens.
func (p *Programme) Warns() bool { return p.ends() && p.Publishes(events.NamePointsExpiring) }

// ends reports whether points of some tier have a last day.
func (p *Programme) ends() bool {
	inTier := slices.ContainsFunc(p.Tiers, func(t Tier) bool { return t.PointsMonths > 0 })
	return inTier || p.Points.Months+p.Points.Days > 0 || p.yearly != (day.Yearly{})
}

// warning checks that what is listened to can happen.
func (c *compiler) warning() {
	for i, name := range c.p.Publish {
		if name == events.NamePointsExpiring && !c.p.ends() {
			c.fault("/publish/"+strconv.Itoa(i), "points that live for ever never expire; give points months or days, or leave %s out", name)
		}
	}
}

// WarnOn is the day from which on the world is told of points with a last day.
func (p *Programme) WarnOn(last day.Day) day.Day { return last - day.Day(p.warnDays()) }

// warnDays is how many days before their end points count as expiring soon.
func (p *Programme) warnDays() int {
	if p.Points.WarnDays == 0 {
		return defaultWarnDays
	}
	return p.Points.WarnDays
}

// Ending lists what of a card ends within the days of warning and was not told before, one lot for each last day, and the day on which
// to look again; 0 where nothing else ends. Points that still wait are among them. The head is as of now.
func (p *Programme) Ending(h card.Head, told []day.Day, now time.Time) (soon []ledger.Lot, again day.Day) {
	today := day.Of(now, p.zone)
	for _, l := range byLastDay(h.Book.Lots) {
		switch due := p.WarnOn(l.ExpiresOn); {
		case l.ExpiresOn == 0 || slices.Contains(told, l.ExpiresOn):
		case due <= today && len(soon) < MaxEnding:
			soon = append(soon, l)
		default: // the first to end comes first
			return soon, max(due, today)
		}
	}
	return soon, 0
}

// byLastDay adds up lots of one last day, in the order of those days.
func byLastDay(lots []ledger.Lot) []ledger.Lot {
	var list []ledger.Lot
	for _, l := range lots {
		if n := len(list); n > 0 && list[n-1].ExpiresOn == l.ExpiresOn {
			list[n-1].Points += l.Points
		} else {
			list = append(list, ledger.Lot{ExpiresOn: l.ExpiresOn, Points: l.Points})
		}
	}
	return list
}
