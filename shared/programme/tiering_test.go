package programme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// rolling is the tiers of the table: silver from 500, gold from 1000 within twelve months.
func rolling(more string) string {
	return onePoint + vectorTiers + "tiering: {period: rolling" + more + "}\n"
}

// bought is a card with receipts of so many euros at moments, each decided then.
func bought(t testing.TB, p *programme.Programme, sales ...string) card.Head {
	t.Helper()
	h := card.Head{ID: "7001"}
	for i, text := range sales {
		when, euros, _ := strings.Cut(text, " ")
		var n int64
		if _, err := fmt.Sscan(euros, &n); err != nil {
			t.Fatal(err)
		}
		h = p.Checkout(h, card.Profile{}, sale(fmt.Sprint(i+1), at(t, when), n*100), at(t, when))
	}
	return h
}

// tierOn is the tier of a card on days, a row for each change.
func tierOn(t testing.TB, p *programme.Programme, h card.Head, days ...string) string {
	t.Helper()
	var told []string
	for _, d := range days {
		now := at(t, d+"T12:00")
		asOf := p.AsOf(h, now)
		if wrong := asOf.Book.Sound(nil); wrong != "" {
			t.Fatal(wrong)
		}
		told = append(told, asOf.Tier)
		if stand := p.Stand(h, now); stand.Tier != asOf.Tier {
			t.Errorf("%s: stands in %q, and is in %q", d, stand.Tier, asOf.Tier)
		}
	}
	return strings.Join(told, " ")
}

func TestTierRows(t *testing.T) {
	t.Parallel()
	gold := []string{"2026-03-10T10:00 1000", "2027-02-10T10:00 100"}
	for _, row := range []struct {
		id, document string
		sales        []string
		days, want   string
	}{
		{"T-2 none", rolling(", down: none"), gold, "2027-03-31 2027-04-01 2032-01-01", "gold gold gold"},
		{"T-2 one level", rolling(", down: one"), gold, "2027-03-31 2027-04-01 2027-04-30 2027-05-01", "gold silver silver "},
		{"T-2 full", rolling(", down: full"), gold, "2027-03-31 2027-04-01", "gold "},
		{"T-3 a month", rolling(", grace_months: 1"), gold, "2027-04-30 2027-05-01", "gold "},
		{"T-3 ten days", rolling(", grace_days: 10"), gold, "2027-04-10 2027-04-11", "gold "},
		{"T-3 to the end of the month", rolling(", grace_days: 10, grace_to_month_end: true"), gold, "2027-04-30 2027-05-01", "gold "},
		{"T-3 one level and grace", rolling(", grace_months: 2, down: one"), gold, "2027-05-31 2027-06-01 2027-07-31 2027-08-01", "gold silver silver "},
		{"T-6", rolling(""), []string{"2028-02-29T10:00 1000"}, "2029-02-28 2029-03-01", "gold "},
		{"six months", rolling(", months: 6"), []string{"2028-02-29T10:00 1000"}, "2028-08-31 2028-09-01", "gold "},
		{"a calendar year", onePoint + vectorTiers + "tiering: {}\n", gold, "2026-12-31 2027-12-31 2028-01-01", "gold gold "},
		{"a calendar year alone", onePoint + vectorTiers + "tiering: {keep_years: 0}\n", gold, "2026-12-31 2027-01-01", "gold "},
		{"a calendar year and grace", onePoint + vectorTiers + "tiering: {grace_months: 2}\n", gold, "2028-02-29 2028-03-01", "gold "},
		{"for ever", onePoint + "tiers: [{id: silver, name: Silver, points: 500}, {id: gold, name: Gold, points: 1000, keep: forever}]\n", gold, "2026-12-31 2040-01-01", "gold gold"},
		{"another for ever", onePoint + "tiers: [{id: silver, name: Silver, points: 500, keep: forever}, {id: gold, name: Gold, points: 1000}]\n", gold, "2027-12-31 2028-01-01", "gold silver"},
		{"by spend", onePoint + "tiers: [{id: gold, name: Gold, spend: \"1000.00\"}]\n", gold, "2026-12-31 2028-01-01", "gold "},
		{"by visits", onePoint + "tiers: [{id: gold, name: Gold, visits: 2}]\ntiering: {period: rolling}\n", gold, "2027-02-10 2027-03-31 2027-04-01", "gold gold "},
	} {
		t.Run(row.id, func(t *testing.T) {
			t.Parallel()
			p := rules(t, row.document)
			if got := tierOn(t, p, bought(t, p, row.sales...), strings.Fields(row.days)...); got != row.want {
				t.Errorf("%s: %q, want %q", row.days, got, row.want)
			}
		})
	}
}

