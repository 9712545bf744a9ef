package programme_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

func TestBestRuleCounts(t *testing.T) {
	t.Parallel()
	p := rules(t, `
earn:
  - {id: base, points: 1, per: "1.00"}
  - {id: drinks, points: 3, per: "2.00", lines: {categories: [drinks]}}
  - {id: monday, points: 2, per: "1.00", lines: {skus: [tea]}, when: {field: receipt.weekday, op: eq, value: monday}}
  - {id: cards, points: 1, per: "10.00", lines: {kinds: [gift_card]}}
`)
	for _, row := range []struct {
		when string
		line receipt.Line
		want int64
	}{
		{"2026-11-21T10:00", receipt.Line{Amount: 1099}, 10},
		{"2026-11-21T10:00", receipt.Line{Amount: 1000, Discount: 1}, 9},
		{"2026-11-21T10:00", receipt.Line{Amount: 1000, Category: "drinks"}, 15},
		{"2026-11-21T10:00", receipt.Line{Amount: 1000, Category: "drinks/coffee"}, 15},
		{"2026-11-21T10:00", receipt.Line{Amount: 1000, Category: "drinkware"}, 10},
		{"2026-11-21T10:00", receipt.Line{Amount: 1000, Category: "drinks", SKU: "tea"}, 15},
		{"2026-11-23T10:00", receipt.Line{Amount: 1000, Category: "drinks", SKU: "tea"}, 20},
		{"2026-11-22T23:30", receipt.Line{Amount: 1000, SKU: "tea"}, 10}, // still Sunday in the store, Monday nowhere near
		{"2026-11-21T10:00", receipt.Line{Amount: 5000, Kind: receipt.GiftCard}, 5},
		{"2026-11-21T10:00", receipt.Line{Amount: 5000, Kind: receipt.Shipping}, 0},
	} {
		row.line.ID, row.line.Quantity = "1", 1
		r := sale("1", at(t, row.when))
		r.Lines, r.Total.Minor = []receipt.Line{row.line}, row.line.Net()
		if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != row.want {
			t.Errorf("%s %+v earns %d, want %d", row.when, row.line, e.Points, row.want)
		}
	}
}

// Fractions of all lines are added up before they are rounded down: three lines of 0.50 are a point and a half.
func TestPointsAreRoundedOnce(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint)
	r := sale("1", at(t, "2026-11-21T10:00"), 50, 50, 50)
	if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != 1 {
		t.Errorf("%d points", e.Points)
	}
}

// A receipt never costs points, even where a fee is paid back that counts for more than the goods.
func TestReceiptNeverCostsPoints(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00"}, {id: fees, points: 3, per: "1.00", lines: {kinds: [fee]}}]`+"\n")
	r := sale("1", at(t, "2026-11-21T10:00"), 1000, -900)
	if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != 0 {
		t.Errorf("%d points", e.Points)
	}
}

// Small baskets earn more here, so that what is left after a return would earn more than the whole did. A return never earns, and all
// together take back what the receipt earned.
func TestReturnNeverEarns(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00"}, {id: small, points: 4, per: "1.00", when: {field: receipt.total, op: lt, value: "20.00"}}]`+"\n")
	r := sale("1", at(t, "2026-11-21T10:00"), 1500, 1500)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	h, points := giveBack(t, p, h, r, last(h), []receipt.Return{lineBack("1", 1), lineBack("2", 1)}, r.At.Add(time.Hour))
	if points[0] != 0 || points[1] != -30 || h.Book.Balance != 0 || h.Qualifying.Points != 0 {
		t.Errorf("returns of %v, balance %d, qualifying %v", points, h.Book.Balance, h.Qualifying)
	}
}

// A version that is published with a day in the past decides returns of receipts that an older one decided: what goes back is what was
// earned, whatever the newer version would have granted.
func TestReturnTakesBackWhatWasEarned(t *testing.T) {
	t.Parallel()
	then := rules(t, onePoint)
	r := sale("1", at(t, "2026-11-21T10:00"), 2000, 1000)
	for name, document := range map[string]string{
		"twice as much": `earn: [{id: base, points: 2, per: "1.00"}]`,
		"half as much":  `earn: [{id: base, points: 1, per: "2.00"}]`,
		"nothing":       `earn: [{id: base, points: 1, per: "1.00", lines: {kinds: [tip]}}]`,
	} {
		now := rules(t, document+"\n")
		h := then.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
		h, points := giveBack(t, now, h, r, last(h), []receipt.Return{lineBack("1", 1), lineBack("2", 1)}, r.At)
		if !slices.Equal(points, []int64{-20, -10}) || h.Book.Balance != 0 {
			t.Errorf("%s: returns of %v, balance %d", name, points, h.Book.Balance)
		}
	}
}

func TestExpiredPointsArePostedOnce(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 2}\n")
	h := card.Head{ID: "7001"}
	for i, when := range []string{"2026-01-10T10:00", "2026-02-10T10:00", "2026-02-20T10:00"} {
		r := sale(fmt.Sprint(i), at(t, when), 1000)
		h = p.Checkout(h, card.Profile{}, r, r.At)
	}
	for _, row := range []struct {
		now     string
		balance int64
		entries int
	}{
		{"2026-03-31T23:59", 30, 3}, {"2026-04-01T00:00", 20, 4}, {"2026-04-30T23:59", 20, 4}, {"2026-05-01T00:00", 0, 5}, {"2030-01-01T00:00", 0, 5},
	} {
		h = p.AsOf(p.AsOf(h, at(t, row.now)), at(t, row.now))
		if h.Book.Balance != row.balance || len(h.Book.Tail) != row.entries || h.Book.Sound(nil) != "" {
			t.Errorf("%s: balance %d, %d entries, %s", row.now, h.Book.Balance, len(h.Book.Tail), h.Book.Sound(nil))
		}
	}
	// A receipt that arrives when its points are gone already makes a lot that expires with the next look, under a cause of its own.
	r := sale("late", at(t, "2026-02-21T10:00"), 500)
	now := at(t, "2026-06-01T10:00")
	h = p.AsOf(p.Checkout(h, card.Profile{}, r, now), now)
	if h.Book.Balance != 0 || h.Book.Sound(nil) != "" || last(h).Kind != ledger.Expire || last(h).Points != -5 {
		t.Errorf("%+v %s", last(h), h.Book.Sound(nil))
	}
}

