package programme_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// rung is a receipt as a till makes it of a quote: these lines under the offers of a programme, told with what each took off.
func rung(t testing.TB, p *programme.Programme, h card.Head, r receipt.Receipt) receipt.Receipt {
	t.Helper()
	priced, err := p.Price(h, r, programme.CatalogueOf(r))
	if err != nil {
		t.Fatal(err)
	}
	r.Total.Minor = priced.Total
	r.Lines = append([]receipt.Line(nil), r.Lines...)
	for i := range r.Lines {
		for _, l := range priced.Lines {
			if l.ID == r.Lines[i].ID {
				r.Lines[i].Discount = l.Discount
			}
		}
	}
	for _, c := range priced.Considered {
		if c.Applied {
			r.Offers = append(r.Offers, receipt.Used{Offer: c.Offer, Coupon: c.Coupon, Amount: c.Amount})
		}
	}
	r.Goods = p.GoodsToKeep(r)
	return r
}

// goods is a receipt of lines "A 6000", "shirt 2 x 1000": what comes before the price is id and article.
func goods(t testing.TB, when string, lines ...string) receipt.Receipt {
	t.Helper()
	r := sale("1", at(t, when))
	for _, text := range lines {
		l := receipt.Line{Quantity: 1}
		field := strings.Fields(text)
		l.ID, l.SKU = field[0], field[0]
		if len(field) == 4 {
			fmt.Sscan(field[1], &l.Quantity)
		}
		fmt.Sscan(field[len(field)-1], &l.Amount)
		l.Amount *= l.Quantity
		r.Lines = append(r.Lines, l)
	}
	return r
}

// came reads "B" and "A 2, B" as returns, one after the other.
func came(returns ...string) (list []receipt.Return) {
	for i, text := range returns {
		ret := receipt.Return{ID: fmt.Sprint("R", i+1)}
		for part := range strings.SplitSeq(text, ", ") {
			l := receipt.ReturnedLine{Quantity: 1}
			id, n, many := strings.Cut(part, " ")
			if l.ID = id; many {
				fmt.Sscan(n, &l.Quantity)
			}
			switch id {
			case "rest":
			case "money":
				ret.Money = l.Quantity
			default:
				ret.Lines = append(ret.Lines, l)
			}
		}
		list = append(list, ret)
	}
	return list
}

// told plays returns and writes what each pays back, and how the points move: "B:2800/-28 A:6000/-60".
func told(t testing.TB, p *programme.Programme, r receipt.Receipt, returns []receipt.Return) string {
	t.Helper()
	h := p.Checkout(card.Head{ID: "7001"}, card.Profile{}, r, r.At)
	sold := last(h)
	_, points := giveBack(t, p, h, r, sold, returns, r.At)
	text := []string{fmt.Sprintf("%d/%d", r.Total.Minor, sold.Points)}
	for i := range returns {
		back, err := p.Refund(r, returns[:i+1])
		if err != nil {
			t.Fatal(err)
		}
		sum, lines := int64(0), make([]string, len(back.Lines))
		for n, l := range back.Lines {
			lines[n], sum = fmt.Sprintf("%s:%d", l.ID, l.Amount), sum+l.Amount
		}
		if sum != back.Amount && len(lines) > 0 {
			t.Errorf("the lines %v do not add up to %d", lines, back.Amount)
		}
		row := fmt.Sprintf("%s/%d", strings.Join(lines, ","), points[i])
		if len(lines) == 0 {
			row = fmt.Sprintf("%d/%d", back.Amount, points[i])
		}
		if back.Basis != programme.ByCounterfactual {
			row += " " + string(back.Basis)
		}
		if back.Why != "" {
			row += "(" + back.Why + ")"
		}
		text = append(text, row)
	}
	return strings.Join(text, " ")
}

const (
	twentyFrom100 = "offers: [{id: twenty, name: 20 %, percent: 20, on: basket, min_basket: \"100.00\"}]\n"
	buyTwoGetOne  = "offers: [{id: three, name: Buy 2 get 1, percent: 100, on: sets, set: [{pieces: 2}, {pieces: 1, get: true}]}]\n"
	payPaid       = "returns: {refund: paid}\n"
)

