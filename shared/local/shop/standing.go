package shop

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/loyalty"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/web"
)

// standing is what a card's tier brings and what the next one lacks; nil where there is nothing to say of it.
func standing(v loyalty.CardView) *web.StandingView {
	if v.Tier == "" && v.Next == nil {
		return nil
	}
	s := &web.StandingView{Benefits: v.Stand.Benefits}
	if v.Tier != "" {
		s.Holds = v.Rules.TierName(v.Tier) + " is not lost"
		if v.Stand.Until != 0 {
			s.Holds = fmt.Sprintf("%s until %s", v.Rules.TierName(v.Tier), v.Stand.Until)
			if v.Stand.Then != "" {
				s.Holds += ", then " + v.Rules.TierName(v.Stand.Then)
			}
		}
	}
	if v.Next != nil {
		s.Next = v.Next.Name + ": " + missing(v)
	}
	return s
}

// missing says what the next tier lacks: "84 points more", "12.40 EUR more", "2 visits more".
func missing(v loyalty.CardView) string {
	switch n := v.Next; {
	case n.Missing == 1:
		return "1 point more"
	case n.Missing > 0:
		return fmt.Sprintf("%d points more", n.Missing)
	case n.Amount > 0:
		return money.Amount{Minor: n.Amount, Currency: v.Rules.Currency}.String() + " more"
	case n.MissingVisits == 1:
		return "1 visit more"
	default:
		return fmt.Sprintf("%d visits more", n.MissingVisits)
	}
}
