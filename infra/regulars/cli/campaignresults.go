package cli

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/money"
)

func campaignResults() *command {
	var asCSV bool
	return &command{
		name: "results", args: "CAMPAIGN", summary: "what a campaign brought, against those it left alone",
		detail: "Purchases at tills and in the web shop within the campaign's window, of cards as they were assigned: also of those whose mail bounced.\n" +
			"The interval is Welch's for money and Newcombe's for buyers, of 95 %. '*' is all campaigns together, against the programme's holdout.",
		examples: []string{"regulars campaign results birthday", "regulars campaign results birthday --csv > birthday.csv"},
		flags:    func(set *flag.FlagSet) { set.BoolVar(&asCSV, "csv", false, "write two lines of CSV") },
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out admin.Results
			if err := client.Do(ctx, http.MethodGet, "/campaigns/"+url.PathEscape(c.args[0])+"/results", nil, &out); err != nil {
				return err
			}
			switch {
			case c.json:
				return c.writeJSON(out)
			case asCSV:
				return c.resultsCSV(out)
			}
			c.showResults(out)
			return nil
		},
	}
}

func (c *call) showResults(r admin.Results) {
	amount := func(minor int64) string { return money.Amount{Minor: minor, Currency: r.Currency}.String() }
	c.say("%s", r.Sentence)
	c.say("treated   %s, %d bought for %s within %s", several(int(r.Treated.People), "card"), r.Treated.Buyers, amount(r.Treated.Spent), several(r.WindowDays, "day"))
	c.say("held out  %s, %d bought for %s", several(int(r.Held.People), "card"), r.Held.Buyers, amount(r.Held.Spent))
	if i := r.Incremental; i != nil {
		c.say("revenue   %s more than without it, between %s and %s with 95 %% confidence", amount(i.Value), amount(i.Low), amount(i.High))
	}
	c.say("coupons   %d granted, %d redeemed on receipts of %s, %s taken off", r.Granted, r.Redeemed, amount(r.Revenue), amount(r.Discount))
	c.say("e-mails   %d sent, %d delivered, %d bounced, %d complained of, %d refused", r.Sent, r.Delivered, r.Bounced, r.Complained, r.Refused)
	c.say("clicks    %d e-mails by people, %d by programs alone", r.Clicked, r.ClickedBots)
}

func (c *call) resultsCSV(r admin.Results) error {
	out := csv.NewWriter(c.stdout)
	value, low, high := "", "", ""
	if i := r.Incremental; i != nil {
		value, low, high = fmt.Sprint(i.Value), fmt.Sprint(i.Low), fmt.Sprint(i.High)
	}
	names := []string{"campaign", "currency", "outcome", "treated", "treated_buyers", "treated_spent", "held", "held_buyers", "held_spent",
		"incremental", "incremental_low", "incremental_high", "granted", "redeemed", "coupon_revenue", "coupon_discount", "sent", "delivered", "bounced", "complained", "refused", "clicked", "clicked_bots"}
	row := []string{r.Campaign, string(r.Currency), r.Outcome}
	for _, n := range []int64{r.Treated.People, r.Treated.Buyers, r.Treated.Spent, r.Held.People, r.Held.Buyers, r.Held.Spent} {
		row = append(row, fmt.Sprint(n))
	}
	row = append(row, value, low, high)
	for _, n := range []int64{r.Granted, r.Redeemed, r.Revenue, r.Discount, r.Sent, r.Delivered, r.Bounced, r.Complained, r.Refused, r.Clicked, r.ClickedBots} {
		row = append(row, fmt.Sprint(n))
	}
	return out.WriteAll([][]string{names, row})
}
