package programme_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

const carried = "points: {carry_over: true}\n"

// buy plays receipts of one line each and tells the points of each.
func buy(t *testing.T, p *programme.Programme, prices ...int64) (card.Head, []int64) {
	t.Helper()
	h, points := card.Head{ID: "7001"}, []int64(nil)
	for i, price := range prices {
		r := sale(fmt.Sprint(i+1), at(t, "2026-11-21T10:00").Add(time.Duration(i)*time.Hour), price)
		h = p.Checkout(h, card.Profile{}, r, r.At)
		points = append(points, last(h).Points)
	}
	if wrong := h.Book.Sound(nil); wrong != "" {
		t.Fatal(wrong)
	}
	return h, points
}

// below is what a card carries, as a fraction of a point.
func below(h card.Head) string { return big.NewRat(h.Book.Carried, ledger.Grains).RatString() }

func TestCarryOver(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		vector, document string
		prices, want     []int64
		below            string
	}{
		{"E-1 on", onePoint + carried, []int64{1999, 1999, 1002}, []int64{19, 20, 11}, "0"},
		{"E-1 on, after two", onePoint + carried, []int64{1999, 1999}, []int64{19, 20}, "49/50"},
		{"E-1 off", onePoint, []int64{1999, 1999, 1002}, []int64{19, 19, 10}, "0"},
		{"E-2", `earn: [{id: base, points: 1, per: "10.00"}]` + "\n" + carried, []int64{10_500, 500}, []int64{10, 1}, "0"},
		{"E-4", onePoint[:len(onePoint)-2] + `, {id: more, times: "1.25"}]` + "\n" + carried, []int64{1999}, []int64{24}, "79/80"},
		{"thirds", `earn: [{id: base, points: 1, per: "3.00"}]` + "\n" + carried, []int64{100, 100, 100}, []int64{0, 0, 1}, "0"},
	} {
		h, points := buy(t, rules(t, row.document), row.prices...)
		if !slices.Equal(points, row.want) || below(h) != row.below {
			t.Errorf("%s: %v and %s carried, want %v and %s", row.vector, points, below(h), row.want, row.below)
		}
	}
}

// E-3: one receipt rounds once, whatever its lines.
func TestE3RoundsOnceAReceipt(t *testing.T) {
	t.Parallel()
	r := sale("1", at(t, "2026-11-21T10:00"), 150, 150, 150)
	if e := last(rules(t, onePoint).Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != 4 {
		t.Errorf("%d points", e.Points)
	}
}

// E-10: what is left after a return is worth what the rest of the card's purchases are, not what each earned by itself.
func TestE10ReturnTakesWhatTheSumLoses(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+carried)
	h, _ := buy(t, p, 1999, 1999, 1002)
	second := sale("2", at(t, "2026-11-21T11:00"), 1999)
	h, points := giveBack(t, p, h, second, h.Book.Tail[1], []receipt.Return{{ID: "all"}}, second.At.Add(time.Hour))
	if points[0] != -20 || h.Book.Balance != 30 || below(h) != "1/100" {
		t.Errorf("%v points, balance %d, %s carried", points, h.Book.Balance, below(h))
	}
}

// E-7: a coffee for 10.00 on a Saturday, under a base rate, a double weekend and triple coffee.
func TestE7CombinationIsTheProgrammes(t *testing.T) {
	t.Parallel()
	document := `
earn:
  - {id: base, points: 1, per: "1.00"}
  - {id: weekend, times: "2", when: {field: receipt.weekday, op: in, value: [saturday, sunday]}}
  - {id: coffee, times: "3", lines: {categories: [coffee]}}
`
	for combine, want := range map[string]int64{"": 30, "points: {combine: best}": 30, "points: {combine: add}": 40, "points: {combine: multiply}": 60} {
		r := sale("1", at(t, "2026-11-21T10:00"), 1000)
		r.Lines[0].Category = "coffee"
		if e := last(rules(t, document+combine+"\n").Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != want {
			t.Errorf("%q: %d points, want %d", combine, e.Points, want)
		}
	}
}

// E-5 and E-6: which money counts.
func TestEligibleMoney(t *testing.T) {
	t.Parallel()
	discounted := receipt.Line{ID: "1", Quantity: 1, Amount: 10_000, Discount: 2_000}
	basket := []receipt.Line{
		{ID: "1", Category: "food", Quantity: 1, Amount: 2_000}, {ID: "2", Category: "tobacco", Quantity: 1, Amount: 1_500}, {ID: "3", Kind: receipt.GiftCard, Quantity: 1, Amount: 2_500},
	}
	for _, row := range []struct {
		vector, document string
		lines            []receipt.Line
		want             int64
	}{
		{"E-5 net", onePoint, []receipt.Line{discounted}, 80},
		{"E-5 gross", onePoint + "points: {on: gross}\n", []receipt.Line{discounted}, 100},
		{"E-6", `earn: [{id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}]` + "\n", basket, 20},
	} {
		r := sale("1", at(t, "2026-11-21T10:00"))
		r.Lines = row.lines
		if e := last(rules(t, row.document).Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)); e.Points != row.want {
			t.Errorf("%s: %d points, want %d", row.vector, e.Points, row.want)
		}
	}
}

