// Package books draws up what a shop owes in points and on gift cards at the end of any day, from the books of all its cards.
//
// It reads and changes nothing, in several parts of the table at once, and keeps a few numbers for each day that is asked for.
package books

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/liability"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
)

const (
	segments = 8   // parts of the table that are read at once
	MaxDays  = 600 // that one report tells of: fifty years of months
)

// Progress is told how many cards have been looked at. It is called often.
type Progress func(stage string, done int64)

// Report is what a shop owes at the ends of some days.
type Report struct {
	Now    time.Time `json:"made_at"`
	Cards  int64     `json:"cards"`
	Wrong  int64     `json:"wrong"`
	Faults []string  `json:"faults"`
	Days   []Day     `json:"days"`
}

// Day is the book at the end of a day: points and minor units by account. Those of Issued are the sum of the four accounts below it.
type Day struct {
	On        string           `json:"on"`
	Programme time.Time        `json:"programme_from"` // the version whose worth holds
	Currency  money.Currency   `json:"currency"`
	Worth     money.Amount     `json:"worth"` // of so many points
	Per       int64            `json:"worth_points"`
	Expected  int64            `json:"expected_basis_points"`
	Points    map[string]int64 `json:"points"`
	Minor     map[string]int64 `json:"minor"`
	Balances  int64            `json:"balances"` // of all cards, as they stand in their heads
	Unposted  int64            `json:"expired_unposted"`
	Owed      int64            `json:"owed"` // points that cards are below zero by
	Liability Stands           `json:"liability"`
	Breakage  Stands           `json:"breakage"`
	GiftCards []Gifts          `json:"gift_cards"`
	Ties      bool             `json:"ties"`
	Wrong     string           `json:"wrong,omitempty"` // what does not tie
}

// Stands is points and what they are worth.
type Stands struct {
	Points int64 `json:"points"`
	Minor  int64 `json:"minor"`
}

// Gifts is the gift cards of one currency.
type Gifts struct {
	Currency money.Currency `json:"currency"`
	liability.Gifts
}

// Issued and Outstanding are sums of accounts that stand beside them in a Day.
const (
	Issued      = "issued"
	Outstanding = "outstanding"
)

// Ties reports that everything of every day adds up.
func (r Report) Ties() bool {
	return r.Wrong == 0 && !slices.ContainsFunc(r.Days, func(d Day) bool { return !d.Ties })
}

// reader reads all cards into one tally for each part of the table.
type reader struct {
	items     store.Items
	store     *store.Store
	reckoning liability.Reckoning
	done      atomic.Int64
	progress  Progress
}

// ErrNoProgramme is that nobody has published any rules, so there is no day and nothing to value points by.
var ErrNoProgramme = errors.New("no programme is published yet; `regulars programme publish FILE` does it")

