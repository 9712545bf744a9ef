package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/books"
	"github.com/regulars-dev/regulars/shared/liability"
	"github.com/regulars-dev/regulars/shared/money"
)

func reportCommand() *command {
	return &command{name: "report", summary: "draw up what the shop owes", subs: []*command{reportLiability()}}
}

// accountant is said on every report for a person: the figures are ours, the policy is not.
const accountant = "How points are shown in the accounts (at which worth, with which breakage, as deferred revenue or as a provision) is a policy\n" +
	"that an accountant must choose; points.books in the programme says what was chosen."

func reportLiability() *command {
	var ask books.Ask
	var file string
	return &command{
		name: "liability", summary: "what the shop owes in points and on gift cards at the end of any day",
		detail: "Every point that was ever issued stands in one account: still out (available, pending, held), redeemed, expired, taken back by a return,\n" +
			"written off, or adjusted by hand. Both sides are the same in points and in money, and what is out is the sum of all balances, to the\n" +
			"point; if it is not, the command says so and exits with 1.\n\n" +
			"A receipt counts on its own day, however late it arrived. Points have expired when their last day is over. What points are worth, and how\n" +
			"many of them are expected to be redeemed, is said by the version of the programme that held on the day (points.books).\n" +
			"What was pending on a past day is reckoned from the receipts; what was held then is not kept, and stands under available.\n\n" + accountant,
		examples: []string{
			"regulars report liability",
			"regulars report liability --at 2026-12-31 --json",
			"regulars report liability --from 2026-01-01 --to 2026-12-31 --by month --csv liability-2026.csv",
		},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&ask.At, "at", "", "at the end of this `DAY`, such as 2026-12-31 (today if not given)")
			set.StringVar(&ask.From, "from", "", "at the ends of the months from this `DAY` on")
			set.StringVar(&ask.To, "to", "", "up to the end of this `DAY` (today if not given)")
			set.StringVar(&ask.By, "by", "", "at the ends of each `SPAN`: day, month, quarter or year (month if not given)")
			set.StringVar(&file, "csv", "", "write a row for each account and day to `FILE` too")
		},
		run: func(ctx context.Context, c *call) error { return c.liability(ctx, ask, file) },
	}
}

func (c *call) liability(ctx context.Context, ask books.Ask, file string) error {
	if err := c.words(0, 0, ""); err != nil {
		return err
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	line, err := c.followed(ctx, client, "/report/liability", ask)
	if err != nil {
		return err
	}
	report := *line.Books
	if file != "" {
		if err := writeCSV(report, file); err != nil {
			return err
		}
	}
	if c.json {
		err = c.writeJSON(report)
	} else {
		c.showLiability(report, file)
	}
	if err == nil && !report.Ties() {
		err = errors.New("the report does not tie; run `regulars verify`, which names what is wrong with which card")
	}
	return err
}

func writeCSV(report books.Report, file string) error {
	out, err := os.Create(file) //nolint:gosec // the person names the file
	if err != nil {
		return fmt.Errorf("make %s: %w", file, plainPathError(err))
	}
	return errors.Join(report.WriteCSV(out), out.Close())
}

// showLiability says what is owed at the end of the last day, and of more days what was out at the end of each.
func (c *call) showLiability(r books.Report, file string) {
	if len(r.Days) > 1 {
		rows := [][]string{{"DAY", "ISSUED", "OUT", "REDEEMED", "EXPIRED", "TAKEN BACK", "LIABILITY", "GIFT CARDS"}}
		for _, d := range r.Days {
			rows = append(rows, []string{
				d.On, fmt.Sprint(d.Points[books.Issued]), fmt.Sprint(d.Points[books.Outstanding]), fmt.Sprint(d.Points[liability.Redeemed.String()]),
				fmt.Sprint(d.Points[liability.Expired.String()]), fmt.Sprint(d.Points[liability.ClawedBack.String()]), valued(d, d.Liability.Minor), gifts(d),
			})
		}
		c.table(rows)
		c.say("")
	}
	d := r.Days[len(r.Days)-1]
	worth := several(d.Per, "point") + " worth " + d.Worth.String()
	if d.Worth.Minor == 0 {
		worth = "points worth nothing, for the programme of that day has neither points.books.worth nor points.pay"
	}
	c.say("At the end of %s, %s, %s, %s %% expected to be redeemed:\n", d.On, several(r.Cards, "card"), worth, percentage(d.Expected))
	c.accounts(d)
	c.say("\nliability  %s that are expected to be redeemed yet, %s", points(d.Liability.Points), valued(d, d.Liability.Minor))
	c.say("breakage   %s that are not, %s", points(d.Breakage.Points), valued(d, d.Breakage.Minor))
	for _, g := range d.GiftCards {
		c.say("gift cards %s owed on %s: issued %s, redeemed %s, refunded %s, expired %s, cancelled %s", money.Amount{Minor: g.Balance, Currency: g.Currency},
			several(g.Cards, "card"), plain(g, g.Issued), plain(g, g.Redeemed), plain(g, g.Refunded), plain(g, g.Expired), plain(g, g.Cancelled))
	}
	c.ties(r, d)
	if file != "" {
		c.say("\nThe rows stand in %s.", file)
	}
	c.say("\n%s", accountant)
}

// accounts shows both sides of the book.
func (c *call) accounts(d books.Day) {
	rows := [][]string{{"ACCOUNT", "POINTS", string(d.Currency)}}
	row := func(name, label string) {
		if d.Points[name] != 0 || d.Minor[name] != 0 || label == name {
			rows = append(rows, []string{label, fmt.Sprint(d.Points[name]), valued(d, d.Minor[name])})
		}
	}
	row(books.Issued, books.Issued)
	for _, a := range liability.Accounts() {
		switch name := a.String(); {
		case a < liability.Available:
			row(name, "  "+name)
		case a == liability.Available:
			row(name, name)
			if d.Owed > 0 {
				rows = append(rows, []string{"  less owed", fmt.Sprint(d.Owed)})
			}
		default:
			row(name, name)
		}
	}
	c.table(rows)
}

// ties says whether everything adds up, and what does not.
func (c *call) ties(r books.Report, d books.Day) {
	if r.Ties() {
		c.say("\nIssued is what is out and what has ended, and what is out is the sum of all balances (%d) less what has expired and is not posted yet (%d). It ties.",
			d.Balances, d.Unposted)
		return
	}
	c.say("\nIt does not tie.")
	for _, d := range r.Days {
		if d.Wrong != "" {
			c.say("  at the end of %s: %s", d.On, d.Wrong)
		}
	}
	for _, f := range r.Faults {
		c.say("  %s", f)
	}
	if more := r.Wrong - int64(len(r.Faults)); more > 0 {
		c.say("  ... and %d more", more)
	}
}

func valued(d books.Day, minor int64) string {
	return money.Amount{Minor: minor, Currency: d.Currency}.String()
}

func plain(g books.Gifts, minor int64) string {
	return money.Amount{Minor: minor, Currency: g.Currency}.String()
}

// gifts is what is owed on gift cards, in each currency.
func gifts(d books.Day) string {
	text := ""
	for i, g := range d.GiftCards {
		if i > 0 {
			text += ", "
		}
		text += plain(g, g.Balance)
	}
	return text
}

// percentage writes basis points as "80" or "80.5".
func percentage(basisPoints int64) string {
	text := fmt.Sprintf("%d.%02d", basisPoints/100, basisPoints%100)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
