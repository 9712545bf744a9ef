package audit

import (
	"fmt"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/ledger"
)

// An entry tells whether an arm spoke because it had won, so that a replay decides as the till did.
func TestAnEntryTellsWhetherAnArmHadWon(t *testing.T) {
	t.Parallel()
	assigned := func(arm string) ledger.Mark { return card.Assignment{Campaign: "spring", Arm: arm}.Mark() }
	for name, row := range map[string]struct {
		marks []ledger.Mark
		want  string
	}{
		"no arms":             {[]ledger.Mark{assigned("treated")}, "map[]"},
		"the card's own":      {[]ledger.Mark{assigned("short"), card.InArm("spring", "short")}, "map[]"},
		"the winner":          {[]ledger.Mark{assigned("treated"), card.InArm("spring", "short")}, "map[spring:short]"},
		"a card measured yet": {[]ledger.Mark{card.InArm("spring", "short")}, "map[spring:short]"},
	} {
		if got := fmt.Sprint(wonBy(ledger.Entry{Marks: row.marks})); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}
