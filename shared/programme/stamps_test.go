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
	"github.com/regulars-dev/regulars/shared/receipt"
)

const coffeeCard = `
offers: [{id: freecoffee, name: A coffee, percent: "100", on: cheapest, lines: {categories: [coffee]}, coupon: true}]
stamps: [{id: coffee, name: Coffee card, buy: 9, lines: {categories: [coffee]}, grant: {offer: freecoffee, days: 60}}]
`

// coffees is a receipt of n coffees on one line.
func coffees(number string, when time.Time, n int64) receipt.Receipt {
	r := sale(number, when, 300*n)
	r.Lines[0].Category, r.Lines[0].Quantity = "coffee", n
	return r
}

// stamps is what a card has on its stamps of an id: its sum less the rewards that it has brought, and how many of these are still there.
func stamps(h card.Head, id string, target int64) string {
	c, live := h.CounterOf(id, 0), 0
	for _, k := range h.Wallet {
		if k.Campaign == id {
			live++
		}
	}
	return fmt.Sprintf("%d on the card, %d rewards, %d there", c.Sum-target*c.Given, c.Given, live)
}

// ST-1 and ST-2: the tenth coffee of a basket is free, it brings no stamp, and what is over begins the next card.
func TestST1AndST2TheTenthCoffeeIsFreeAtOnce(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+coffeeCard)
	when := at(t, "2026-11-21T10:00")
	for _, row := range []struct {
		vector      string
		n, discount int64
		want        string
	}{
		{"nine", 9, 0, "0 on the card, 1 rewards, 1 there"},
		{"ten", 10, 300, "0 on the card, 1 rewards, 0 there"},
		{"ST-1", 12, 300, "2 on the card, 1 rewards, 0 there"},
		{"ST-2", 20, 600, "0 on the card, 2 rewards, 0 there"},
	} {
		h, r := card.Head{ID: "7001"}, coffees("1", when, row.n)
		priced, _, err := p.Quote(h, r, nil, when)
		if err != nil || priced.Discount != row.discount {
			t.Errorf("%s: %d off %v, want %d", row.vector, priced.Discount, err, row.discount)
			continue
		}
		for _, a := range priced.Lines[0].Adjustments {
			r.Coupons = append(r.Coupons, a.Coupon)
		}
		r.Lines[0].Discount, r.Total.Minor = priced.Discount, r.Total.Minor-priced.Discount
		if h = p.Checkout(h, card.Profile{}, r, when); stamps(h, "coffee", 9) != row.want {
			t.Errorf("%s: %s, want %s", row.vector, stamps(h, "coffee", 9), row.want)
		}
		h, _ = giveBack(t, p, h, r, last(h), []receipt.Return{{ID: "all"}}, when)
		if got := stamps(h, "coffee", 9); got != "0 on the card, 0 rewards, 0 there" {
			t.Errorf("%s, brought back: %s", row.vector, got)
		}
	}
}

// ST-3: a reward that was used is not charged; its stamp is owed. One that is still there goes.
func TestST3ReturnTakesStampsBack(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+coffeeCard)
	when := at(t, "2026-11-21T10:00")
	nine := coffees("1", when, 9)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, nine, when)
	first := last(h)
	back := []receipt.Return{lineBack("1", 1)}
	if unused, _ := giveBack(t, p, h, nine, first, back, when); stamps(unused, "coffee", 9) != "8 on the card, 0 rewards, 0 there" || marks(last(unused)) != "!freecoffee" {
		t.Errorf("unused: %s, %s", stamps(unused, "coffee", 9), marks(last(unused)))
	}
	free := coffees("2", when, 1)
	free.Lines[0].Discount, free.Coupons = 300, []string{h.Wallet[0].ID}
	h = p.Checkout(h, card.Profile{}, free, when)
	if got := stamps(h, "coffee", 9); got != "0 on the card, 1 rewards, 0 there" {
		t.Fatalf("a free coffee: %s", got)
	}
	h, _ = giveBack(t, p, h, nine, first, back, when)
	if got := stamps(h, "coffee", 9); got != "-1 on the card, 1 rewards, 0 there" {
		t.Errorf("used: %s", got)
	}
	if h = p.Checkout(h, card.Profile{}, coffees("3", when, 1), when); stamps(h, "coffee", 9) != "0 on the card, 1 rewards, 0 there" {
		t.Errorf("the next one: %s", stamps(h, "coffee", 9))
	}
}

