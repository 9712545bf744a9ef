package cli

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/results"
)

func campaignResults() *command {
	var asCSV bool
	margin := -1
	return &command{
		name: "results", args: "CAMPAIGN", summary: "what a campaign brought, against those it left alone",
		detail: "Purchases at tills and in the web shop within the campaign's window, of cards as they were assigned: also of those whose mail bounced.\n" +
			"The interval is Welch's for money and Newcombe's for buyers, of 95 %. '*' is all campaigns together, against the programme's holdout.\n\n" +
			"Revenue with coupons and incremental revenue are two answers to two questions: never add them. Arms are compared with those left alone and\n" +
			"with one another; arms of other sizes than they were meant to have are no result. What lies behind a number for one card: regulars why.",
		examples: []string{"regulars campaign results birthday", "regulars campaign results birthday --csv > birthday.csv"},
		flags: func(set *flag.FlagSet) {
			set.BoolVar(&asCSV, "csv", false, "write CSV: a line for the campaign and one for each of its arms")
			set.IntVar(&margin, "margin", -1, "`PERCENT` of the price of goods that is not their cost, for what is left of the revenue")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out results.Results
			if err := client.Do(ctx, http.MethodGet, "/campaigns/"+url.PathEscape(c.args[0])+"/results?margin="+strconv.Itoa(margin*100), nil, &out); err != nil {
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

func (c *call) showResults(r results.Results) {
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
	worth := ""
	if r.PointsWorth != nil && *r.PointsWorth != 0 {
		worth = ", points worth " + amount(*r.PointsWorth)
	}
	c.say("cost      %s of discounts%s, %s of e-mails", amount(r.Discount), worth, dollars(r.MailCost))
	if m := r.Margin; m != nil {
		c.say("margin    %s after goods, discounts and points, between %s and %s", amount(m.Value), amount(m.Low), amount(m.High))
	}
	c.showJourney(r)
	c.showArms(r)
	c.say("A card's own records: %s", r.Records)
}

// showJourney tells how far cards have come in its steps.
func (c *call) showJourney(r results.Results) {
	j := r.Journey
	if j == nil {
		return
	}
	rate := func(of *results.Range) string {
		if of == nil {
			return "-"
		}
		percent := func(points int64) string { return fmt.Sprintf("%d.%d %%", points/100, points%100/10) }
		return fmt.Sprintf("%s, between %s and %s with 95 %% confidence", percent(of.Value), percent(of.Low), percent(of.High))
	}
	c.say("journeys  %d entered, %d under way, %d at their goal: of those that are over %s", j.Entered, j.UnderWay, j.Goals, rate(j.GoalRate))
	for _, e := range j.Ends {
		c.say("ended     %d by %s", e.Cards, e.Why)
	}
	for _, w := range j.Ways {
		c.say("way       step %s, %s: %s, %d at their goal, %s", w.Step, w.Way, several(w.Cards, "card"), w.Goals, rate(w.GoalRate))
	}
}

// showArms tells how the arms stand.
func (c *call) showArms(r results.Results) {
	if len(r.Arms) == 0 {
		return
	}
	amount := func(minor int64) string { return money.Amount{Minor: minor, Currency: r.Currency}.String() }
	rows := [][]string{{"ARM", "WEIGHT", "CARDS", "BOUGHT", "SPENT", "SENT", "CLICKED", "MORE THAN WITHOUT"}}
	for _, a := range r.Arms {
		more := a.Outcome
		if i := a.Incremental; i != nil {
			more = amount(i.Value) + ", " + a.Outcome
		}
		rows = append(rows, []string{a.ID, strconv.Itoa(a.Weight), fmt.Sprint(a.People), fmt.Sprint(a.Buyers), amount(a.Spent), fmt.Sprint(a.Sent), fmt.Sprint(a.Clicked), more})
	}
	c.table(rows)
	if r.ArmsSay != "" {
		c.say("%s", r.ArmsSay)
	}
	for _, p := range r.Compared {
		c.say("%s", p.Sentence)
	}
	switch w := r.Winner; {
	case w == nil:
	case w.Winner == "":
		c.say("No arm has won by %s at %s; the cards stay split.", w.By, w.Looked.UTC().Format(dateTime))
	default:
		c.say("Arm %s has won by %s at %s, and speaks to all since.", w.Winner, w.By, w.Looked.UTC().Format(dateTime))
	}
}

func (c *call) resultsCSV(r results.Results) error {
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
	names, row = append([]string{"arm"}, names...), append([]string{""}, row...)
	lines := [][]string{names, row}
	for _, a := range r.Arms {
		lines = append(lines, armCSV(r, a, len(names)))
	}
	return out.WriteAll(lines)
}

// armCSV is an arm in the columns of its campaign; what is counted of the campaign alone stays empty.
func armCSV(r results.Results, a results.ArmResult, columns int) []string {
	value, low, high := "", "", ""
	if i := a.Incremental; i != nil {
		value, low, high = fmt.Sprint(i.Value), fmt.Sprint(i.Low), fmt.Sprint(i.High)
	}
	row := []string{
		a.ID, r.Campaign, string(r.Currency), a.Outcome, fmt.Sprint(a.People), fmt.Sprint(a.Buyers), fmt.Sprint(a.Spent),
		fmt.Sprint(r.Held.People), fmt.Sprint(r.Held.Buyers), fmt.Sprint(r.Held.Spent), value, low, high, "", "", "", "",
		fmt.Sprint(a.Sent), fmt.Sprint(a.Delivered), fmt.Sprint(a.Bounced), "", "", fmt.Sprint(a.Clicked), fmt.Sprint(a.ClickedBots),
	}
	return row[:columns]
}