// What a return pays back and takes back, row by row: the receipt with what was paid and earned, and then each return's lines with their
// refund, and its points.
func TestRefundsAndPoints(t *testing.T) {
	t.Parallel()
	bogo := "offers: [{id: sweater, name: 2 shirts bring a sweater, percent: 100, on: sets, set: [{pieces: 2, lines: {skus: [shirt]}}, {pieces: 1, get: true, lines: {skus: [sweater]}}]}]\n"
	ladder := "offers: [{id: ladder, name: Ladder, on: basket, steps: [{from: \"50.00\", amount: \"5.00\"}, {from: \"100.00\", amount: \"12.00\"}]}]\n"
	for _, c := range []struct {
		id, rules string
		sold      []string
		returns   []string
		want      string
	}{
		{"R-1 B comes back", twentyFrom100, []string{"A 6000", "B 5000"}, []string{"B"}, "8800/88 B:2800/-28"},
		{"R-1 and A afterwards", twentyFrom100, []string{"A 6000", "B 5000"}, []string{"B", "A"}, "8800/88 B:2800/-28 A:6000/-60"},
		{"R-1 by the price paid", twentyFrom100 + payPaid, []string{"A 6000", "B 5000"}, []string{"B", "A"}, "8800/88 B:4000/-40 paid A:4800/-48 paid"},
		{"R-2 A brought the offer and is worth nothing by itself", twentyFrom100, []string{"A 1000", "B 9500"}, []string{"A", "B"}, "8400/84 A:0/0 B:8400/-84"},
		{"R-2 the other way round", twentyFrom100, []string{"A 1000", "B 9500"}, []string{"B", "A"}, "8400/84 B:7400/-74 A:1000/-10"},
		{"R-3 piece by piece", "", []string{"A 3 x 350"}, []string{"A", "A", "A"}, "1050/10 A:350/-3 A:350/-4 A:350/-3"},
		{"R-7 buy 2 get 1", buyTwoGetOne, []string{"A 3 x 1000"}, []string{"A", "A", "A"}, "2000/20 A:0/0 A:1000/-10 A:1000/-10"},
		{"R-7 by the price paid", buyTwoGetOne + payPaid, []string{"A 3 x 1000"}, []string{"A", "A", "A"}, "2000/20 A:666/-7 paid A:667/-7 paid A:667/-6 paid"},
		{"a shirt that brought the sweater", bogo, []string{"shirt 2 x 1000", "sweater 1500"}, []string{"shirt"}, "2000/20 shirt:0/0"},
		{"and then the sweater", bogo, []string{"shirt 2 x 1000", "sweater 1500"}, []string{"shirt", "sweater"}, "2000/20 shirt:0/0 sweater:1000/-10"},
		{"the sweater alone", bogo, []string{"shirt 2 x 1000", "sweater 1500"}, []string{"sweater", "shirt 2"}, "2000/20 sweater:0/0 shirt:2000/-20"},
		{"down a ladder", ladder, []string{"A 6000", "B 4000", "C 1000"}, []string{"C", "B", "A"}, "9800/98 C:1000/-10 B:3300/-33 A:5500/-55"},
		{"down a ladder, two rungs at once", ladder, []string{"A 6000", "B 4000", "C 1000"}, []string{"C, B"}, "9800/98 B:3440,C:860/-43"},
		{"the rest shares what the pieces cost", twentyFrom100, []string{"A 6000", "B 5000"}, []string{"rest"}, "8800/88 A:4800,B:4000/-88"},
		{"money, and then goods", twentyFrom100, []string{"A 6000", "B 5000"}, []string{"money 800", "B", "rest"}, "8800/88 800/-8 B:2800/-28 A:5200/-52"},
	} {
		t.Run(c.id, func(t *testing.T) {
			t.Parallel()
			p := rules(t, onePoint+c.rules)
			r := rung(t, p, card.Head{}, goods(t, "2026-11-21T10:00", c.sold...))
			if got := told(t, p, r, came(c.returns...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Where the price of the kept goods cannot be reckoned, the price that was paid counts, and the answer says why.
func TestRefundsByThePricePaidSayWhy(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+twentyFrom100)
	r := rung(t, p, card.Head{}, goods(t, "2026-11-21T10:00", "A 6000", "B 5000"))
	untold, other, own, total := r, r, r, r
	untold.Offers = nil
	other.Offers = []receipt.Used{{Offer: "gone", Amount: 2200}}
	own.Lines = append([]receipt.Line(nil), r.Lines...)
	own.Lines[0].Discount += 100 // the till's own
	own.Total.Minor -= 100
	total.Lines = nil
	for _, c := range []struct {
		name string
		r    receipt.Receipt
		back []receipt.Return
		want string
	}{
		{"the till tells no offers", untold, came("B"), "8800/88 B:4000/-40 paid(offers_not_told)"},
		{"an offer that is not there", other, came("B"), "8800/88 B:4000/-40 paid(offer_unknown)"},
		{"the till took off something of its own", own, came("B"), "8700/87 B:4000/-40 paid(charged_differently)"},
		{"a total alone", total, came("money 1000"), "8800/88 1000/-10 paid(no_lines)"},
	} {
		if got := told(t, p, c.r, c.back); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Who the shopper was, the day, the hour, the coupon: what held when the till applied an offer is not asked again. What the goods decide is.
func TestKeptGoodsAreAskedAndTheShopperIsNot(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+tiers+`
offers:
  - {id: gold, name: Gold, percent: 10, on: basket, coupon: true, until: 2026-11-21, windows: [{from: "09:00", to: "11:00"}],
     when: {all: [{field: card.tier, op: eq, value: silver}, {field: receipt.categories, op: contains, value: food}]}}
`)
	r := goods(t, "2026-11-21T10:00", "A 6000", "B 5000", "C 1000")
	r.Lines[1].Category = "food"
	r.Lines[0].Discount, r.Lines[1].Discount, r.Lines[2].Discount, r.Total.Minor = 600, 500, 100, 10_800
	r.Offers = []receipt.Used{{Offer: "gold", Coupon: "Q7M4K2", Amount: 1200}}
	const want = "10800/108 C:900/-9 B:3900/-39 A:6000/-60"
	if got := told(t, p, r, came("C", "B", "A")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
