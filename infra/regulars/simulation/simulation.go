// Package simulation plays a shop's campaigns ahead, up to a year, on a copy of its cards: the functions themselves, on a clock of their
// own, with a post office that keeps no letter.
//
// The shop itself is only read. The copy lies in a folder of its own and knows no queue, bus or mail service but those in there, so
// nothing that is played can reach a shopper, a code or a counter.
package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	regulars "github.com/regulars-dev/regulars"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/local"
	"github.com/regulars-dev/regulars/shared/local/shop"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/store"
)

// MaxDays is how far ahead is played at most.
const MaxDays = 366

// Ask says what is played.
type Ask struct {
	Campaigns []string        `json:"campaigns,omitempty"` // speak as if they were started; none: each as it is steered now. All play, for they compete
	From      string          `json:"from,omitempty"`      // first day that is counted, by the programme's zone; today if missing
	To        string          `json:"to,omitempty"`        // last day; 30 days after From if missing
	Draft     json.RawMessage `json:"draft,omitempty"`     // a programme that holds from now on, in place of those that are published
	Again     bool            `json:"again,omitempty"`     // the receipts of 52 weeks before are played on their days
	Quota     int64           `json:"quota,omitempty"`     // e-mails a day that the mail service takes; 50,000 if missing
	Rows      bool            `json:"rows,omitempty"`      // tell each occasion
}

// usualQuota is what SES gives an account outside the sandbox at first, a day.
const usualQuota = 50_000

// defaultDays is how many days after the first the last one is, where nobody says.
const defaultDays = 30

// Progress is told how far a stage is; total is 0 where nobody knows.
type Progress func(stage string, done, total int64)

// Row is one thing that one campaign did to one card.
type Row struct {
	At       time.Time `json:"at"`
	Day      string    `json:"day"` // by the shopper's clock
	Card     string    `json:"card"`
	Campaign string    `json:"campaign"`
	Occasion string    `json:"occasion,omitempty"`
	What     string    `json:"what"`              // "mail", "coupon", "points"
	Outcome  string    `json:"outcome,omitempty"` // of a mail: "sent", or its reason
	Offer    string    `json:"offer,omitempty"`
	Points   int64     `json:"points,omitempty"`
	Worth    int64     `json:"worth,omitempty"` // of a coupon, minor units: at most, or about, see Report.Exposure
}

// game is one simulation at work.
type game struct {
	ask      Ask
	source   store.Items
	begins   time.Time // the shop's now, at which the clock of the game begins
	from, to day.Day
	zone     *time.Location
	tell     Progress
	each     func(Row) error

	copied copied
	shop   *shop.Shop
	office *office
	played int64 // receipts again
}

// Run plays and reports. The items are only read. ErrInvalid: the days, the campaigns or the draft are not as they should be.
func Run(ctx context.Context, items store.Items, now time.Time, ask Ask, tell Progress, each func(Row) error) (Report, error) {
	now = now.UTC().Truncate(time.Second)
	g := &game{ask: ask, source: items, begins: now, tell: tell, each: each, office: &office{}}
	rules, err := g.rules(ctx)
	if err != nil {
		return Report{}, err
	}
	if err := g.days(rules); err != nil {
		return Report{}, err
	}
	dir, err := os.MkdirTemp("", "regulars-simulation-")
	if err != nil {
		return Report{}, fmt.Errorf("make a folder for the copy: %w", err)
	}
	report, err := g.playIn(ctx, dir, rules)
	return report, errors.Join(err, os.RemoveAll(dir))
}

// rules are those by which the first day is played.
func (g *game) rules(ctx context.Context) (*programme.Programme, error) {
	var rules *programme.Programme
	var err error
	if g.ask.Draft != nil {
		rules, g.ask.Draft, err = heldFrom(g.ask.Draft, g.begins)
	} else {
		rules, err = store.NewProgrammes(g.source, func() time.Time { return g.begins }).At(ctx, g.begins)
	}
	if err != nil {
		return nil, err
	}
	for _, id := range g.ask.Campaigns {
		if _, known := rules.Campaign(id); !known {
			return nil, invalid("campaign_unknown", "the programme has no campaign %q", id)
		}
	}
	return rules, nil
}

// heldFrom is a draft that holds from a moment on, whatever it says itself.
func heldFrom(draft json.RawMessage, from time.Time) (*programme.Programme, json.RawMessage, error) {
	var fields map[string]json.RawMessage
	err := json.Unmarshal(draft, &fields)
	if err == nil {
		fields["from"], err = json.Marshal(from)
	}
	if err != nil {
		return nil, nil, invalid("draft_invalid", "the draft is no JSON object: %v", err)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, nil, err
	}
	rules, problems, err := programme.Parse(text)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%d faults, the first: %s", len(problems), problems[0])
	}
	if err != nil {
		return nil, nil, invalid("draft_invalid", "the draft cannot be published: %v", err)
	}
	return rules, text, nil
}

