package loyaltytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// RunSteering holds each way in which a campaign comes to speak, in each state that it can be in, with a programme that wants approval and
// with one that does not: it brings its coupon exactly while it may.
func RunSteering(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	for i, c := range []steered{
		{acts: "", speaks: true},
		{acts: "pause resume", speaks: true},
		{acts: "kill resume", speaks: true},
		{acts: "draft start", speaks: true},
		{acts: "draft", state: "draft"},
		{acts: "draft approve", state: "approved"},
		{acts: "pause", state: "paused"},
		{acts: "kill", state: "killed"},
		{acts: "cancel", state: "cancelled"},
		{approval: true, acts: "", state: "not_started"},
		{approval: true, acts: "approve", state: "not_started"},
		{approval: true, acts: "kill resume", state: "not_started"},
		{approval: true, acts: "approve start", speaks: true},
		{approval: true, acts: "draft approve start", speaks: true},
		{approval: true, acts: "approve start pause resume", speaks: true},
		{approval: true, acts: "approve start pause", state: "paused"},
		{approval: true, acts: "approve start", edited: true, state: "not_started"},
	} {
		c.shop = fmt.Sprintf("s%d-%x", i, Serial(t.Name()))
		c.play(t, items)
	}
}

// steered is a shop whose campaigns are all steered in one way.
type steered struct {
	shop     string // part of the ids of its campaigns
	approval bool   // the programme wants it
	acts     string // of steering
	edited   bool   // the campaigns say something else since
	speaks   bool
	state    string // that withholds them
}

// byReceipt are the triggers that speak in the entry of what has set them off; the others speak by an entry of their own.
var byReceipt = []string{"checkout", "enrolled", "first", "nth", "returned", "spend", "tier"}

const byThemselves = "api idle touch"

// rules are a campaign of each trigger, with a coupon of its own.
func (c steered) rules(t *testing.T, days int) *programme.Programme {
	t.Helper()
	approval := map[bool]string{true: "approval: {},\n"}[c.approval]
	document := approval + `programme: steering, from: 2025-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin,
language: en, shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret of the test shop},
earn: [{id: base, points: 1, per: "1.00"}], tiers: [{id: silver, name: Silver, points: 20}],
offers: [{id: five, name: Five, amount: "5.00", on: basket, coupon: true}],
campaigns: [`
	for name, on := range map[string]string{
		"checkout": "checkout", "enrolled": "enrolled", "first": "first_purchase", "nth": "purchase, nth: 1", "spend": `spend_crossed, amount: "15.00"`,
		"tier": "tier_changed, tier: {to: silver}", "returned": "returned", "touch": "touch, touch: tasting", "api": "api", "idle": "idle, idle: {days: 10}",
	} {
		document += fmt.Sprintf("{id: %s-%s, on: %s, grant: {offer: five, days: %d}},\n", name, c.shop, on, days)
	}
	rules, _, faults, err := yamldoc.Read(strings.NewReader("{" + document + "]}"))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return rules
}

// play has one shopper go through all triggers.
func (c steered) play(t *testing.T, items store.Items) {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, _ := store.NewService(items, func() time.Time { return now })
	rules := c.rules(t, 30)
	s.Programmes, s.Bus = fixed{rules}, &Bus{t: t}
	for _, k := range rules.Campaigns {
		c.steer(t, s, k.ID)
	}
	if c.edited {
		rules = c.rules(t, 31)
		s.Programmes = fixed{rules}
	}
	serial := Serial(t.Name() + c.shop)
	number, name := rules.IssueNumber(serial), fmt.Sprintf("steered by %q, approval %t, edited %t", c.acts, c.approval, c.edited)
	now = now.Add(loyalty.HeedSoon)
	r := receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: fmt.Sprintf("s%d", serial), Number: "1"}, Card: number, At: now,
		Lines: []receipt.Line{{ID: "1", Quantity: 2, Amount: 4000}}, Total: money.Amount{Minor: 4000, Currency: "EUR"},
	}
	first, err := s.Checkout(t.Context(), r)
	must(t, name, err)
	must(t, name, s.Relay(t.Context(), nil, first.Head))
	_, err = s.Return(t.Context(), r.Key, receipt.Return{ID: "r1", At: now, Lines: []receipt.ReturnedLine{{ID: "1", Quantity: 1}}})
	must(t, name, err)
	must(t, name, s.Hear(t.Context(), events.New(events.Metadata{ID: "t-" + c.shop, OccurredAt: now, Source: "website"}, events.ShopperTouched{Card: number, Touch: "tasting"})))
	_, err = s.SpeakTo(t.Context(), "api-"+c.shop, number, "call-1")
	must(t, name, err)
	now = now.AddDate(0, 0, 11)
	_, err = s.LookAtDue(t.Context(), now)
	must(t, name, err)
	c.check(t, name, s, number)
}

// steer does the acts to a campaign.
func (c steered) steer(t *testing.T, s *loyalty.Service, campaign string) {
	t.Helper()
	for _, verb := range strings.Fields(c.acts) {
		by := map[bool]string{true: "Jon", false: "Mira"}[verb == "approve"]
		_, err := s.Steer(t.Context(), loyalty.Steering{Campaign: campaign, Verb: loyalty.Verb(verb), By: by, Why: "a test"})
		must(t, verb+" "+campaign, err)
	}
}

// check reads off the book what campaigns have said, and which were withheld.
func (c steered) check(t *testing.T, name string, s *loyalty.Service, number string) {
	t.Helper()
	opened, err := s.Cards.Open(t.Context(), number, true)
	must(t, name, err)
	var spoke, withheld []string
	trigger := func(campaign string) string { return strings.TrimSuffix(campaign, "-"+c.shop) }
	for _, e := range opened.Head.Book.Tail {
		withheld = append(withheld, withheldAs(e, trigger)...)
		granted, err := card.Coupons(e, card.MarkGranted)
		must(t, name, err)
		for _, g := range granted {
			spoke = append(spoke, trigger(g.Campaign))
		}
	}
	slices.Sort(spoke)
	slices.Sort(withheld)
	wantSpoken, wantWithheld := "", ""
	if c.speaks {
		all := append(strings.Fields(byThemselves), byReceipt...)
		slices.Sort(all)
		wantSpoken = strings.Join(all, " ")
	} else {
		wantWithheld = strings.Join(byReceipt, ":"+c.state+" ") + ":" + c.state
	}
	if got := strings.Join(spoke, " "); got != wantSpoken {
		t.Errorf("%s: %q speak; want %q", name, got, wantSpoken)
	}
	if got := strings.Join(withheld, " "); got != wantWithheld {
		t.Errorf("%s: %q are withheld; want %q", name, got, wantWithheld)
	}
}

func withheldAs(e ledger.Entry, trigger func(string) string) (list []string) {
	for campaign, state := range card.WithheldBy(e) {
		list = append(list, trigger(campaign)+":"+state)
	}
	return list
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