// T-3: disqualified on 10 September, a month's grace keeps the tier through 9 October, or through the 31st rounded to the end of the month.
func TestT3Grace(t *testing.T) {
	t.Parallel()
	d, _ := day.Parse("2027-09-10")
	for more, want := range map[string]string{"grace_months: 1": "2027-10-09", "grace_months: 1, grace_to_month_end: true": "2027-10-31", "": "2027-09-09"} {
		if got := rules(t, onePoint+vectorTiers+"tiering: {"+more+"}\n").GraceEnd(d); got.String() != want {
			t.Errorf("%s: through %s, want %s", more, got, want)
		}
	}
}

// T-5: a return keeps the tier to the next review and flags it; where returns are strict it is lost now. What was earned under it stays.
func TestT5AReturnWaitsForTheReview(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]string{"": "gold gold silver", ", strict_returns: true": "silver silver silver"} {
		p := rules(t, rolling(more))
		h := bought(t, p, "2026-11-02T10:00 960", "2026-11-03T10:00 60", "2026-11-04T10:00 10")
		h, points := giveBack(t, p, h, sale("2", at(t, "2026-11-03T10:00"), 6_000), h.Book.Tail[1],
			[]receipt.Return{{ID: "r", At: at(t, "2026-11-05T10:00")}}, at(t, "2026-11-05T10:00"))
		if h, _ = giveBack(t, p, h, sale("3", at(t, "2026-11-04T10:00"), 1_000), h.Book.Tail[2],
			[]receipt.Return{{ID: "r", At: at(t, "2026-11-05T10:00")}}, at(t, "2026-11-05T10:00")); points[0] != -60 {
			t.Errorf("%d points go back", points[0])
		}
		if got := tierOn(t, p, h, "2026-11-05", "2026-11-30", "2026-12-01"); got != want {
			t.Errorf("%q: %q, want %q", more, got, want)
		}
		stand := p.Stand(h, at(t, "2026-11-06T10:00"))
		if more == "" && (!stand.AtRisk || stand.Until.String() != "2026-11-30" || stand.Then != "silver") {
			t.Errorf("not flagged: %+v", stand)
		}
	}
}

// T-7: points of a rule that does not qualify are spendable and count towards no tier.
func TestT7PointsThatDoNotQualify(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00"}, {id: bonus, points: 300, per: visit, qualifying: false}]`+"\n"+vectorTiers)
	h := bought(t, p, "2026-03-10T10:00 400")
	if n, _ := p.NextTier(h, at(t, "2026-03-10T11:00")); h.Book.Balance != 700 || h.Tier != "" || n.Missing != 100 {
		t.Errorf("%d points, tier %q, %d missing", h.Book.Balance, h.Tier, n.Missing)
	}
	h, _ = giveBack(t, p, h, sale("1", at(t, "2026-03-10T10:00"), 40_000), last(h), []receipt.Return{{ID: "r", At: at(t, "2026-03-11T10:00"), Money: 10_000}}, at(t, "2026-03-11T10:00"))
	if n, _ := p.NextTier(h, at(t, "2027-01-10T11:00")); h.Book.Balance != 600 || n.Missing != 500 {
		t.Errorf("%d points, %d missing", h.Book.Balance, n.Missing)
	}
}

