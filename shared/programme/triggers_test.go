package programme_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// speaking is a programme of one campaign that e-mails.
func speaking(campaign string) string {
	return onePoint + `
tiers: [{id: silver, name: Silver, points: 100}, {id: gold, name: Gold, points: 500}]
campaigns: [{id: said, ` + campaign + `, message: {template: note, topic: offers}}]
templates: [{id: note, language: en, topic: offers, subject: Hello, blocks: [{type: text, text: Hello}, {type: footer}]}]
`
}

// said tells whether an entry has the campaign's e-mail.
func said(e ledger.Entry) string {
	for _, m := range e.Marks {
		if m.Kind == card.MarkMessage {
			return " said"
		}
	}
	return ""
}

// spokenOn buys and gives back, row by row: "2026-01-05 buy a 40" for 40.00 or "2026-01-06 back a", and returns the rows on which was spoken.
func spokenOn(t *testing.T, p *programme.Programme, rows ...string) (spoken []string) {
	t.Helper()
	h, shopper := card.Head{ID: "7001"}, card.Profile{ID: "7001", Tags: []string{"regular"}}
	sold := map[string]receipt.Receipt{}
	for _, row := range rows {
		var on, verb, number string
		var euros int64
		_, _ = fmt.Sscan(row, &on, &verb, &number, &euros)
		when := at(t, on+"T10:00")
		if verb == "buy" {
			sold[number] = sale(number, when, euros*100)
			h = p.Checkout(h, shopper, sold[number], when)
		} else {
			r := sold[number]
			e, _, _ := h.Book.Find(r.Key.String())
			back := []receipt.Return{{ID: "r", At: when}}
			var err error
			if h, err = p.Return(h, shopper, r, e, back, r.Key.String()+"~1", when); err != nil {
				t.Fatal(err)
			}
		}
		if said(last(h)) != "" {
			spoken = append(spoken, row)
		}
	}
	return spoken
}

