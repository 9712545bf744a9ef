package loyalty_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/events"
)

// watching is a shop with one more campaign, by the name of "said", and a card of a shopper who allows it.
func watching(t *testing.T, campaign string) (*shop, string) {
	t.Helper()
	s := open(t)
	s.Publish("campaigns:\n", "points: {months: 1, round_to: day}\nattributes: [{id: wedding, type: date}, {id: kids, type: dates}]\ncampaigns:\n  - {id: said, "+campaign+", message: {template: note, topic: offers}}\n")
	return s, s.Enrol(1, "", "offers")
}

// live plays a card's days, row by row: "2026-12-01T10:00 buy a 40.00 -> +40 0042/1/a", where the right side is what the card's book has
// more than before. A tick is the quarter of an hour that looks at cards; each is done twice, and so is what the stream tells.
func live(t *testing.T, s *shop, number, rows string) {
	t.Helper()
	before := s.Book(number)
	for row := range strings.Lines(rows) {
		row, want, _ := strings.Cut(strings.TrimSpace(row), "->")
		var at, verb, name string
		var cents int64
		_, _ = fmt.Sscan(row, &at, &verb, &name, &cents)
		if verb == "" {
			continue
		}
		s.Set(at)
		switch verb {
		case "buy":
			s.checkout(s.sale(name, number, cents))
		case "redeem":
			r := s.sale(name, number, cents)
			r.Coupons = []string{s.head(number).Wallet[0].ID}
			s.checkout(r)
		case "late":
			r := s.sale(name, number, cents)
			r.At = s.At(strings.Fields(row)[4])
			s.checkout(r)
		case "tell":
			s.tell(number, strings.Fields(row)[2:]...)
		case "tick":
			for range 2 {
				if _, err := s.LookAtDue(t.Context(), s.Clock()); err != nil {
					t.Fatal(err)
				}
			}
		}
		told := s.told[number]
		s.relay(number)
		s.told[number] = told
		s.relay(number)
		now := s.Book(number)
		if got := strings.TrimPrefix(strings.TrimPrefix(now, before), ", "); got != strings.TrimSpace(want) {
			t.Errorf("%s: %q, want %q", row, got, strings.TrimSpace(want))
		}
		before = now
	}
}

