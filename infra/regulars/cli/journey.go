package cli

import (
	"context"
	"flag"
	"net/http"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func journeyCommand() *command {
	return &command{name: "journey", summary: "show where a card stands in campaigns with steps, stop it, or move those who wait", subs: []*command{journeyList(), journeyShow(), journeyStop(), journeyMove()}}
}

func journeyShow() *command {
	return &command{
		name: "show", args: "CARD", summary: "show where a card stands in campaigns with steps",
		detail:   "One line for each time that the card has entered one. `regulars why CARD CAMPAIGN` tells what each step came to.",
		examples: []string{"regulars journey show 77000001"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var list []admin.JourneyPlace
			if err := client.Do(ctx, http.MethodPost, "/journeys", admin.JourneyAsk{Card: c.args[0]}, &list); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			if len(list) == 0 {
				c.say("The card has entered no campaign with steps.")
			}
			var rows [][]string
			for _, p := range list {
				stands := "over: " + p.End
				switch {
				case !p.Until.IsZero():
					stands = "step " + p.Step + ", until " + p.Until.UTC().Format("2006-01-02 15:04")
				case p.End == "":
					stands = "step " + p.Step
				}
				rows = append(rows, []string{p.Campaign, p.Occasion, "entered " + p.Entered.UTC().Format(time.DateOnly), stands})
			}
			c.table(rows)
			return nil
		},
	}
}

func journeyStop() *command {
	var by, why string
	return &command{
		name: "stop", args: "CARD CAMPAIGN --by NAME --why TEXT", summary: "end a card's journey in a campaign",
		detail:   "What its steps have ordered and was not sent is kept back. One that is over stays as it is.",
		examples: []string{"regulars journey stop 77000001 welcome --by Mira --why \"Asked at the counter\""},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&by, "by", "", "`NAME` of who does it")
			f.StringVar(&why, "why", "", "`TEXT` that says why")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the card and the campaign"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, true)
			if err != nil {
				return err
			}
			defer leave()
			ask := admin.JourneyAsk{Card: c.args[0], Campaign: c.args[1], By: by, Why: why}
			if err := client.Do(ctx, http.MethodPost, "/journeys/stop", ask, &ask); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(ask)
			}
			c.say("The journey of card %s in campaign %s is over.", ask.Card, ask.Campaign)
			return nil
		},
	}
}

func journeyMove() *command {
	var version string
	return &command{
		name: "move", args: "CAMPAIGN", summary: "let the cards that wait in a campaign go on by the version that holds now",
		detail: "Without it, a card keeps to the version by which it has entered. Each card that is under way is listed: a wait is found by its id, or by\n" +
			"moved_from in the new version, and keeps its end; whoever finds none stays where it is, and goes on by its own version. With --to it is\n" +
			"another version than that of now: an earlier one, or one that holds from a day to come. `regulars programme history` lists them.",
		examples: []string{"regulars journey move welcome", "regulars journey move welcome --to 2026-12-01T00:00:00+01:00"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&version, "to", "", "`VERSION`, by the moment from which it holds")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the campaign"); err != nil {
				return err
			}
			ask := admin.JourneyAsk{Campaign: c.args[0]}
			if version != "" {
				from, err := time.Parse(time.RFC3339, version)
				if err != nil {
					return usage("%q is no version; it is named by the moment from which it holds, such as 2026-12-01T00:00:00+01:00", version)
				}
				ask.To = from
			}
			client, leave, err := c.shop(ctx, true)
			if err != nil {
				return err
			}
			defer leave()
			var list []loyalty.JourneyMoved
			if err := client.Do(ctx, http.MethodPost, "/journeys/move", ask, &list); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			var rows [][]string
			moved := 0
			for _, m := range list {
				if m.Why != "" {
					rows = append(rows, []string{m.Card, "stays: " + m.Why})
					continue
				}
				moved++
				rows = append(rows, []string{m.Card, "step " + m.From + " -> " + m.To})
			}
			c.table(rows)
			c.say("%s moved, %d stay.", several(int64(moved), "card"), len(list)-moved)
			return nil
		},
	}
}
