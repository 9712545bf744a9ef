package cli

import (
	"context"
	"net/http"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func whyCommand() *command {
	return &command{
		name: "why", args: "CARD CAMPAIGN", summary: "say why a campaign has or has not written to a card",
		detail: "One line for each gate, in the order in which they are asked, and one outcome. Where an e-mail was ordered its record is told, else the\n" +
			"rules are asked as of now. Nothing is changed.",
		examples: []string{"regulars why 77000001 winter"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the card and the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var w loyalty.Why
			if err := client.Do(ctx, http.MethodPost, "/why", admin.WhyAsked{Card: c.args[0], Campaign: c.args[1]}, &w); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(w)
			}
			if w.Occasion != "" {
				c.say("occasion %s", w.Occasion)
			}
			var rows [][]string
			for _, g := range w.Gates {
				rows = append(rows, []string{"  " + g.Gate, map[bool]string{true: "passes", false: "stops"}[g.Passes], g.Says})
			}
			c.table(rows)
			c.say("%s", w.Outcome)
			return nil
		},
	}
}
