package shop

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/day"
	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/yamldoc"
)

// A shopper's page says what her tier brings, how long it holds, and what is missing to the next.
func TestAPageTellsTheStanding(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join("..", "..", "..", "infra", "regulars", "demo", "programme.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, _, faults, err := yamldoc.Read(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	end := day.Date(2027, 12, 31)
	next := &programme.NextTier{Tier: programme.Tier{ID: "gold", Name: "Gold"}, Missing: 84}
	for want, v := range map[string]loyalty.CardView{
		"[] | | Gold: 84 points more":                                      {Next: next},
		"[Free delivery] | Silver until 2027-12-31 | Gold: 84 points more": {Tier: "silver", Next: next, Stand: programme.Stand{Until: end, Benefits: []string{"Free delivery"}}},
		"[] | Gold until 2027-12-31, then Silver | ":                       {Tier: "gold", Stand: programme.Stand{Until: end, Then: "silver"}},
		"[] | Gold is not lost | ":                                         {Tier: "gold"},
		"[] | | Gold: 12.40 EUR more":                                      {Next: &programme.NextTier{Tier: programme.Tier{Name: "Gold"}, Amount: 1_240}},
		"[] | | Gold: 1 visit more":                                        {Next: &programme.NextTier{Tier: programme.Tier{Name: "Gold"}, MissingVisits: 1}},
	} {
		v.Rules, v.Head = rules, card.Head{}
		s := standing(v)
		sep := " | "
		if s.Holds == "" {
			sep = " |"
		}
		if got := fmt.Sprint(s.Benefits) + sep + s.Holds + " | " + s.Next; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if s := standing(loyalty.CardView{Rules: rules}); s != nil {
		t.Errorf("%+v where there are no tiers", s)
	}
}