// ST-4: a stamp a visit, for 5.00 at least, and none within 15 minutes of another.
func TestST4TooSoon(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`stamps: [{id: visit, name: Visits, visits: 3, minimum: "5.00", every_minutes: 15, grant: {points: 100}}]`+"\n")
	when := at(t, "2026-11-21T10:00")
	h := card.Head{ID: "7001"}
	for i, row := range []struct {
		minute int
		price  int64
		want   string
	}{
		{0, 600, "[{visit 1 }]"}, {10, 600, "[{visit 0 too_soon}]"}, {16, 499, "[]"}, {40, 500, "[{visit 1 }]"}, {60, 700, "[{visit 1 }]"},
	} {
		r := sale(fmt.Sprint(i), when.Add(time.Duration(row.minute)*time.Minute), row.price)
		h = p.Checkout(h, card.Profile{}, r, r.At)
		if told, err := card.Stamps(last(h)); err != nil || fmt.Sprint(told) != row.want {
			t.Errorf("minute %d: %v %v, want %s", row.minute, told, err, row.want)
		}
	}
	if bonuses, _ := card.Bonuses(last(h)); fmt.Sprint(bonuses) != "[{visit 100}]" || last(h).Points != 107 || h.Qualifying.Points != 6+6+4+5+7 {
		t.Errorf("%v, %d points, %d for the tier", bonuses, last(h).Points, h.Qualifying.Points)
	}
}

// CH-1: spend 100.00 and come on three days of May.
func TestCH1SpendAndDaysOfMay(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`stamps: [{id: may, name: May, spend: "100.00", days: 3, from: 2027-05-01, until: 2027-05-31, grant: {points: 500}}]`+"\n")
	h, since := card.Head{ID: "7001"}, at(t, "2027-05-03T10:00")
	var entry ledger.Entry
	var third receipt.Receipt
	for i, price := range []int64{4_000, 3_500, 3_000} {
		third = sale(fmt.Sprint(i), since.AddDate(0, 0, i/2*4), price)
		h = p.Checkout(h, card.Profile{}, third, third.At)
		entry = last(h)
	}
	progress := func(h card.Head) string {
		var told []string
		for _, s := range p.Progress(h, third.At) {
			for _, g := range s.Goals {
				told = append(told, fmt.Sprintf("%s %d/%d", g.Kind, g.Have, g.Of))
			}
			told = append(told, fmt.Sprint("rewards ", s.Rewards))
		}
		return strings.Join(told, ", ")
	}
	if got := progress(h); got != "spend 10500/10000, days 2/3, rewards 0" {
		t.Fatal(got)
	}
	back, _ := giveBack(t, p, h, third, entry, []receipt.Return{{ID: "a", Money: 1_000}}, third.At)
	if got := progress(back); got != "spend 9500/10000, days 2/3, rewards 0" {
		t.Fatal(got)
	}
	fourth := sale("4", since.AddDate(0, 0, 20), 600)
	h = p.Checkout(h, card.Profile{}, fourth, fourth.At)
	if got := progress(h); got != "spend 11100/10000, days 3/3, rewards 1" || last(h).Points != 506 {
		t.Fatal(got, last(h).Points)
	}
	h, _ = giveBack(t, p, h, fourth, last(h), []receipt.Return{{ID: "a"}}, fourth.At)
	if got := progress(h); got != "spend 10500/10000, days 2/3, rewards 0" || h.Book.Balance != 105 {
		t.Error(got, h.Book.Balance)
	}
}

const manyStamps = `
points: {carry_over: true}
offers: [{id: freecoffee, name: A coffee, percent: "100", on: cheapest, lines: {categories: [beans]}, coupon: true}]
stamps:
  - {id: beans, name: Beans, buy: 4, lines: {categories: [beans]}, grant: {offer: freecoffee, days: 60}}
  - {id: visit, name: Visits, visits: 2, every_minutes: 90, grant: {points: 10}}
  - {id: spend, name: Spend, spend: "30.00", lines: {not_categories: [tobacco]}, grant: {points: 5}}
  - {id: days, name: Days, spend: "20.00", days: 2, each: month, grant: {points: 7}}
  - {id: rolling, name: Three days, spend: "40.00", within: 3, grant: {points: 11}}
  - {id: stores, name: Two stores, stores: 2, grant: {points: 13}}
`

