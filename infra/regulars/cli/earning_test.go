package cli

import (
	"testing"

	"github.com/regulars-dev/regulars/shared/programme"
)

func TestEarningRulesInWords(t *testing.T) {
	t.Parallel()
	for want, rule := range map[string]programme.EarnRule{
		"1 point for each 1.00 EUR":                  {Points: 1, Per: "1.00"},
		"5 points for each item":                     {Points: 5, Per: programme.PerItem},
		"2 points for each visit, until 2027-06-30":  {Points: 2, Per: programme.PerVisit, Until: "2027-06-30"},
		"100 points for the first purchase":          {Points: 100, Per: programme.PerFirst},
		"times 2, from 2027-06-01, until 2027-06-30": {Times: "2", From: "2027-06-01", Until: "2027-06-30"},
	} {
		if got := earning(rule, "EUR"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
