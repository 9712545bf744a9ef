package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func listImport() *command {
	in := listFile{}
	return &command{
		name: "import", args: "LIST FILE.csv", summary: "put the cards of a file on a list",
		detail: "Cards are named by their numbers or their shoppers' e-mail addresses, in the first column or in the one that --column names by its\n" +
			"heading. Each row that does not fit is told with its reason, and the others are taken. The same file again changes nothing; after a\n" +
			"break --from goes on where it was.",
		examples: []string{"regulars list import friends friends.csv --column card"},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&in.column, "column", "", "the `HEADING` of the column; the file has no headings if it is missing")
			set.IntVar(&in.from, "from", 1, "begin with this `ROW`, headings not counted")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(2, 2, "the list and the file"); err != nil {
				return err
			}
			if in.from < 1 {
				return usage("--from is a row, 1 or more")
			}
			cards, err := in.read(c.args[1])
			if err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			sum, err := c.importList(ctx, client, c.args[0], cards, in.from)
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(sum)
			}
			c.sayListed(c.args[0], sum)
			return nil
		},
	}
}

// importList sends the rows in parts. Refused rows are said as they come; in the sum their places are rows of the file.
func (c *call) importList(ctx context.Context, client *admin.Client, list string, cards []string, from int) (loyalty.Listed, error) {
	sum, row := loyalty.Listed{Refused: []loyalty.Unfit{}}, from
	progress := c.newBar()
	defer progress.end()
	for part := range slices.Chunk(cards, loyalty.MaxListed) {
		var out loyalty.Listed
		if err := client.Do(ctx, http.MethodPost, listPath(list)+"/cards", admin.ListCards{Cards: part}, &out); err != nil {
			if row == from {
				return sum, err
			}
			return sum, fmt.Errorf("rows %d to %d are done; go on with --from %d: %w", from, row-1, row, err)
		}
		sum.Added, sum.Unchanged = sum.Added+out.Added, sum.Unchanged+out.Unchanged
		for _, u := range out.Refused {
			u.Place += row
			sum.Refused = append(sum.Refused, u)
			if !c.json {
				c.say("row %d: %s", u.Place, u.Detail)
			}
		}
		row += len(part)
		progress.show("rows", int64(row-from), int64(len(cards)))
	}
	return sum, nil
}

// longestName is how many bytes an e-mail address has at most, and no number has more.
const longestName = 320

// listFile is how a file of cards is to be read.
type listFile struct {
	column string
	from   int
}

// read lists what stands in the column, from a row on. The file is read whole; a million rows are some ten megabytes.
func (f listFile) read(path string) ([]string, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, plainPathError(err))
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	in := csv.NewReader(bytes.NewReader(body))
	in.FieldsPerRecord = -1
	if first, _, _ := bytes.Cut(body, []byte("\n")); bytes.ContainsRune(first, ';') && !bytes.ContainsRune(first, ',') {
		in.Comma = ';'
	}
	at := 0
	if f.column != "" {
		heads, err := in.Read()
		if err != nil {
			return nil, fmt.Errorf("read the headings of %s: %w", path, err)
		}
		at = slices.IndexFunc(heads, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), f.column) })
		if at < 0 {
			return nil, fmt.Errorf("%s has no column %q; it has %s", path, f.column, strings.Join(heads, ", "))
		}
	}
	var cards []string
	for row := 1; ; row++ {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return cards, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read row %d of %s: %w", row, path, err)
		}
		if row < f.from {
			continue
		}
		named := ""
		if at < len(fields) {
			named = strings.TrimSpace(fields[at])
		}
		if len(named) > longestName {
			return nil, fmt.Errorf("row %d of %s has %d characters where a card is named; is --column right, and does a quote in the file end?", row, path, len(named))
		}
		cards = append(cards, named)
	}
}
