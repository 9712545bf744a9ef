package simulation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Report is what a simulation has come to. Money is in minor units of Currency.
type Report struct {
	From      string         `json:"from"`
	To        string         `json:"to"`
	Cards     int64          `json:"cards"`
	Currency  money.Currency `json:"currency"`
	Campaigns []Played       `json:"campaigns"` // of the programme, in its order; all or those that were named
	Months    []Month        `json:"months"`    // of all campaigns
	Days      []Day          `json:"days"`      // with e-mails, in order
	Quota     Quota          `json:"quota"`
	Overlaps  []Overlap      `json:"overlaps"` // the most frequent first
	Again     int64          `json:"receipts_again"`
	Assumed   []string       `json:"assumed"`
}

// Counts is what a campaign did, or all of them.
type Counts struct {
	Cards    int64            `json:"cards"` // that it did anything to; of months left out
	Mails    int64            `json:"mails"`
	NotSent  map[string]int64 `json:"not_sent,omitempty"` // by reason
	LeftOut  int64            `json:"held_out,omitempty"`
	Coupons  int64            `json:"coupons"`
	Points   int64            `json:"points"`
	AtMost   int64            `json:"at_most"` // that the coupons can take off, of offers that bound it
	About    int64            `json:"about"`   // that the others would take off a usual basket
	MailCost int64            `json:"mail_cost_millicents"`
}

// Played is a campaign.
type Played struct {
	Campaign string `json:"campaign"`
	Name     string `json:"name,omitempty"`
	Counts
	Months []Month `json:"months,omitempty"`
}

// Month is what happened in one.
type Month struct {
	Month string `json:"month"`
	Counts
}

// Day is how many e-mails went out on one.
type Day struct {
	Day   string `json:"day"`
	Mails int64  `json:"mails"`
}

// Quota holds the busiest day against what the mail service takes.
type Quota struct {
	PerDay  int64  `json:"per_day"`
	Busiest string `json:"busiest,omitempty"`
	Mails   int64  `json:"mails"` // on that day
	Over    int64  `json:"days_over"`
}

// Overlap is how often two campaigns wrote to the same shopper on the same day.
type Overlap struct {
	Campaigns string `json:"campaigns"` // "birthday + winter"
	Times     int64  `json:"times"`
	Card      string `json:"card"` // one of them
	Day       string `json:"day"`
}

// mailPrice is what SES asks for an e-mail: 0.10 USD for a thousand, which is 10 thousandths of a cent.
const mailPrice = 10

// reckoning adds up rows, a card after another.
type reckoning struct {
	zones    *programme.Programme
	all      map[string]*Counts            // by campaign
	months   map[string]map[string]*Counts // by campaign, then month; "" is all campaigns
	days     map[string]int64
	overlaps map[string]*Overlap
}

func newReckoning(rules *programme.Programme) *reckoning {
	return &reckoning{zones: rules, all: map[string]*Counts{}, months: map[string]map[string]*Counts{}, days: map[string]int64{}, overlaps: map[string]*Overlap{}}
}

// card adds what happened to one card.
func (r *reckoning) card(rows []Row) {
	met, mailed := map[string]bool{}, map[string][]string{}
	for _, row := range rows {
		met[row.Campaign] = true
		month := row.Day[:len("2006-01")]
		for _, n := range []*Counts{at(r.all, row.Campaign), r.month(row.Campaign, month), r.month("", month)} {
			n.row(r.zones, row)
		}
		if row.What == aMail && row.Outcome == outcomeSent {
			r.days[row.Day]++
			mailed[row.Day] = append(mailed[row.Day], row.Campaign)
		}
	}
	for id := range met {
		r.all[id].Cards++
	}
	for _, on := range slices.Sorted(maps.Keys(mailed)) {
		r.overlap(rows[0].Card, on, mailed[on])
	}
}

func at(m map[string]*Counts, key string) *Counts {
	if m[key] == nil {
		m[key] = &Counts{}
	}
	return m[key]
}

