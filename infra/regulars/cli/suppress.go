package cli

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
)

func suppressCommand() *command {
	return &command{
		name: "suppress", summary: "addresses that are not to be written to, whatever consent says: add, list, remove",
		subs: []*command{suppressAdd(), suppressList(), suppressRemove()},
		detail: "Dead addresses and those of people who complained come onto the list by themselves. It is kept apart from the shoppers: an import or an\n" +
			"erasure does not take anybody off it, and it holds no address, only a keyed hash of each.",
	}
}

func suppressAdd() *command {
	var file, reason string
	return &command{
		name: "add", args: "[ADDRESS ...]", summary: "write to these addresses no more",
		detail:   "--file takes a list of another system, an address a line; of a line of CSV the first field counts. The file is not kept.",
		examples: []string{"regulars suppress add ana@shopper.example --reason request", "regulars suppress add --file unsubscribed.csv"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&file, "file", "", "`FILE` of addresses, one a line")
			f.StringVar(&reason, "reason", "request", "`REASON`: request and complaint end marketing, bounce ends all mail")
		},
		run: func(ctx context.Context, c *call) error {
			if !slices.Contains(admin.SuppressReasons, reason) {
				return usage("--reason is one of %s", strings.Join(admin.SuppressReasons, ", "))
			}
			list := slices.Clone(c.args)
			if file != "" {
				more, err := addressesOf(file)
				if err != nil {
					return err
				}
				list = append(list, more...)
			}
			return c.suppress(ctx, "/suppressions", reason, list, "Nothing but what they need is sent to %s any more.")
		},
	}
}

func suppressRemove() *command {
	return &command{
		name: "remove", args: "ADDRESS ...", summary: "take addresses off the list, because their owners asked for it or they work again",
		run: func(ctx context.Context, c *call) error {
			return c.suppress(ctx, "/suppressions/lift", "", c.args, "%s off the list; what they have consented to decides again.")
		},
	}
}

// suppress sends addresses in parts, with the last of which all are done.
func (c *call) suppress(ctx context.Context, path, reason string, list []string, says string) error {
	if len(list) == 0 {
		return usage("an address is missing")
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	for part := range slices.Chunk(list, admin.MaxSuppressed) {
		if err := client.Do(ctx, http.MethodPost, path, admin.SuppressAsk{Addresses: part, Reason: reason}, &struct{}{}); err != nil {
			return err
		}
	}
	if c.json {
		return c.writeJSON(map[string]int{"addresses": len(list)})
	}
	number := fmt.Sprint(len(list), " addresses")
	if len(list) == 1 {
		number = "1 address"
	}
	c.say(says, number)
	return nil
}

// addressesOf reads the first field of each line that has an @ in it; a heading has none.
func addressesOf(file string) ([]string, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, plainPathError(err))
	}
	defer in.Close()
	var list []string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		first, _, _ := strings.Cut(lines.Text(), ",")
		if first = strings.Trim(first, " \t\"\uFEFF"); strings.Contains(first, "@") {
			list = append(list, first)
		}
	}
	return list, lines.Err()
}

func suppressList() *command {
	return &command{
		name: "list", summary: "how many addresses are on the list, and why",
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var list []admin.Suppressed
			if err := client.Do(ctx, http.MethodGet, "/suppressions", nil, &list); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			counts := map[string]int{}
			for _, s := range list {
				counts[s.Reason]++
			}
			rows := [][]string{{"REASON", "ADDRESSES"}}
			for _, reason := range []string{"bounce", "complaint", "request", "erased"} {
				rows = append(rows, []string{reason, fmt.Sprint(counts[reason])})
			}
			c.table(rows)
			return nil
		},
	}
}
