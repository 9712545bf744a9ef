package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/infra/regulars/importer"
	"github.com/regulars-dev/regulars/shared/store/bolt"
)

func importCommand() *command {
	return &command{
		name: "import", summary: "bring in shoppers and receipts that other systems have written",
		subs: []*command{importReceipts(), importShoppers()},
		detail: "An import is history: it publishes no facts and sends no e-mail, whatever its receipts would have set off. `regulars run` must not be\n" +
			"running. Every import may be killed at any moment and started again; nothing is lost and nothing doubled.",
	}
}

// importFlags are those of both kinds.
type importFlags struct {
	mapFile, rejects string
	dryRun, fresh    bool
}

func (f *importFlags) set(flags *flag.FlagSet) {
	flags.StringVar(&f.mapFile, "map", "", "`FILE` that says which column is which; without it FILE is what `regulars export` wrote")
	flags.StringVar(&f.rejects, "rejects", "", "`FILE` for the rows that were not taken; a file beside the store if not given")
	flags.BoolVar(&f.dryRun, "dry-run", false, "read and plan all, store nothing")
	flags.BoolVar(&f.fresh, "fresh", false, "begin at the beginning, whatever an earlier run has done")
}

func importReceipts() *command {
	var f importFlags
	return &command{
		local: true,
		name:  "receipts", args: "FILE [--map MAP]", summary: "book a file of receipts, cancellations as returns",
		detail: "FILE is CSV or JSONL, packed with gzip or not, one row a line of a receipt. It is planned whole, then booked by the programme of each\n" +
			"receipt's own day, as a till's receipts are: publish a programme for the old days first if they had other rules. A row is taken or\n" +
			"rejected with a reason; rows and money add up to what was read, to the last decimal. Campaigns of that programme grant their coupons too.",
		examples: []string{
			"regulars import receipts sales.csv.gz --map samples/import.receipts.yaml --dry-run",
			"regulars import receipts sales.csv.gz --map samples/import.receipts.yaml",
		},
		flags: f.set,
		run:   func(ctx context.Context, c *call) error { return c.importReceipts(ctx, f) },
	}
}

func importShoppers() *command {
	var f importFlags
	return &command{
		local: true,
		name:  "shoppers", args: "FILE [--map MAP]", summary: "enrol the shoppers of a file, with their consents",
		detail: "A shopper who has a card already, by number or by the other system's id, gets what the file says; the same file again changes nothing.\n" +
			"A consent is recorded with the source \"import\": bring only consents that you can prove.",
		examples: []string{"regulars import shoppers people.csv --map samples/import.shoppers.yaml"},
		flags:    f.set,
		run:      func(ctx context.Context, c *call) error { return c.importShoppers(ctx, f) },
	}
}

// imported is what both kinds prepare.
type imported struct {
	importer.Import
	file  *os.File
	size  int64
	bar   *bar
	close func()
	end   func(error) // closes the record of it
}

// prepare opens the file, the map and the store. The store keeps no feed meanwhile: what an import sets off is told to nobody.
func (c *call) prepare(ctx context.Context, f importFlags, kind string) (*imported, error) {
	if err := c.words(1, 1, "the file to import"); err != nil {
		return nil, err
	}
	if _, server, ok := admin.Find(ctx, c.data); ok {
		return nil, fmt.Errorf("`regulars run` has this shop open (%s); stop it first: an import is history and must not publish facts or send e-mails", server.URL)
	}
	in := &imported{bar: c.newBar()}
	in.Now, in.Progress, in.DryRun, in.Dir, in.Fresh = c.now, in.bar.show, f.dryRun, c.data, f.fresh
	if f.mapFile != "" {
		text, err := os.Open(filepath.Clean(f.mapFile))
		if err != nil {
			return nil, fmt.Errorf("open the map %s: %w", f.mapFile, plainPathError(err))
		}
		defer text.Close()
		if in.Map, err = importer.ReadMap(text, kind); err != nil {
			return nil, fmt.Errorf("%s: %w", f.mapFile, err)
		}
	}
	var err error
	if in.file, err = os.Open(c.args[0]); err != nil {
		return nil, fmt.Errorf("open %s: %w", c.args[0], plainPathError(err))
	}
	if info, err := in.file.Stat(); err == nil {
		in.size = info.Size()
	}
	db, err := c.open(false, bolt.Feed())
	if err != nil {
		in.file.Close()
		return nil, err
	}
	in.Service = admin.Service(db, c.now)
	if in.end, err = c.onRecord(ctx, in.Service, "import."+kind, f.dryRun); err != nil {
		in.file.Close()
		c.close(db)
		return nil, err
	}
	in.close = func() {
		in.bar.end()
		in.file.Close()
		c.close(db)
	}
	return in, nil
}

// importReceipts books a file. The rejected rows are kept before anything is said, for a person who reads of them will look.
func (c *call) importReceipts(ctx context.Context, f importFlags) error {
	in, err := c.prepare(ctx, f, "receipts")
	if err != nil {
		return err
	}
	defer in.close()
	report, err := in.Receipts(ctx, in.file, in.size)
	in.end(err)
	in.bar.end()
	if err != nil {
		return c.halted(err, f)
	}
	kept, err := c.keepRejects(f, report.Rejects)
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(report)
	}
	c.showReceipts(report)
	c.showRejected(report.ByReason, kept)
	return nil
}

