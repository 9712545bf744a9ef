package programme

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ids"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/message"
)

// What time alone brings about, and what is told from without. No receipt sets these off: the card is looked at when its moment has come.
const (
	OnPointsExpiring = "points_expiring" // so many days before points end, once for each last day
	OnCouponUnused   = "coupon_unused"   // so many days before a coupon ends that was not used, once for each
	OnIdle           = "idle"            // the shopper stays away longer than usual, once for each silence
	OnTouch          = "touch"           // a click or a visit that another system tells of
	OnAPI            = "api"             // somebody asks for it by POST /v1/campaigns/{id}/cards/{number}
)

// byTime are the campaigns for which a card is looked at when their moment has come.
var byTime = []string{OnPointsExpiring, OnCouponUnused, OnIdle}

// byClock are those that speak at an hour of the shopper's own clock.
var byClock = append(slices.Clone(byTime), OnAnniversary)

// What an anniversary is of, beside dates of the shopper's own. No index knows the first purchase, so the card is watched for it.
const (
	dateBirthday = "birthday"
	dateEnrolled = "enrolled"
	dateFirst    = "first_purchase"
)

// maxYears is how many anniversaries of its first purchase a card has.
const maxYears = 60

// timed reports whether a card is looked at when the moment of this campaign has come.
func (c Campaign) timed() bool {
	return slices.Contains(byTime, c.On) || c.On == OnAnniversary && (c.Date == dateFirst || c.ofOwn() != "")
}

func yearlyOf(d day.Day) day.Yearly {
	_, m, n := d.Date()
	return day.Yearly{Month: m, Day: n}
}

// Idle is how long a shopper stays away until a campaign speaks: so many times the card's own average between two visits, or a number of
// days; with both the days are for cards that have been here once.
type Idle struct {
	Times     Decimal `json:"times,omitempty"`      // of the card's own average between two visits, "2.5"
	Days      int     `json:"days,omitempty"`       // since the last visit
	LeastDays int     `json:"least_days,omitempty"` // of times: not sooner; 14 if missing
	MostDays  int     `json:"most_days,omitempty"`  // of times: not later; 365 if missing
}

// Limits of a silence.
const (
	leastIdle    = 14  // days, where the campaign says nothing
	mostIdle     = 365 // likewise
	maxIdleDays  = 1_100
	maxIdleTimes = 20
)

// Moment is one occasion on which a campaign speaks to a card.
type Moment struct {
	Campaign string
	Occasion string // a part of a key: two moments of a campaign and a card with the same are one
	At       time.Time
	Coupon   string // that it is about
	Points   int64  // that it is about
	Member   string // of a household, whose date it is; "" for the holder

	day, spokenOn day.Day // of an anniversary: the day that is kept, and that on which the campaign speaks
}

// Cause names the moment in the card's book.
func (m Moment) Cause() string { return m.Campaign + "~" + m.Occasion }

// Watches reports whether time alone brings some campaign about, so that cards are watched.
func (p *Programme) Watches() bool { return p.watches }

// aheadOfAll is the zone whose clocks are the furthest ahead.
var aheadOfAll = time.FixedZone("ahead of all", int(furthest/time.Second))

// NextMoment is when a card has to be looked at next, after a moment: the earliest that one of its campaigns may speak, wherever its
// shopper lives, or that its tier ends. false where nothing comes. What the shopper has told NextOwnDate knows.
func (p *Programme) NextMoment(h card.Head, after time.Time) (time.Time, bool) {
	at, comes := earliest(p.moments(h, card.Profile{}, aheadOfAll, after, after), after)
	falls, ends := p.fallAt(h, after)
	return sooner(at, comes, falls, ends)
}

// MomentsOf lists what time brings about on a card after one moment and up to another, and when it has to be looked at again; the zero
// time for never. The head is as of now.
func (p *Programme) MomentsOf(h card.Head, shopper card.Profile, after, until time.Time) (list []Moment, again time.Time) {
	all := p.moments(h, shopper, p.ShopperZone(shopper.TimeZone), after, until)
	next, comes := earliest(all, until)
	falls, ends := p.fallAt(h, until)
	again, _ = sooner(next, comes, falls, ends)
	return between(all, after, until), again
}

func between(all []Moment, after, until time.Time) (list []Moment) {
	for _, m := range all {
		if m.At.After(after) && !m.At.After(until) {
			list = append(list, m)
		}
	}
	return list
}

func earliest(list []Moment, after time.Time) (first time.Time, found bool) {
	for _, m := range list {
		if m.At.After(after) && (!found || m.At.Before(first)) {
			first, found = m.At, true
		}
	}
	return first, found
}

