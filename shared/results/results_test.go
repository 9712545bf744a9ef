package results

import (
	"math/big"
	"testing"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
)

// V-4, V-6, V-7, V-12
func TestResultsSayWhatMayBeSaid(t *testing.T) {
	t.Parallel()
	rules, faults, err := programme.Parse([]byte(`{"programme":"p","from":"2026-01-01T00:00:00Z","currency":"EUR","time_zone":"UTC","language":"en",
		"shop":{"name":"S","address":"A"},"stores":[],"cards":{"secret":"a secret of the test shop"},"topics":[],"earn":[{"id":"b","points":1,"per":"1.00"}],
		"offers":[{"id":"ten","name":"Ten","coupon":true,"percent":"10","on":"basket"}],
		"campaigns":[{"id":"a","on":"checkout","holdout":10,"grant":{"offer":"ten","days":9}},{"id":"b","on":"checkout","grant":{"offer":"ten","days":9}}]}`))
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	group := func(people, buyers int64) *loyalty.Brought {
		return &loyalty.Brought{People: people, Buyers: buyers, Spent: buyers * 1_000, Squares: *big.NewInt(buyers * 1_000_000)}
	}
	for name, row := range map[string]struct {
		treated, held *loyalty.Brought
		want          string
		incremental   bool
	}{
		"early":    {group(50, 4), group(5, 0), "too_early", false},
		"V-4":      {group(4_500, 360), group(500, 30), "not_proven", true},
		"V-5":      {group(45_000, 3_600), group(5_000, 300), "better", true},
		"like V-7": {group(4_500, 360), group(700, 30), "unequal", false},
	} {
		all := loyalty.Brought{Redeemed: 200, Revenue: 200_000, Bounced: 4_000} // bounced or not, people count as assigned
		r := Of(rules, "a", loyalty.Counts{{Campaign: "a", Arm: "treated"}: row.treated, {Campaign: "a", Arm: "held"}: row.held, {Campaign: "a"}: &all}, loyalty.Trial{}, -1)
		if r.Outcome != row.want || (r.Incremental != nil) != row.incremental || r.Revenue != 200_000 || r.Treated.People != row.treated.People {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := Of(rules, "b", nil, loyalty.Trial{}, -1); r.Outcome != NotMeasured {
		t.Errorf("%+v", r)
	}
}