// Draw draws the books up at the ends of the days that are asked for. An error means that they could not be read, or not be asked for so; not
// that they are wrong.
func Draw(ctx context.Context, items store.Items, now time.Time, ask Ask, progress Progress) (Report, error) {
	r := &reader{items: items, store: store.New(items, func() time.Time { return now }), progress: progress}
	all, err := r.store.Versions(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("read the programme: %w", err)
	}
	versions := versions{}
	for _, v := range all {
		if v.Fault == nil {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 {
		return Report{}, ErrNoProgramme
	}
	zone := versions.at(now).Zone("")
	days, err := ask.days(day.Of(now, zone))
	if err != nil {
		return Report{}, err
	}
	r.reckoning = liability.Reckoning{Days: days, Zone: zone, Now: now, Usable: func(e ledger.Entry) day.Day { return versions.at(e.At).Usable(e) }}
	tally, err := r.scan(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Report{Now: now.UTC(), Cards: tally.Cards, Wrong: tally.Wrong, Faults: append([]string{}, tally.Faults...)}
	for i, on := range days {
		report.Days = append(report.Days, dayOf(tally, i, on, versions.at((on+1).Start(zone).Add(-time.Second))))
	}
	return report, nil
}

// versions are those of the programme that can be read, the earliest first.
type versions []store.Version

// at is the rules of a moment; those of the first version for one before it.
func (v versions) at(moment time.Time) *programme.Programme {
	rules := v[0].Rules
	for _, next := range v {
		if !next.From.After(moment) {
			rules = next.Rules
		}
	}
	return rules
}

// scan reads the cards' table, a goroutine for each segment.
func (r *reader) scan(ctx context.Context) (*liability.Tally, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	fails, parts := make([]error, segments), make([]*liability.Tally, segments)
	for n := range segments {
		parts[n] = liability.NewTally(r.reckoning)
		group.Go(func() {
			if fails[n] = r.segment(ctx, n, parts[n]); fails[n] != nil {
				stop()
			}
		})
	}
	group.Wait()
	for _, err := range fails {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	sum := liability.NewTally(r.reckoning)
	for _, part := range parts {
		sum.Add(part)
	}
	return sum, errors.Join(fails...)
}

func (r *reader) segment(ctx context.Context, n int, into *liability.Tally) error {
	in := store.ScanInput{Table: store.Cards, Segment: n, Segments: segments, Read: store.Strong}
	for {
		page, err := r.items.Scan(ctx, in)
		for i := 0; i < len(page.Items) && err == nil; i++ {
			err = r.item(ctx, page.Items[i], into)
		}
		r.progress("cards", r.done.Load())
		if err != nil {
			return fmt.Errorf("read the cards: %w", err)
		}
		if page.Next == "" {
			return nil
		}
		in.After = page.Next
	}
}

// item adds a card or a gift card to the tally. What cannot be read is a fault: a sum without it would be wrong.
func (r *reader) item(ctx context.Context, item store.Item, into *liability.Tally) error {
	gift, isGift, err := store.GiftCardOf(item)
	if isGift {
		if err != nil {
			into.Fault(item.Key.Partition, err.Error())
			return nil
		}
		into.GiftCard(gift)
		return nil
	}
	head, isHead, err := store.HeadOf(item)
	if err == nil && !isHead { // what came to a card that was merged, and went with it, stands in the book that it left
		var joined bool
		if head, _, joined, err = store.JoinedOf(item); err == nil && !joined {
			return nil
		}
	}
	if err != nil {
		into.Fault(item.Key.Partition, err.Error())
		return nil
	}
	if isHead {
		into.Cards++
		r.done.Add(1)
	}
	var pages []ledger.Page
	if head.Book.Pages > 0 {
		if pages, err = r.store.Pages(ctx, head.ID); err != nil {
			return fmt.Errorf("the older entries of card %s: %w", head.ID, err)
		}
		pages = slices.DeleteFunc(pages, func(p ledger.Page) bool { return p.Number > head.Book.Pages })
	}
	into.Card(head, pages)
	return nil
}

// dayOf writes one day of a tally, valued by the rules of that day.
func dayOf(t *liability.Tally, i int, on day.Day, rules *programme.Programme) Day {
	sheet, worth := t.Sheets[i], rules.Worth()
	value := worth.Money(sheet)
	d := Day{
		On: on.String(), Programme: rules.From, Currency: rules.Currency, Worth: money.Amount{Minor: worth.Minor, Currency: rules.Currency}, Per: worth.Points,
		Expected: worth.Expected, Points: written(sheet), Minor: written(value),
		Balances: t.Balances[i], Unposted: t.Unposted[i], Owed: t.Owed[i], GiftCards: []Gifts{}, Wrong: t.Check(i),
	}
	d.Ties = d.Wrong == ""
	redeemable := worth.Redeemable(sheet)
	d.Liability = Stands{Points: redeemable, Minor: worth.Of(redeemable)}
	d.Breakage = Stands{Points: max(sheet.Outstanding(), 0) - redeemable, Minor: max(value.Outstanding()-d.Liability.Minor, 0)}
	for _, currency := range t.Currencies() {
		d.GiftCards = append(d.GiftCards, Gifts{Currency: currency, Gifts: t.Gifts[i][currency]})
	}
	return d
}

func written(s liability.Sheet) map[string]int64 {
	all := map[string]int64{Issued: s.Issued(), Outstanding: s.Outstanding()}
	for _, a := range liability.Accounts() {
		all[a.String()] = s.Points(a)
	}
	return all
}