func TestCampaignsSpeakOfWhatAReceiptHasReached(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		campaign string
		rows     []string // those with a star are spoken of
	}{
		"first purchase, once whatever comes back": {"on: first_purchase", []string{
			"*2026-01-05 buy a 10", "2026-01-06 buy b 10", "2026-01-07 back a", "2026-01-08 back b", "2026-01-09 buy c 10", "2026-01-10 buy d 10",
		}},
		"the third purchase": {"on: purchase, nth: 3", []string{
			"2026-01-05 buy a 10", "2026-01-06 buy b 10", "2026-01-07 back a", "2026-01-08 buy c 10", "*2026-01-09 buy d 10", "2026-01-10 back d", "2026-01-11 buy e 10",
		}},
		"a sum of all time, once": {`on: spend_crossed, amount: "100.00"`, []string{
			"2026-01-05 buy a 99", "*2026-01-06 buy b 1", "2026-01-07 back b", "2026-01-08 buy c 50", "2026-01-09 buy d 100",
		}},
		"a sum within a year, once a year": {`on: spend_crossed, amount: "100.00", within: year`, []string{
			"2026-01-05 buy a 60", "*2026-12-30 buy b 60", "2026-12-31 back b", "2026-12-31 buy c 200", "2027-01-02 buy d 60", "2027-01-03 back d",
			"2027-02-01 buy e 99", "*2027-03-01 buy f 1",
		}},
		"a sum within a month begins anew": {`on: spend_crossed, amount: "100.00", within: month`, []string{
			"2026-01-31 buy a 60", "2026-02-01 buy b 60", "*2026-02-28 buy c 40", "2026-02-28 buy d 900", "*2026-03-01 buy e 100",
		}},
		"a tier that is reached": {"on: tier_changed, tier: {to: silver, move: up}", []string{
			"2026-01-05 buy a 60", "*2026-01-06 buy b 60", "2026-01-07 buy c 600", "2026-01-08 back c",
		}},
		"a tier that is lost": {"on: tier_changed, tier: {move: down}", []string{
			"2026-01-05 buy a 60", "2026-01-06 buy b 60", "*2026-01-07 back b",
		}},
		"from the base": {"on: tier_changed, tier: {from: base}", []string{"*2026-01-05 buy a 600", "2026-01-06 buy b 1"}},
		"goods that come back": {"on: returned", []string{
			"2026-01-05 buy a 60", "2026-01-06 buy b 60", "*2026-01-07 back b", "*2026-01-08 back a",
		}},
		"goods that come back to a segment": {"on: returned, when: {field: shopper.tags, op: contains, value: other}", []string{
			"2026-01-05 buy a 60", "2026-01-07 back a",
		}},
		"at checkouts, a week apart and twice at most": {"on: checkout, again: {after_days: 7, at_most: 2}", []string{
			"*2026-01-05 buy a 60", "2026-01-06 buy b 60", "2026-01-11 buy c 60", "*2026-01-12 buy d 60", "2026-02-12 buy e 60",
		}},
		"once": {"on: tier_changed, tier: {to: silver}, again: once", []string{
			"*2026-01-05 buy a 100", "2026-01-06 back a", "2026-01-07 buy b 100",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rows, want []string
			for _, row := range c.rows {
				plain, spoken := strings.CutPrefix(row, "*")
				if rows = append(rows, plain); spoken {
					want = append(want, plain)
				}
			}
			if got := spokenOn(t, rules(t, speaking(c.campaign)), rows...); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("spoken on\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// J-2
func TestReentriesLieAsFarApartAsTheCampaignSays(t *testing.T) {
	t.Parallel()
	p := rules(t, speaking("on: checkout, again: {after_days: 30, at_most: 3}"))
	start, want := at(t, "2026-01-01T10:00"), []string{}
	var rows []string
	for i, days := range []int{0, 10, 30, 61, 95} {
		row := fmt.Sprintf("%s buy n%d 10", start.AddDate(0, 0, days).Format(time.DateOnly), i)
		if rows = append(rows, row); days == 0 || days == 30 || days == 61 {
			want = append(want, row)
		}
	}
	if got := spokenOn(t, p, rows...); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("entries %v, want %v", got, want)
	}
}

func TestWhatIsGrantedForAFirstPurchaseGoesWithItAndDoesNotComeAgain(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`
offers: [{id: ten, name: Ten, coupon: true, percent: "10", on: basket}]
campaigns: [{id: hello, on: first_purchase, grant: {offer: ten, days: 30, points: 50}}]
`)
	when := at(t, "2026-01-05T10:00")
	r := sale("a", when, 1000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, when)
	if h.Book.Balance != 60 || len(h.Wallet) != 1 {
		t.Fatalf("%d points, %d coupons", h.Book.Balance, len(h.Wallet))
	}
	h, _ = giveBack(t, p, h, r, last(h), []receipt.Return{{ID: "all", At: when}}, when)
	if h.Book.Balance != 0 || len(h.Wallet) != 0 {
		t.Errorf("after the return: %d points, %d coupons", h.Book.Balance, len(h.Wallet))
	}
	h = p.Checkout(h, card.Profile{}, sale("b", when, 1000), when)
	if h.Book.Balance != 10 || len(h.Wallet) != 0 {
		t.Errorf("after the next purchase: %d points, %d coupons", h.Book.Balance, len(h.Wallet))
	}
}

func TestATriggerIsCheckedWord(t *testing.T) {
	t.Parallel()
	for campaign, want := range map[string]string{
		"on: purchase":                                                   "/campaigns/0/nth",
		"on: purchase, nth: 3, amount: 5":                                "/campaigns/0/amount",
		"on: spend_crossed":                                              "/campaigns/0/amount",
		"on: spend_crossed, amount: 5, within: week":                     "/campaigns/0/within",
		"on: spend_crossed, amount: none":                                "/campaigns/0/amount",
		"on: tier_changed, tier: {to: platinum}":                         "/campaigns/0/tier/to",
		"on: tier_changed, tier: {move: sideways}":                       "/campaigns/0/tier/move",
		"on: anniversary, date: attribute.wedding":                       "/campaigns/0/date",
		"on: anniversary, date: wedding":                                 "/campaigns/0/date",
		"on: anniversary, date: birthday, once: true":                    "/campaigns/0/once",
		"on: anniversary, date: birthday, days_after: 61":                "/campaigns/0/days_after",
		"on: anniversary, date: birthday, days_after: 3, days_before: 3": "/campaigns/0/days_after",
		"on: idle, idle: {days: 60}, days_after: 3":                      "/campaigns/0/days_after",
		"on: checkout, nth: 2":                                           "/campaigns/0/nth",
		"on: checkout, again: sometimes":                                 "/campaigns/0/again",
		"on: checkout, again: {days: 3}":                                 "/campaigns/0/again",
		"on: checkout, again: {after_days: -3}":                          "/campaigns/0/again/after_days",
		"on: returned, grant: {points: 5}":                               "/campaigns/0/grant/points",
		"on: never":                                                      "/campaigns/0/on",
		"on: schedule, again: once, schedule: {cron: '0 9 * * ? *'}":     "/campaigns/0/again",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + speaking(campaign)))
		if err != nil || len(faults) != 1 || faults[0].Pointer != want {
			t.Errorf("%s: %v %v, want a fault at %s", campaign, err, faults, want)
		}
	}
}
