package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/infra/regulars/simulation"
	"github.com/regulars-dev/regulars/shared/money"
)

func campaignSimulate() *command {
	var ask simulation.Ask
	var draft, file string
	return &command{
		name: "simulate", args: "[CAMPAIGN ...]", summary: "play campaigns ahead on a copy of the cards: who gets what and when, overlaps, and what it costs",
		detail: "The functions themselves play, on a clock of their own and on a copy of the shop's cards and messages; the e-mails go nowhere, and nothing\n" +
			"of the shop is changed. The copy lies in the folder for temporary files while it plays, and is removed with all that is in it. On AWS\n" +
			"the three tables are read once: about four cents for a million records of 1 KB.\n\n" +
			"Campaigns that are named speak as if they were started; without names, each as it is steered now. All of them play, for they compete for\n" +
			"the same shoppers. With --draft all campaigns of that file speak, from now on. What lies before --from is played and not counted.\n\n" +
			"Moments are true to a quarter of an hour, in more than a week to the hour. Nobody buys, unless --replay-year plays the receipts of 52\n" +
			"weeks before again. Ctrl-C ends it.",
		examples: []string{
			"regulars campaign simulate --to 2027-11-21",
			"regulars campaign simulate winter --draft next.yaml --from 2026-12-01 --to 2026-12-31 --csv winter.csv",
		},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&ask.From, "from", "", "first `DAY` that is counted; today if not given")
			f.StringVar(&ask.To, "to", "", "last `DAY`, at most a year ahead; 30 days after the first if not given")
			f.StringVar(&draft, "draft", "", "`FILE` of a programme that holds from now on in place of those that are published")
			f.BoolVar(&ask.Again, "replay-year", false, "play the receipts of 52 weeks before on their days")
			f.Int64Var(&ask.Quota, "quota", 0, "`N` e-mails a day that the mail service takes; 50000 if not given")
			f.StringVar(&file, "csv", "", "`FILE` for each e-mail, coupon and points; holds card numbers")
		},
		run: func(ctx context.Context, c *call) error {
			if ask.Quota < 0 {
				return usage("--quota is how many e-mails a day the mail service takes, 1 or more")
			}
			ask.Campaigns = c.args
			return c.simulate(ctx, ask, draft, file)
		},
	}
}

func (c *call) simulate(ctx context.Context, ask simulation.Ask, draft, file string) (err error) {
	if draft != "" {
		one := *c
		one.args = []string{draft}
		if _, ask.Draft, err = one.checked(); err != nil {
			return err
		}
	}
	each := func(simulation.Row) error { return nil }
	if file != "" {
		out, err := os.OpenFile(filepath.Clean(file), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("open %s: %w", file, plainPathError(err))
		}
		rows := csv.NewWriter(out)
		defer func() {
			rows.Flush()
			err = errors.Join(err, rows.Error(), out.Close())
		}()
		if err := rows.Write([]string{"at", "day", "card", "campaign", "occasion", "what", "outcome", "offer", "points", "worth_minor"}); err != nil {
			return err
		}
		ask.Rows = true
		each = func(r simulation.Row) error {
			return rows.Write([]string{
				r.At.Format(time.RFC3339), r.Day, r.Card, r.Campaign, r.Occasion, r.What, r.Outcome, r.Offer, strconv.FormatInt(r.Points, 10), strconv.FormatInt(r.Worth, 10),
			})
		}
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	body, err := client.Stream(ctx, http.MethodPost, "/simulate", ask)
	if err != nil {
		return err
	}
	defer body.Close()
	report, err := c.simulated(body, each)
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(report)
	}
	c.showSimulation(report)
	return nil
}

// simulated reads the lines of the answer up to the report.
func (c *call) simulated(body io.Reader, each func(simulation.Row) error) (*simulation.Report, error) {
	progress, in := c.newBar(), json.NewDecoder(body)
	defer progress.end()
	for {
		var line admin.SimulationLine
		if err := in.Decode(&line); errors.Is(err, io.EOF) {
			return nil, errors.New("the simulation broke off; run it again")
		} else if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		switch {
		case line.Error != "":
			return nil, errors.New(line.Error)
		case line.Report != nil:
			return line.Report, nil
		case line.Row != nil:
			if err := each(*line.Row); err != nil {
				return nil, fmt.Errorf("write what happened: %w", err)
			}
		default:
			progress.show(line.Stage, line.Done, line.Total)
		}
	}
}

func (c *call) showSimulation(r *simulation.Report) {
	amount := func(minor int64) string { return money.Amount{Minor: minor, Currency: r.Currency}.String() }
	c.say("Played from %s to %s on a copy of %s. The shop is as it was: no e-mail, no coupon, no counter.", r.From, r.To, several(r.Cards, "card"))
	head := []string{"CARDS", "E-MAILS", "NOT SENT", "HELD OUT", "COUPONS", "POINTS", "AT MOST", "ABOUT", "E-MAIL COST"}
	row := func(name, cards string, n simulation.Counts) []string {
		notSent := int64(0)
		for _, times := range n.NotSent {
			notSent += times
		}
		return []string{name, cards, fmt.Sprint(n.Mails), fmt.Sprint(notSent), fmt.Sprint(n.LeftOut), fmt.Sprint(n.Coupons), fmt.Sprint(n.Points), amount(n.AtMost), amount(n.About), dollars(n.MailCost)}
	}
	rows := [][]string{append([]string{"CAMPAIGN"}, head...)}
	for _, k := range r.Campaigns {
		rows = append(rows, row(k.Campaign, fmt.Sprint(k.Cards), k.Counts))
	}
	c.table(rows)
	for _, k := range r.Campaigns {
		if len(k.NotSent) > 0 {
			c.say("%s, not sent: %s", k.Campaign, reasons(k.NotSent))
		}
	}
	rows = [][]string{append([]string{"MONTH"}, head...)}
	for _, m := range r.Months {
		rows = append(rows, row(m.Month, "-", m.Counts))
	}
	c.table(rows)
	if r.Quota.Busiest != "" {
		c.say("Busiest day: %s with %s, of %d that the mail service takes; %s beyond that.", r.Quota.Busiest, several(r.Quota.Mails, "e-mail"), r.Quota.PerDay, several(r.Quota.Over, "day"))
	}
	for _, o := range r.Overlaps {
		c.say("Overlap: %s, %s on the same day, such as card %s on %s.", o.Campaigns, several(o.Times, "time"), o.Card, o.Day)
	}
	if len(r.Overlaps) == 0 {
		c.say("No card gets e-mails of two campaigns on one day.")
	}
	if r.Again > 0 {
		c.say("%s of 52 weeks before were played again.", several(r.Again, "receipt"))
	}
	for _, a := range r.Assumed {
		c.say("Assumed: %s.", a)
	}
}

// reasons lists why so many e-mails were not sent, the most frequent first.
func reasons(n map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		if n[a] != n[b] {
			return int(n[b] - n[a])
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", n[name], name)
	}
	return strings.Join(names, ", ")
}

// dollars writes thousandths of a cent, rounded up to a cent.
func dollars(millicents int64) string {
	return money.Amount{Minor: (millicents + 999) / 1000, Currency: "USD"}.String()
}