// moments lists what time brings about on a card as it is, whether it lies ahead or not; of what comes each year, what may have to do with
// the time from one moment to another, and the next after it.
func (p *Programme) moments(h card.Head, shopper card.Profile, zone *time.Location, from, until time.Time) []Moment {
	if h.Status != card.Open {
		return nil
	}
	var list []Moment
	for _, c := range p.Campaigns {
		add := func(occasion string, on day.Day, about Moment) {
			y, m, d := on.Date()
			about.Campaign, about.Occasion, about.At = c.ID, occasion, message.LocalTime(y, m, d, p.campaigns[c.ID].minute, zone)
			list = append(list, about)
		}
		switch c.On {
		case OnPointsExpiring:
			for _, l := range byLastDay(h.Book.Lots) {
				if l.ExpiresOn != 0 && l.Points > 0 {
					add(l.ExpiresOn.String(), l.ExpiresOn-day.Day(c.DaysBefore), Moment{Points: l.Points})
				}
			}
		case OnCouponUnused:
			for _, w := range h.Wallet {
				if c.Offer == "" || c.Offer == w.Offer {
					add(w.ID, w.ExpiresOn-day.Day(c.DaysBefore), Moment{Coupon: w.ID})
				}
			}
		case OnAnniversary:
			kept := func(occasion string, on day.Day) {
				add(occasion, on-c.lead(), Moment{day: on, spokenOn: on - c.lead()})
			}
			for year := 1; c.Date == dateFirst && h.Habits.FirstOn != 0 && year <= maxYears; year++ {
				in := h.Habits.FirstOn.Year() + year
				kept(strconv.Itoa(in), yearlyOf(h.Habits.FirstOn).In(in, p.leapDay()))
			}
			for _, d := range p.ownDates(c, shopper.Attributes) {
				d.every(from, until, func(year int) { kept(strconv.Itoa(year)+d.part, d.yearly.In(year, p.leapDay())) })
			}
		case OnIdle:
			if days := p.silence(c, h.Habits); days > 0 {
				add(h.Habits.LastOn.String(), h.Habits.LastOn+days, Moment{})
			}
		}
	}
	return list
}

// silence is how long a card stays away until a campaign speaks; 0 for one that has never been here, or has no rhythm yet.
func (p *Programme) silence(c Campaign, b card.Habits) day.Day {
	i, times := c.Idle, p.campaigns[c.ID].times
	if i == nil {
		return 0
	}
	if times == 0 || b.Visits < 2 || b.LastOn <= b.FirstOn {
		if b.Visits < 1 {
			return 0
		}
		return day.Day(i.Days)
	}
	least, most := leastIdle, mostIdle
	if i.LeastDays > 0 {
		least = i.LeastDays
	}
	if i.MostDays > 0 {
		most = i.MostDays
	}
	between := 100 * (b.Visits - 1)
	days := (times*int64(b.LastOn-b.FirstOn) + between - 1) / between
	return day.Day(min(max(days, int64(least)), int64(most)))
}

// Speak is what a campaign does to a card at a moment; false if its rule does not hold by now, if it has said enough, or if what it is
// about is gone: the coupon was used, the shopper has come back.
func (p *Programme) Speak(h card.Head, shopper card.Profile, m Moment, now time.Time) (card.Head, bool) {
	c, known := p.campaigns[m.Campaign]
	if !known || h.Status != card.Open {
		return h, false
	}
	h = p.AsOf(h, now)
	today := p.today(now)
	if c.timed() {
		is, found := p.still(h, shopper, m)
		if !found || c.On == OnAnniversary && !p.keeps(h, shopper, c.Campaign, is) {
			return h, false
		}
		m = is
	}
	if !c.MayAgain(h, today) {
		return h, false
	}
	facts := knowing(p.cards)
	facts.card(p, h, shopper, day.Of(now, p.ShopperZone(shopper.TimeZone)))
	if !c.when.Match(facts.facts) {
		return h, false
	}
	e := ledger.Entry{Cause: m.Cause(), Kind: ledger.Grant, At: now.UTC().Truncate(time.Second), From: h.Tier, To: h.Tier}
	if m.Coupon != "" {
		e.Marks = append(e.Marks, card.AboutCoupon(m.Coupon))
	}
	if m.Points > 0 {
		e.Marks = append(e.Marks, card.AboutPoints(m.Points))
	}
	if ahead := int(m.day - today); c.On == OnAnniversary {
		e.At = m.At.UTC() // the next one keeps its distance from this day, however late it was come to
		if c.Grant != nil && ahead > 0 {
			later := *c.Grant
			later.Days += ahead
			c.Grant = &later
		}
	}
	h, e = p.address(h, e, c.Campaign, today)
	h.Book = h.Book.Post(e, p.expiresOn(today, h.Tier))
	return h, true
}

