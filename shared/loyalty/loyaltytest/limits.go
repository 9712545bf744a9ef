package loyaltytest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
)

// desk is a shop with limited offers, and a till that asks it.
type desk struct {
	t       *testing.T
	items   store.Items
	now     time.Time
	store   *store.Store
	service *loyalty.Service
	till    string
	number  int
}

// newDesk opens a shop over items. Tills have names of their own, so items may be shared.
func newDesk(t *testing.T, items store.Items) *desk {
	t.Helper()
	rules, _, err := read("testdata/limits.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, items: items, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), till: fmt.Sprint(Serial(t.Name()))}
	d.service, d.store = store.NewService(items, func() time.Time { return d.now })
	d.service.Programmes = fixed{rules}
	return d
}

func (d *desk) card(n uint64) string {
	rules, err := d.service.Programmes.At(d.t.Context(), d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	return rules.IssueNumber(Serial(d.t.Name()) + n)
}

// basket is goods of a category at a price in cents.
func (d *desk) basket(card, category string, price int64, codes ...string) receipt.Receipt {
	d.number++
	return receipt.Receipt{
		Key: receipt.Key{Store: "0042", Till: d.till, Number: fmt.Sprint(d.number)}, Card: card, At: d.now, Codes: codes,
		Lines: []receipt.Line{{ID: "1", Category: category, Quantity: 1, Amount: price}}, Total: money.Amount{Minor: price, Currency: "EUR"},
	}
}

// outcome writes what became of each code or limited offer: "three, tea limit_reached".
func outcome(uses []receipt.Use, err error) string {
	if known := (*loyalty.Error)(nil); errors.As(err, &known) {
		return "refused: " + known.Code
	}
	if err != nil {
		return err.Error()
	}
	var list []string
	for _, u := range uses {
		list = append(list, strings.TrimSpace(u.Offer+" "+u.Reason))
	}
	return strings.Join(list, ", ")
}

// pay checks a basket out as it was quoted, and tells what became of its codes.
func (d *desk) pay(r receipt.Receipt) (string, loyalty.Answer) {
	d.t.Helper()
	q, err := d.service.Quote(d.t.Context(), r, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Offers = []receipt.Used{}
	for i := range q.Lines {
		r.Lines[i].Discount = q.Lines[i].Discount
		for _, a := range q.Lines[i].Adjustments {
			used := receipt.Used{Offer: a.Offer, Amount: a.Amount}
			if len(r.Codes) > 0 && a.Coupon != "" {
				used.Code = a.Coupon
			}
			r.Offers = append(r.Offers, used)
		}
	}
	r.Total.Minor = q.Total
	return d.file(r)
}

func (d *desk) file(r receipt.Receipt) (string, loyalty.Answer) {
	a, err := d.service.Checkout(d.t.Context(), r)
	return outcome(a.Uses, err), a
}

// quote tells the discount, and why each code was refused.
func (d *desk) quote(r receipt.Receipt, minutes int) string {
	d.t.Helper()
	var q loyalty.Quoted
	var err error
	if minutes > 0 {
		q, err = d.service.Reserve(d.t.Context(), r, nil, time.Duration(minutes)*time.Minute)
	} else {
		q, err = d.service.Quote(d.t.Context(), r, nil)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	out := fmt.Sprint(q.Discount)
	for _, u := range q.Codes {
		if u.Reason != "" {
			out += " " + u.Reason
		}
	}
	for _, c := range q.Considered {
		if !c.Applied && c.Coupon != "" {
			out += " " + string(c.Reason)
		}
	}
	return out
}

func (d *desk) giveBack(r receipt.Receipt) {
	d.t.Helper()
	if _, err := d.service.Return(d.t.Context(), r.Key, receipt.Return{ID: "back", At: d.now}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) want(what, got, want string) {
	d.t.Helper()
	if got != want {
		d.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (d *desk) tally(key string) limit.Tally {
	d.t.Helper()
	list, err := d.store.Tallies(d.t.Context(), []string{key})
	if err != nil {
		d.t.Fatal(err)
	}
	return list[0]
}

// batch makes codes of an offer, good until a day.
func (d *desk) batch(offer, until string) []string {
	d.t.Helper()
	b := loyalty.CodeBatch{Offer: offer, Count: 3, MadeAt: d.now}
	if until != "" {
		var err error
		if b.Until, err = day.Parse(until); err != nil {
			d.t.Fatal(err)
		}
	}
	b, err := d.store.AddBatch(d.t.Context(), b)
	if err != nil {
		d.t.Fatal(err)
	}
	codes, err := d.store.Codes(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return []string{codes.Make(b.Number, 0), codes.Make(b.Number, 1), codes.Make(b.Number, 2), codes.Make(b.Number, 3)}
}