// E-8, first case: a cap cuts off and says how much. What comes back of a capped receipt costs nothing while the rest still fills it.
func TestE8CapCutsAndSaysSo(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {receipt_cap: 50}\n")
	r := sale("1", at(t, "2026-11-21T10:00"), 6_000, 1_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	e := last(h)
	if capped, err := card.CappedOf(e); e.Points != 50 || capped != 20 || err != nil {
		t.Errorf("%d points, %d capped %v", e.Points, capped, err)
	}
	h, points := giveBack(t, p, h, r, e, []receipt.Return{lineBack("2", 1), lineBack("1", 1)}, r.At)
	if !slices.Equal(points, []int64{0, -50}) || h.Book.Balance != 0 {
		t.Errorf("returns of %v", points)
	}
}

// E-9: the last day of a window ends at the store's midnight, and a receipt that arrives days late is still one of its own day.
func TestE9DoublePointsEndAtTheStoresMidnight(t *testing.T) {
	t.Parallel()
	p := rules(t, `earn: [{id: base, points: 1, per: "1.00"}, {id: double, times: "2", from: 2027-06-01, until: 2027-06-30}]`+"\n")
	for _, row := range []struct {
		at   string
		want int64
	}{
		{"2027-05-31T21:59:59Z", 10}, {"2027-05-31T22:00:00Z", 20}, {"2027-06-30T21:59:59Z", 20}, {"2027-06-30T22:00:00Z", 10},
	} {
		when, err := time.Parse(time.RFC3339, row.at)
		if err != nil {
			t.Fatal(err)
		}
		r := sale("1", when, 1000)
		if e := last(p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, when.Add(48*time.Hour))); e.Points != row.want {
			t.Errorf("%s: %d points, want %d", row.at, e.Points, row.want)
		}
	}
}

func TestPointsPerItemVisitAndFirstPurchase(t *testing.T) {
	t.Parallel()
	p := rules(t, `
earn:
  - {id: beans, points: 5, per: item, lines: {categories: [beans]}}
  - {id: visit, points: 2, per: visit, when: {field: receipt.total, op: gte, value: "5.00"}}
  - {id: welcome, points: 100, per: first_purchase}
`)
	when := at(t, "2026-11-21T10:00")
	first, second := sale("1", when, 1200), sale("2", when.Add(time.Hour), 1200, 300)
	for _, r := range []receipt.Receipt{first, second} {
		r.Lines[0].Category, r.Lines[0].Quantity = "beans", 3
	}
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, first, when)
	one := last(h)
	h = p.Checkout(h, card.Profile{}, second, when)
	two := last(h)
	if one.Points != 117 || two.Points != 17 {
		t.Fatalf("%d and %d points", one.Points, two.Points)
	}
	// Two of three bags come back, then the third: what is left costs less than a visit's least, and earns none.
	h, points := giveBack(t, p, h, second, two, []receipt.Return{lineBack("1", 2), lineBack("1", 1)}, when)
	if !slices.Equal(points, []int64{-10, -7}) {
		t.Errorf("returns of the second receipt: %v", points)
	}
	h, points = giveBack(t, p, h, first, one, []receipt.Return{lineBack("1", 1), {ID: "rest"}}, when)
	if !slices.Equal(points, []int64{-5, -112}) || h.Book.Balance != 0 {
		t.Errorf("returns of the first receipt: %v, balance %d", points, h.Book.Balance)
	}
	third := sale("3", when, 100)
	if h = p.Checkout(h, card.Profile{}, third, when); last(h).Points != 0 {
		t.Errorf("a card's first purchase comes once: %d points", last(h).Points)
	}
	free := sale("4", when, 500)
	free.Lines[0].Category, free.Lines[0].Discount = "beans", 500
	if h = p.Checkout(h, card.Profile{}, free, when); last(h).Points != 0 {
		t.Errorf("a bag for nothing brings %d points", last(h).Points)
	}
}

