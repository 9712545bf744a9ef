package loyaltytest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-dev/regulars/shared/limit"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
	"github.com/regulars-dev/regulars/shared/receipt"
	"github.com/regulars-dev/regulars/shared/store"
	"github.com/regulars-dev/regulars/shared/store/storefault"
)

// RunBudgets holds the budgets of campaigns: a crowd does not pass one by a single coupon, and whatever call of the store fails, a cause
// takes out of it once what it grants.
func RunBudgets(t *testing.T, open func(t *testing.T) store.Items) {
	t.Helper()
	items := open(t)
	t.Run("a crowd", func(t *testing.T) { crowdOfBudget(t, items, "crowd-coupons", "{coupons: 5}") })
	t.Run("a crowd and money", func(t *testing.T) { crowdOfBudget(t, items, "crowd-money", `{money: "29.99"}`) })
	t.Run("each call fails", func(t *testing.T) {
		for call, last := 1, false; !last; call++ {
			for _, fault := range []storefault.Fault{storefault.NotDone, storefault.ButDone} {
				last = budgetSweep(t, items, call, fault) < call
			}
		}
	})
}

// budgetAt is a Saturday morning.
var budgetAt = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// budgetShop is a service of its own, as another process has it, with a campaign that gives each checkout a coupon of 5.00.
func budgetShop(t *testing.T, items store.Items, campaign, budget string) (*loyalty.Service, *programme.Programme) {
	t.Helper()
	rules, _, faults, err := yamldoc.Read(strings.NewReader(fmt.Sprintf(`{programme: budgets, from: 2025-01-01T00:00:00Z, currency: EUR, time_zone: Europe/Berlin,
language: en, shop: {name: Shop, address: 1 Street}, stores: [{id: "0042", name: First}], cards: {secret: a secret of the test shop},
topics: [{id: offers, name: Offers}], earn: [{id: base, points: 1, per: "1.00"}],
offers: [{id: five, name: Five, amount: "5.00", on: basket, coupon: true}],
campaigns: [{id: %s, on: checkout, grant: {offer: five, days: 30}, budget: %s}]}`, campaign, budget)))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	service, _ := store.NewService(items, func() time.Time { return budgetAt })
	service.Programmes = fixed{rules}
	return service, rules
}

// bought is the first receipt of the n-th card of a test.
func bought(rules *programme.Programme, test string, n uint64) receipt.Receipt {
	serial := Serial(test) + n
	return receipt.Receipt{
		Key:  receipt.Key{Store: "0042", Till: fmt.Sprintf("b%d", serial), Number: "1"},
		Card: rules.IssueNumber(serial), At: budgetAt, Total: money.Amount{Minor: 1000, Currency: "EUR"},
	}
}

// crowdOfBudget has 24 shoppers buy at four tills at once, and each receipt come twice; five coupons are there.
func crowdOfBudget(t *testing.T, items store.Items, campaign, budget string) {
	const most, shoppers, tills = 5, 24, 4
	var mu sync.Mutex
	var all sync.WaitGroup
	given, refused := 0, 0
	for till := range tills {
		service, rules := budgetShop(t, items, campaign, budget)
		all.Go(func() {
			for n := till; n < shoppers; n += tills {
				r := bought(rules, t.Name(), uint64(n))
				first, err := service.Checkout(t.Context(), r)
				again, errAgain := service.Checkout(t.Context(), r)
				if err != nil || errAgain != nil || !again.Repeated || len(again.Granted) != len(first.Granted) {
					t.Errorf("receipt %s: %v, %v: %d coupons, then %d", r.Key, err, errAgain, len(first.Granted), len(again.Granted))
				}
				mu.Lock()
				given += len(first.Granted)
				if slices.Contains(again.NotTaken, loyalty.NotTaken{Coupon: campaign, Reason: programme.CouponBudgetSpent}) {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if given != most || refused != shoppers-most {
		t.Errorf("%d coupons and %d refusals, want %d and %d", given, refused, most, shoppers-most)
	}
	service, rules := budgetShop(t, items, campaign, budget)
	k, _ := rules.Campaign(campaign)
	use, err := service.BudgetOf(t.Context(), rules, k)
	if err != nil || use.Coupons != most || use.Money != most*500 || !use.Spent || !use.Low {
		t.Errorf("the budget is at %+v, %v", use, err)
	}
}

// budgetSweep has one shopper take the last coupon of a budget, with one fault, and another come too late. It returns how many calls the
// first took.
func budgetSweep(t *testing.T, items store.Items, call int, fault storefault.Fault) int {
	name := fmt.Sprintf("budget: call %d %s", call, fault)
	campaign := fmt.Sprintf("last-%d-%s", call, strings.ReplaceAll(strings.ReplaceAll(fault.String(), " ", ""), ",", ""))
	calm, rules := budgetShop(t, items, campaign, "{coupons: 1}")
	faulty := storefault.Wrap(items, storefault.Plan{Fail: map[int]storefault.Fault{call: fault}, StaleOne: 3, Seed: uint64(call)})
	weak, _ := budgetShop(t, faulty, campaign, "{coupons: 1}")
	r := bought(rules, name, 0)
	_, _ = weak.Checkout(t.Context(), r) // it may fail: that is what is tried
	a, err := calm.Checkout(t.Context(), r)
	late, errLate := calm.Checkout(t.Context(), bought(rules, name, 1))
	if err != nil || errLate != nil || len(a.Granted) != 1 || len(late.Granted) != 0 {
		t.Errorf("%s: %d coupons, %v; then %d, %v", name, len(a.Granted), err, len(late.Granted), errLate)
	}
	budget, _ := rules.Budget(campaign)
	tallies, err := calm.Limits.Tallies(t.Context(), []string{budget.Tally})
	if want := (limit.Take{Uses: 1, Money: 500}); err != nil || tallies[0].Used != want {
		t.Errorf("%s: the budget is at %+v, %v", name, tallies, err)
	}
	return len(faulty.Calls())
}
