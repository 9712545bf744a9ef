package cli

import (
	"context"
	"net/http"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

func journeyList() *command {
	return &command{
		name: "list", args: "[CAMPAIGN]", summary: "show who is under way in campaigns with steps, and how many stand at each step",
		detail:   "All are counted; the 1,000 that move next are told one by one, the next of them first.",
		examples: []string{"regulars journey list", "regulars journey list welcome"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 1, "the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			ask := admin.JourneyAsk{}
			if len(c.args) == 1 {
				ask.Campaign = c.args[0]
			}
			var list admin.JourneyList
			if err := client.Do(ctx, http.MethodPost, "/journeys/list", ask, &list); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			c.sayUnderWay(list)
			return nil
		},
	}
}

// sayUnderWay writes a line for each card, then one for each step.
func (c *call) sayUnderWay(list admin.JourneyList) {
	if list.Cards == 0 {
		c.say("Nobody is under way.")
		return
	}
	var rows, sums [][]string
	for _, p := range list.Places {
		until := "goes on"
		if !p.Until.IsZero() {
			until = "until " + p.Until.UTC().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{p.Card, p.Campaign, "step " + p.Step, until})
	}
	for _, at := range list.Steps {
		sums = append(sums, []string{at.Campaign, "step " + at.Step, several(at.Cards, "card")})
	}
	c.table(rows)
	c.table(sums)
}