func (r *reckoning) month(campaign, month string) *Counts {
	if r.months[campaign] == nil {
		r.months[campaign] = map[string]*Counts{}
	}
	return at(r.months[campaign], month)
}

func (n *Counts) row(rules *programme.Programme, row Row) {
	switch row.What {
	case aMail:
		if row.Outcome == outcomeSent {
			n.Mails++
			n.MailCost += mailPrice
			return
		}
		n.refuse(row.Outcome)
	case aCoupon:
		n.Coupons++
		if _, bounded := rules.MostOff(row.Offer); bounded {
			n.AtMost += row.Worth
		} else {
			n.About += row.Worth
		}
	case aPoints:
		n.Points += row.Points
	case aLeave:
		n.LeftOut++
	case aRefusal:
		n.refuse(row.Outcome)
	}
}

func (n *Counts) refuse(reason string) {
	if n.NotSent == nil {
		n.NotSent = map[string]int64{}
	}
	n.NotSent[reason]++
}

// overlap counts each pair of campaigns that wrote to the card on a day.
func (r *reckoning) overlap(card, on string, campaigns []string) {
	slices.Sort(campaigns)
	campaigns = slices.Compact(campaigns)
	for i, a := range campaigns {
		for _, b := range campaigns[i+1:] {
			pair := a + " + " + b
			if r.overlaps[pair] == nil {
				r.overlaps[pair] = &Overlap{Campaigns: pair, Card: card, Day: on}
			}
			r.overlaps[pair].Times++
		}
	}
}

// report reads off the copy what has happened and adds it up.
func (g *game) report(ctx context.Context, rules *programme.Programme) (Report, error) {
	r := newReckoning(rules)
	if err := g.history(ctx, rules, r); err != nil {
		return Report{}, err
	}
	out := Report{From: g.from.String(), To: g.to.String(), Cards: g.copied.cards, Currency: rules.Currency, Quota: Quota{PerDay: g.ask.Quota},
		Again: g.played, Assumed: g.assumed(), Months: r.monthsOf("")}
	for _, k := range rules.Campaigns {
		if len(g.ask.Campaigns) == 0 || slices.Contains(g.ask.Campaigns, k.ID) {
			out.Campaigns = append(out.Campaigns, Played{Campaign: k.ID, Name: k.Name, Counts: *at(r.all, k.ID), Months: r.monthsOf(k.ID)})
		}
	}
	for _, on := range slices.Sorted(maps.Keys(r.days)) {
		out.Days = append(out.Days, Day{on, r.days[on]})
		if r.days[on] > out.Quota.Mails {
			out.Quota.Busiest, out.Quota.Mails = on, r.days[on]
		}
		if r.days[on] > g.ask.Quota {
			out.Quota.Over++
		}
	}
	for _, o := range r.overlaps {
		out.Overlaps = append(out.Overlaps, *o)
	}
	slices.SortFunc(out.Overlaps, func(a, b Overlap) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Campaigns, b.Campaigns))
	})
	return out, nil
}

func (r *reckoning) monthsOf(campaign string) []Month {
	var list []Month
	for _, month := range slices.Sorted(maps.Keys(r.months[campaign])) {
		list = append(list, Month{month, *r.months[campaign][month]})
	}
	return list
}

// assumed says what the figures rest on.
func (g *game) assumed() []string {
	list := []string{
		"every e-mail that the rules allow is taken by the mail service, and none bounces, is complained of or ends a consent",
		"nobody enrols, leaves or changes their profile",
		"coupons are counted as if none were used; at most is what their offers bound, about is their share of the card's usual basket",
	}
	if g.ask.Again {
		return append(list, "everybody buys what they bought 52 weeks before, without coupons and points, and nothing comes back")
	}
	return append(list, "nobody buys anything, so what a checkout brings is not counted: --replay-year plays the receipts of 52 weeks before")
}
