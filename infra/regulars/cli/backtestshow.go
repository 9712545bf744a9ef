package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/money"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/whatif"
)

func programmeJSON(d programme.Document) ([]byte, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write the programme as JSON: %w", err)
	}
	return body, nil
}

// priced is a side with what its points are worth.
type priced struct {
	*whatif.Side
	Net         int64  `json:"net"`
	PointsWorth int64  `json:"points_worth"` // of those issued and not reversed
	Margin      *int64 `json:"margin,omitempty"`
}

func priceSide(s *whatif.Side, p whatif.Price) *priced {
	if s == nil {
		return nil
	}
	told := &priced{Side: s, Net: s.Net(), PointsWorth: p.PointsWorth(s.Issued - s.Reversed)}
	if p.HasMargin {
		margin := p.MarginOf(s)
		told.Margin = &margin
	}
	return told
}

// backtested is the answer for programs. Money is in minor units.
type backtested struct {
	Complete bool           `json:"complete"`
	Currency money.Currency `json:"currency"`
	Played   whatif.Played  `json:"played"`
	Rejected int64          `json:"rows_left_out"`
	Draft    *priced        `json:"draft"`
	Against  *priced        `json:"against,omitempty"`
	Gains    *whatif.Gains  `json:"gains,omitempty"`
	Moves    []whatif.Moved `json:"tier_moves,omitempty"`
	Assumed  []string       `json:"assumed"` // what the figures rest on
}

// tellBacktest shows a report, and ends as a stopped command does where it was stopped.
func (c *call) tellBacktest(ctx context.Context, f backtestFlags, sales importer.Sales, r whatif.Report, p whatif.Price) error {
	ranked, gains := r.Rank(p)
	out := backtested{
		Complete: r.Complete, Currency: sales.Currency, Played: r.Played, Rejected: sales.Rejected, Draft: priceSide(r.Draft, p), Against: priceSide(r.Against, p), Moves: r.Moves,
		Assumed: f.assumed(r.Draft, sales.Currency),
	}
	if r.Against != nil {
		out.Gains = &gains
	}
	if f.csv != "" {
		if err := writeMovers(f.csv, ranked, sales.Currency); err != nil {
			return fmt.Errorf("write %s: %w", f.csv, plainPathError(err))
		}
	}
	if c.json {
		if err := c.writeJSON(out); err != nil {
			return err
		}
		return ctx.Err()
	}
	c.showPlayed(out, sales)
	c.showSides(out)
	c.showOffers(out)
	c.showTiers(out)
	if out.Gains != nil {
		c.showGains(*out.Gains, out.Currency)
	}
	c.say("")
	for _, a := range out.Assumed {
		c.say("Assumed: %s.", a)
	}
	return ctx.Err()
}

func (c *call) showPlayed(out backtested, sales importer.Sales) {
	p := out.Played
	c.say("%s (%d of guests) with %s and %s, %s to %s, in %s", several(p.Receipts, "receipt"), p.Guests, several(p.Lines, "line"), several(p.Returns, "return"),
		p.First.Format("2006-01-02"), p.Last.Format("2006-01-02"), out.Currency)
	if !out.Complete {
		c.say("Stopped: only %d of %d receipts were played, card by card; the figures are theirs.", p.Done, p.Total)
	}
	if sales.Rejected > 0 {
		var why []string
		for _, reason := range sales.ByReason {
			why = append(why, fmt.Sprintf("%s %d", reason.Reason, reason.Rows))
		}
		c.say("%s left out: %s", several(sales.Rejected, "row"), strings.Join(why, ", "))
	}
}

// inMinor writes minor units without the currency, which the head of a table names.
func inMinor(minor int64, in money.Currency) string {
	text, _, _ := strings.Cut(money.Amount{Minor: minor, Currency: in}.String(), " ")
	return text
}

