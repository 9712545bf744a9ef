package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/regulars-dev/regulars/infra/regulars/admin"
	"github.com/regulars-dev/regulars/shared/programme"
	"github.com/regulars-dev/regulars/shared/programme/compare"
)

// programmeDiff compares by meaning, so that a marketer reads what would be different and no lines of YAML.
func programmeDiff() *command {
	return &command{
		name: "diff", args: "A [B]", summary: "say in words how two versions of the rules differ",
		detail: "A and B are files, or published versions: `now`, a day such as 2026-05-01 (its beginning in UTC) or a moment, for the version that holds\n" +
			"then. With one of them alone it is compared with what holds now. Offers, rules, tiers and campaigns are known by their ids; what is\n" +
			"only written otherwise is no difference. The exit code is 0 whether or not anything differs.",
		examples: []string{"regulars programme diff draft.yaml", "regulars programme diff 2026-01-01 now --json"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(1, 2, "the programme to compare"); err != nil {
				return err
			}
			names := []string{"now", c.args[0]}
			if len(c.args) == 2 {
				names = c.args
			}
			from, err := c.version(ctx, names[0])
			if err != nil {
				return err
			}
			to, err := c.version(ctx, names[1])
			if err != nil {
				return err
			}
			changes, err := compare.Documents(from, to)
			if err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(map[string]any{"from": from.From, "to": to.From, "changes": changes})
			}
			c.showChanges(from, to, changes)
			return nil
		},
	}
}

// version reads a programme: the file of that name, else the published version that holds at the moment that the name says.
func (c *call) version(ctx context.Context, name string) (programme.Document, error) {
	none := programme.Document{}
	if _, err := os.Stat(name); err == nil || name == "-" {
		return c.draft(name)
	}
	path := "/programme"
	if name != "now" {
		at, err := time.Parse(time.RFC3339, name)
		if err != nil {
			at, err = time.Parse(time.DateOnly, name)
		}
		if err != nil {
			return none, fmt.Errorf("%s is no file that is there, and neither now, a day such as 2026-05-01 nor a moment", name)
		}
		path += "?at=" + url.QueryEscape(at.Format(time.RFC3339))
	}
	client, leave, err := c.shop(ctx, false)
	if err != nil {
		return none, err
	}
	defer leave()
	var out admin.Published
	err = client.Do(ctx, http.MethodGet, path, nil, &out)
	return out.Document, err
}

// draft reads a file and checks it; its faults are told as `programme check` tells them.
func (c *call) draft(name string) (programme.Document, error) {
	one := *c
	one.args = []string{name}
	p, _, err := one.checked()
	if err != nil {
		return programme.Document{}, err
	}
	return p.Document, nil
}

// nouns are sections as a person calls one of their members.
var nouns = map[string]string{
	"offers": "Offer", "earn": "Earning rule", "tiers": "Tier", "campaigns": "Campaign", "templates": "Template", "topics": "Topic", "stores": "Store",
}

func (c *call) showChanges(from, to programme.Document, changes []compare.Change) {
	c.say("%s from %s, beside %s from %s:", from.Programme, from.From.Format(time.RFC3339), to.Programme, to.From.Format(time.RFC3339))
	if len(changes) == 0 {
		c.say("Nothing differs.")
	}
	for _, change := range changes {
		noun, known := nouns[change.Section]
		if !known {
			noun = "Setting " + change.Section
		}
		if change.ID != "" {
			noun += " " + change.ID
		}
		if change.Name != "" {
			noun += " (" + change.Name + ")"
		}
		switch change.What {
		case compare.Added:
			c.say("\n%s is new", noun)
		case compare.Removed:
			c.say("\n%s is gone", noun)
			continue
		default:
			c.say("\n%s changes", noun)
		}
		for _, f := range change.Fields {
			c.say("  %s%s", labelled(f.Label), transition(change.What, f))
		}
	}
}

func labelled(label string) string {
	if label == "" {
		return ""
	}
	return label + ": "
}

// transition is a field before and after, in one line.
func transition(what string, f compare.Field) string {
	switch {
	case what == compare.Added:
		return shortened(f.To)
	case f.From == "":
		return shortened(f.To) + " (was not set)"
	case f.To == "":
		return "no more (was " + shortened(f.From) + ")"
	}
	return shortened(f.From) + " -> " + shortened(f.To)
}

// shortened keeps a text that a template may hold on its line; --json has it whole.
func shortened(text string) string {
	const most = 90 // characters
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + " ..."
	}
	return text
}

// programmeHistory lists what was ever published.
func programmeHistory() *command {
	return &command{
		name: "history", summary: "list every version that was published: from when it holds, who published it, when and why",
		detail:   "A receipt is decided by the version of its own day. A version never changes and is never taken away.",
		examples: []string{"regulars programme history", "regulars programme show --at 2026-01-01T00:00:00Z --json"},
		run: func(ctx context.Context, c *call) error {
			if err := c.words(0, 0, ""); err != nil {
				return err
			}
			client, leave, err := c.shop(ctx, false)
			if err != nil {
				return err
			}
			defer leave()
			var list []admin.Version
			if err := client.Do(ctx, http.MethodGet, "/programme/history", nil, &list); err != nil {
				return err
			}
			if c.json {
				return c.writeJSON(list)
			}
			if len(list) == 0 {
				return errors.New("no programme has been published yet; `regulars programme publish FILE` publishes one")
			}
			c.showHistory(list)
			return nil
		},
	}
}

func (c *call) showHistory(list []admin.Version) {
	rows := [][]string{{"", "FROM", "PUBLISHED", "BY", "PROGRAMME", "NOTE"}}
	for _, v := range list {
		now, published := " ", "-"
		if v.Holds {
			now = "*"
		}
		if !v.PublishedAt.IsZero() {
			published = v.PublishedAt.Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{now, v.From.Format(time.RFC3339), published, orDash(v.By), orDash(v.Programme), orDash(v.Note)})
	}
	c.table(rows)
	for _, v := range list {
		if v.Fault != "" {
			c.say("\nThe version from %s cannot be read: %s", v.From.Format(time.RFC3339), v.Fault)
		}
		for _, p := range v.Forgiven {
			c.say("\nThe version from %s would not be published today: %s", v.From.Format(time.RFC3339), p)
		}
	}
	c.say("\n* holds now")
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
