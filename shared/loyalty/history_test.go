package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/message"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/rfm"
)

// habits puts segments into the test programme: the pairs that shop.publish takes.
func habits(segments ...string) []string {
	list := "segments:\n"
	for _, s := range segments {
		id, who, _ := strings.Cut(s, ": ")
		list += "  - {id: " + id + ", who: " + who + "}\n"
	}
	return []string{"mail:\n  quiet_from", list + "mail:\n  quiet_from"}
}

// bought is a receipt of one piece of goods, of an article and a category, at a moment.
func (s *shop) bought(moment string, n uint64, number, category string, cents int64) receipt.Receipt {
	s.t.Helper()
	r := s.sale(number, s.Number(n), cents)
	r.At = s.At(moment)
	r.Lines[0].Category, r.Lines[0].SKU = category, "a-"+category
	s.checkout(r)
	return r
}

// in lists who is in a segment, by the numbers that cards were enrolled under: "1 3".
func (s *shop) in(segment string, cards uint64) string {
	s.t.Helper()
	counted, err := s.CountSegment(s.t.Context(), segment, 2, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	var in []string
	for n := range cards {
		if slices.Contains(counted.Sample, s.Number(n+1)) {
			in = append(in, fmt.Sprint(n+1))
		}
		yes, why, err := s.ExplainSegment(s.t.Context(), segment, s.Number(n+1))
		if err != nil || yes != slices.Contains(counted.Sample, s.Number(n+1)) || yes != (len(why) == 0) {
			s.t.Errorf("%s card %d: explained %v %v %v", segment, n+1, yes, why, err)
		}
	}
	return strings.Join(in, " ")
}

// SG-1: who did not buy coffee lately are also those who never bought anything; who bought it once and not lately are others. What came
// back was not bought. Purchases that have left the head count as those that lie in it do.
func TestSG1WhatWasBoughtAndWhatWasNot(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range uint64(5) {
		s.Enrol(n+1, "", "offers")
	}
	s.publish(habits(
		"not_lately: {not: {field: bought.last_30_days, op: contains, value: drinks/coffee}}",
		"lapsed: {all: [{field: bought.ever, op: contains, value: drinks/coffee}, {segment: not_lately}]}",
		"drinkers: {field: bought.last_30_days, op: contains, value: drinks}",
		"often: {all: [{field: visits.last_30_days, op: gte, value: 18}, {field: spent.last_30_days, op: gte, value: '100.00'}]}",
		"tea_article: {field: articles.ever, op: in, value: [a-tea]}",
		"here: {field: stores.last_1095_days, op: contains, value: '0042'}",
	)...)
	s.bought("2026-09-01T10:00", 2, "1", "drinks/coffee", 500)
	s.bought("2026-11-01T10:00", 3, "2", "drinks/coffee", 500)
	whole := s.bought("2026-11-02T10:00", 4, "3", "drinks/coffee", 500)
	s.Set("2026-11-21T10:00")
	if _, err := s.Return(t.Context(), whole.Key, receipt.Return{ID: "r1", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	s.bought("2026-10-25T10:00", 5, "4", "drinks/coffee", 500)
	for i := range 20 {
		s.bought(fmt.Sprintf("2026-11-%02dT10:00", i+1), 5, fmt.Sprintf("t%d", i), "tea", 600)
	}
	s.check("not lately", s.in("not_lately", 5), "1 2 4")
	s.check("lapsed", s.in("lapsed", 5), "2")
	s.check("drinkers", s.in("drinkers", 5), "3 5")
	s.check("often", s.in("often", 5), "5")
	s.check("an article", s.in("tea_article", 5), "5")
	s.check("a store", s.in("here", 5), "2 3 5")
	s.Set("2026-11-25T10:00")
	s.check("four days later", s.in("drinkers", 5), "3")
}

// SG-4: the last 7 days begin at the shopper's own midnight and end now; hours are counted back from now.
func TestSG4TheLastDaysBeginAtMidnight(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.publish(habits("days: {field: visits.last_7_days, op: gte, value: 1}", "hours: {field: visits.last_48_hours, op: gte, value: 1}")...)
	for n, moment := range []string{"2026-11-13T23:59", "2026-11-14T00:00", "2026-11-19T09:59", "2026-11-19T10:00", "2026-11-21T10:00"} {
		s.Enrol(uint64(n+1), "", "offers")
		s.Set("2026-11-21T11:00")
		s.bought(moment, uint64(n+1), fmt.Sprint(n), "tea", 500)
	}
	s.Set("2026-11-21T10:00")
	s.check("days", s.in("days", 5), "2 3 4")
	s.check("hours", s.in("hours", 5), "4")
}

// Coupons that were granted and redeemed, and e-mails that were sent, count in windows too: the campaign of the week is for those who have
// had no mail in the last 5 days, and each run writes to nobody again before that.
func TestACampaignAsksForMailAndCoupons(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(6)
	s.publish(append(habits("quiet: {field: mailed.last_5_days, op: eq, value: 0}", "unused: {all: [{field: granted.last_30_days, op: contains, value: ten}, {not: {field: redeemed.last_30_days, op: contains, value: ten}}]}"),
		"campaigns:\n", "campaigns:\n  - {id: daily, who: quiet, on: schedule, schedule: {cron: '0 9 * * ? *'}, when: {field: shopper.consents, op: contains, value: offers}, grant: {offer: ten, days: 14}, message: {template: mail, topic: offers}}\n")...)
	for day := 22; day <= 30; day++ {
		s.Set(fmt.Sprintf("2026-11-%dT09:00", day))
		if err := s.tick(); err != nil {
			t.Fatal(err)
		}
		s.send()
	}
	s.check("mails", s.Messages(s.Number(1)), "sent daily, sent daily")
	runs := s.runs("daily")
	if strings.Count(runs, "audience=4") != 2 || strings.Count(runs, "audience=0") != 7 {
		t.Error(runs)
	}
	held := s.head(s.Number(1)).Wallet
	r := s.sale("1", s.Number(1), 2000)
	for _, c := range held {
		r.Coupons = append(r.Coupons, c.ID)
	}
	s.checkout(r)
	s.Set("2026-11-30T10:00")
	s.check("unused", s.in("unused", 6), "2 4 5")
	if _, err := s.Return(t.Context(), r.Key, receipt.Return{ID: "r1", At: s.Clock()}); err != nil {
		t.Fatal(err)
	}
	s.check("given back", s.in("unused", 6), "1 2 4 5")
}

// A coupon has lapsed once its last day has gone by unused; clicks count where a person made them.
func TestSegmentsAskForLapsedCouponsAndClicks(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(3)
	s.publish(append(habits(
		"lapsed: {field: lapsed.last_10_days, op: contains, value: ten}", "clicked: {field: clicked.last_10_days, op: gte, value: 1}",
		"ignored: {all: [{field: mailed.ever, op: gte, value: 1}, {field: clicked.ever, op: eq, value: 0}]}",
	), "campaigns:\n", "campaigns:\n  - {id: once, on: schedule, schedule: {at: '2026-11-23T09:00'}, when: {field: shopper.consents, op: contains, value: offers}, grant: {offer: ten, days: 14}, message: {template: mail, topic: offers}}\n")...)
	s.Set("2026-11-23T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.send()
	held := s.head(s.Number(1)).Wallet
	if len(held) != 1 || len(s.head(s.Number(2)).Wallet) != 1 {
		t.Fatal(held)
	}
	r := s.sale("1", s.Number(1), 2000)
	r.Coupons = []string{held[0].ID}
	s.checkout(r)
	mails, err := s.CardMessages(t.Context(), s.Number(2))
	if err != nil || len(mails) != 1 {
		t.Fatal(mails, err)
	}
	s.Set("2026-11-23T12:00")
	token, err := message.ClickToken(s.Letters.Secrets[0], mails[0].ID, "https://shop.example/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Follow(t.Context(), token, message.Visit{Agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}); err != nil {
		t.Fatal(err)
	}
	last := held[0].ExpiresOn.String()
	for _, row := range []struct{ moment, lapsed, clicked string }{
		{"2026-11-24T12:00", "", "2"}, {last + "T23:59", "", ""}, {(held[0].ExpiresOn + 1).String() + "T00:00", "2", ""}, {(held[0].ExpiresOn + 12).String() + "T12:00", "", ""},
	} {
		s.Set(row.moment)
		s.check(row.moment+" lapsed", s.in("lapsed", 2), row.lapsed)
		s.check(row.moment+" clicked", s.in("clicked", 2), row.clicked)
		s.check(row.moment+" ignored", s.in("ignored", 2), "1")
	}
}

// A store that fails while a history is read ends the count; nobody is left out silently.
func TestACountFailsWhereAHistoryCannotBeRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Enrol(1, "", "offers")
	s.publish(habits("drinkers: {field: bought.ever, op: contains, value: drinks}")...)
	s.bought("2026-11-21T09:00", 1, "1", "drinks", 500)
	s.Receipts = brokenReceipts{s.Receipts}
	if _, err := s.CountSegment(t.Context(), "drinkers", 1, nil); !errors.Is(err, errDown) {
		t.Error(err)
	}
}

type brokenReceipts struct{ loyalty.Receipts }

func (brokenReceipts) Receipt(context.Context, receipt.Key) (loyalty.Filed, error) {
	return loyalty.Filed{}, errDown
}

// SG-5, SG-6, SG-8: scores are by the cuts of a report that is kept; who bought nothing has none, and what happens later moves no cut.
func TestSegmentsAskForScores(t *testing.T) {
	t.Parallel()
	s := open(t)
	for n := range uint64(11) {
		s.Enrol(n+1, "", "offers")
	}
	s.publish(habits(
		"best: {field: rfm.money, op: eq, value: 5}", "recent: {field: rfm.recency, op: gte, value: 4}", "unscored: {field: rfm.money, op: unknown}",
		"both: {all: [{field: rfm.money, op: gte, value: 2}, {field: visits.last_3_days, op: gte, value: 1}]}",
	)...)
	s.Set("2026-11-21T12:00")
	s.check("before a report", s.in("best", 11), "")
	for n := range uint64(10) { // 10, 20, ... 100; the first card bought yesterday, the tenth ten days ago
		s.bought(fmt.Sprintf("2026-11-%02dT10:00", 20-n), n+1, fmt.Sprint(n), "tea", int64(n+1)*1000)
	}
	table, err := s.ScoreCards(t.Context(), s.Clock(), 3, nil)
	if err != nil || table.Cards != 10 || table.Money.Cuts != (rfm.Cuts{5 * 2800, 5 * 4600, 5 * 6400, 5 * 8200}) || table.Money.Counts != [5]int64{2, 2, 2, 2, 2} {
		t.Fatalf("%+v %v", table, err)
	}
	s.check("best", s.in("best", 11), "9 10")
	s.check("recent", s.in("recent", 11), "1 2 3 4")
	s.check("unscored", s.in("unscored", 11), "11")
	s.check("both", s.in("both", 11), "3")
	s.Set("2026-11-22T12:00")
	s.bought("2026-11-22T10:00", 11, "11", "tea", 50_000)
	s.check("a new big spender", s.in("best", 11), "9 10 11")
	s.check("of a day ago", s.in("recent", 11), "1 2 3 11")

	past, err := s.ScoreCards(t.Context(), s.At("2026-11-15T23:59"), 2, nil)
	if err != nil || past.Cards != 5 || past.Recency.Counts != [5]int64{1, 1, 1, 1, 1} {
		t.Errorf("as of the 15th: %+v %v", past, err)
	}
	if _, err := s.ScoreCards(t.Context(), s.Clock().Add(time.Hour), 2, nil); !errors.Is(err, loyalty.ErrInvalid) {
		t.Error(err)
	}
	s.check("the newest report counts", s.in("best", 11), "9 10 11")
}

// SG-7: what a preview counted and what was sent differ by messages that each say why; together they add up to the audience.
func TestSG7DifferencesAreListedByReason(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.enrolMany(12)
	s.publish(weekly(mondays)...)
	s.Set("2026-11-23T08:59")
	rules, err := s.Programmes.At(t.Context(), s.Clock())
	if err != nil {
		t.Fatal(err)
	}
	k, _ := rules.Campaign("weekly")
	preview, err := s.Audience(t.Context(), rules, k, 3, nil)
	if err != nil || preview.In != 8 {
		t.Fatal(preview, err)
	}
	s.Set("2026-11-23T09:00")
	if err := s.tick(); err != nil {
		t.Fatal(err)
	}
	s.leave(s.Number(1))
	s.leave(s.Number(4))
	s.send()
	states := map[string]int{}
	for n := range uint64(12) {
		if told := s.Messages(s.Number(n + 1)); told != "" {
			states[told]++
		}
	}
	if states["sent weekly"] != 6 || states["refused weekly no_consent"] != 2 || len(states) != 2 {
		t.Errorf("of %d: %v", preview.In, states)
	}
}
