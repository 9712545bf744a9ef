package cli

import (
	"fmt"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/whatif"
)

// assumed says what a backtest takes for granted, the dearest first: receipts cannot tell who has bought because of an offer, so all of its
// discount counts as given to shoppers who would have bought anyway.
func (f backtestFlags) assumed(draft *whatif.Side, in money.Currency) []string {
	list := []string{"nobody buys anything because of the draft; it takes nothing off any receipt"}
	if draft.Touched > 0 {
		list[0] = fmt.Sprintf("all would have bought the same anyway, the shoppers of %s on %s with a discount among them: the %s are given away, and win no purchase",
			several(draft.CardsTouched, "card"), several(draft.Touched, "receipt"), money.Amount{Minor: draft.Discount, Currency: in})
	}
	if draft.Granted > 0 || draft.Redeemed > 0 {
		list = append(list, fmt.Sprintf("of the coupons %d %% are used, each at the first chance", f.redeem))
	}
	if f.margin != "" {
		list = append(list, fmt.Sprintf("a share of %s of every price before discounts is not the goods' cost", f.margin))
	}
	if f.noConsents {
		return append(list, "nobody has consented to anything")
	}
	return append(list, "every shopper has an e-mail address and has given all consents")
}