// days reads which days are counted.
func (g *game) days(rules *programme.Programme) error {
	g.zone = rules.Zone("")
	today := day.Of(g.begins, g.zone)
	var err error
	if g.from = today; g.ask.From != "" {
		if g.from, err = day.Parse(g.ask.From); err != nil {
			return invalid("from_invalid", "from is a day such as 2027-01-31")
		}
	}
	if g.to = g.from + defaultDays; g.ask.To != "" {
		if g.to, err = day.Parse(g.ask.To); err != nil {
			return invalid("to_invalid", "to is a day such as 2027-01-31")
		}
	}
	switch {
	case g.from < today:
		return invalid("from_past", "a simulation looks ahead, and %s is over; `regulars backtest` plays the past", g.from)
	case g.to < g.from:
		return invalid("to_invalid", "the last day %s lies before the first, %s", g.to, g.from)
	case g.to >= today+MaxDays:
		return invalid("to_far", "it is played up to %d days ahead, to %s at most", MaxDays, today+MaxDays-1)
	}
	if g.ask.Quota == 0 {
		g.ask.Quota = usualQuota
	}
	return nil
}

// playIn copies the shop into a folder, opens the copy, plays, and reads off what has become of each card.
func (g *game) playIn(ctx context.Context, dir string, rules *programme.Programme) (Report, error) {
	if err := g.copyInto(ctx, dir); err != nil {
		return Report{}, err
	}
	var err error
	g.shop, err = shop.Open(shop.Options{
		Dir: dir, Template: regulars.Template, URL: "http://127.0.0.1", Clock: local.NewClock(g.begins), NoSync: true,
		Env:    map[string]string{"SHOPIFY_SECRETS": "none", "SQUARE_SECRETS": "none"},
		Mailer: func(string) loyalty.Mailer { return g.office },
	})
	if err != nil {
		return Report{}, fmt.Errorf("open the copy: %w", err)
	}
	report, err := g.playAll(ctx, rules)
	return report, errors.Join(err, g.shop.Close())
}

func (g *game) playAll(ctx context.Context, rules *programme.Programme) (Report, error) {
	if g.ask.Draft != nil {
		if err := g.shop.Store.Publish(ctx, rules.From, g.ask.Draft); err != nil {
			return Report{}, fmt.Errorf("publish the draft on the copy: %w", err)
		}
	}
	if err := g.start(ctx, rules); err != nil {
		return Report{}, err
	}
	if err := g.play(ctx); err != nil {
		return Report{}, err
	}
	return g.report(ctx, rules)
}

// start lets campaigns speak on the copy, whatever the shop's people have said of them: those that are named, or with a draft all.
func (g *game) start(ctx context.Context, rules *programme.Programme) error {
	names := slices.Clone(g.ask.Campaigns)
	if g.ask.Draft != nil && len(names) == 0 {
		for _, k := range rules.Campaigns {
			names = append(names, k.ID)
		}
	}
	if len(names) > 0 {
		names = append(names, loyalty.AllCampaigns)
	}
	for _, id := range names {
		c, err := g.shop.Store.Control(ctx, id)
		if err != nil {
			return err
		}
		c.Started, _ = rules.CampaignHash(id)
		c.Campaign, c.State = id, loyalty.CampaignRunning
		if err := g.shop.Store.PutControl(ctx, c); err != nil {
			return fmt.Errorf("start campaign %s on the copy: %w", id, err)
		}
	}
	return nil
}

// How far the clock moves at once where no e-mail waits for its moment; what happens in between happens at its end.
const (
	step     = 15 * time.Minute
	longStep = time.Hour // of what lasts longer than longGame
	longGame = 7 * 24 * time.Hour
)

// play moves the clock to the end of the last day and does all that comes due on the way.
func (g *game) play(ctx context.Context) error {
	begins, ends := g.begins, (g.to + 1).Start(g.zone)
	total, stride := int64(ends.Sub(begins)/(24*time.Hour)), step
	if ends.Sub(begins) > longGame {
		stride = longStep
	}
	for at := begins; at.Before(ends); {
		at = at.Add(stride).Truncate(stride)
		if at.After(ends) {
			at = ends
		}
		if err := g.until(ctx, at); err != nil {
			return fmt.Errorf("play up to %s: %w", at.Format(time.RFC3339), err)
		}
		g.tell("playing", int64(at.Sub(begins)/(24*time.Hour)), total)
	}
	return nil
}

// until does what waits for moments of its own before the next step, and then the step.
func (g *game) until(ctx context.Context, at time.Time) error {
	for {
		due, any := g.shop.Run.NextWork()
		if !any || !due.Before(at) {
			break
		}
		if now := g.shop.Run.Clock().Now(); !due.After(now) {
			due = now.Add(time.Second)
		}
		if err := g.shop.Run.JumpTo(ctx, due); err != nil {
			return err
		}
	}
	if err := g.again(ctx, at); err != nil {
		return err
	}
	if now := g.shop.Run.Clock().Now(); at.Before(now) {
		at = now
	}
	return g.shop.Run.JumpTo(ctx, at)
}

func invalid(code, format string, args ...any) error {
	return &loyalty.Error{Kind: loyalty.ErrInvalid, Code: code, Detail: fmt.Sprintf(format, args...)}
}
