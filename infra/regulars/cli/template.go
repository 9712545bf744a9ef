package cli

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func templateCommand() *command {
	return &command{name: "template", summary: "look at the programme's e-mails, and send one to yourself", subs: []*command{
		templateList(), templatePreview(), templateSend(),
	}}
}

func templateList() *command {
	return &command{
		name: "list", summary: "list the e-mails of the programme that holds now",
		examples: []string{"regulars template list"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var out struct {
				Templates []loyalty.TemplateLine `json:"templates"`
			}
			if err := client.Do(ctx, http.MethodGet, "/templates", nil, &out); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(out)
			}
			if len(out.Templates) == 0 {
				c.say("The programme has no templates; `regulars programme fields templates` tells how one is written.")
				return nil
			}
			rows := [][]string{{"TEMPLATE", "LANGUAGES", "TOPIC", "CAMPAIGNS", "SUBJECT"}}
			for _, t := range out.Templates {
				rows = append(rows, []string{t.ID, strings.Join(t.Languages, " "), t.Topic, strings.Join(t.Campaigns, " "), t.Example})
			}
			c.table(rows)
			return nil
		},
	}
}

// asFlags are the flags by which a preview is asked for.
func asFlags(set *flag.FlagSet, asked *loyalty.PreviewAsked) {
	set.StringVar(&asked.Card, "card", "", "as the shopper of this card would get it (`NUMBER`)")
	set.StringVar(&asked.Campaign, "campaign", "", "as this campaign would send it (`CAMPAIGN`); the first that uses the template without it")
	set.StringVar(&asked.Arm, "arm", "", "as this arm of the campaign would (`ARM`): with its subject and what it grants")
	set.StringVar(&asked.Language, "language", "", "in this `LANGUAGE`, such as de, in place of the shopper's or the programme's")
}

func templatePreview() *command {
	var asked loyalty.PreviewAsked
	var out string
	var sample bool
	return &command{
		name: "preview", args: "TEMPLATE", summary: "show an e-mail as a shopper would get it, and send nothing",
		detail: "Filled in with a sample, or with --card with what is true of that card now; the coupon in it is never a real one. A card that would not\n" +
			"get the e-mail (held out, no consent, too many already ...) is shown it all the same, with the reason above. --out writes the HTML with\n" +
			"its pictures; without it subject and text are printed.",
		examples: []string{"regulars template preview thanks --out thanks.html", "regulars template preview birthday --card 77000001 --language de"},
		flags: func(set *flag.FlagSet) {
			asFlags(set, &asked)
			set.BoolVar(&sample, "sample", false, "filled in with a sample, as without --card")
			set.StringVar(&out, "out", "", "write the HTML to this `FILE`")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the template"); err != nil {
				return err
			}
			if sample && asked.Card != "" {
				return usage("--sample and --card are two different shoppers; choose one")
			}
			asked.Template = c.args[0]
			var p admin.Previewed
			if err := c.ask(ctx, "/templates/preview", asked, &p); err != nil {
				return err
			}
			if out != "" {
				if err := os.WriteFile(out, []byte(p.HTML), 0o600); err != nil {
					return fmt.Errorf("write the e-mail: %w", err)
				}
			}
			if c.json {
				return c.writeJSON(p)
			}
			for _, why := range p.NotSent {
				c.say("Not sent now: %s", why)
			}
			if out != "" {
				c.say("Written to %s: template %s in %s, %d bytes.", out, p.Template, p.Language, len(p.HTML))
				return nil
			}
			c.say("Subject: %s\n\n%s", p.Subject, strings.TrimRight(p.Text, "\n"))
			return nil
		},
	}
}

func templateSend() *command {
	var t loyalty.TestLetter
	var to string
	return &command{
		name: "send", args: "TEMPLATE", summary: "send a test of an e-mail to yourself",
		detail: "The subject says that it is a test. No coupon is burnt, nothing is counted or written down, and its unsubscribe link does nothing. Up to 5\n" +
			"addresses, with commas between, and ten tests a minute. Beside `regulars run` it arrives in the mailbox of that machine; with --aws it\n" +
			"is sent by SES from MAIL_FROM.",
		examples: []string{"regulars template send thanks --to mira@shop.example", "regulars template send birthday --to mira@shop.example,bo@shop.example --card 77000001"},
		flags: func(set *flag.FlagSet) {
			set.StringVar(&to, "to", "", "where it goes (`ADDRESS`)")
			asFlags(set, &t.PreviewAsked)
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the template"); err != nil {
				return err
			}
			if to == "" {
				return usage("--to is missing: the address to send the test to")
			}
			t.Template, t.To = c.args[0], nil
			for address := range strings.SplitSeq(to, ",") {
				t.To = append(t.To, strings.TrimSpace(address))
			}
			var p admin.Previewed
			if err := c.ask(ctx, "/templates/test", t, &p); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(p)
			}
			for _, why := range p.NotSent {
				c.say("The shopper would not get it now: %s", why)
			}
			c.say("Sent to %s: %s", strings.Join(t.To, ", "), p.Subject)
			return nil
		},
	}
}

// ask puts one question to the shop's door.
func (c *call) ask(ctx context.Context, path string, in, out any) error {
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return err
	}
	defer leave()
	return client.Do(ctx, http.MethodPost, path, in, out)
}
