package simulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-dev/regulars/infra/regulars/demo"
	"github.com/regulars-dev/regulars/infra/regulars/simulation"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

// now is a Saturday at ten in the shop's zone.
var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// people of the shop: card by card the birthday, and whether they want offers. All have bought for 40.00 on 28 November of the year before.
var people = []struct {
	birthday string
	wants    bool
}{{"11-27", true}, {"11-28", true}, {"11-28", false}, {"", true}, {"", false}}

// seeded is a shop with the demo's programme and the people above.
func seeded(t *testing.T) *bolt.DB {
	t.Helper()
	clock := now.AddDate(-1, 0, 7)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "shop.db"), func() time.Time { return clock }, bolt.Feed(), bolt.Unsynced())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	service, kept := store.NewService(db, func() time.Time { return clock })
	rules, document, faults, err := yamldoc.Read(strings.NewReader(strings.Replace(demo.Programme, rulesFrom.FindString(demo.Programme), "from: 2025-01-01T00:00:00+01:00", 1)))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if err := kept.Publish(t.Context(), rules.From, document); err != nil {
		t.Fatal(err)
	}
	for i, who := range people {
		number := rules.IssueNumber(uint64(i) + 1)
		profile := card.Profile{Given: "Ida", Email: fmt.Sprintf("ida%d@mail.example", i), Consents: map[string]card.Consent{"offers": {Allowed: who.wants, At: clock}}}
		if who.birthday != "" {
			if profile.Birthday, err = day.ParseYearly(who.birthday); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := service.Enrol(t.Context(), loyalty.Enrolment{Number: number, Store: "0042", Profile: profile}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := service.Checkout(t.Context(), receipt.Receipt{
			Key: receipt.Key{Store: "0042", Till: "03", Number: fmt.Sprint(i)}, Card: number, At: clock, Total: money.Amount{Minor: 4000, Currency: "EUR"},
			Lines: []receipt.Line{{ID: "1", Category: "beans", Quantity: 1, Amount: 4000}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

var rulesFrom = regexp.MustCompile(`(?m)^from: .*$`)

// dump is everything that lies in a store, with its versions.
func dump(t *testing.T, items store.Items) map[store.Key]string {
	t.Helper()
	all := map[store.Key]string{}
	for _, table := range []store.Table{store.Cards, store.Records, store.Programme} {
		in := store.ScanInput{Table: table, Segments: 1, Read: store.Strong}
		for more := true; more; more = in.After != "" {
			page, err := items.Scan(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range page.Items {
				text, err := json.Marshal(item)
				if err != nil {
					t.Fatal(err)
				}
				all[item.Key] = string(text)
			}
			in.After = page.Next
		}
	}
	return all
}

func run(ctx context.Context, t *testing.T, items store.Items, ask simulation.Ask) (simulation.Report, []simulation.Row) {
	t.Helper()
	var rows []simulation.Row
	ask.Rows = true
	report, err := simulation.Run(ctx, items, now, ask, func(string, int64, int64) {}, func(r simulation.Row) error {
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return report, rows
}

// W-1: a dry run tells who gets what and when, what it may cost, where campaigns meet and how near the quota is, and leaves the shop as
// it was, to the byte.
func TestW1DryRunTouchesNothing(t *testing.T) {
	t.Parallel()
	db := seeded(t)
	before := dump(t, db)
	report, rows := run(t.Context(), t, db, simulation.Ask{To: "2026-11-29", Draft: draft(t), Quota: 2})
	if diff := cmp.Diff(before, dump(t, db)); diff != "" {
		t.Errorf("the shop is another after the dry run:\n%s", diff)
	}
	birthday, news := report.Campaigns[1], report.Campaigns[len(report.Campaigns)-1]
	if news.Cards != 5 || news.Mails != 3 || news.NotSent["no_consent"] != 2 || news.Coupons != 3 {
		t.Errorf("the newsletter is for all five, and two want none: %+v", news.Counts)
	}
	if birthday.Mails != 2 || birthday.Coupons != 2 || birthday.AtMost != 600 || birthday.MailCost != 20 {
		t.Errorf("two birthdays, each a cake of 3.00 at most and a mail of a hundredth of a cent: %+v", birthday.Counts)
	}
	if want := (simulation.Quota{PerDay: 2, Busiest: "2026-11-28", Mails: 4, Over: 1}); report.Quota != want {
		t.Errorf("quota %+v, want %+v", report.Quota, want)
	}
	if len(report.Overlaps) != 1 || report.Overlaps[0].Campaigns != "birthday + news" || report.Overlaps[0].Times != 1 {
		t.Errorf("one has a birthday on the newsletter's day: %+v", report.Overlaps)
	}
	for _, r := range rows {
		if at := r.At.Format("15:04"); r.Campaign == "birthday" && r.What == "mail" && at != "06:00" || r.Campaign == "news" && r.Outcome == "sent" && at != "06:00" {
			t.Errorf("%+v; a birthday is at 07:00 by the clock, the newsletter at 06:30 within the hour", r)
		}
	}
	adds(t, report, rows)
}

// adds holds the report against its rows.
func adds(t *testing.T, report simulation.Report, rows []simulation.Row) {
	t.Helper()
	mails, coupons, met := int64(0), int64(0), map[string]int64{}
	for _, r := range rows {
		if r.Day < report.From || r.Day > report.To {
			t.Errorf("%+v lies outside", r)
		}
		switch {
		case r.What == "mail" && r.Outcome == "sent":
			mails++
			met[r.Card+r.Day]++
		case r.What == "coupon":
			coupons++
		}
	}
	told, minted, days, meetings := int64(0), int64(0), int64(0), int64(0)
	for _, m := range report.Months {
		told, minted = told+m.Mails, minted+m.Coupons
	}
	for _, d := range report.Days {
		days += d.Mails
	}
	for _, o := range report.Overlaps {
		meetings += o.Times
	}
	pairs := int64(0)
	for _, n := range met {
		pairs += n * (n - 1) / 2
	}
	if told != mails || days != mails || minted != coupons || meetings != pairs || pairs == 0 || coupons == 0 {
		t.Errorf("months %d, days %d of %d mails; %d of %d coupons; %d of %d overlaps", told, days, mails, minted, coupons, meetings, pairs)
	}
}

// draft is the demo's programme with a newsletter on a Saturday.
func draft(t *testing.T) []byte {
	t.Helper()
	text := strings.Replace(demo.Programme, "\nmail:\n", `
  - id: news
    name: Newsletter
    on: schedule
    schedule: {at: "2026-11-28T06:30"}
    message: {template: birthday, topic: offers}
    grant: {offer: cake, days: 7}

mail:
`, 1)
	_, document, faults, err := yamldoc.Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return document
}

// What was bought 52 weeks before is played again where that is asked for, and brings what checkouts bring.
func TestReceiptsOfTheYearBefore(t *testing.T) {
	t.Parallel()
	db := seeded(t)
	without, _ := run(t.Context(), t, db, simulation.Ask{To: "2026-11-29", Campaigns: []string{"thanks"}})
	with, rows := run(t.Context(), t, db, simulation.Ask{From: "2026-11-22", To: "2026-11-29", Campaigns: []string{"thanks"}, Again: true})
	if without.Campaigns[0].Coupons != 0 || without.Again != 0 {
		t.Errorf("nobody buys: %+v", without.Campaigns[0])
	}
	// Who wants offers has one coupon of thanks already, good for 30 days a year ago.
	if got := with.Campaigns[0]; with.Again != 5 || got.Coupons != 3 || got.Mails != 3 || got.AtMost != 0 || got.About != 3*600 {
		t.Errorf("%d receipts bring %+v; 15 %% off has no bound, and is about 6.00 of a basket of 40.00", with.Again, got.Counts)
	}
	for _, r := range rows {
		if r.What == "coupon" && r.Campaign == "thanks" && r.Day != "2026-11-27" {
			t.Errorf("%+v; 52 weeks after a Friday is a Friday", r)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db := seeded(t)
	for want, ask := range map[string]simulation.Ask{
		"from_past": {From: "2026-11-20"}, "to_far": {To: "2028-01-01"}, "to_invalid": {From: "2026-12-01", To: "2026-11-30"}, "from_invalid": {From: "tomorrow"},
		"campaign_unknown": {Campaigns: []string{"nobody"}}, "draft_invalid": {Draft: []byte(`{"programme": ""}`)},
	} {
		_, err := simulation.Run(t.Context(), db, now, ask, func(string, int64, int64) {}, nil)
		if known := (*loyalty.Error)(nil); !errors.As(err, &known) || known.Code != want {
			t.Errorf("%+v gives %v, want %s", ask, err, want)
		}
	}
}

// Whoever goes away ends it, and leaves no copy behind.
func TestStops(t *testing.T) {
	db := seeded(t)
	t.Setenv("TMPDIR", t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	_, err := simulation.Run(ctx, db, now, simulation.Ask{To: "2027-11-20"}, func(stage string, done, _ int64) {
		if stage == "playing" && done > 0 {
			stop()
		}
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("the copy is still there: %v, %v", left, err)
	}
}
