package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/rfm"
)

func segmentRFM() *command {
	var ask admin.AskScores
	return &command{
		name: "rfm", summary: "score all cards by recency, frequency and money, and keep the report",
		detail: "Each measure parts those who have bought something into fifths, by exact quintiles (linear interpolation, type 7): 5 is the best score.\n" +
			"A value at a cut has the higher score, and equal values have equal scores, so fifths may be uneven. Rules ask for rfm.recency,\n" +
			"rfm.frequency and rfm.money by the newest report; a new one is drawn up when you ask for it.",
		examples: []string{"regulars segment rfm", "regulars segment rfm --at 2026-10-31"},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&ask.At, "at", "", "at the end of this `DAY`, such as 2026-10-31 (now if not given)")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			body, err := client.Stream(ctx, http.MethodPost, "/scores", ask)
			if err != nil {
				return err
			}
			defer body.Close()
			line, err := follow(c, body, "cards", "the scoring broke off; run it again", func(l admin.ScoreLine) (bool, int64, string) {
				return l.Table != nil, l.Done, l.Error
			})
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(line.Table)
			}
			c.showScores(*line.Table, money.Currency(line.Currency))
			return nil
		},
	}
}

// showScores shows the values from which on each score is given, and how many cards have it.
func (c *call) showScores(t rfm.Table, currency money.Currency) {
	c.say("%s that bought something, as of %s.", several(t.Cards, "card"), t.At.Format("2006-01-02 15:04 UTC"))
	if t.Cards == 0 {
		return
	}
	decimals, err := currency.Exponent()
	if err != nil {
		decimals = 0
	}
	rows := [][]string{{"SCORE", "DAYS SINCE", "CARDS", "PURCHASES", "CARDS", "MONEY " + string(currency), "CARDS"}}
	for score := rfm.Parts; score >= 1; score-- {
		recent, often, much := "more", "fewer", "less"
		if score > 1 {
			recent = "up to " + rfm.String(t.Recency.Cuts[rfm.Parts-score], 0)
			often = "from " + rfm.String(t.Frequency.Cuts[score-2], 0)
			much = "from " + rfm.String(t.Money.Cuts[score-2], decimals)
		}
		rows = append(rows, []string{
			fmt.Sprint(score), recent, fmt.Sprint(t.Recency.Counts[score-1]), often, fmt.Sprint(t.Frequency.Counts[score-1]), much, fmt.Sprint(t.Money.Counts[score-1]),
		})
	}
	c.table(rows)
	c.say("A value at a cut has the higher score. Rules ask for rfm.recency, rfm.frequency and rfm.money.")
}