func TestCampaignsSpeakOfWhatTimeBringsAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ campaign, rows string }{
		"two and a half times the card's own rhythm": {`on: idle, idle: {times: "2.5", least_days: 5}, at: "09:00"`, `
			2026-12-01T10:00 buy a 100      -> +1 0042/1/a
			2026-12-20T10:00 tick           ->
			2026-12-21T10:00 buy b 100      -> +1 0042/1/b
			2027-02-09T08:45 tick           ->
			2027-02-09T09:00 tick           -> -2 expired~2027-01-21~2, +0 said~2026-12-21
			2027-03-01T09:00 tick           ->
			2027-04-10T10:00 buy c 100      -> +1 0042/1/c
			2027-04-12T10:00 buy d 100      -> +1 0042/1/d
			2027-08-12T08:45 tick           ->`},
		"a shopper who comes more often than before is missed sooner": {`on: idle, idle: {times: "2", least_days: 5}`, `
			2026-12-01T10:00 buy a 100      -> +1 0042/1/a
			2026-12-11T10:00 buy b 100      -> +1 0042/1/b
			2026-12-12T10:00 buy c 100      -> +1 0042/1/c
			2026-12-13T10:00 buy d 100      -> +1 0042/1/d
			2026-12-20T06:45 tick           ->
			2026-12-21T07:00 tick           -> +0 said~2026-12-13`},
		"sixty days, once for each silence": {`on: idle, idle: {days: 60}`, `
			2026-12-01T10:00 buy a 100      -> +1 0042/1/a
			2026-12-20T10:00 buy b 100      -> +1 0042/1/b
			2027-01-30T07:00 tick           ->
			2027-02-18T07:00 tick           -> -2 expired~2027-01-20~2, +0 said~2026-12-20
			2027-02-19T07:00 tick           ->
			2027-06-01T07:00 tick           ->`},
		"whoever comes back in time is left alone": {`on: idle, idle: {days: 10}`, `
			2026-12-01T10:00 buy a 100      -> +1 0042/1/a
			2026-12-11T06:59 buy b 100      -> +1 0042/1/b
			2026-12-11T07:00 tick           ->
			2026-12-21T07:00 tick           -> +0 said~2026-12-11`},
		"what is too late is not made good for": {`on: idle, idle: {days: 10}`, `
			2026-12-01T10:00 buy a 100      -> +1 0042/1/a
			2026-12-15T07:00 tick           ->`},
		"points, ten days before each last day": {`on: points_expiring, days_before: 10`, `
			2026-12-01T10:00 buy a 1200     -> +12 0042/1/a
			2026-12-05T10:00 buy b 300      -> +3 0042/1/b
			2026-12-21T10:00 tick           ->
			2026-12-22T07:00 tick           -> +0 said~2027-01-01
			2026-12-26T07:00 tick           -> +0 said~2027-01-05`},
		"a coupon that was not used, three days before its end": {`on: coupon_unused, days_before: 3, offer: ten`, `
			2026-12-01T10:00 buy a 6000     -> +60 0042/1/a
			2026-12-28T06:45 tick           ->
			2026-12-28T07:00 tick           -> +0 said~2T4E73`},
		"a year after the first purchase, of a leap day on 28 February (B-9)": {`on: anniversary, date: first_purchase`, `
			2028-02-29T10:00 buy a 100      -> +1 0042/1/a
			2028-02-29T10:15 tick           ->
			2029-02-28T06:45 tick           ->
			2029-02-28T07:00 tick           -> -1 expired~2028-03-29~1, +0 said~2029
			2029-03-01T07:00 tick           ->
			2030-02-28T07:00 tick           -> +0 said~2030`},
		"one that was used": {`on: coupon_unused, days_before: 3`, `
			2026-12-01T10:00 buy a 6000     -> +60 0042/1/a
			2026-12-27T10:00 redeem b 1000  -> +10 0042/1/b
			2026-12-28T07:00 tick           ->`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, number := watching(t, c.campaign)
			live(t, s, number, c.rows)
		})
	}
}

func TestTheEMailIsAboutTheCouponThatWasNotUsed(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: coupon_unused, days_before: 3, offer: ten")
	live(t, s, number, "2026-12-01T10:00 buy a 6000 -> +60 0042/1/a")
	s.send()
	live(t, s, number, "2026-12-28T10:00 tick -> +0 said~2T4E73")
	orders := s.send()
	if len(orders) == 0 || orders[0].Coupon != "2T4E73" || s.Messages(number) != "sent big, sent said" {
		t.Errorf("%+v; %s", orders, s.Messages(number))
	}
}

// A tier that ends by the calendar is posted and told in the night that it has ended, though nobody writes to the card; a year that keeps
// it keeps quiet.
func TestATierThatEndsIsToldOnTheDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Publish("campaigns:\n", "tiers: [{id: gold, name: Gold, points: 50}]\ncampaigns:\n  - {id: said, on: tier_changed, tier: {move: down}, message: {template: note, topic: offers}}\n")
	number := s.Enrol(1, "", "offers")
	live(t, s, number, `
		2026-12-01T10:00 buy a 5000     -> +50 0042/1/a
		2027-06-01T10:00 buy b 5000     -> +50 0042/1/b
		2028-01-01T08:00 tick           ->
		2028-12-31T23:45 tick           ->
		2029-01-01T08:00 tick           -> +0 tier~2029-01-01~2
		2029-01-01T08:15 tick           -> +0 said~KW8F7EB2JRH3
		2029-01-01T08:30 tick           ->
		2029-01-02T10:00 buy c 100      -> +1 0042/1/c`)
	if n := strings.Count(s.Bus.Facts(), "tier.changed"); n != 2 { // up, and down
		t.Errorf("%d facts: %s", n, s.Bus.Facts())
	}
}