// A return of a receipt whose points were spent leaves a debt that the next receipt pays.
func TestReturnOfWhatIsGoneLeavesADebt(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 1}\n")
	r := sale("1", at(t, "2026-01-10T10:00"), 1000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	sold := last(h)
	h = p.ByHand(h, programme.Act{Cause: "taken", Points: -10}, r.At)
	h, _ = giveBack(t, p, h, r, sold, []receipt.Return{{ID: "all"}}, at(t, "2026-06-01T10:00"))
	if h.Book.Balance != -10 || len(h.Book.Lots) != 0 {
		t.Errorf("balance %d, lots %v", h.Book.Balance, h.Book.Lots)
	}
	next := sale("2", at(t, "2026-06-02T10:00"), 2500)
	h = p.Checkout(h, card.Profile{}, next, next.At)
	if h.Book.Balance != 15 || len(h.Book.Lots) != 1 || h.Book.Lots[0].Points != 15 || h.Book.Sound(nil) != "" {
		t.Errorf("balance %d, lots %v %s", h.Book.Balance, h.Book.Lots, h.Book.Sound(nil))
	}
}

const tiers = "tiers: [{id: silver, name: Silver, points: 100}, {id: gold, name: Gold, points: 300}]\n"

func TestTiersOverTheTurnOfTheYear(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+tiers)
	h := card.Head{ID: "7001"}
	for i, row := range []struct {
		when, now string // the receipt's moment, and when it arrives
		amount    int64
		from, to  string // of the entry
		tier      string // of the card then
	}{
		{"2026-06-01T10:00", "2026-06-01T10:00", 30_000, "", "gold", "gold"},
		{"2026-12-31T23:59", "2027-01-01T00:01", 1_000, "gold", "gold", "gold"}, // arrives after the bells
		{"2027-03-01T10:00", "2027-03-01T10:00", 9_000, "gold", "gold", "gold"},
		{"2028-01-01T10:00", "2028-01-01T10:00", 100, "", "", ""}, // 90 points in 2027 hold nothing
		// A receipt of the old year that arrives late lifts the card: the world hears of it.
		{"2027-12-31T10:00", "2028-01-02T10:00", 1_000, "", "silver", "silver"},
		{"2026-12-31T10:00", "2028-01-03T10:00", 90_000, "", "", "silver"}, // two years back counts no more
		{"2028-02-01T10:00", "2028-02-01T10:00", 30_000, "silver", "gold", "gold"},
		// One of the old year does not tell of a fall: what its year was does not change what the card is.
		{"2027-12-31T11:00", "2028-02-02T10:00", 1_000, "silver", "silver", "gold"},
	} {
		r := sale(fmt.Sprint(i), at(t, row.when), row.amount)
		h = p.Checkout(h, card.Profile{}, r, at(t, row.now))
		e := last(h)
		if e.From != row.from || e.To != row.to || h.Tier != row.tier {
			t.Errorf("%s: entry %q to %q, card %q; want %q to %q, card %q", row.when, e.From, e.To, h.Tier, row.from, row.to, row.tier)
		}
	}
	if got := p.AsOf(h, at(t, "2029-12-31T23:59")).Tier; got != "gold" {
		t.Errorf("at the end of the next year: %q", got)
	}
	if got := p.AsOf(h, at(t, "2030-01-01T00:00")).Tier; got != "" {
		t.Errorf("a year later: %q", got)
	}
}

func TestReturnCanCostTheTier(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+tiers)
	r := sale("1", at(t, "2026-12-30T10:00"), 6_000, 6_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	h, _ = giveBack(t, p, h, r, last(h), []receipt.Return{lineBack("1", 1)}, at(t, "2027-01-05T10:00"))
	if e := last(h); e.From != "silver" || e.To != "" || h.Tier != "" || h.Qualifying.Points+h.Qualifying.Before != 60 {
		t.Errorf("entry %q to %q, card %q, %+v", e.From, e.To, h.Tier, h.Qualifying)
	}
}

func TestHabitsForgetWhatCameBack(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint)
	first, second := sale("1", at(t, "2026-03-02T10:00"), 1000), sale("2", at(t, "2026-03-01T10:00"), 500, 700)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, first, first.At)
	h = p.Checkout(h, card.Profile{}, second, first.At)
	want := card.Habits{Visits: 2, Spent: 2200, FirstOn: day.Date(2026, 3, 1), LastOn: day.Date(2026, 3, 2)}
	if h.Habits != want {
		t.Errorf("%+v", h.Habits)
	}
	h, _ = giveBack(t, p, h, second, last(h), []receipt.Return{lineBack("2", 1), {ID: "rest"}}, first.At)
	want.Visits, want.Spent = 1, 1000
	if h.Habits != want {
		t.Errorf("%+v", h.Habits)
	}
}
