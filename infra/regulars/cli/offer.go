package cli

import (
	"context"
	"flag"
	"net/http"
	"net/url"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/loyalty"
)

func offerCommand() *command {
	return &command{name: "offer", summary: "list the offers, and stop one at all tills", subs: []*command{
		offerList(),
		offerStep(loyalty.VerbKill, "stop an offer at all tills within two seconds",
			"The next quote says that it is stopped. Receipts that were priced before stay as they are, and points that an offer multiplies follow the programme."),
		offerStep(loyalty.VerbResume, "let an offer hold again", ""),
	}}
}

func offerList() *command {
	return &command{name: "list", summary: "list the offers of the programme, and which are stopped", run: func(ctx context.Context, c *call) error {
		if err := c.words(0, 0, ""); err != nil {
			return err
		}
		client, leave, err := c.shop(ctx, false)
		if err != nil {
			return err
		}
		defer leave()
		var list []admin.Offer
		if err := client.Do(ctx, http.MethodGet, "/offers", nil, &list); err != nil {
			return err
		}
		if c.json {
			return c.writeJSON(list)
		}
		rows := [][]string{{"OFFER", "STATE", "NAME"}}
		for _, o := range list {
			rows = append(rows, []string{o.ID, offerState(o), o.Name})
		}
		c.table(rows)
		return nil
	}}
}

func offerState(o admin.Offer) string {
	if o.Stopped {
		return "stopped"
	}
	return "holds"
}

func offerStep(verb loyalty.Verb, summary, detail string) *command {
	var in admin.CampaignStep
	return &command{
		name: string(verb), args: "OFFER --by NAME", summary: summary, detail: detail,
		flags: func(f *flag.FlagSet) {
			f.StringVar(&in.By, "by", "", "`NAME` of who does it")
			f.StringVar(&in.Why, "why", "", "`TEXT` that says why")
		},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 1, "the offer"); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var o admin.Offer
			if err := client.Do(ctx, http.MethodPost, "/offers/"+url.PathEscape(c.args[0])+"/"+string(verb), in, &o); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(o)
			}
			c.say("%s: %s", o.ID, offerState(o))
			for _, s := range o.Steps {
				why := ""
				if s.Why != "" {
					why = ": " + s.Why
				}
				c.say("  %s  %s by %s%s", s.At.UTC().Format(dateTime), s.Verb, s.By, why)
			}
			return nil
		},
	}
}
