package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/card"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/whatif"
)

// backtestFlags are what a backtest is asked for.
type backtestFlags struct {
	receipts, mapFile, against, from, to, point, margin, csv string
	redeem                                                   int
	noConsents                                               bool
}

// theStore as the receipts is the shop's own past.
const theStore = "store"

func backtestCommand() *command {
	var f backtestFlags
	return &command{
		name: "backtest", args: "DRAFT --receipts FILE|store", summary: "play past receipts through a draft of the rules: what it would have cost, and for whom",
		detail: "Every receipt is priced before its discounts and checked out as if the till had asked the draft at that moment, in memory alone: nothing\n" +
			"is stored. The receipts are those of the shop (store), of a file that `regulars export` wrote, or of any file with its --map, as\n" +
			"`regulars import receipts --help` says. Beside the draft plays --against: a file, a day, a moment, or now, which is the default where\n" +
			"there is a shop.\n\n" +
			"It takes it that shoppers would have bought the same, that each coupon is used at the first chance (--redeem 20 has a fifth of them\n" +
			"used), and that all have an e-mail address and all consents (--no-consents: none). Offers with first and last days hold on those days\n" +
			"only: give a draft of next year the days of the receipts. --from and --to choose what is counted; what came before is played all the\n" +
			"same. Ctrl-C ends it with the cards played until then. All receipts lie in memory: at most five million lines, a million in about\n" +
			"800 MB.",
		examples: []string{
			"regulars backtest draft.yaml --receipts store --from 2026-01-01",
			"regulars backtest draft.yaml --receipts sales.csv.gz --map samples/import.receipts.yaml --against programme.yaml --margin 0.35 --csv movers.csv",
		},
		flags: f.set,
		run:   func(ctx context.Context, c *call) error { return c.backtest(ctx, f) },
	}
}

func (f *backtestFlags) set(flags *flag.FlagSet) {
	flags.StringVar(&f.receipts, "receipts", "", "`FILE` of past receipts, or store for the shop's own")
	flags.StringVar(&f.mapFile, "map", "", "`FILE` that says which column is which; without it FILE is what `regulars export` wrote")
	flags.StringVar(&f.against, "against", "", "`FILE`, day or moment of the rules to compare with; none for the draft alone")
	flags.StringVar(&f.from, "from", "", "first `DAY` that is counted")
	flags.StringVar(&f.to, "to", "", "last `DAY` that is counted")
	flags.StringVar(&f.point, "point", "", "`AMOUNT` that a point is worth to the shop; what it pays for by the draft, or 0.01, if not given")
	flags.StringVar(&f.margin, "margin", "", "`SHARE` of the price before discounts that is not the goods' cost, such as 0.35; shows the margin")
	flags.IntVar(&f.redeem, "redeem", 100, "`PERCENT` of the coupons that are ever used")
	flags.BoolVar(&f.noConsents, "no-consents", false, "take it that nobody has consented to anything")
	flags.StringVar(&f.csv, "csv", "", "`FILE` for every card with what it gains or loses; holds card numbers")
}

// backtest reads, plays and shows. The draft is checked as for publishing.
func (c *call) backtest(ctx context.Context, f backtestFlags) error {
	if err := c.words(1, 1, "the draft's file"); err != nil {
		return err
	}
	if f.receipts == "" {
		return usage("--receipts is missing: a file, or store")
	}
	if f.redeem < 0 || f.redeem > 100 {
		return usage("--redeem is 0 to 100 per cent")
	}
	draft, _, err := c.checked()
	if err != nil {
		return err
	}
	against, err := c.opponent(ctx, f)
	if err != nil {
		return err
	}
	price, err := f.price(draft)
	if err != nil {
		return err
	}
	in := whatif.Input{Draft: draft, Against: against, Redeem: f.redeem, Workers: runtime.GOMAXPROCS(0), Shopper: f.shopper(draft, against)}
	if in.From, in.Until, err = f.span(draft); err != nil {
		return err
	}
	progress := c.newBar()
	defer progress.end()
	sales, err := c.sales(ctx, f, progress)
	if err != nil {
		return err
	}
	if err := fitting(sales, draft, against); err != nil {
		return err
	}
	in.Sales = sales.List
	in.Stop = func() bool { return ctx.Err() != nil }
	in.Told = func(done, total int64) { progress.show("playing", done, total) }
	report := whatif.Run(in)
	progress.end()
	return c.tellBacktest(ctx, f, sales, report, price)
}

// fitting refuses receipts that the rules cannot decide.
func fitting(sales importer.Sales, draft, against *programme.Programme) error {
	switch {
	case len(sales.List) == 0:
		return errors.New("there are no receipts to play")
	case sales.Lines > whatif.MaxLines:
		return fmt.Errorf("the receipts have %d lines; at most %d are played at once: choose fewer", sales.Lines, whatif.MaxLines)
	case sales.Currency != draft.Currency:
		return fmt.Errorf("the receipts are in %s and the draft in %s", sales.Currency, draft.Currency)
	case against != nil && against.Currency != draft.Currency:
		return fmt.Errorf("the rules to compare with are in %s and the draft in %s", against.Currency, draft.Currency)
	}
	return nil
}

