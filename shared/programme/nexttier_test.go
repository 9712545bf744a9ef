package programme_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
)

func TestWhatIsMissingToTheNextTier(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-21T10:00")
	this, before := card.Qualifying{Year: 2026, Points: 88}, card.Qualifying{Year: 2025, Points: 120}
	for _, row := range []struct {
		what, document string
		q              card.Qualifying
		carried        int64
		want           string
	}{
		{"a new card", onePoint + tiers, card.Qualifying{}, 0, "silver 100 10000"},
		{"on the way", onePoint + tiers, this, 0, "silver 12 1200"},
		{"a tier of last year holds and does not help", onePoint + tiers, before, 0, "gold 300 30000"},
		{"a tier of this year", onePoint + tiers, card.Qualifying{Year: 2026, Points: 299, Before: 50}, 0, "gold 1 100"},
		{"the highest", onePoint + tiers, card.Qualifying{Year: 2026, Points: 300}, 0, "none"},
		{"no tiers", onePoint, this, 0, "none"},
		{"what is carried counts", onePoint + carried + tiers, this, ledger.Grains / 100 * 60, "silver 12 1140"},
		{"a rate that does not divide", `earn: [{id: base, points: 3, per: "2.00"}]` + "\n" + tiers, card.Qualifying{Year: 2026, Points: 99}, 0, "silver 1 67"},
		{"the best rate for all goods", `earn: [{id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}, {id: beans, points: 9, per: "1.00", lines: {categories: [beans]}}, ` +
			`{id: big, points: 9, per: "1.00", when: {field: receipt.total, op: gt, value: "99.00"}}]` + "\n" + tiers, this, 0, "silver 12 1200"},
		{"no rate", `earn: [{id: visit, points: 5, per: visit}]` + "\n" + tiers, this, 0, "silver 12 0"},
	} {
		h := card.Head{ID: "7001", Qualifying: row.q, Book: ledger.Book{Carried: row.carried}}
		got := "none"
		if n, ok := rules(t, row.document).NextTier(h, now); ok {
			got = fmt.Sprint(n.ID, " ", n.Missing, " ", n.Amount)
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
}

// The amount that is told brings the tier, and a cent less does not.
func TestTheMissingAmountIsTheLeast(t *testing.T) {
	t.Parallel()
	for _, document := range []string{onePoint, onePoint + carried, `earn: [{id: base, points: 7, per: "3.00"}]` + "\n" + carried} {
		p := rules(t, document+tiers)
		h, _ := buy(t, p, 2_599, 1_333)
		now := at(t, "2026-12-01T10:00")
		n, ok := p.NextTier(h, now)
		if !ok {
			t.Fatal("no tier is left")
		}
		for spend, want := range map[int64]string{n.Amount: n.ID, n.Amount - 1: h.Tier} {
			if got := p.Checkout(h, card.Profile{}, sale("next", now, spend), now); got.Tier != want {
				t.Errorf("%s: %d brings tier %q, want %q", document, spend, got.Tier, want)
			}
		}
	}
}

const vectorTiers = "tiers: [{id: silver, name: Silver, points: 500}, {id: gold, name: Gold, points: 1000}]\n"

// T-1: spending does not cost a tier, which is counted from what was earned. T-7: points that a person gives do not bring one.
func TestT1AndT7TiersAreEarned(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+vectorTiers)
	h, _ := buy(t, p, 60_000)
	now := at(t, "2026-11-22T10:00")
	h = p.ByHand(h, programme.Act{Cause: "adjust:1", Points: -550, Reason: "spent", By: "Mira"}, now)
	if h.Tier != "silver" || h.Book.Balance != 50 {
		t.Errorf("T-1: tier %q with %d points", h.Tier, h.Book.Balance)
	}
	h = p.ByHand(h, programme.Act{Cause: "adjust:2", Points: 500, Reason: "bonus", By: "Mira"}, now)
	if h.Tier != "silver" || h.Book.Balance != 550 || h.Qualifying.Points != 600 {
		t.Errorf("T-7: tier %q with %d points, %d count", h.Tier, h.Book.Balance, h.Qualifying.Points)
	}
}

// T-4: the tier that a receipt brings counts from the next one on.
func TestT4TheTierBeforeTheReceiptDecides(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00"}, {id: gold, times: "2", when: {field: card.tier, op: eq, value: gold}}]`+"\n"+vectorTiers)
	h, points := buy(t, p, 98_000, 5_000, 5_000)
	if points[1] != 50 || points[2] != 100 || h.Book.Tail[1].To != "gold" {
		t.Errorf("%v, tier %q", points, h.Tier)
	}
}

// The year turns, and a tier lacks all of its points again.
func TestANewYearBeginsAtNothing(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+tiers)
	h, _ := buy(t, p, 12_000)
	if n, ok := p.NextTier(p.AsOf(h, at(t, "2027-01-01T00:00")), at(t, "2027-01-01T00:00")); !ok || n.ID != "gold" || n.Missing != 300 {
		t.Errorf("in the next year %+v", n)
	}
	if n, ok := p.NextTier(h, at(t, "2028-01-01T00:00").Add(time.Hour)); !ok || n.ID != "silver" || n.Missing != 100 {
		t.Errorf("a year later %+v", n)
	}
}

func TestPointsThatExpireSoon(t *testing.T) {
	t.Parallel()
	h := card.Head{ID: "7001"}
	p := rules(t, onePoint+"points: {months: 1, warn_days: 40}\n")
	for i, when := range []string{"2026-09-10T10:00", "2026-10-10T10:00", "2026-11-10T10:00"} {
		r := sale(fmt.Sprint(i), at(t, when), 1000)
		h = p.Checkout(h, card.Profile{}, r, at(t, "2026-10-01T10:00"))
	}
	for _, row := range []struct{ now, want string }{
		{"2026-10-01T10:00", "10 2026-10-31"}, {"2026-10-20T10:00", "10 2026-10-31"}, {"2026-10-21T10:00", "20 2026-10-31"},
		{"2026-11-01T10:00", "10 2026-11-30"}, {"2026-11-21T10:00", "20 2026-11-30"}, {"2027-01-01T10:00", "0 "},
	} {
		now := at(t, row.now)
		soon := p.Expiring(p.AsOf(h, now), now)
		if got := fmt.Sprint(soon.Points, " ", soon.ExpiresOn); got != row.want {
			t.Errorf("%s: %s, want %s", row.now, got, row.want)
		}
	}
	if soon := rules(t, onePoint).Expiring(h, at(t, "2026-09-20T10:00")); soon.Points != 0 {
		t.Errorf("%d points expire within the usual 30 days of September", soon.Points)
	}
}