// T-8: a receipt that comes after a review has taken the tier, and is dated before it, gives it back. Both stand in the history.
func TestT8ALateReceiptTurnsTheReview(t *testing.T) {
	t.Parallel()
	p := rules(t, rolling(""))
	h := bought(t, p, "2026-03-10T10:00 600", "2026-06-10T10:00 450", "2027-04-02T10:00 1")
	if h.Tier != "" {
		t.Fatalf("tier %q after the review", h.Tier)
	}
	h = p.Checkout(h, card.Profile{}, sale("late", at(t, "2027-03-30T10:00"), 60_000), at(t, "2027-04-05T10:00"))
	var told []string
	for _, e := range h.Book.Tail {
		if e.From != e.To {
			told = append(told, fmt.Sprintf("%s>%s", e.From, e.To))
		}
	}
	want := []string{">silver", "silver>gold", "gold>", ">gold"}
	if !slices.Equal(told, want) || h.Tier != "gold" || h.Book.Sound(nil) != "" {
		t.Errorf("told %v, want %v; tier %q", told, want, h.Tier)
	}
	again := p.AsOf(h, at(t, "2027-04-06T10:00"))
	if again.Book.Posted != h.Book.Posted {
		t.Error("the same change is told twice")
	}
}

// A tier that a person gives holds to its day, and what is earned above it counts as ever.
func TestATierByHand(t *testing.T) {
	t.Parallel()
	p := rules(t, rolling(""))
	h := bought(t, p, "2026-03-10T10:00 600")
	until, _ := day.Parse("2026-12-31")
	h = p.ByHand(h, programme.Act{Cause: "tier:1", Tier: &card.GivenTier{Tier: "gold", Until: until}, Reason: "gold elsewhere", By: "Mira"}, at(t, "2026-03-11T10:00"))
	if e := last(h); e.From != "silver" || e.To != "gold" {
		t.Errorf("%s>%s", e.From, e.To)
	}
	if got := tierOn(t, p, h, "2026-12-31", "2027-01-01", "2027-04-01"); got != "gold silver " {
		t.Errorf("%q", got)
	}
	if s := p.Stand(h, at(t, "2026-12-20T10:00")); !s.ByHand || !s.AtRisk || s.Then != "silver" || s.Until != until {
		t.Errorf("%+v", s)
	}
	h = p.ByHand(h, programme.Act{Cause: "tier:2", Tier: &card.GivenTier{}, Reason: "a mistake", By: "Mira"}, at(t, "2026-03-12T10:00"))
	if h.Tier != "silver" {
		t.Errorf("tier %q when it is taken back", h.Tier)
	}
}

// E-4 in short: a tier multiplies, and the fraction is cut after that.
func TestTimesOfATier(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"tiers: [{id: silver, name: Silver, points: 500, times: \"1.25\", benefits: [Free delivery]}]\n")
	h := bought(t, p, "2026-03-10T10:00 500", "2026-03-10T11:00 19")
	if e := last(h); e.Points != 23 {
		t.Errorf("%d points", e.Points)
	}
	if s := p.Stand(h, at(t, "2026-03-11T10:00")); len(s.Benefits) != 1 || s.Until.String() != "2027-12-31" || s.AtRisk || s.Then != "" {
		t.Errorf("%+v", s)
	}
}

// What is missing is told in what the tiers count.
func TestMissingInSpendAndVisits(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-03-11T10:00")
	p := rules(t, onePoint+"tiers: [{id: gold, name: Gold, spend: \"100.00\"}]\n")
	if n, _ := p.NextTier(bought(t, p, "2026-03-10T10:00 88"), now); n.Amount != 1200 || n.Missing != 0 {
		t.Errorf("%+v", n)
	}
	p = rules(t, onePoint+"tiers: [{id: gold, name: Gold, visits: 3}]\n")
	if n, _ := p.NextTier(bought(t, p, "2026-03-10T10:00 88"), now); n.MissingVisits != 2 || n.Amount != 0 {
		t.Errorf("%+v", n)
	}
}

