package programme_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/receipt"
)

// drawn is a receipt of some lines of several pieces, some of them beans, with a deduction now and then.
func drawn(t *rapid.T, number string, at time.Time) receipt.Receipt {
	r := sale(number, at)
	for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
		amount := rapid.Int64Range(0, 5_000).Draw(t, "amount")
		r.Lines = append(r.Lines, receipt.Line{
			ID: fmt.Sprint(i + 1), Quantity: rapid.Int64Range(1, 4).Draw(t, "pieces"), Amount: amount, Discount: rapid.Int64Range(0, amount).Draw(t, "discount"),
			Category: rapid.SampledFrom([]string{"food", "beans", "tobacco"}).Draw(t, "category"), Kind: rapid.SampledFrom([]string{"", receipt.Shipping}).Draw(t, "kind"),
		})
		r.Total.Minor += r.Lines[i].Net()
	}
	if off := rapid.Int64Range(0, r.Total.Minor).Draw(t, "off"); rapid.Bool().Draw(t, "deduction") {
		r.Lines = append(r.Lines, receipt.Line{ID: "off", Kind: receipt.Fee, Quantity: 1, Amount: -off})
		r.Total.Minor -= off
	}
	return r
}

// However a receipt comes back, in goods, piece by piece and in any order, or in the rest at last: none of its returns leaves more points
// than it has earned, all together take them back, and the book adds up. No receipt earns for more than was paid.
func TestReturnsOfAnyReceipt(t *testing.T) {
	t.Parallel()
	p := rules(t, `
earn:
  - {id: base, points: 1, per: "1.00", lines: {not_categories: [tobacco]}}
  - {id: beans, points: 5, per: "2.00", lines: {categories: [beans]}}
  - {id: small, points: 4, per: "1.00", when: {field: receipt.total, op: lt, value: "20.00"}}
points: {months: 12}
`+tiers)
	start := at(t, "2026-11-21T10:00")
	rapid.Check(t, func(t *rapid.T) {
		h := card.Head{ID: "7001"}
		h = p.Checkout(h, card.Profile{}, drawn(t, "before", start), start)
		other := h
		r := drawn(t, "1", start)
		h = p.Checkout(h, card.Profile{}, r, start)
		sold := last(h)
		if sold.Points < 0 || sold.Points > r.Total.Minor*4/100 {
			t.Fatalf("%d points for %d cents", sold.Points, r.Total.Minor)
		}
		var pieces []string
		for _, l := range r.Lines {
			for range l.Quantity {
				pieces = append(pieces, l.ID)
			}
		}
		pieces = rapid.Permutation(pieces).Draw(t, "order")
		back := rapid.IntRange(0, len(pieces)).Draw(t, "back")
		var returns []receipt.Return
		for _, id := range pieces[:back] {
			returns = append(returns, lineBack(id, 1))
			if kept, err := r.After(returns); err != nil || kept.Nothing() {
				break
			}
		}
		if kept, err := r.After(returns); err == nil && !kept.Nothing() {
			returns = append(returns, receipt.Return{ID: "rest"})
		}
		h, points := giveBack(t, p, h, r, sold, returns, start.Add(time.Hour))
		sum := int64(0)
		for _, n := range points {
			if sum += n; sum > 0 {
				t.Fatalf("returns earned: %v", points)
			}
		}
		if len(returns) > 0 && sum != -sold.Points {
			t.Fatalf("%d points were earned, returns took %v", sold.Points, points)
		}
		if len(returns) > 0 && (h.Book.Balance != other.Book.Balance || h.Qualifying != other.Qualifying || h.Tier != other.Tier || h.Habits.Visits != other.Habits.Visits || !slices.Equal(h.Book.Lots, other.Book.Lots)) {
			t.Fatalf("the card is not what it was: %+v, was %+v", h, other)
		}
	})
}

// Looking at a card as of a moment, or of some moments before it, comes to the same: expiry has no clock of its own.
func TestExpiryDoesNotDependOnWhoLooked(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+"points: {months: 2}\n"+tiers)
	start := at(t, "2026-01-01T10:00")
	rapid.Check(t, func(t *rapid.T) {
		h := card.Head{ID: "7001"}
		now := start
		for i := range rapid.IntRange(1, 6).Draw(t, "receipts") {
			now = now.AddDate(0, 0, rapid.IntRange(0, 50).Draw(t, "days"))
			h = p.Checkout(h, card.Profile{}, sale(fmt.Sprint(i), now, rapid.Int64Range(0, 20_000).Draw(t, "amount")), now)
		}
		end := now.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "end"))
		seen := h
		for look := now; look.Before(end); look = look.AddDate(0, 0, rapid.IntRange(1, 60).Draw(t, "look")) {
			seen = p.AsOf(seen, look)
		}
		seen, h = p.AsOf(seen, end), p.AsOf(h, end)
		if seen.Book.Balance != h.Book.Balance || seen.Tier != h.Tier || !slices.Equal(seen.Book.Lots, h.Book.Lots) || seen.Book.Sound(nil) != "" {
			t.Fatalf("%+v and %+v", seen.Book, h.Book)
		}
	})
}

// A quote promises what a checkout then grants.
func TestQuoteEarnsWhatTheCheckoutEarns(t *testing.T) {
	t.Parallel()
	p := rules(t, onePoint+couponCampaign)
	now := at(t, "2026-11-21T10:00")
	h, _ := card.Head{ID: "7001", EnrolledOn: 1}.Put(card.Coupon{ID: "A", Offer: "ten", ExpiresOn: 99_999})
	r := sale("1", now, 1995, 505)
	r.Coupons = []string{"A", "NOSUCH"}
	priced, points, err := p.Quote(h, r, nil, now)
	if err != nil || priced.Total != 2250 || points != 22 {
		t.Fatalf("%+v %d %v", priced, points, err)
	}
	bought := r
	bought.Lines = nil
	for _, l := range priced.Lines {
		bought.Lines = append(bought.Lines, receipt.Line{ID: l.ID, Quantity: l.Quantity, Amount: l.Amount, Discount: l.Discount})
	}
	bought.Total.Minor = priced.Total
	if e := last(p.Checkout(h, card.Profile{}, bought, now)); e.Points != points || marks(e) != "-ten ?unknown" {
		t.Errorf("%d points, %s", e.Points, marks(e))
	}
	if r.Total.Currency = "USD"; true {
		if _, _, err := p.Quote(h, r, nil, now); err == nil {
			t.Error("a basket in other money is priced")
		}
	}
}