// three pieces of 3.50 come back one by one; carried or not, all of it is taken.
func TestR3PiecesTakeTheWhole(t *testing.T) {
	t.Parallel()
	for document, want := range map[string][]int64{onePoint: {-3, -4, -3}, onePoint + carried: {-3, -4, -3}} {
		p := rules(t, document)
		r := sale("1", at(t, "2026-11-21T10:00"), 1050)
		r.Lines[0].Quantity = 3
		h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
		h, points := giveBack(t, p, h, r, last(h), []receipt.Return{lineBack("1", 1), lineBack("1", 1), lineBack("1", 1)}, r.At)
		if !slices.Equal(points, want) || h.Book.Balance != 0 || h.Book.Carried != 0 {
			t.Errorf("%v, balance %d, %s carried", points, h.Book.Balance, below(h))
		}
	}
}

// With carry-over the points of a card are a function of what it has bought and kept, in whatever order its receipts and returns came.
func TestCarryOverConverges(t *testing.T) {
	t.Parallel()
	p := rules(t, `
points: {carry_over: true}
earn:
  - {id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}
  - {id: beans, points: 2, per: "3.00", lines: {categories: [beans]}}
  - {id: small, times: "1.25", when: {field: receipt.total, op: lt, value: "20.00"}}
`)
	start := at(t, "2026-05-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		var receipts []receipt.Receipt
		var returns [][]receipt.Return
		for i := range rapid.IntRange(1, 5).Draw(t, "receipts") {
			r := drawn(t, fmt.Sprint(i), start.Add(time.Duration(i)*time.Hour))
			receipts = append(receipts, r)
			var back []receipt.Return
			for _, l := range r.Lines {
				if l.Kind != receipt.Fee && rapid.Bool().Draw(t, "comes back") {
					if kept, err := r.After(back); err == nil && !kept.Nothing() {
						back = append(back, lineBack(l.ID, 1))
					}
				}
			}
			returns = append(returns, back)
		}
		play := func(label string) card.Head {
			h, sold, next := card.Head{ID: "7001"}, map[int]ledger.Entry{}, make([]int, len(receipts))
			var turns []int
			for i := range receipts {
				for range 1 + len(returns[i]) {
					turns = append(turns, i)
				}
			}
			for _, i := range rapid.Permutation(turns).Draw(t, label) {
				if n := next[i]; n == 0 {
					h = p.Checkout(h, card.Profile{}, receipts[i], start)
					sold[i] = last(h)
				} else {
					var err error
					if h, err = p.Return(h, card.Profile{}, receipts[i], sold[i], returns[i][:n], fmt.Sprintf("%d~%d", i, n), start); err != nil {
						t.Fatal(err)
					}
				}
				next[i]++
				if wrong := h.Book.Sound(nil); wrong != "" {
					t.Fatal(wrong)
				}
			}
			return h
		}
		one, other := play("one order"), play("another order")
		if one.Book.Balance != other.Book.Balance || one.Book.Carried != other.Book.Carried || one.Qualifying != other.Qualifying {
			t.Fatalf("%d and %s, or %d and %s", one.Book.Balance, below(one), other.Book.Balance, below(other))
		}
	})
}

// A programme that begins to carry over, or ceases to, takes back of older receipts what they were worth.
func TestCarryOverBeginsAndEnds(t *testing.T) {
	t.Parallel()
	off, on := rules(t, onePoint), rules(t, onePoint+carried)
	r := sale("1", at(t, "2026-11-21T10:00"), 999, 1000)
	all := []receipt.Return{lineBack("1", 1), lineBack("2", 1)}
	for name, v := range map[string][2]*programme.Programme{"begins": {off, on}, "ends": {on, off}} {
		h := v[0].Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
		h, points := giveBack(t, v[1], h, r, last(h), all, r.At)
		if h.Book.Balance != 0 || h.Book.Carried != 0 {
			t.Errorf("%s: %v, balance %d, %s carried", name, points, h.Book.Balance, below(h))
		}
	}
}