func TestTieringThatCannotBe(t *testing.T) {
	t.Parallel()
	for document, pointer := range map[string]string{
		"tiering: {period: moon}":                                                                     "/tiering/period",
		"tiering: {months: 6}":                                                                        "/tiering/months",
		"tiering: {period: rolling, keep_years: 1}":                                                   "/tiering/keep_years",
		"tiering: {period: rolling, months: 99}":                                                      "/tiering/months",
		"tiering: {down: two}":                                                                        "/tiering/down",
		"tiering: {grace_to_month_end: true}":                                                         "/tiering/grace_to_month_end",
		"tiering: {grace_days: -1}":                                                                   "/tiering/grace_days",
		"tiers: [{id: a, name: A, points: 5}, {id: b, name: B, visits: 5}]":                           "/tiers/1",
		"tiers: [{id: a, name: A, points: 5, visits: 5}]":                                             "/tiers/0",
		"tiers: [{id: a, name: A}]":                                                                   "/tiers/0/points",
		"tiers: [{id: a, name: A, visits: -1}]":                                                       "/tiers/0/visits",
		"tiers: [{id: a, name: A, spend: \"0\"}]":                                                     "/tiers/0/spend",
		"tiers: [{id: a, name: A, points: 5, times: \"1\"}]":                                          "/tiers/0/times",
		"tiers: [{id: a, name: A, points: 5, keep: never}]":                                           "/tiers/0/keep",
		"tiers: [{id: a, name: A, points: 5, benefits: [\"\"]}]":                                      "/tiers/0/benefits/0",
		"tiers: [{id: a, name: A, points: 5, benefits: [\"" + strings.Repeat("long", 26) + "\", b]}]": "/tiers/0/benefits/0",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + document + "\n"))
		if err != nil || len(faults) == 0 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v, want a fault at %s", document, faults, err, pointer)
		}
	}
}

// However receipts, returns and reviews come, the tier on one day is the same, under every kind of tiering.
func TestAnyOrderEndsInTheSameTier(t *testing.T) {
	t.Parallel()
	kinds := kindsOfTiering(t)
	begin := at(t, "2026-05-20T10:00")
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(kinds).Draw(t, "kind")
		var acts []act
		for i := range rapid.IntRange(1, 5).Draw(t, "receipts") {
			day := rapid.IntRange(0, 150).Draw(t, "day")
			r := sale(fmt.Sprint(i), begin.AddDate(0, 0, day), rapid.Int64Range(0, 300).Draw(t, "euros")*100)
			acts = append(acts, act{at: r.At, receipt: r})
			if rapid.Bool().Draw(t, "back") {
				at := r.At.AddDate(0, 0, rapid.IntRange(0, 180-day).Draw(t, "after")).Add(time.Minute)
				acts = append(acts, act{at: at, receipt: r, back: []receipt.Return{{ID: "r", At: at}}})
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "reviews") {
			acts = append(acts, act{at: begin.AddDate(0, 0, rapid.IntRange(0, 180).Draw(t, "review"))})
		}
		slices.SortStableFunc(acts, func(a, b act) int { return a.at.Compare(b.at) })
		inTime := card.Head{ID: "7001"}
		for _, a := range acts {
			inTime = a.do(t, p, inTime, a.at)
		}
		late := card.Head{ID: "7001"}
		left := rapid.Permutation(acts).Draw(t, "order")
		for now := begin.AddDate(0, 0, 181); len(left) > 0; now = now.Add(time.Hour) {
			i := slices.IndexFunc(left, func(a act) bool {
				_, _, sold := late.Book.Find(a.receipt.Key.String())
				return a.back == nil || sold
			})
			late = left[i].do(t, p, late, now)
			left = slices.Delete(left, i, i+1)
		}
		end := begin.AddDate(0, 0, 190+rapid.IntRange(0, 600).Draw(t, "end"))
		want, got := p.AsOf(inTime, end), p.AsOf(late, end)
		if got.Tier != want.Tier {
			t.Fatalf("%q in time, and in another order %q\n%+v\n%+v", want.Tier, got.Tier, inTime.Standing, late.Standing)
		}
		if wrong := got.Book.Sound(nil); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// act is a receipt, a return of it, or a look at the card.
type act struct {
	at      time.Time
	receipt receipt.Receipt
	back    []receipt.Return
}

func (a act) do(t *rapid.T, p *programme.Programme, h card.Head, now time.Time) card.Head {
	if a.receipt.Card == "" {
		return p.AsOf(h, now)
	}
	if a.back == nil {
		return p.Checkout(h, card.Profile{}, a.receipt, now)
	}
	sold, _, _ := h.Book.Find(a.receipt.Key.String())
	h, err := p.Return(h, card.Profile{}, a.receipt, sold, a.back, a.receipt.Key.String()+"~1", now)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
