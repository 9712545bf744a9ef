package programme

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/rfm"
	"github.com/regulars-dev/regulars/shared/rule"
)

// Facts in windows are what a card did in its last days or hours: `visits.last_30_days`, `bought.last_48_hours`, `bought.ever`. Days are
// the shopper's own: the last 7 days begin at the local midnight 7 days before today, and today up to now counts. A field exists as soon
// as some rule asks for it.
const (
	windowVisits   = "visits"   // receipts of which something is kept
	windowSpent    = "spent"    // money over them, less what was paid back
	windowBought   = "bought"   // set: categories of the goods that are kept; "drinks/coffee" is also "drinks"
	windowArticles = "articles" // set: their article numbers
	windowStores   = "stores"   // set: ids of the stores
	windowRedeemed = "redeemed" // set: offers of coupons that were redeemed, and not given back by a return
	windowGranted  = "granted"  // set: offers of coupons that the card got
	windowLapsed   = "lapsed"   // set: offers of coupons whose last day has gone by unused
	windowMailed   = "mailed"   // marketing e-mails that were sent
	windowClicked  = "clicked"  // marketing e-mails of which a person has followed a link for the first time; `mail.links: tracked` counts
)

// Scores are where a card stands among all who buy, by the newest report of `regulars segment rfm`: 1 to 5, the best is 5. Of a card that
// has bought nothing, and before the first report, they are unknown.
const (
	factRecency   = "rfm.recency"   // 1 to 5 by days since the last purchase; for segments and schedules
	factFrequency = "rfm.frequency" // 1 to 5 by the number of purchases; for segments and schedules
	factMoney     = "rfm.money"     // 1 to 5 by the money spent; for segments and schedules
)

func scoreFields() []rule.Field {
	return []rule.Field{{Name: factRecency, Kind: rule.Int, Most: rfm.Parts}, {Name: factFrequency, Kind: rule.Int, Most: rfm.Parts}, {Name: factMoney, Kind: rule.Int, Most: rfm.Parts}}
}

func isScore(field string) bool {
	return field == factRecency || field == factFrequency || field == factMoney
}

// scores tells where a card stands.
func (k known) scores(t rfm.Table, h card.Head, today day.Day) {
	if h.Habits.Visits <= 0 || h.Habits.LastOn == 0 || t.Cards == 0 {
		return
	}
	k.whole(factRecency, int64(t.Recency.Cuts.Low(int64(today-h.Habits.LastOn))))
	k.whole(factFrequency, int64(t.Frequency.Cuts.High(h.Habits.Visits)))
	k.whole(factMoney, int64(t.Money.Cuts.High(h.Habits.Spent)))
}

// Limits of windows.
const (
	MaxWindows     = 50    // of one programme
	MaxWindowDays  = 1_095 // three years: as long as receipts are kept, which is how far `ever` reaches too
	MaxWindowHours = 720   // thirty days
)

// windowNames are the families in the order in which they are told.
var windowNames = []string{windowVisits, windowSpent, windowBought, windowArticles, windowStores, windowRedeemed, windowGranted, windowLapsed, windowMailed, windowClicked}

var windowSpan = regexp.MustCompile(`^(?:ever|last_([1-9][0-9]{0,3})_(days|hours))$`)

// window is a fact of a span of time.
type window struct {
	name, family string
	days, hours  int // 0 of both: ever
}

// windowOf reads the name of a field. meant says that it was to be a window, ok that it is one.
func windowOf(field string) (w window, meant, ok bool) {
	family, span, _ := strings.Cut(field, ".")
	if !slices.Contains(windowNames, family) {
		return w, false, false
	}
	w = window{name: field, family: family}
	part := windowSpan.FindStringSubmatch(span)
	if part == nil {
		return w, true, false
	}
	n, _ := strconv.Atoi(part[1]) // "" is ever
	switch part[2] {
	case "days":
		w.days = n
	case "hours":
		w.hours = n
	}
	return w, true, w.days <= MaxWindowDays && w.hours <= MaxWindowHours
}

// since is the first moment of the window; zero for ever.
func (w window) since(now time.Time, zone *time.Location) time.Time {
	switch {
	case w.days > 0:
		return (day.Of(now, zone) - day.Day(w.days)).Start(zone)
	case w.hours > 0:
		return now.Add(-time.Duration(w.hours) * time.Hour)
	}
	return time.Time{}
}

