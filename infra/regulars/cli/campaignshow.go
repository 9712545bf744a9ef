package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/money"
)

// showBudget tells how far a campaign's budget is used up, and warns from four fifths on.
func (c *call) showBudget(k admin.Campaign) {
	b := k.Budget
	if b == nil {
		return
	}
	amount := func(minor int64) string { return money.Amount{Minor: minor, Currency: k.Currency}.String() }
	text := ""
	if b.MostCoupons > 0 {
		text += fmt.Sprintf(" %d of %s (%d %%)", b.Coupons, several(b.MostCoupons, "coupon"), 100*b.Coupons/b.MostCoupons)
	}
	if b.MostMoney > 0 {
		text += fmt.Sprintf(" %s of %s (%d %%)", amount(b.Money), amount(b.MostMoney), money.MulDiv(100, b.Money, b.MostMoney))
	}
	switch {
	case b.Spent:
		text += "; spent: nobody gets a coupon any more"
	case b.Low:
		text += "; nearly spent"
	}
	c.say("budget%s", text)
}

// showFinding tells how far cards have been looked through that nobody has written to since a campaign of time was published.
func (c *call) showFinding(k admin.Campaign) {
	if f := k.Finding; f != nil {
		c.say("%s looked through since %s for their next moment, %d have one%s", several(f.Looked, "card"), f.Begun.UTC().Format(dateTime), f.Watched,
			map[bool]string{true: "", false: "; under way"}[f.Done])
	}
}

// showAudience tells whom a campaign on a schedule is for as of now, and whom of them an e-mail would not reach.
func (c *call) showAudience(k admin.Campaign) {
	a := k.Audience
	if a == nil {
		return
	}
	c.say("for %d of %s now", a.In, several(a.Cards, "card"))
	c.showWould(a.Would, a.Sample)
}

// showWould tells what would become of an e-mail to each of an audience, and names some of them.
func (c *call) showWould(would map[string]int64, sample []string) {
	for _, outcome := range slices.Sorted(maps.Keys(would)) {
		c.say("  %d %s", would[outcome], map[bool]string{true: "would be sent", false: "not: " + outcome}[outcome == "sent"])
	}
	for _, number := range sample {
		c.say("  such as %s", number)
	}
}