// still finds a moment among those of the card as it is.
func (p *Programme) still(h card.Head, shopper card.Profile, m Moment) (Moment, bool) {
	var all []Moment
	if m.Member != "" {
		all = p.memberMoments(h, shopper, m.At, m.At)
	} else {
		all = p.moments(h, shopper, p.ShopperZone(shopper.TimeZone), m.At, m.At)
	}
	i := slices.IndexFunc(all, func(o Moment) bool { return o.Campaign == m.Campaign && o.Occasion == m.Occasion })
	if i < 0 {
		return m, false
	}
	return all[i], true
}

// TierMoved lists the campaigns that speak of a change of the tier that no receipt has made: a review, a person, a merge. A receipt and its
// return speak for themselves.
func (p *Programme) TierMoved(e ledger.Entry) (list []Moment) {
	if e.From == e.To || e.Kind == ledger.Earn || e.Kind == ledger.Reverse {
		return nil
	}
	for _, c := range p.Campaigns {
		if c.On == OnTier && p.tierMoves(c, e.From, e.To) {
			list = append(list, Moment{Campaign: c.ID, Occasion: ids.Derive(momentLength, e.Cause)})
		}
	}
	return list
}

// momentLength is the characters of an occasion that is named after an entry.
const momentLength = 12

// TouchClick is the name of the touch that a reader makes by following a link of an e-mail.
const TouchClick = "click"

// Touched lists the campaigns that a touch of some name sets off; not the one whose e-mail brought it about, for that would answer itself.
// For the same reason those that wait for any touch do not hear of clicks.
func (p *Programme) Touched(name, by, occasion string) (list []Moment) {
	for _, c := range p.Campaigns {
		if c.On == OnTouch && c.ID != by && (c.Touch == name || c.Touch == "" && name != TouchClick) {
			list = append(list, Moment{Campaign: c.ID, Occasion: occasion})
		}
	}
	return list
}

// idle checks how long a silence is, and returns its times in hundredths.
func (c *compiler) idle(at string, k Campaign) int64 {
	if k.On != OnIdle {
		return 0
	}
	if k.Idle == nil || k.Idle.Times == "" && k.Idle.Days == 0 {
		c.fault(at, "say how long the shopper stays away: times: \"2.5\" of the card's own rhythm, or days")
		return 0
	}
	i := *k.Idle
	for name, n := range map[string]int{"days": i.Days, "least_days": i.LeastDays, "most_days": i.MostDays} {
		c.within(at+"/"+name, n, maxIdleDays, "a silence has 1 to %d days")
	}
	if i.Times == "" {
		if i.LeastDays != 0 || i.MostDays != 0 {
			c.fault(at, "least_days and most_days bound what times says; here it says nothing")
		}
		return 0
	}
	if i.MostDays > 0 && i.MostDays < max(i.LeastDays, 1) || i.LeastDays > mostIdle && i.MostDays == 0 {
		c.fault(at+"/most_days", "most_days must not be below least_days")
	}
	n, err := strconv.ParseInt(hundredths(i.Times), 10, 64)
	if err != nil || n < 100 || n > maxIdleTimes*100 {
		c.fault(at+"/times", "%q is no multiple from 1 to %d with at most two decimals", string(i.Times), maxIdleTimes)
		return 0
	}
	return n
}

// moment checks what a campaign of a moment says of it.
func (c *compiler) moment(at string, k Campaign) {
	if k.On == OnCouponUnused && k.Offer != "" && !c.p.offers[k.Offer].Coupon {
		c.fault(at+"/offer", "there is no offer %q that is granted as a coupon", k.Offer)
	}
	if k.On == OnPointsExpiring && !c.p.ends() {
		c.fault(at+"/on", "points that live for ever never expire; give points months or days")
	}
	if k.Touch != "" && !touchName.MatchString(k.Touch) {
		c.fault(at+"/touch", "a touch has a name of 1 to 32 of a-z 0-9 . _ -, a letter first")
	}
	c.p.watches = c.p.watches || k.timed()
}

// touchName is as the contract of events has it.
var touchName = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,31}$`)

// Says is a line for a person: when a campaign speaks.
func (c Campaign) Says() string {
	days := func(n int, rest string) string { return fmt.Sprintf("%d days %s", n, rest) }
	switch c.On {
	case OnAnniversary:
		return c.saysDate()
	case OnPurchase:
		return fmt.Sprintf("at purchase %d", c.Nth)
	case OnSpend:
		return strings.TrimSpace(fmt.Sprintf("when %s are spent %s", string(c.Amount), map[bool]string{true: "in one " + c.Within, false: ""}[c.Within != ""]))
	case OnPointsExpiring:
		return days(c.DaysBefore, "before points end")
	case OnCouponUnused:
		return days(c.DaysBefore, "before a coupon ends that was not used")
	case OnIdle:
		if c.Idle != nil && c.Idle.Times != "" {
			return fmt.Sprintf("after %s times the card's own average between two visits", string(c.Idle.Times))
		}
		if c.Idle != nil {
			return days(c.Idle.Days, "after the last visit")
		}
	}
	return "on: " + c.On
}