// showSides sets both programmes side by side.
func (c *call) showSides(out backtested) {
	sum := func(n int64) string { return inMinor(n, out.Currency) }
	whole := func(n int64) string { return strconv.FormatInt(n, 10) }
	rows := [][]string{{"", "DRAFT"}}
	if out.Against != nil {
		rows[0] = []string{"", "CURRENT", "DRAFT", "DIFFERENCE"}
	}
	row := func(name string, show func(int64) string, of func(*priced) int64) {
		if out.Against == nil {
			rows = append(rows, []string{name, show(of(out.Draft))})
			return
		}
		rows = append(rows, []string{name, show(of(out.Against)), show(of(out.Draft)), show(of(out.Draft) - of(out.Against))})
	}
	row("prices before discounts", sum, func(s *priced) int64 { return s.Gross })
	row("discounts of offers", sum, func(s *priced) int64 { return s.Discount })
	row("receipts that offers touch", whole, func(s *priced) int64 { return s.Touched })
	row("paid back for returns", sum, func(s *priced) int64 { return s.Refund })
	row("left", sum, func(s *priced) int64 { return s.Net })
	row("points issued", whole, func(s *priced) int64 { return s.Issued })
	row("points reversed", whole, func(s *priced) int64 { return s.Reversed })
	row("points expired", whole, func(s *priced) int64 { return s.Expired })
	row("points outstanding", whole, func(s *priced) int64 { return s.Outstanding })
	row("worth of points issued less reversed", sum, func(s *priced) int64 { return s.PointsWorth })
	row("coupons granted", whole, func(s *priced) int64 { return s.Granted })
	row("coupons redeemed", whole, func(s *priced) int64 { return s.Redeemed })
	if out.Draft.Margin != nil {
		row("margin after discounts and points", sum, func(s *priced) int64 { return *s.Margin })
	}
	c.say("")
	c.table(rows)
	for _, s := range []*priced{out.Draft, out.Against} {
		if s != nil && s.Unpriced+s.NotPlayed > 0 {
			c.say("%s: %s could not be priced and %s not played; they would take back more than was paid", s.Programme, several(s.Unpriced, "receipt"), several(s.NotPlayed, "return"))
		}
	}
}

// showOffers shows what each offer has cost.
func (c *call) showOffers(out backtested) {
	rows := [][]string{{"", "OFFER", "RECEIPTS", "BY COUPON", "COST " + string(out.Currency), "NAME"}}
	for _, side := range []struct {
		name string
		of   *priced
	}{{"draft", out.Draft}, {"current", out.Against}} {
		if side.of == nil {
			continue
		}
		for _, o := range side.of.Offers {
			rows = append(rows, []string{side.name, o.ID, fmt.Sprint(o.Receipts), fmt.Sprint(o.Coupons), inMinor(o.Amount, out.Currency), o.Name})
		}
	}
	if len(rows) > 1 {
		c.say("")
		c.table(rows)
	}
}

// showTiers shows where the cards stand in the end.
func (c *call) showTiers(out backtested) {
	all := maps.Clone(out.Draft.Tiers)
	if out.Against != nil {
		maps.Copy(all, out.Against.Tiers)
	}
	rows := [][]string{{"TIER", "CARDS"}}
	if out.Against != nil {
		rows[0] = []string{"TIER", "CURRENT", "DRAFT"}
	}
	for _, tier := range slices.Sorted(maps.Keys(all)) {
		row := []string{orBase(tier)}
		if out.Against != nil {
			row = append(row, fmt.Sprint(out.Against.Tiers[tier]))
		}
		rows = append(rows, append(row, fmt.Sprint(out.Draft.Tiers[tier])))
	}
	if len(rows) > 2 {
		c.say("")
		c.table(rows)
	}
	for _, m := range out.Moves {
		c.say("  %s from %s to %s", several(m.Cards, "card"), orBase(m.From), orBase(m.To))
	}
}

func orBase(tier string) string {
	if tier == "" {
		return "base"
	}
	return tier
}

// showGains says for whom the draft is better.
func (c *call) showGains(g whatif.Gains, in money.Currency) {
	c.say("\n%s %s %s in discounts and points, %s %s %s, %d stay as they are.", several(g.Gain, "card"), plural(g.Gain, "gains", "gain"), money.Amount{Minor: g.Gained, Currency: in},
		several(g.Lose, "card"), plural(g.Lose, "loses", "lose"), money.Amount{Minor: g.Lost, Currency: in}, g.Same)
	rows := [][]string{{"TENTH", "CARDS", "FROM", "TO", "MEAN"}}
	for i, d := range g.Deciles {
		rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprint(d.Cards), inMinor(d.From, in), inMinor(d.To, in), inMinor(d.Mean, in)})
	}
	if g.Gain+g.Lose > 0 {
		c.table(rows)
	}
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// writeMovers writes every card with what it gains, who gains most first.
func writeMovers(path string, list []whatif.Ranked, in money.Currency) error {
	file, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	out := csv.NewWriter(file)
	rows := [][]string{{"card", "gains", "discount_more", "points_more"}}
	for _, m := range list {
		rows = append(rows, []string{m.Card, inMinor(m.Gain, in), inMinor(m.Discount, in), strconv.FormatInt(m.Points, 10)})
	}
	err = out.WriteAll(rows)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