// field is the window as rules see it.
func (w window) field(offers []string) rule.Field {
	f := rule.Field{Name: w.name, Kind: rule.Set}
	switch w.family {
	case windowVisits, windowMailed, windowClicked:
		f.Kind, f.Most = rule.Int, maxCount
	case windowSpent:
		f.Kind = rule.Money
	case windowRedeemed, windowGranted, windowLapsed:
		f.Values = offers
	}
	return f
}

// windows finds the windows that the rules of segments, of campaigns on a schedule and of steps ask for.
func (c *compiler) windows() {
	for i, s := range c.p.Segments {
		c.windowsIn("/segments/"+strconv.Itoa(i)+"/who", s.Who.Tree)
	}
	for i, k := range c.p.Campaigns {
		if k.On == OnSchedule {
			c.windowsIn("/campaigns/"+strconv.Itoa(i)+"/when", k.When.Tree)
		}
		for at, when := range k.onTheWay("/campaigns/" + strconv.Itoa(i)) {
			c.windowsIn(at, when.Tree)
		}
	}
	slices.SortFunc(c.p.windows, func(a, b window) int { return strings.Compare(a.name, b.name) })
	if len(c.p.windows) > MaxWindows {
		c.fault("/segments", "the rules ask for %d windows of time; at most %d are allowed", len(c.p.windows), MaxWindows)
		c.p.windows = c.p.windows[:MaxWindows]
	}
}

func (c *compiler) windowsIn(pointer string, tree any) {
	for at, field := range fieldsIn(pointer, tree) {
		w, meant, ok := windowOf(field)
		switch {
		case !ok && meant:
			c.unreadable(at, "%q is no window of time; they are written %s.last_30_days, %s.last_48_hours or %s.ever, up to %d days or %d hours", field, w.family, w.family, w.family, MaxWindowDays, MaxWindowHours)
		case ok && !slices.ContainsFunc(c.p.windows, func(o window) bool { return o.name == w.name }):
			c.p.windows = append(c.p.windows, w)
		}
	}
}

// windowFields are the windows, and the scores, as fields of a schema.
func (c *compiler) windowFields(offers []string) []rule.Field {
	fields := scoreFields()
	for _, w := range c.p.windows {
		fields = append(fields, w.field(offers))
	}
	return fields
}

// fieldsIn yields the fields that a tree names, each with its pointer.
func fieldsIn(pointer string, tree any) iter.Seq2[string, string] {
	var walk func(at string, node any, yield func(at, field string) bool) bool
	walk = func(at string, node any, yield func(at, field string) bool) bool {
		switch node := node.(type) {
		case []any:
			for i, inner := range node {
				if !walk(at+"/"+strconv.Itoa(i), inner, yield) {
					return false
				}
			}
		case map[string]any:
			if field, ok := node["field"].(string); ok && !yield(at+"/field", field) {
				return false
			}
			for _, key := range []string{"all", "any", "not"} {
				if inner, ok := node[key]; ok && !walk(at+"/"+key, inner, yield) {
					return false
				}
			}
		}
		return true
	}
	return func(yield func(at, field string) bool) { walk(pointer, tree, yield) }
}

// beyond refuses what a rule asks for and nobody reads where it is asked: at the till a decision has the card's head, its shopper and the
// receipt. It reports whether there was such a thing. tree is the rule with the segments put in that written names.
func (c *compiler) beyond(pointer string, written, tree any, schema *rule.Schema) bool {
	says := map[string]string{}
	for _, field := range fieldsIn(pointer, tree) {
		if _, known := schema.Slot(field); !known && isBeyond(field) {
			says[field] = field + " asks for more than a till reads of a card; it is for segments that are counted, for campaigns on: schedule, and for steps"
		}
	}
	found := len(says) > 0
	for at, field := range fieldsIn(pointer, written) {
		if says[field] != "" {
			c.unreadable(at, "%s", says[field])
			delete(says, field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(says)) {
		c.unreadable(pointer, "a segment that is named here asks for what no till reads: %s", says[field])
	}
	return found
}

func isBeyond(field string) bool {
	_, window, _ := windowOf(field)
	return window || isScore(field)
}