// opponent is the rules that the draft is compared with; nil where none are asked for and there is no shop to take them from.
func (c *call) opponent(ctx context.Context, f backtestFlags) (*programme.Programme, error) {
	name := f.against
	switch name {
	case "none":
		return nil, nil
	case "":
		name = "now"
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			if f.receipts == theStore {
				return nil, err
			}
			return nil, nil //nolint:nilerr // a file can be played without any shop
		}
		err = client.Do(ctx, http.MethodGet, "/programme", nil, nil)
		leave()
		if err != nil {
			return nil, nil //nolint:nilerr // nothing is published yet
		}
	}
	d, err := c.version(ctx, name)
	if err != nil {
		return nil, err
	}
	body, err := programmeJSON(d)
	if err != nil {
		return nil, err
	}
	return programme.Load(body)
}

// price reads what a point and a piece of goods are worth.
func (f backtestFlags) price(draft *programme.Programme) (whatif.Price, error) {
	p := whatif.Price{Point: draft.PointsWorth(whatif.MicroMinor)} // what a million of them pay for, so that no part is lost
	if f.point != "" || p.Point == 0 {
		exponent, err := draft.Currency.Exponent()
		if err != nil {
			return p, err
		}
		point, ok := new(big.Rat).SetString(cmp.Or(f.point, "0.01"))
		if !ok || point.Sign() < 0 {
			return p, usage("--point is an amount such as 0.01")
		}
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)
		point.Mul(point, new(big.Rat).SetInt(scale.Mul(scale, big.NewInt(whatif.MicroMinor))))
		p.Point = new(big.Int).Quo(point.Num(), point.Denom()).Int64()
	}
	if f.margin == "" {
		return p, nil
	}
	margin, ok := new(big.Rat).SetString(f.margin)
	if !ok || margin.Sign() < 0 || margin.Cmp(big.NewRat(1, 1)) > 0 {
		return p, usage("--margin is a share from 0 to 1 such as 0.35")
	}
	margin.Mul(margin, big.NewRat(10_000, 1))
	p.Margin, p.HasMargin = new(big.Int).Quo(margin.Num(), margin.Denom()).Int64(), true
	return p, nil
}

// span is the time that is counted, in the draft's zone.
func (f backtestFlags) span(draft *programme.Programme) (from, until time.Time, err error) {
	read := func(name, text string) time.Time {
		at, wrong := time.ParseInLocation(time.DateOnly, text, draft.Zone(""))
		if wrong != nil && err == nil {
			err = usage("--%s is a day such as 2026-05-01", name)
		}
		return at
	}
	if f.from != "" {
		from = read("from", f.from)
	}
	if f.to != "" {
		until = read("to", f.to).AddDate(0, 0, 1)
	}
	if err == nil && f.to != "" && !from.Before(until) {
		err = usage("--to lies before --from")
	}
	return from, until, err
}

// shopper is who every shopper is taken to be.
func (f backtestFlags) shopper(rules ...*programme.Programme) card.Profile {
	if f.noConsents {
		return card.Profile{}
	}
	p := card.Profile{Email: "somebody@example.com", Consents: map[string]card.Consent{}}
	for _, r := range rules {
		if r == nil {
			continue
		}
		for _, t := range r.Topics {
			p.Consents[t.ID] = card.Consent{Allowed: true, At: r.From, Source: "backtest"}
		}
	}
	return p
}

// sales reads the receipts: of a file, or of the shop by way of its export.
func (c *call) sales(ctx context.Context, f backtestFlags, progress *bar) (importer.Sales, error) {
	if f.receipts == theStore {
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			return importer.Sales{}, err
		}
		defer leave()
		body, err := client.Stream(ctx, http.MethodPost, "/export", nil)
		if err != nil {
			return importer.Sales{}, err
		}
		defer body.Close()
		return importer.ReadSales(body, 0, nil, c.now(), progress.show)
	}
	var m *importer.Map
	if f.mapFile != "" {
		text, err := os.Open(filepath.Clean(f.mapFile))
		if err != nil {
			return importer.Sales{}, fmt.Errorf("open the map %s: %w", f.mapFile, plainPathError(err))
		}
		defer text.Close()
		if m, err = importer.ReadMap(text, "receipts"); err != nil {
			return importer.Sales{}, fmt.Errorf("%s: %w", f.mapFile, err)
		}
	}
	file, err := os.Open(filepath.Clean(f.receipts))
	if err != nil {
		return importer.Sales{}, fmt.Errorf("open %s: %w", f.receipts, plainPathError(err))
	}
	defer file.Close()
	size := int64(0)
	if info, err := file.Stat(); err == nil {
		size = info.Size()
	}
	return importer.ReadSales(stoppable{ctx, file}, size, m, c.now(), progress.show)
}

// stoppable is a file whose reading ends with the context.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.from.Read(b)
}