// halted says how to go on after an import that did not come to its end.
func (c *call) halted(err error, f importFlags) error {
	if errors.Is(err, context.Canceled) && !f.dryRun {
		return fmt.Errorf("stopped; what was booked is kept, start the same import again and it goes on from there")
	}
	return err
}

// showReceipts says what was booked and shows the sums, which a person can add up.
func (c *call) showReceipts(r importer.Report) {
	verb, sum := "booked", fmt.Sprintf("; %s earned, %s taken back", points(r.Earned), points(-r.Reversed))
	if r.DryRun {
		verb, sum = "would be booked", ""
	}
	c.say("%s and %s %s%s.", several(r.Receipts, "receipt"), several(r.Returns, "return"), verb, sum)
	if r.Guests > 0 {
		c.say("  %s of guests, kept without a card", several(r.Guests, "receipt"))
	}
	if r.Cards > 0 {
		c.say("  %s enrolled by their first receipt", several(r.Cards, "card"))
	}
	if r.Granted > 0 {
		c.say("  %s granted by the campaigns of their programme", several(r.Granted, "coupon"))
	}
	if r.Split > 0 {
		c.say("  %s of more than 500 lines told as several", several(r.Split, "receipt"))
	}
	if r.Resumed > 0 {
		c.say("  %d of these acts were booked by an earlier run, which this one went on from", r.Resumed)
	}
	if r.Repeated > 0 {
		c.say("  %d of them were booked before; nothing was doubled", r.Repeated)
	}
	c.say("")
	c.table([][]string{
		{"", "ROWS", "MONEY " + string(r.Currency)},
		{"read", fmt.Sprint(r.RowsRead), r.MoneyRead},
		{"taken", fmt.Sprint(r.Rows), r.MoneyTaken},
		{"rejected", fmt.Sprint(r.RowsRejected), r.MoneyRejected},
		{"rounded to whole minor units", "", r.MoneyRounded},
		{"returns booked at the price paid", "", r.MoneyApart},
	})
}

func points(n int64) string { return several(n, "point") }

func (c *call) showRejected(reasons []importer.Reason, kept string) {
	if len(reasons) == 0 {
		return
	}
	c.say("\nrejected, by reason:")
	rows := [][]string{}
	for _, r := range reasons {
		rows = append(rows, []string{"  " + r.Reason, fmt.Sprint(r.Rows), r.Money})
	}
	c.table(rows)
	if kept != "" {
		c.say("\nEach rejected row with its reason stands in %s.", kept)
	}
}

// keepRejects writes the rows that were not taken as CSV, and returns where. No row, no file.
func (c *call) keepRejects(f importFlags, rejects []importer.Reject) (string, error) {
	path := f.rejects
	if path == "" {
		name, _, _ := strings.Cut(filepath.Base(c.args[0]), ".")
		path = filepath.Join(c.data, "import-"+name+"-rejected.csv")
	}
	if len(rejects) == 0 {
		return "", nil
	}
	file, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("write the rejected rows: %w", plainPathError(err))
	}
	err = writeRejects(file, rejects)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", fmt.Errorf("write the rejected rows to %s: %w", path, err)
	}
	return path, nil
}

// writeRejects writes one rejected row a line. None of its fields repeats what stood in the row, which may be personal.
func writeRejects(w io.Writer, rejects []importer.Reject) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"row", "receipt", "reason", "detail"}); err != nil {
		return err
	}
	for _, r := range rejects {
		if err := out.Write([]string{strconv.Itoa(r.Row), r.Receipt, r.Reason, r.Detail}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// importShoppers enrols the shoppers of a file.
func (c *call) importShoppers(ctx context.Context, f importFlags) error {
	in, err := c.prepare(ctx, f, "shoppers")
	if err != nil {
		return err
	}
	defer in.close()
	report, err := in.Shoppers(ctx, in.file, in.size)
	in.end(err)
	in.bar.end()
	if err != nil {
		return c.halted(err, f)
	}
	kept, err := c.keepRejects(f, report.Rejects)
	if err != nil {
		return err
	}
	if c.json {
		return c.writeJSON(report)
	}
	if report.DryRun {
		c.say("%s read, %s to take, %d rejected; nothing was stored.", several(report.RowsRead, "row"), several(report.RowsRead-report.Rejected, "shopper"), report.Rejected)
	} else {
		c.say("%s read: %d enrolled, %d changed, %d as they were, %d rejected.", several(report.RowsRead, "row"), report.Enrolled, report.Changed, report.Unchanged, report.Rejected)
	}
	if report.NewYearDoubtful {
		c.say("%d of %s are on 1 January, more than three times the mean day: it looks like what a system writes for a day\n"+
			"that it does not know. Empty those fields in the file, or campaigns greet all of them on that day.", report.NewYear, several(report.Birthdays, "birthday"))
	}
	c.showRejected(report.ByReason, kept)
	return nil
}
