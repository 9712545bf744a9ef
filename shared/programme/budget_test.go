package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/programme"
)

func TestBudgetsAreHeldAgainstWhatIsGranted(t *testing.T) {
	t.Parallel()
	doc := rules(t, onePoint).Document
	doc.Offers = append(doc.Offers,
		programme.Offer{ID: "five", Name: "Five", Amount: "5.00", On: "basket", Coupon: true},
		programme.Offer{ID: "share", Name: "Share", Percent: "10", On: "basket", Coupon: true},
		programme.Offer{ID: "capped", Name: "Capped", Percent: "10", On: "basket", Cap: "8.00", Coupon: true},
		programme.Offer{ID: "cheapest", Name: "Cheapest", Percent: "50", On: "cheapest", Pieces: 2, CapPiece: "3.00", Coupon: true},
	)
	for _, c := range []struct {
		name   string
		budget programme.Budget
		grant  programme.Grant
		fault  string // its pointer
		take   limit.Take
	}{
		{"coupons of any offer", programme.Budget{Coupons: 10}, programme.Grant{Offer: "share", Days: 5}, "", limit.Take{Uses: 1}},
		{"money of an amount", programme.Budget{Money: "500.00"}, programme.Grant{Offer: "five", Days: 5}, "", limit.Take{Uses: 1, Money: 500}},
		{"money of a capped share", programme.Budget{Money: "500.00"}, programme.Grant{Offer: "capped", Days: 5}, "", limit.Take{Uses: 1, Money: 800}},
		{"money of capped pieces", programme.Budget{Money: "500.00"}, programme.Grant{Offer: "cheapest", Days: 5}, "", limit.Take{Uses: 1, Money: 600}},
		{"money without bound", programme.Budget{Money: "500.00"}, programme.Grant{Offer: "share", Days: 5}, "/budget/money", limit.Take{}},
		{"points", programme.Budget{Coupons: 10}, programme.Grant{Points: 50}, "/budget", limit.Take{}},
		{"nothing", programme.Budget{}, programme.Grant{Offer: "five", Days: 5}, "/budget", limit.Take{}},
		{"less than nothing", programme.Budget{Coupons: -1}, programme.Grant{Offer: "five", Days: 5}, "/budget/coupons", limit.Take{}},
	} {
		with := doc
		with.Campaigns = []programme.Campaign{{ID: "gift", On: programme.OnCheckout, Grant: &c.grant, Budget: &c.budget}}
		p, problems := programme.Compile(with)
		if c.fault != "" {
			if len(problems) != 1 || problems[0].Pointer != "/campaigns/0"+c.fault {
				t.Errorf("%s: %v, want one fault at %s", c.name, problems, c.fault)
			}
			continue
		}
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.name, problems)
			continue
		}
		if got := p.BudgetTake(c.grant.Offer); got != c.take {
			t.Errorf("%s: a coupon takes %+v, want %+v", c.name, got, c.take)
		}
	}
}

func TestABudgetIsLowFromFourFifthsOn(t *testing.T) {
	t.Parallel()
	b := programme.Budgeted{Limit: limit.Limit{Uses: 1000, Money: 50_000}}
	for used, want := range map[limit.Take]bool{{Uses: 799, Money: 39_999}: false, {Uses: 800}: true, {Money: 40_000}: true, {Uses: 1000, Money: 50_000}: true} {
		if got := b.Low(limit.Tally{Used: used}); got != want {
			t.Errorf("%+v: low %v, want %v", used, got, want)
		}
	}
}
