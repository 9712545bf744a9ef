package programme_test

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
)

// Two half full cards of stamps are a full one, and its reward is there at once, whether the last stamp or the merge came last.
func TestTwoHalfFullCardsOfStampsAreAFullOne(t *testing.T) {
	t.Parallel()
	for reward, want := range map[string][2]int64{"{points: 50}": {50, 0}, "{offer: free, days: 30}": {0, 1}} {
		p := rules(t, onePoint+"points: {months: 12}\noffers: [{id: free, name: Free, percent: \"100\", on: cheapest, coupon: true}]\n"+
			"stamps: [{id: bag, name: Bags, buy: 5, grant: "+reward+"}]\n")
		now := at(t, "2026-11-21T10:00")
		buy := func(h card.Head, number string, pieces int64) card.Head {
			r := sale(number, now, 0)
			r.Card, r.Lines[0].Quantity, r.Lines[0].Amount, r.Total.Minor = h.ID, pieces, pieces*10, pieces*10
			return p.Checkout(h, card.Profile{}, r, now)
		}
		a, b := buy(card.Head{ID: "7001"}, "1", 3), buy(card.Head{ID: "7002"}, "2", 3)
		first, _ := p.Merge(a, b, programme.Act{Cause: "merge:m"}, now)
		late, _ := p.Merge(a, card.Head{ID: "7002"}, programme.Act{Cause: "merge:m"}, now)
		late = buy(late, "2", 3)
		for what, h := range map[string]card.Head{"merged last": first, "stamped last": late} {
			if h.Book.Balance != want[0] || int64(len(h.Wallet)) != want[1] || h.Book.Sound(nil) != "" || h.Counters[0].Given != 1 {
				t.Errorf("%s, %s: %d points, %d coupons, %v, %s", reward, what, h.Book.Balance, len(h.Wallet), h.Counters, h.Book.Sound(nil))
			}
		}
		if again, _ := p.Merge(first, card.Head{ID: "7003"}, programme.Act{Cause: "merge:n"}, now); again.Book.Balance != want[0] || int64(len(again.Wallet)) != want[1] {
			t.Errorf("%s: the next merge brings it again: %d points, %d coupons", reward, again.Book.Balance, len(again.Wallet))
		}
	}
}