// A tier that has ended is told once, whoever comes first: a purchase or the tick.
func TestATierThatAPurchaseFindsEndedIsNotToldAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Publish("campaigns:\n", "tiers: [{id: gold, name: Gold, points: 50}]\ncampaigns:\n  - {id: said, on: tier_changed, tier: {move: down}, message: {template: note, topic: offers}}\n")
	number := s.Enrol(1, "", "offers")
	live(t, s, number, `
		2026-12-01T10:00 buy a 5000     -> +50 0042/1/a
		2028-01-01T00:00 buy b 100      -> +0 tier~2028-01-01~1, +1 0042/1/b
		2028-01-01T10:15 tick           -> +0 said~RKE30H23G1VP
		2028-01-01T10:30 tick           ->`)
}

// A line that breaks anywhere leaves nothing out and says nothing twice.
func TestAMailOrderThatBreaksIsMadeGood(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: idle, idle: {days: 10}")
	live(t, s, number, "2026-12-01T10:00 buy a 100 -> +1 0042/1/a")
	s.Set("2026-12-11T07:00")
	if _, err := s.LookAtDue(t.Context(), s.Clock()); err != nil {
		t.Fatal(err)
	}
	before := s.told[number]
	s.Queue.Fault.Err = errDown
	if err := s.Relay(t.Context(), &before, s.head(number)); err == nil {
		t.Error("the order was lost, and nobody knows")
	}
	s.Queue.Fault.Err = nil
	s.relay(number)
	if orders := s.send(); len(orders) != 1 || s.Messages(number) != "sent said" {
		t.Errorf("%+v; %s", orders, s.Messages(number))
	}
}

// touch tells of a touch as another system does.
func (s *shop) touch(id, number string) {
	s.t.Helper()
	if err := s.Hear(s.t.Context(), events.New(events.Metadata{ID: id, OccurredAt: s.Clock(), Source: "website"}, events.ShopperTouched{Card: number, Touch: "tasting"})); err != nil {
		s.t.Fatal(err)
	}
}

// J-1
func TestTheSameTouchFiveTimesIsOneEntry(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: touch, touch: tasting")
	for range 5 {
		s.touch("t-1", number)
		s.Wait(time.Hour)
	}
	s.relay(number)
	if orders := s.send(); len(orders) != 1 || strings.Count(s.Book(number), "said~") != 1 || s.Messages(number) != "sent said" {
		t.Errorf("%d orders; %s; %s", len(orders), s.Book(number), s.Messages(number))
	}
}

// J-2
func TestTouchesThatComeAgainEnterAsOftenAsTheCampaignSays(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: touch, again: {after_days: 30, at_most: 3}")
	start, entries := s.Clock(), 0
	for _, row := range []struct{ day, entries int }{{0, 1}, {10, 1}, {30, 2}, {61, 3}, {95, 3}} {
		s.Set(start.AddDate(0, 0, row.day).Format("2006-01-02T15:04"))
		for range 2 {
			s.touch(fmt.Sprint("day-", row.day), number)
		}
		if entries = strings.Count(s.Book(number), "said~"); entries != row.entries {
			t.Errorf("day %d: %d entries, want %d", row.day, entries, row.entries)
		}
	}
}

// J-11
func TestTwoSchedulersThatLookAtOnceSpeakOnce(t *testing.T) {
	t.Parallel()
	s, number := watching(t, "on: idle, idle: {days: 10}")
	live(t, s, number, "2026-12-01T10:00 buy a 100 -> +1 0042/1/a")
	s.Set("2026-12-11T07:00")
	done := make(chan error, 2)
	for range 2 {
		go func() { _, err := s.LookAtDue(t.Context(), s.Clock()); done <- err }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := s.Book(number); strings.Count(got, "said~2026-12-01") != 1 {
		t.Error(got)
	}
}