// Whatever the order of receipts and returns, a card has the same counters, rewards and points.
func TestStampsConverge(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+manyStamps)
	start := at(t, "2026-05-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		var receipts []receipt.Receipt
		var returns [][]receipt.Return
		for i := range rapid.IntRange(1, 6).Draw(t, "receipts") {
			r := drawn(t, fmt.Sprint(i), start.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hour"))*time.Hour/2))
			r.Key.Store = rapid.SampledFrom([]string{"0042", "0043"}).Draw(t, "store")
			var back []receipt.Return
			for _, l := range r.Lines {
				if l.Kind != receipt.Fee && rapid.Bool().Draw(t, "comes back") {
					if kept, err := r.After(back); err == nil && !kept.Nothing() {
						back = append(back, lineBack(l.ID, 1))
					}
				}
			}
			receipts, returns = append(receipts, r), append(returns, back)
		}
		one, other := shuffled(t, p, receipts, returns, start), shuffled(t, p, receipts, returns, start)
		if a, b := stateOf(one), stateOf(other); a != b {
			t.Fatalf("\n%s\n%s", a, b)
		}
	})
}

// A reward of the last so many days goes with the last of the goods that brought it, and what is bought afterwards counts anew. One whose
// days are over stays, whatever comes back.
func TestRewardOfTheLastDaysGoesWithItsGoods(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+`stamps: [{id: rolling, name: Three days, spend: "40.00", within: 3, grant: {points: 11}}]`+"\n")
	start := at(t, "2026-05-21T10:00")
	told := func(h card.Head) string {
		c := h.CounterOf("rolling", 0)
		return fmt.Sprintf("%d rewards, %d points", c.Given, h.Book.Balance)
	}
	dear := sale("1", start, 4_000)
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, dear, start)
	sold, all := last(h), []receipt.Return{{ID: "all"}}
	if told(h) != "1 rewards, 51 points" {
		t.Fatal(told(h))
	}
	back, _ := giveBack(t, p, h, dear, sold, all, start)
	if told(back) != "0 rewards, 0 points" {
		t.Errorf("all came back: %s", told(back))
	}
	back = p.Checkout(back, card.Profile{}, sale("2", start, 4_100), start)
	if told(back) != "1 rewards, 52 points" {
		t.Errorf("bought anew: %s", told(back))
	}
	later := start.AddDate(0, 0, 60)
	h = p.Checkout(h, card.Profile{}, sale("3", later, 100), later)
	if h, _ = giveBack(t, p, h, dear, sold, all, later); told(h) != "1 rewards, 12 points" {
		t.Errorf("its days are over: %s", told(h))
	}
}

// shuffled plays receipts and their returns in a drawn order; each return after its receipt.
func shuffled(t *rapid.T, p *programme.Programme, receipts []receipt.Receipt, returns [][]receipt.Return, now time.Time) card.Head {
	h, sold, next := card.Head{ID: "7001"}, map[int]ledger.Entry{}, make([]int, len(receipts))
	var turns []int
	for i := range receipts {
		for range 1 + len(returns[i]) {
			turns = append(turns, i)
		}
	}
	for _, i := range rapid.Permutation(turns).Draw(t, "order") {
		if n := next[i]; n == 0 {
			h = p.Checkout(h, card.Profile{}, receipts[i], now)
			sold[i] = last(h)
		} else {
			var err error
			if h, err = p.Return(h, card.Profile{}, receipts[i], sold[i], returns[i][:n], fmt.Sprintf("%d~%d", i, n), now); err != nil {
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

// stateOf is what a card has: balance, tier points, counters and rewards.
func stateOf(h card.Head) string {
	var coupons []string
	for _, c := range h.Wallet {
		coupons = append(coupons, c.ID)
	}
	return fmt.Sprintf("%d+%s points, %v for the tier, %+v, coupons %d", h.Book.Balance, below(h), h.Qualifying, h.Counters, len(coupons))
}
