package programme_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// E-8, second case: a cap of the week cuts off what is above it and says how much, and the next week begins anew. A quote promises the same.
func TestE8WeeklyCapCutsAndSaysSo(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {caps: {week: 100}}\n")
	h := card.Head{ID: "7001"}
	var first receipt.Receipt
	var sold ledger.Entry
	for i, row := range []struct {
		when                 string
		cents, earns, capped int64
	}{
		{"2026-11-16T10:00", 6_000, 60, 0}, {"2026-11-22T23:00", 6_000, 40, 20}, {"2026-11-22T23:30", 500, 0, 5}, {"2026-11-23T00:30", 6_000, 60, 0},
	} {
		r := sale(fmt.Sprint(i), at(t, row.when), row.cents)
		_, promised, err := p.Quote(h, r, nil, r.At)
		h = p.Checkout(h, card.Profile{}, r, r.At)
		capped, badMark := card.CappedOf(last(h))
		if last(h).Points != row.earns || promised != row.earns || capped != row.capped || err != nil || badMark != nil {
			t.Errorf("%s: %d points, %d promised, %d capped", row.when, last(h).Points, promised, capped)
		}
		if i == 0 {
			first, sold = r, last(h)
		}
	}
	// 20.00 of the first purchase come back: 105.00 are left in its week, which are worth 100 points as before
	when := at(t, "2026-11-24T10:00")
	h, points := giveBack(t, p, h, first, sold, []receipt.Return{{ID: "some", Money: 2_000}, {ID: "all"}}, when)
	if points[0] != 0 || points[1] != -35 || h.Book.Balance != 65+60 {
		t.Errorf("returns bring %v, balance %d", points, h.Book.Balance)
	}
}

// A return that comes after its window is forgotten takes what the receipt had brought, the part that was cut off first.
func TestReturnLongAfterItsWindow(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {caps: {day: 100}}\n")
	when := at(t, "2026-03-01T10:00")
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, sale("1", when, 7_000), when)
	r := sale("2", when, 5_000, 2_000)
	h = p.Checkout(h, card.Profile{}, r, when)
	sold, late := last(h), when.AddDate(0, 0, 60)
	h = p.Checkout(h, card.Profile{}, sale("3", late, 100), late)
	if len(h.Counters) != 1 {
		t.Errorf("counters %v", h.Counters)
	}
	h, points := giveBack(t, p, h, r, sold, []receipt.Return{lineBack("2", 1), {ID: "rest"}}, late)
	if fmt.Sprint(points) != "[0 -30]" || h.Book.Balance != 71 {
		t.Errorf("returns bring %v, balance %d", points, h.Book.Balance)
	}
}

// happening is a receipt, or a return of one of its lines.
type happening struct {
	of   int
	sale bool
}

// In whatever order receipts and returns arrive, a card has the cap's part of what each window is worth, and its tier counts the same.
func TestCapsDoNotAskForTheOrder(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-11-16T10:00")
	ladder := "tiers: [{id: silver, name: Silver, points: 90}]\n"
	for _, each := range []string{"day", "week", "month"} {
		for _, rest := range []string{"", ", carry_over: true"} {
			p := rules(t, "earn: [{id: base, points: 1, per: \"3.00\"}]\npoints: {caps: {"+each+": 30}"+rest+"}\n"+ladder)
			rapid.Check(t, func(t *rapid.T) {
				var receipts []receipt.Receipt
				var order []happening
				for i := range rapid.IntRange(1, 6).Draw(t, "receipts") {
					when := start.AddDate(0, 0, rapid.IntRange(0, 16).Draw(t, "day"))
					receipts = append(receipts, sale(fmt.Sprint(i), when, rapid.Int64Range(0, 12_000).Draw(t, "a"), rapid.Int64Range(0, 12_000).Draw(t, "b")))
					order = append(order, happening{of: i, sale: true})
					for range rapid.IntRange(0, 2).Draw(t, "back") {
						order = append(order, happening{of: i})
					}
				}
				now := start.AddDate(0, 0, 20)
				one := play(t, p, receipts, order, now)
				other := play(t, p, receipts, rapid.Permutation(order).Draw(t, "order"), now)
				if one.Book.Balance != other.Book.Balance || one.Book.Carried != other.Book.Carried || one.Qualifying != other.Qualifying || fmt.Sprint(one.Counters) != fmt.Sprint(other.Counters) {
					t.Fatalf("%d points, tier %v, and %d, %v", one.Book.Balance, one.Qualifying, other.Book.Balance, other.Qualifying)
				}
			})
		}
	}
}

// play lets things happen in an order. A return that is told before its receipt waits for it.
func play(t *rapid.T, p *programme.Programme, receipts []receipt.Receipt, order []happening, now time.Time) card.Head {
	h, sold, came := card.Head{ID: "7001"}, map[int]ledger.Entry{}, map[int][]receipt.Return{}
	waiting := map[int]int{}
	give := func(i int) {
		n := len(came[i])
		came[i] = append(came[i], lineBack(fmt.Sprint(n+1), 1))
		var err error
		if h, err = p.Return(h, card.Profile{}, receipts[i], sold[i], came[i], fmt.Sprintf("%s~%d", receipts[i].Key, n+1), now); err != nil {
			t.Fatal(err)
		}
	}
	for _, what := range order {
		switch _, known := sold[what.of]; {
		case what.sale:
			h = p.Checkout(h, card.Profile{}, receipts[what.of], now)
			sold[what.of] = last(h)
			for range waiting[what.of] {
				give(what.of)
			}
		case known:
			give(what.of)
		default:
			waiting[what.of]++
		}
	}
	if wrong := h.Book.Sound(nil); wrong != "" {
		t.Fatal(wrong)
	}
	return h
}

// Caps that could not converge, or say nothing, are refused where they stand.
func TestBadCapsAreRefused(t *testing.T) {
	t.Parallel()
	for document, pointer := range map[string]string{
		"{day: 10, week: 20}": "/points/caps", "{}": "/points/caps", "{week: -1}": "/points/caps/week",
	} {
		_, _, faults, err := yamldoc.Read(strings.NewReader(basics + onePoint + "points: {caps: " + document + "}\n"))
		if err != nil || len(faults) != 1 || faults[0].Pointer != pointer {
			t.Errorf("%s: %v %v", document, faults, err)
		}
	}
}
