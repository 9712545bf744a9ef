package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/exporter"
)

func personCommand() *command {
	return &command{name: "person", summary: "give a shopper all that is held about them, or take them out", subs: []*command{personExport(), personErase()}}
}

// personExport writes everything about one shopper.
func personExport() *command {
	var file string
	return &command{
		name: "export", args: "NUMBER|E-MAIL", summary: "write everything that is held about one shopper as lines of JSON",
		detail: "Everything in the store is looked through for the card's numbers, the e-mail address, the phone number and vendors' ids, so nothing is\n" +
			"left out. The file is readable by you alone.",
		examples: []string{"regulars person export ana@shopper.example --out ana.jsonl"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&file, "out", "", "`FILE` to write; the standard output if missing")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number or the e-mail address"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			body, err := client.Stream(ctx, http.MethodPost, "/person/export", admin.PersonAsk{Who: c.args[0]})
			if err != nil {
				return err
			}
			defer body.Close()
			all, err := io.ReadAll(body) // one person's lines; what a shop holds about one fits in memory many times
			if err != nil {
				return fmt.Errorf("read the export: %w", err)
			}
			list := bytes.SplitAfter(bytes.TrimSuffix(all, []byte("\n")), []byte("\n"))
			if last := list[len(list)-1]; kindOf(last) != exporter.KindEnd {
				return fmt.Errorf("the export broke off; run it again: %s", bytes.TrimSpace(last))
			}
			if file == "" {
				_, err = c.stdout.Write(all)
				return err
			}
			if err := os.WriteFile(file, all, 0o600); err != nil {
				return fmt.Errorf("write %s: %w", file, plainPathError(err))
			}
			c.say("Written to %s: %s.", file, several(int64(len(list)-1), "line"))
			return nil
		},
	}
}

// personErase takes a shopper out of the shop.
func personErase() *command {
	var reason, by string
	return &command{
		name: "erase", args: "NUMBER|E-MAIL --reason TEXT --by NAME", summary: "take a shopper out of the shop: name, addresses, dates and consents",
		detail: "The card is closed; receipts, points and the ledger stay under its number, which leads to nobody then. Carts and letters of the inbox that\n" +
			"name the shopper are emptied. Cards that were merged into it are the shopper's too; a member of a household leaves it first, and its\n" +
			"holder is erased when the members have left. On one machine their e-mails leave the mailbox, and what the files still hold of them is written\n" +
			"over; backups and exports that were made before are yours to see to. It cannot be undone; done again it changes nothing, and one that was\n" +
			"cut short goes on.",
		examples: []string{"regulars person erase ana@shopper.example --reason \"Asked by e-mail\" --by Mira"},
		flags: func(f *flag.FlagSet) {
			f.StringVar(&reason, "reason", "", "`TEXT` that says why")
			f.StringVar(&by, "by", "", "`NAME` of who does it")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the card's number or the e-mail address"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, true)
			if err != nil {
				return err
			}
			defer leave()
			body, err := client.Stream(ctx, http.MethodPost, "/person/erase", admin.PersonAsk{Who: c.args[0], Reason: reason, By: by})
			if err != nil {
				return err
			}
			defer body.Close()
			line, err := follow(c, body, "items", "the erasure broke off; run it again, it goes on", func(l admin.ErasedLine) (bool, int64, string) {
				return l.Erased != nil, l.Done, l.Error
			})
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(line.Erased)
			}
			c.say("Erased the shopper of card %s; %s and %s of the inbox were emptied.", line.Erased.Card, several(int64(line.Erased.Carts), "cart"), several(int64(line.Erased.Letters), "letter"))
			if line.Erased.Mails > 0 {
				c.say("%s were taken out of the mailbox.", several(int64(line.Erased.Mails), "e-mail"))
			}
			return nil
		},
	}
}
