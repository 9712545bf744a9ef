package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// E-8, third case: a cap of what a card holds cuts off what is above it and says how much; what comes back costs what was earned.
func TestE8BalanceCapCutsAndSaysSo(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {balance_cap: 500}\n")
	when := at(t, "2026-11-21T10:00")
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, sale("1", when, 49_000), when)
	r := sale("2", when, 2_500)
	h = p.Checkout(h, card.Profile{}, r, when)
	e := last(h)
	if capped, err := card.CappedOf(e); e.Points != 10 || capped != 15 || err != nil {
		t.Errorf("%d points, %d capped %v", e.Points, capped, err)
	}
	if h = p.Checkout(h, card.Profile{}, sale("3", when, 100), when); last(h).Points != 0 {
		t.Errorf("a full card earns %d points", last(h).Points)
	}
	if h, points := giveBack(t, p, h, r, e, []receipt.Return{{ID: "all"}}, when); points[0] != -10 || h.Book.Balance != 490 {
		t.Errorf("%v points come back, balance %d", points, h.Book.Balance)
	}
}

// Points that a campaign grants for a purchase count for no tier, live like the others, and go when all of the purchase comes back.
func TestCampaignGrantsPoints(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`
points: {months: 12}
campaigns:
  - {id: big, on: checkout, when: {field: receipt.total, op: gte, value: "50.00"}, grant: {points: 100}}
`)
	r := sale("1", at(t, "2026-11-21T10:00"), 5_000, 1_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	e := last(h)
	if e.Points != 160 || h.Qualifying.Points != 60 || len(h.Book.Lots) != 1 {
		t.Fatalf("%d points, %d for the tier, lots %v", e.Points, h.Qualifying.Points, h.Book.Lots)
	}
	h, points := giveBack(t, p, h, r, e, []receipt.Return{lineBack("2", 1), {ID: "rest"}}, r.At)
	if points[0] != -10 || points[1] != -150 || h.Book.Balance != 0 || h.Qualifying.Points != 0 {
		t.Errorf("%v points come back, balance %d, %d for the tier", points, h.Book.Balance, h.Qualifying.Points)
	}
}
